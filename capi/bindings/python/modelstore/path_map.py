"""Rules that turn paths of another machine into paths of this one."""

import ctypes
from typing import NamedTuple, Optional

from modelstore import _arguments, _blocks, _native
from modelstore._arguments import PathLike, PathMap
from modelstore._blocks import BLOCK_SIZE
from modelstore._native import ForeignText, Pointer, Text, out


class PathRule(NamedTuple):
    """A path that is `from_`, or lies below it, continues at `to`. `from_` may be a POSIX path or a Windows one, in
    which backslashes and slashes are the same and ASCII case does not count. Only whole components match."""

    from_: str
    to: str

    @classmethod
    def parse(cls, text: str) -> "PathRule":
        """Reads "FROM=TO", split at the first `=`. Errors: InvalidArgument (no `=`, or an empty side)."""
        given = _arguments.path(text)  # which the rule's texts are parts of
        rule = _native.fetch(_RuleStruct, _parse, given)
        return cls(_blocks.decode_path(rule.from_.bytes()), _blocks.decode_path(rule.to.bytes()))


class _RuleStruct(ctypes.Structure):
    _fields_ = [("from_", ForeignText), ("to", ForeignText)]


_MAPPED = _blocks.Struct(lambda path: path, BLOCK_SIZE, _blocks.OPTIONAL_PATH)

_parse = _native.function("path_rule_parse", Text, out(_RuleStruct))
_map_path = _native.function("map_path", Pointer, ctypes.c_uint64, Text, out(Pointer))


def map_path(rules: PathMap, path: PathLike) -> Optional[str]:
    """What the first rule that matches makes of `path`; None if none does."""
    made = _arguments.path_rules(rules)
    mapped: Optional[str] = _MAPPED.fetch(_map_path, made, len(made), _arguments.path(path))
    return mapped

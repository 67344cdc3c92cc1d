"""From what programs give to what the library takes. Nothing in here is for programs.

Everything that is made here has to outlive the call; structs of ctypes keep what their members were set to.
"""

import ctypes
import json
import operator
import os
import sys
from array import array
from itertools import accumulate
from typing import Any, Callable, Iterable, List, Mapping, Optional, Tuple, Union

from modelstore._native import Text
from modelstore.errors import InvalidArgument
from modelstore.record_id import RecordIdLike, record_bytes

PathLike = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
#: Rules in this order, the first that matches decides: `{r"D:\models": "/mnt/models"}`, or pairs.
PathMap = Union[Mapping[PathLike, PathLike], Iterable[Tuple[PathLike, PathLike]]]
#: A JSON object: as text, or as what `json.dumps` takes.
Metadata = Union[str, Mapping[str, Any]]

#: The most of a uint32_t.
U32 = 2**32 - 1

_ENCODING = sys.getfilesystemencoding()
_ERRORS = sys.getfilesystemencodeerrors()

NO_TEXT = Text(None, 0)


class PathRule(ctypes.Structure):
    _fields_ = [("from_", Text), ("to", Text)]


class Buffer:
    """An array in memory."""

    def __init__(self, content: Any, count: int, *kept: Any) -> None:
        self.count = count
        self.address = content.buffer_info()[0] if isinstance(content, array) else _address(content)
        self._kept = (content, *kept)


def _address(content: bytes) -> Optional[int]:
    return ctypes.cast(ctypes.c_char_p(content), ctypes.c_void_p).value


def text_bytes(value: str) -> bytes:
    """UTF-8; what is none, the library refuses with InvalidArgument."""
    if not isinstance(value, str):
        raise TypeError(f"a text is str, not {type(value).__name__}")
    return value.encode("utf-8", "surrogatepass")


def text(value: str) -> Text:
    content = text_bytes(value)
    return Text(content, len(content))


def path(value: PathLike) -> Text:
    content = os.fsencode(value)
    return Text(content, len(content))


def optional(make: Callable[[Any], Text], value: Any) -> Text:
    """What `text`, `path` or `metadata` makes; no text for None."""
    return NO_TEXT if value is None else make(value)


def metadata(value: Metadata) -> Text:
    if isinstance(value, str):
        return text(value)
    if not isinstance(value, Mapping):
        raise TypeError(f"metadata is str or a mapping, not {type(value).__name__}")
    return text(json.dumps(dict(value), ensure_ascii=False))


def data(value: Any) -> Any:
    """modelstore_bytes of bytes or of anything else with a buffer."""
    if isinstance(value, str):
        raise TypeError("a picture is bytes, not str; a file is added by its path")
    content = value if isinstance(value, bytes) else memoryview(value).tobytes()
    return Text(content, len(content))


def _many(values: List[bytes]) -> Buffer:
    """An array of modelstore_text, made without an object of ctypes for each."""
    count = len(values)
    joined = b"\0".join(values) + b"\0"
    base = _address(joined) or 0
    sizes = array("Q", map(len, values))
    starts = accumulate((size + 1 for size in sizes), initial=base)
    # Room for one more, so that an empty list is an address nevertheless: null stands for no list.
    pairs = array("Q", bytes(16 * count + 16))
    pairs[0:2 * count:2] = array("Q", [start for start, _ in zip(starts, sizes)])
    pairs[1:2 * count:2] = sizes
    return Buffer(pairs, count, joined)


def texts(values: Iterable[str]) -> Buffer:
    _refuse_one(values)
    return _many([text_bytes(value) for value in values])


def paths(values: Iterable[PathLike]) -> Buffer:
    _refuse_one(values)
    # os.fsencode would do, in thrice the time.
    return _many([value.encode(_ENCODING, _ERRORS) if type(value) is str else os.fsencode(value) for value in values])


def record_ids(values: Iterable[RecordIdLike]) -> Buffer:
    _refuse_one(values)
    known = [record_bytes(value) for value in values]
    return Buffer(b"".join(known), len(known))


def number(value: int, least: int = -2**63, most: int = 2**63 - 1) -> int:
    """`value`, which ctypes would cut off where it does not fit. Errors: InvalidArgument."""
    checked = operator.index(value)
    if not least <= checked <= most:
        raise InvalidArgument(f"{checked} is not between {least} and {most}")
    return checked


def word(value: int) -> int:
    """The number of an enumerator. Errors: InvalidArgument."""
    return number(value, -2**31, 2**31 - 1)


def milliseconds(seconds: float) -> int:
    """Rounded up, so that a short time is not none. Errors: InvalidArgument."""
    if not 0 <= seconds <= 1e9:
        raise InvalidArgument(f"not a time in seconds: {seconds}")
    return int(seconds * 1000 + 0.999)


def numbers(values: Iterable[int]) -> Buffer:
    content = array("q", [number(value) for value in values])
    return Buffer(content, len(content))


def path_rules(rules: PathMap) -> Any:
    """An array of modelstore_path_rule."""
    pairs = rules.items() if isinstance(rules, Mapping) else rules
    made = [PathRule(path(from_), path(to)) for from_, to in pairs]
    return (PathRule * len(made))(*made)


def _refuse_one(values: Any) -> None:
    # Its characters would be taken one by one.
    if isinstance(values, (str, bytes, os.PathLike)):
        raise TypeError(f"a list is needed, not one {type(values).__name__}")

"""Reading what the library hands out. Nothing in here is for programs.

A result is one block of memory, in which all pointers stay. It is copied as a whole into `bytes` and freed at
once, so that nothing has to be kept alive. Lists are read column by column: a `memoryview` picks one member of all
structs at once, and what has to be done for each is done in one comprehension, an order of magnitude faster than an
object of ctypes for each struct.
"""

import ctypes
import sys
from functools import partial
from itertools import accumulate
from typing import Any, Callable, Dict, List, Sequence, Tuple

from modelstore import _native

_FILE_SYSTEM = (sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
_ZERO = "0" * 64


class Block:
    """A copy of a block, with the address that its pointers were made for."""

    def __init__(self, data: bytes, base: int) -> None:
        self.data = data
        self.base = base
        # From numbers of 4 or 8 bytes to the column of one member.
        whole = memoryview(data)[:len(data) & ~7]
        self.numbers = whole.cast("q")
        self._views = {"q": self.numbers, "Q": whole.cast("Q"), "i": whole.cast("i")}

    @classmethod
    def fetch(cls, call: Callable[..., None], *values: Any) -> "Block":
        """Calls a function whose last parameter receives a block, and frees that."""
        pointer = _native.fetch(ctypes.c_void_p, call, *values)
        try:
            size = ctypes.c_uint64.from_address(pointer.value).value
            return cls(ctypes.string_at(pointer, size), pointer.value)
        finally:
            _native.free(pointer)

    def column(self, kind: str, start: int, stride: int, count: int) -> List[int]:
        """One number of each of `count` structs of `stride` bytes, the first of which is at `start`."""
        size = 4 if kind == "i" else 8
        first, step = start // size, stride // size
        return self._views[kind][first:first + step * count:step].tolist()

    def texts(self, start: int, stride: int, count: int) -> List[Tuple[int, int]]:
        """The pairs of offset and length of a column of texts."""
        base = self.base
        pointers = self.column("Q", start, stride, count)
        return [(pointer - base, size) for pointer, size in zip(pointers, self.column("Q", start + 8, stride, count))]


# How a member is read. `size` is that of the member, `read` answers the column.


class Member:
    size = 8

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        raise NotImplementedError


class Number(Member):
    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.size = 4 if kind == "i" else 8

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        return block.column(self.kind, start, stride, count)


class As(Number):
    """An int32_t that stands for something."""

    def __init__(self, make: Callable[[int], Any]) -> None:
        super().__init__("i")
        self.make = make

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        return list(map(self.make, block.column("i", start, stride, count)))


class Gap(Number):
    """Without a meaning for the value: the size of a block, or what is reserved."""


class TextMember(Member):
    size = 16

    def __init__(self, encoding: str = "utf-8", errors: str = "surrogateescape") -> None:
        self.encoding = encoding
        self.errors = errors

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        data, encoding, errors = block.data, self.encoding, self.errors
        if not any(block.column("Q", start + 8, stride, count)):
            return [""] * count
        return [data[offset:offset + size].decode(encoding, errors)
                for offset, size in block.texts(start, stride, count)]


class OptionalText(TextMember):
    """None where the text is null."""

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        pointers = block.column("Q", start, stride, count)
        return [text if pointer else None
                for text, pointer in zip(super().read(block, start, stride, count), pointers)]


class Word(TextMember):
    """A text that few structs have different ones of."""

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        data = block.data
        raw = [data[offset:offset + size] for offset, size in block.texts(start, stride, count)]
        words = {word: word.decode(self.encoding, self.errors) for word in set(raw)}
        return [words[word] for word in raw]


class Bytes(Member):
    size = 16

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        return [block.data[offset:offset + size] for offset, size in block.texts(start, stride, count)]


class Digest(Member):
    size = 32

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        digits = block.data[start:start + stride * count].hex()
        return [digits[at:at + 64] for at in range(0, 2 * stride * count, 2 * stride)]


class OptionalDigest(Digest):
    """None where it is zero."""

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        return [None if digest == _ZERO else digest for digest in super().read(block, start, stride, count)]


class Struct(Member):
    """A struct with these members in the order of the header, which becomes `make(*members)`."""

    def __init__(self, make: Callable[..., Any], *members: Member) -> None:
        # A NamedTuple's own constructor takes thrice the time.
        self.row = partial(tuple.__new__, make) if hasattr(make, "_fields") else lambda values: make(*values)
        self.members = members
        ends = accumulate(member.size for member in members)
        self.offsets = [end - member.size for end, member in zip(ends, members)]
        self.size = sum(member.size for member in members)
        assert self.size % 8 == 0 and all(
            offset % min(member.size, 8) == 0 for offset, member in zip(self.offsets, members))

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        columns = [member.read(block, start + offset, stride, count)
                   for member, offset in zip(self.members, self.offsets) if not isinstance(member, Gap)]
        return list(map(self.row, zip(*columns)))

    def array(self, block: Block, offset: int, count: int) -> List[Any]:
        return list(self.read(block, offset, self.size, count)) if count else []

    def fetch(self, call: Callable[..., None], *values: Any) -> Any:
        """Calls a function that hands out a block which is this struct."""
        return self.read(Block.fetch(call, *values), 0, self.size, 1)[0]


class Array(Member):
    """A fixed number of structs, as a tuple."""

    def __init__(self, item: Struct, count: int) -> None:
        self.item = item
        self.count = count
        self.size = item.size * count

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        columns = [self.item.read(block, start + index * self.item.size, stride, count)
                   for index in range(self.count)]
        return list(zip(*columns))


class Maybe(Member):
    """A pointer to a struct; None where it is null."""

    def __init__(self, item: Struct) -> None:
        self.item = item

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        return [self.item.array(block, pointer - block.base, 1)[0] if pointer else None
                for pointer in block.column("Q", start, stride, count)]


class ListOf(Member):
    """A pointer to structs and their number, as a tuple."""

    size = 16

    def __init__(self, item: Member) -> None:
        self.item = item

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        size = self.item.size
        return [tuple(self.item.read(block, offset, size, length)) if length else ()
                for offset, length in block.texts(start, stride, count)]


class Shared(ListOf):
    """A list of structs that begin with an id. Within a block equal ids mean equal structs: one object serves for
    all."""

    def read(self, block: Block, start: int, stride: int, count: int) -> Sequence[Any]:
        known: Dict[int, Any] = {}
        lists = []
        step = self.item.size // 8
        for offset, length in block.texts(start, stride, count):
            first = offset // 8
            ids = block.numbers[first:first + step * length:step].tolist()
            try:
                lists.append(tuple([known[key] for key in ids]))
            except KeyError:
                items = self.item.read(block, offset, self.item.size, length)
                known.update(zip(ids, items))
                lists.append(tuple(items))
        return lists


I64 = Number("q")
U64 = Number("Q")
I32 = Number("i")
BOOL = As(bool)
TEXT = TextMember()
WORD = Word()
OPTIONAL_TEXT = OptionalText()
PATH = TextMember(*_FILE_SYSTEM)
OPTIONAL_PATH = OptionalText(*_FILE_SYSTEM)
BYTES = Bytes()
SHA256 = Digest()
OPTIONAL_SHA256 = OptionalDigest()
BLOCK_SIZE = Gap("Q")
RESERVED = Gap("i")


def decode_path(path: bytes) -> str:
    return path.decode(*_FILE_SYSTEM)

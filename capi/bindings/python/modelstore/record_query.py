"""What to list, and what a list answers.

A list is read page by page: each page carries a cursor that continues behind its last record, however much was added
or removed meanwhile. No statement stays open between pages. `Database.iter` does that by itself.
"""

import ctypes
import enum
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Optional, Sequence, Tuple

from modelstore import _arguments, _blocks
from modelstore._arguments import optional, text
from modelstore._blocks import BLOCK_SIZE, I64, TEXT
from modelstore._native import Options, Pointer, Text
from modelstore.records import RECORD_SUMMARY, TAG, RecordSummary, Tag


class StateFilter(enum.IntEnum):
    ACTIVE = 0  #: models
    PENDING = 1  #: pending records
    ALL = 2  #: both
    TRASH = 3  #: both, of those that were deleted


class SortKey(enum.IntEnum):
    """Ties are broken by the record's age in the catalogue, so that every order is total."""

    NAME = 0  #: without regard to ASCII case
    SIZE = 1  #: bytes
    CREATED = 2  #: `created_at`
    TYPE = 3  #: then by name


class SortOrder(enum.IntEnum):
    ASCENDING = 0
    DESCENDING = 1


@dataclass(frozen=True)
class RecordFilter:
    """Which records. Everything that is set must hold; an empty filter lets every model pass."""

    state: StateFilter = StateFilter.ACTIVE
    type: Optional[str] = None  #: exactly this type
    tags: Sequence[str] = ()  #: names: a record has all of them
    not_tags: Sequence[str] = ()  #: names: a record has none of them

    #: Words that all occur, in any order, anywhere in name, path, description or tags. A word matches inside of
    #: others; case and the difference between `_`, `-` and space do not count.
    text: str = ""


@dataclass(frozen=True)
class RecordQuery:
    filter: RecordFilter = field(default_factory=RecordFilter)
    sort: SortKey = SortKey.NAME
    order: SortOrder = SortOrder.ASCENDING
    limit: int = 100  #: records a page, 1 to 10,000
    cursor: str = ""  #: `next_cursor` of the page before; empty: the first page


class RecordPage(NamedTuple):
    records: Tuple[RecordSummary, ...]
    total: int  #: of all pages, at the time of this one
    next_cursor: str  #: empty on the last page


class TypeCount(NamedTuple):
    """How many of a filter's records have a type."""

    type: str
    count: int


class TagCount(NamedTuple):
    """How many of a filter's records have a tag."""

    tag: Tag
    count: int


class Facets(NamedTuple):
    total: int
    types: Tuple[TypeCount, ...]  #: most frequent first, then by name
    tags: Tuple[TagCount, ...]  #: most frequent first, then by name; without those of count 0


PAGE = _blocks.Struct(RecordPage, BLOCK_SIZE, _blocks.ListOf(RECORD_SUMMARY), I64, TEXT)
FACETS = _blocks.Struct(Facets, BLOCK_SIZE, I64, _blocks.ListOf(_blocks.Struct(TypeCount, TEXT, I64)),
                        _blocks.ListOf(_blocks.Struct(TagCount, TAG, I64)))


class _Filter(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("state", ctypes.c_int32), ("type", Text),
                ("tags", Pointer), ("tags_count", ctypes.c_uint64),
                ("not_tags", Pointer), ("not_tags_count", ctypes.c_uint64), ("text", Text)]


class _Query(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("sort", ctypes.c_int32), ("order", ctypes.c_int32),
                ("reserved", ctypes.c_int32), ("filter", ctypes.POINTER(_Filter)), ("limit", ctypes.c_int64),
                ("cursor", Text)]


def filter_struct(wanted: RecordFilter) -> Any:
    if not isinstance(wanted, RecordFilter):
        raise TypeError(f"a RecordFilter is needed, not {type(wanted).__name__}")
    tags = _arguments.texts(wanted.tags)
    not_tags = _arguments.texts(wanted.not_tags)
    struct = _Filter(state=_arguments.word(wanted.state), type=optional(text, wanted.type), tags=tags.address, tags_count=tags.count,
                     not_tags=not_tags.address, not_tags_count=not_tags.count, text=text(wanted.text))
    struct.keep = (tags, not_tags)
    return struct


def query_struct(query: RecordQuery) -> Any:
    if not isinstance(query, RecordQuery):
        raise TypeError(f"a RecordQuery is needed, not {type(query).__name__}")
    wanted = filter_struct(query.filter)
    # Zero is the library's default, and no limit that a program could mean.
    struct = _Query(sort=_arguments.word(query.sort), order=_arguments.word(query.order), filter=ctypes.pointer(wanted),
                    limit=_arguments.number(query.limit) or -1, cursor=text(query.cursor))
    struct.keep = wanted
    return struct

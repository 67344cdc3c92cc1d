"""What to change in a catalogue, and what it answers beside its records."""

import ctypes
import enum
from dataclasses import dataclass
from typing import Any, Iterable, NamedTuple, Optional, Tuple, Type, Union

from modelstore import _arguments, _blocks
from modelstore._arguments import Metadata, PathLike, metadata, number, optional, path, text
from modelstore._blocks import BLOCK_SIZE, I64, PATH, RESERVED
from modelstore._native import Options, Pointer, Text
from modelstore.record_id import RecordId, RecordIdLike, Sha256Like
from modelstore.record_query import RecordFilter, filter_struct
from modelstore.records import RECORD_ID, Tag

#: A tag in an edit: itself, its id, or its name. A name that no tag has creates one.
TagRef = Union[Tag, int, str]

#: Several records: listed, or all that a filter lets pass.
Selection = Union[RecordFilter, Iterable[RecordIdLike]]


@dataclass(frozen=True)
class RecordEdit:
    """What to change about a record. What is None or empty stays as it is."""

    name: Optional[str] = None
    type: Optional[str] = None
    path: Optional[PathLike] = None  #: of a pending record; not of a model, whose locations are found, not edited

    #: A JSON object. Each of its keys replaces the same key of the record's metadata; null (None) removes it. Keys
    #: that it lacks stay, and so does their text.
    metadata: Optional[Metadata] = None

    tags: Optional[Iterable[TagRef]] = None  #: exactly these
    add_tags: Iterable[TagRef] = ()  #: these too
    remove_tags: Iterable[TagRef] = ()  #: not these; a name that no tag has is ignored


@dataclass(frozen=True)
class NewPending:
    """A pending record to add by hand."""

    path: PathLike  #: not the path of another record
    name: str = ""  #: empty: the last component of the path
    type: str = ""
    size_bytes: int = 0
    created_at: int = 0  #: 0: now
    metadata: Metadata = "{}"
    tags: Iterable[TagRef] = ()


@dataclass(frozen=True)
class NewModel:
    """A model to add by hand, under a hash that is claimed by the caller."""

    sha256: Sha256Like
    path: PathLike = ""  #: may be empty
    name: str = ""
    type: str = ""
    size_bytes: int = 0
    created_at: int = 0  #: 0: now
    metadata: Metadata = "{}"
    tags: Iterable[TagRef] = ()


class Statistics(NamedTuple):
    models: int
    models_unverified: int
    pending: int
    trashed: int
    locations: int
    tags: int
    previews: int
    pending_pictures: int
    model_bytes: int  #: sizes of all models, each content once
    pending_bytes: int  #: sizes of all pending records
    preview_bytes: int  #: of all tier files
    database_bytes: int
    revision: int
    schema_version: int


class ChangeKind(enum.IntEnum):
    CREATED = 0
    CHANGED = 1
    DELETED = 2


class RecordChange(NamedTuple):
    id: RecordId
    revision: int
    kind: ChangeKind


class ChangeList(NamedTuple):
    revision: int  #: what to ask for next
    changes: Tuple[RecordChange, ...]  #: oldest first, one for each record and kind


class PathPair(NamedTuple):
    from_: str
    to: str


class RelocateReport(NamedTuple):
    """What `relocate` did, or would do."""

    locations: int  #: of models
    pending: int
    examples: Tuple[PathPair, ...]  #: old and new path, the first few
    conflicts: Tuple[str, ...]  #: paths that stay because the new one is another record's


STATISTICS = _blocks.Struct(Statistics, BLOCK_SIZE, *[I64] * 14)
_CHANGE = _blocks.Struct(RecordChange, RECORD_ID, I64, _blocks.As(ChangeKind), RESERVED)
CHANGE_LIST = _blocks.Struct(ChangeList, BLOCK_SIZE, I64, _blocks.ListOf(_CHANGE))
RELOCATE_REPORT = _blocks.Struct(RelocateReport, BLOCK_SIZE, I64, I64,
                                 _blocks.ListOf(_blocks.Struct(PathPair, PATH, PATH)), _blocks.ListOf(PATH))


class _TagRef(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int64), ("name", Text)]


_TagRefs = ctypes.POINTER(_TagRef)


class _Edit(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("set_tags", ctypes.c_int32), ("name", Text), ("type", Text),
                ("path", Text), ("metadata", Text), ("tags", _TagRefs), ("tags_count", ctypes.c_uint64),
                ("add_tags", _TagRefs), ("add_tags_count", ctypes.c_uint64),
                ("remove_tags", _TagRefs), ("remove_tags_count", ctypes.c_uint64)]


class _New(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("reserved", ctypes.c_int32), ("path", Text), ("name", Text),
                ("type", Text), ("size_bytes", ctypes.c_int64), ("created_at", ctypes.c_int64), ("metadata", Text),
                ("tags", _TagRefs), ("tags_count", ctypes.c_uint64)]


class _Selection(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("reserved", ctypes.c_int32), ("ids", Pointer),
                ("ids_count", ctypes.c_uint64), ("filter", Pointer)]


def _tag_refs(tags: Iterable[TagRef]) -> Any:
    if isinstance(tags, (str, bytes, Tag)):
        raise TypeError("a list of tags is needed, not one")
    made = []
    for tag in tags:
        if isinstance(tag, (Tag, int)):
            # 0 would stand for the name, and no tag has it.
            made.append(_TagRef(number(tag.id if isinstance(tag, Tag) else tag) or -1, _arguments.NO_TEXT))
        else:
            made.append(_TagRef(0, text(tag)))
    return (_TagRef * len(made))(*made)


def edit_struct(edit: RecordEdit) -> Any:
    if not isinstance(edit, RecordEdit):
        raise TypeError(f"a RecordEdit is needed, not {type(edit).__name__}")
    tags = _tag_refs(() if edit.tags is None else edit.tags)
    added, removed = _tag_refs(edit.add_tags), _tag_refs(edit.remove_tags)
    return _Edit(set_tags=edit.tags is not None, name=optional(text, edit.name), type=optional(text, edit.type),
                 path=optional(path, edit.path), metadata=optional(metadata, edit.metadata), tags=tags, tags_count=len(tags), add_tags=added, add_tags_count=len(added), remove_tags=removed,
                 remove_tags_count=len(removed))


def new_struct(record: Any, kind: Type[Any]) -> Any:
    if not isinstance(record, kind):
        raise TypeError(f"a {kind.__name__} is needed, not {type(record).__name__}")
    tags = _tag_refs(record.tags)
    return _New(path=path(record.path), name=text(record.name), type=text(record.type), size_bytes=number(record.size_bytes),
                created_at=number(record.created_at),
                metadata=metadata(record.metadata), tags=tags, tags_count=len(tags))


def selection_struct(selection: Selection) -> Any:
    if isinstance(selection, RecordFilter):
        chosen = filter_struct(selection)
        struct = _Selection(filter=ctypes.addressof(chosen))
        struct.keep = chosen
        return struct
    ids = _arguments.record_ids(selection)
    struct = _Selection(ids=ids.address, ids_count=ids.count)
    struct.keep = ids
    return struct

"""The catalogue of a store: models, pending records, tags, and everything said about them.

A Database is a cheap handle to a store's catalogue: any number may exist, each may be used from any thread at once,
and all see the same data. Every call that changes something is one durable transaction: when it returns, the change
survives a power failure; when it raises, nothing was changed.

Errors that every call can raise beside its own: Closed, Forked, Corrupt, Io, OutOfMemory. Every call that changes
something: ReadOnly, Busy, NoSpace, Poisoned.
"""

import ctypes
from dataclasses import replace
from typing import Any, Iterable, Iterator, Optional, Tuple

from modelstore import _arguments, _blocks, _native
from modelstore._arguments import PathLike, number, optional
from modelstore._blocks import BLOCK_SIZE, TEXT
from modelstore._native import Handle, Pointer, RecordIdStruct, Text, out
from modelstore._services import Service
from modelstore.edits import (ChangeList, CHANGE_LIST, NewModel, NewPending, RecordEdit, RELOCATE_REPORT,
                              RelocateReport, Selection, Statistics, STATISTICS, edit_struct, new_struct,
                              selection_struct)
from modelstore.record_id import RecordId, RecordIdLike, Sha256Like, digest_bytes, record_bytes
from modelstore.record_query import (FACETS, PAGE, Facets, RecordFilter, RecordPage, RecordQuery, filter_struct,
                                     query_struct)
from modelstore.records import (MODEL, MODEL_PREVIEW, PENDING_RECORD, RECORD_ID, TAG, Model, ModelPreview, PendingRecord,
                                RecordSummary, Tag)

_I64 = ctypes.c_int64
_U64 = ctypes.c_uint64
_Id = ctypes.c_char_p  # the bytes of the struct

_model = _native.function("database_model", Handle, _Id, out(Pointer))
_pending = _native.function("database_pending", Handle, _I64, out(Pointer))
_resolve = _native.function("database_resolve", Handle, Text, out(RecordIdStruct))
_find_by_paths = _native.function("database_find_by_paths", Handle, Pointer, _U64, out(Pointer))
_list = _native.function("database_list", Handle, Pointer, out(Pointer))
_facets = _native.function("database_facets", Handle, Pointer, out(Pointer))
_types = _native.function("database_types", Handle, out(Pointer))
_preview = _native.function("database_preview", Handle, _I64, out(Pointer))
_preview_at = _native.function("database_preview_at", Handle, _Id, _I64, out(Pointer))
_revision = _native.function("database_revision", Handle, out(_I64))
_tags = _native.function("database_tags", Handle, out(Pointer))
_statistics = _native.function("database_statistics", Handle, out(Pointer))
_changes = _native.function("database_changes", Handle, _I64, _I64, out(Pointer))
_add_pending = _native.function("database_add_pending", Handle, Pointer, out(_I64))
_add_model = _native.function("database_add_model", Handle, _Id, Pointer)
_edit = _native.function("database_edit", Handle, _Id, Pointer)
_edit_many = _native.function("database_edit_many", Handle, Pointer, Pointer, out(_I64))
_trash = _native.function("database_trash", Handle, Pointer, out(_I64))
_restore = _native.function("database_restore", Handle, Pointer, out(_I64))
_empty_trash = _native.function("database_empty_trash", Handle, out(_I64))
_relocate = _native.function("database_relocate", Handle, Text, Text, ctypes.c_int32, out(Pointer))
_add_tags = _native.function("database_add_tags", Handle, Pointer, _U64, out(Pointer))
_edit_tag = _native.function("database_edit_tag", Handle, _I64, Text, Text)
_delete_tag = _native.function("database_delete_tag", Handle, _I64)


def _only(value: Any) -> Any:
    return value


_FOUND_LIST = _blocks.Struct(_only, BLOCK_SIZE, _blocks.ListOf(RECORD_ID))
_TAG_LIST = _blocks.Struct(_only, BLOCK_SIZE, _blocks.ListOf(TAG))
_TEXT_LIST = _blocks.Struct(_only, BLOCK_SIZE, _blocks.ListOf(TEXT))


class Database(Service, name="database"):
    """A handle to a store's catalogue."""

    # Reading

    def model(self, sha256: Sha256Like) -> Model:
        """The model with this content, trashed or not. Errors: NotFound."""
        found: Model = MODEL.fetch(_model, self._handle, digest_bytes(sha256))
        return found

    def pending(self, id: int) -> PendingRecord:  # pylint: disable=redefined-builtin
        """The pending record with this number, trashed or not. Errors: NotFound."""
        found: PendingRecord = PENDING_RECORD.fetch(_pending, self._handle, number(id))
        return found

    def resolve(self, text: str) -> RecordId:
        """What a person typed: the text form of an id, or the beginning of a SHA-256 (4 digits or more) that only one
        model has. Errors: NotFound, Conflict (several), InvalidArgument."""
        found = _native.fetch(RecordIdStruct, _resolve, self._handle, _arguments.text(text))
        return RecordId.pending(found.pending) if found.pending else RecordId(bytes(found.sha256.bytes))

    def find_by_path(self, path: PathLike) -> Optional[RecordId]:
        """The record whose file is at `path`, which is compared as given, lexically normalised, and with links
        resolved if it exists. None if there is none."""
        return self.find_by_paths([path])[0]

    def find_by_paths(self, paths: Iterable[PathLike]) -> Tuple[Optional[RecordId], ...]:
        """As `find_by_path` for many paths in one call, in their order."""
        wanted = _arguments.paths(paths)
        found: Tuple[Optional[RecordId], ...] = _FOUND_LIST.fetch(_find_by_paths, self._handle, wanted.address,
                                                                  wanted.count)
        return found

    def list(self, query: RecordQuery = RecordQuery()) -> RecordPage:
        """One page of records. Errors: InvalidArgument (limit, cursor)."""
        struct = query_struct(query)
        page: RecordPage = PAGE.fetch(_list, self._handle, ctypes.byref(struct))
        return page

    def iter(self, query: RecordQuery = RecordQuery()) -> Iterator[RecordSummary]:
        """All records from the query's cursor on, one page of `limit` after the other as they are needed.
        Errors: as `list`."""
        while True:
            page = self.list(query)
            yield from page.records
            if not page.next_cursor:
                return
            query = replace(query, cursor=page.next_cursor)

    def facets(self, filter: RecordFilter = RecordFilter()) -> Facets:  # pylint: disable=redefined-builtin
        """How the records that `filter` lets pass are spread over types and tags."""
        struct = filter_struct(filter)
        facets: Facets = FACETS.fetch(_facets, self._handle, ctypes.byref(struct))
        return facets

    def types(self) -> Tuple[str, ...]:
        """The types that models and pending records have, in order, without the empty one and the trash."""
        types: Tuple[str, ...] = _TEXT_LIST.fetch(_types, self._handle)
        return types

    def preview(self, id: int) -> ModelPreview:  # pylint: disable=redefined-builtin
        """A preview by its id. Errors: NotFound."""
        found: ModelPreview = MODEL_PREVIEW.fetch(_preview, self._handle, number(id))
        return found

    def preview_at(self, model: Sha256Like, position: int) -> ModelPreview:
        """The preview of a model that is shown at `position`, from 0. Errors: NotFound."""
        found: ModelPreview = MODEL_PREVIEW.fetch(_preview_at, self._handle, digest_bytes(model), number(position))
        return found

    def revision(self) -> int:
        """The number of the last commit, by any process: while it stays the same, so does everything that is read
        here."""
        return self._count(_revision)

    def tags(self) -> Tuple[Tag, ...]:
        """All tags by name."""
        tags: Tuple[Tag, ...] = _TAG_LIST.fetch(_tags, self._handle)
        return tags

    def statistics(self) -> Statistics:
        statistics: Statistics = STATISTICS.fetch(_statistics, self._handle)
        return statistics

    def changes(self, since: int, limit: int = 10_000) -> ChangeList:
        """What was committed after `since`, by any process; 0 stands for the beginning. A record that was created and
        deleted meanwhile appears as deleted. Ask again with the returned revision until it no longer grows.
        Errors: NotFound if `since` lies before what is kept, InvalidArgument (limit)."""
        changes: ChangeList = CHANGE_LIST.fetch(_changes, self._handle, number(since),
                                                 number(limit) or -1)
        return changes

    # Records

    def add_pending(self, record: NewPending) -> int:
        """Adds a pending record and returns its number.
        Errors: AlreadyExists (the path is another record's), InvalidArgument, LimitExceeded."""
        struct = new_struct(record, NewPending)
        return self._count(_add_pending, ctypes.byref(struct))

    def add_model(self, model: NewModel) -> None:
        """Adds an unverified model.
        Errors: AlreadyExists (the hash or the path), InvalidArgument, LimitExceeded."""
        struct = new_struct(model, NewModel)
        _add_model(self._handle, digest_bytes(model.sha256), ctypes.byref(struct))

    def edit(self, id: RecordIdLike, edit: RecordEdit) -> None:  # pylint: disable=redefined-builtin
        """Changes one record. Errors: NotFound (record or tag id), AlreadyExists (the path is another record's),
        InvalidArgument, LimitExceeded."""
        struct = edit_struct(edit)
        _edit(self._handle, record_bytes(id), ctypes.byref(struct))

    def edit_many(self, selection: Selection, edit: RecordEdit) -> int:
        """Changes several records in one transaction, all or none, and returns how many they were.
        Errors: as `edit`."""
        chosen, struct = selection_struct(selection), edit_struct(edit)
        return self._count(_edit_many, ctypes.byref(chosen), ctypes.byref(struct))

    def trash(self, selection: Selection) -> int:
        """Moves records to the trash, all or none. Nothing else about them changes, no file is touched, and a scan
        does not bring them back. Returns how many were not there yet. Errors: NotFound."""
        chosen = selection_struct(selection)
        return self._count(_trash, ctypes.byref(chosen))

    def restore(self, selection: Selection) -> int:
        """Takes records out of the trash, all or none. Returns how many were in it. Errors: NotFound."""
        chosen = selection_struct(selection)
        return self._count(_restore, ctypes.byref(chosen))

    def empty_trash(self) -> int:
        """Removes for ever what is in the trash, with its previews. Model files are not touched. Returns how many
        records were removed."""
        return self._count(_empty_trash)

    def relocate(self, from_: PathLike, to: PathLike, *, dry_run: bool = False) -> RelocateReport:
        """Replaces the beginning `from_` of every stored path by `to`. Both are absolute folders; `from_` may be of
        another system (drive letter, backslashes). With `dry_run` only the report is made.
        Errors: InvalidArgument."""
        report: RelocateReport = RELOCATE_REPORT.fetch(_relocate, self._handle, _arguments.path(from_),
                                                       _arguments.path(to), dry_run)
        return report

    # Tags

    def add_tags(self, names: Iterable[str]) -> Tuple[Tag, ...]:
        """Gets or creates one tag for each name, in that order. Names are trimmed, blank ones skipped.
        Errors: InvalidArgument (longer than 1,024 bytes, not UTF-8)."""
        wanted = _arguments.texts(names)
        tags: Tuple[Tag, ...] = _TAG_LIST.fetch(_add_tags, self._handle, wanted.address, wanted.count)
        return tags

    def edit_tag(self, id: int, *, name: Optional[str] = None,  # pylint: disable=redefined-builtin
                 color: Optional[str] = None) -> None:
        """Renames or colours a tag; None leaves that as it is, an empty colour removes it. Errors: NotFound,
        AlreadyExists (the name), InvalidArgument."""
        _edit_tag(self._handle, number(id), optional(_arguments.text, name), optional(_arguments.text, color))

    def delete_tag(self, id: int) -> None:  # pylint: disable=redefined-builtin
        """Deletes a tag and its links. Errors: NotFound."""
        _delete_tag(self._handle, number(id))

    def _count(self, call: Any, *values: Any) -> int:
        return int(_native.fetch(_I64, call, self._handle, *values).value)

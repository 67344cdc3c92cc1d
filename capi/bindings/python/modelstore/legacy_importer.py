"""Stage 1 of a migration: takes over the catalogue and the pictures of an older model manager.

The source is the SQLite file of Hikaze Model Manager, schema version 2 or the version before, and the folder of its
pictures. It is read from a private copy, with its write-ahead log, and not changed by a byte. Every row is imported
once: a second run adds nothing, brings nothing back and overwrites nothing.
"""

import ctypes
from typing import NamedTuple, Optional, Tuple

from modelstore import _arguments, _blocks, _native, job
from modelstore._arguments import PathLike, PathMap, optional
from modelstore._blocks import BLOCK_SIZE, I64, TEXT
from modelstore._native import Handle, Options, Pointer, Text, out
from modelstore._services import Service
from modelstore.job import Job


class SkippedRow(NamedTuple):
    """A row that was not imported."""

    legacy_id: int
    reason: str


class ImportConflict(NamedTuple):
    """Something about a row that the user may want to know, although it was imported."""

    legacy_id: int
    field: str  #: "id", "hash", "path", "name", "description", "images", …
    reason: str  #: one line
    kept: str  #: the value that stands in the catalogue now
    lost: str  #: the value that does not


class ImportReport(NamedTuple):
    """Always: models_read = active + pending + merged + unchanged + skipped."""

    models_read: int
    active: int  #: rows that became models
    pending: int  #: rows that became pending records
    merged: int  #: rows that joined a model or a record that was there
    unchanged: int  #: rows that an earlier run had imported
    skipped: int  #: rows that cannot be imported
    tags: int  #: tags created
    links: int  #: links between records and tags created
    images_imported: int
    images_missing: int  #: no such file in the pictures folder
    images_failed: int  #: not a picture that can be decoded, or a reference that is refused
    skipped_rows: Tuple[SkippedRow, ...]
    conflicts: Tuple[ImportConflict, ...]
    elapsed_ms: int


class _ImportStruct(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("dry_run", ctypes.c_int32), ("database", Text), ("pictures", Text),
                ("path_map", ctypes.POINTER(_arguments.PathRule)), ("path_map_count", ctypes.c_uint64),
                ("source_id", Text)]


_REPORT = _blocks.Struct(ImportReport, BLOCK_SIZE, *[I64] * 11,
                         _blocks.ListOf(_blocks.Struct(SkippedRow, I64, TEXT)),
                         _blocks.ListOf(_blocks.Struct(ImportConflict, I64, TEXT, TEXT, TEXT, TEXT)), I64)

_import = _native.function("legacy_importer_import", Handle, ctypes.POINTER(_ImportStruct), out(Handle))
_import_result = _native.function("legacy_importer_import_result", Handle, out(Pointer))


class LegacyImporter(Service, name="legacy_importer"):
    """Runs one import at a time (another is refused as Busy), and may be used and cancelled from any thread."""

    def import_(self, database: PathLike, *, pictures: Optional[PathLike] = None, path_map: PathMap = (),
                dry_run: bool = False, source_id: Optional[str] = None) -> Job[ImportReport]:
        """Imports, or continues an import. Progress counts rows, then pictures. What was committed before a
        cancellation stays.

        database: the SQLite file.
        pictures: its pictures folder; None: `images` beside the file, if it exists.
        path_map: for paths of another machine.
        dry_run: report what would happen and write nothing.
        source_id: the name under which rows are remembered as imported; None: the real path of the file.

        Job errors: FileMissing, FileUnreadable, NotRegularFile, UnsupportedFormat (not SQLite, or not a catalogue of
        that program), Corrupt, Busy (another import runs, or the file changes all the time), Cancelled, and those of
        a change to the store."""
        rules = _arguments.path_rules(path_map)
        struct = _ImportStruct(dry_run=dry_run, database=_arguments.path(database),
                               pictures=optional(_arguments.path, pictures), path_map=rules,
                               path_map_count=len(rules), source_id=optional(_arguments.text, source_id))
        return job.start(self, lambda handle: _REPORT.fetch(_import_result, handle), _import, self._handle,
                         ctypes.byref(struct))

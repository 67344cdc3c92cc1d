"""Finding model files: what a folder tree holds and the catalogue does not know becomes pending.

Nothing is hashed and no file is opened, so that tens of thousands of files are listed, searchable and taggable at
once. Nothing is ever deleted.
"""

import ctypes
from typing import Iterable, NamedTuple, Optional, Tuple

from modelstore import _arguments, _blocks, _native, job
from modelstore._arguments import PathLike
from modelstore._blocks import BLOCK_SIZE, I64, PATH, TEXT
from modelstore._native import Handle, Options, Pointer, out
from modelstore._services import Service
from modelstore.job import Job


class ScanSkip(NamedTuple):
    """A path that was passed over, and why."""

    path: str
    reason: str


class ScanReport(NamedTuple):
    files_seen: int  #: with a model's ending
    added: int  #: new pending records
    known: int  #: already in the catalogue, the trash included
    missing: int  #: below the roots in the catalogue, and not found any more
    changed: int  #: hashed before, and of another size or time now
    pending_ids: Tuple[int, ...]  #: the new records
    skipped: Tuple[ScanSkip, ...]  #: unreadable folders, names that are not UTF-8, and so on
    elapsed_ms: int


class _ScanStruct(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("reserved", ctypes.c_int32), ("extensions", Pointer),
                ("extensions_count", ctypes.c_uint64)]


_REPORT = _blocks.Struct(ScanReport, BLOCK_SIZE, I64, I64, I64, I64, I64, _blocks.ListOf(I64),
                         _blocks.ListOf(_blocks.Struct(ScanSkip, PATH, TEXT)), I64)

_TEXT_LIST = _blocks.Struct(lambda texts: texts, BLOCK_SIZE, _blocks.ListOf(TEXT))

_usual_extensions = _native.function("scanner_usual_extensions", out(Pointer))
_scan = _native.function("scanner_scan", Handle, Pointer, ctypes.c_uint64, ctypes.POINTER(_ScanStruct), out(Handle))
_scan_result = _native.function("scanner_scan_result", Handle, out(Pointer))


class Scanner(Service, name="scanner"):
    """May be used from any thread."""

    @staticmethod
    def usual_extensions() -> Tuple[str, ...]:
        """The endings that are scanned for unless others are given, with their dot."""
        usual: Tuple[str, ...] = _TEXT_LIST.fetch(_usual_extensions)
        return usual

    def scan(self, roots: Iterable[PathLike], *, extensions: Optional[Iterable[str]] = None) -> Job[ScanReport]:
        """Walks `roots`, following links once each. A new file becomes a pending record whose type is the lowercased
        name of the first folder below its root, and is tagged with it. Locations below the roots are marked present
        or missing; those below a root that is not there, offline. Progress counts files. What was found before a
        cancellation stays.

        extensions: endings of model files with their dot, without regard to ASCII case; None: the usual ones.

        Job errors: InvalidArgument (no roots, a root that is no folder), FileMissing (all roots), Cancelled, and
        those of a change to the store."""
        wanted = _arguments.paths(roots)
        struct = _ScanStruct()
        if extensions is not None:
            endings = _arguments.texts(extensions)
            struct.extensions, struct.extensions_count = endings.address, endings.count
            struct.keep = endings
        return job.start(self, lambda handle: _REPORT.fetch(_scan_result, handle), _scan, self._handle,
                         wanted.address, wanted.count, ctypes.byref(struct))

"""A model store: one folder with its catalogue and its pictures."""

import ctypes
import enum
from dataclasses import dataclass
from typing import Any, Callable, NamedTuple, Optional, Tuple

from modelstore import _arguments, _blocks, _callbacks, _native, job
from modelstore._arguments import PathLike
from modelstore._blocks import BLOCK_SIZE, BOOL, I64, PATH, RESERVED, TEXT
from modelstore._handle import WaitingOwner
from modelstore._native import Destroy, ForeignText, Handle, Options, Pointer, Text, out
from modelstore.job import Job


class LogLevel(enum.IntEnum):
    DEBUG = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True)
class TierOptions:
    """The encoding of one preview tier."""

    scale: float = 1.0  #: of the high tier's width and height; 1 for the high tier itself
    quality: int = 80  #: WebP quality, 1 to 100
    effort: int = 2  #: WebP effort, 0 (fast) to 6 (small)


@dataclass(frozen=True)
class PreviewOptions:
    """How previews are made. The defaults were chosen by measuring size, similarity and time."""

    max_pixels: int = 2_000_000  #: of the high tier; larger pictures are scaled down to it
    high: TierOptions = TierOptions(1.0, 80, 2)
    medium: TierOptions = TierOptions(0.66, 60, 2)
    low: TierOptions = TierOptions(0.33, 45, 4)
    max_source_bytes: int = 256 << 20  #: of a picture file; larger ones are refused
    max_source_pixels: int = 100_000_000  #: announced by its header, all frames together
    accept_more_formats: bool = False  #: also AVIF, HEIF, TIFF and JPEG XL, where libvips can read them
    keep_originals: bool = False  #: keep the original file beside the tiers
    isolated: bool = False  #: decode in a process of its own
    decoder: Optional[PathLike] = None  #: that program; None: the one that was installed with the library
    decoder_memory_bytes: int = 2 << 30  #: address space that it may use; 0: no limit
    decoder_timeout: float = 60  #: seconds for one picture, from the start of its process


class ProblemKind(enum.IntEnum):
    """What `Store.verify` can find."""

    DATABASE_DAMAGED = 0  #: SQLite's integrity check reports it
    DANGLING_REFERENCE = 1  #: a row refers to a row that does not exist
    PREVIEW_FILE_MISSING = 2  #: a tier file that a row names is not there, or is no regular file
    PREVIEW_FILE_DIFFERS = 3  #: a tier file has another size or digest than its row says
    PENDING_FILE_MISSING = 4
    PENDING_FILE_DIFFERS = 5
    UNKNOWN_FILE = 6  #: a file in the store that no row names
    BAD_FILE_NAME = 7  #: a file in `images/` whose name is not of the documented form
    COUNTER_TOO_LOW = 8  #: a name could be given twice
    SEARCH_OUT_OF_DATE = 9  #: the search index and the records disagree
    OPERATION_LEFT = 10  #: an operation or its staged files without a live owner
    MODEL_MISSING = 11  #: (deep) no location of a model can be read
    MODEL_DIFFERS = 12  #: (deep) the file at a location has another content

    @property
    def word(self) -> str:
        """The name that the library and other languages have for it, "PreviewFileMissing" for instance."""
        return str(_problem_kind_name(self).decode())


class Problem(NamedTuple):
    subject: str  #: the path or the id
    message: str  #: one line
    kind: ProblemKind


class VerifyReport(NamedTuple):
    problems: Tuple[Problem, ...]
    records_checked: int
    files_checked: int
    bytes_hashed: int

    @property
    def ok(self) -> bool:
        """Whether the store is sound."""
        return not self.problems


class Repair(NamedTuple):
    """A problem and what mends it."""

    problem: Problem
    action: str  #: one line; empty if the library cannot mend it
    done: bool  #: False in a dry run, or if it had gone by itself


class RepairReport(NamedTuple):
    repairs: Tuple[Repair, ...]
    quarantine: str  #: the folder that files were moved to, below the root; empty if none were

    @property
    def ok(self) -> bool:
        """Whether nothing is left to be done."""
        return all(repair.done for repair in self.repairs)


_PROBLEM = _blocks.Struct(Problem, TEXT, TEXT, _blocks.As(ProblemKind), RESERVED)
_REPAIR = _blocks.Struct(Repair, _PROBLEM, TEXT, BOOL, RESERVED)
_VERIFY_REPORT = _blocks.Struct(VerifyReport, BLOCK_SIZE, _blocks.ListOf(_PROBLEM), I64, I64, I64)
_REPAIR_REPORT = _blocks.Struct(RepairReport, BLOCK_SIZE, _blocks.ListOf(_REPAIR), PATH)
_TEXT_BLOCK = _blocks.Struct(lambda text: text, BLOCK_SIZE, PATH)

_Log = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ForeignText)


class _TierStruct(ctypes.Structure):
    _fields_ = [("scale", ctypes.c_double), ("quality", ctypes.c_int32), ("effort", ctypes.c_int32)]


class _PreviewStruct(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("accept_more_formats", ctypes.c_int32),
                ("max_pixels", ctypes.c_int64), ("high", _TierStruct), ("medium", _TierStruct), ("low", _TierStruct),
                ("max_source_bytes", ctypes.c_int64), ("max_source_pixels", ctypes.c_int64),
                ("keep_originals", ctypes.c_int32), ("isolated", ctypes.c_int32), ("decoder", Text),
                ("decoder_memory_bytes", ctypes.c_int64), ("decoder_timeout_ms", ctypes.c_int64)]


class _StoreStruct(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("create", ctypes.c_int32), ("read_only", ctypes.c_int32),
                ("threads", ctypes.c_uint32), ("busy_timeout_ms", ctypes.c_int64),
                ("previews", ctypes.POINTER(_PreviewStruct)),
                ("post", _callbacks.Post), ("post_user_data", Pointer), ("post_destroy", Destroy),
                ("log", _Log), ("log_user_data", Pointer), ("log_destroy", Destroy)]


class _FlagStruct(Options):
    """The options of verify and of repair."""

    _fields_ = [("struct_size", ctypes.c_uint32), ("flag", ctypes.c_int32)]


_problem_kind_name = _native.plain("problem_kind_name", ctypes.c_char_p, ctypes.c_int32)
_open = _native.function("store_open", Text, ctypes.POINTER(_StoreStruct), out(Handle))
_destroy = _native.function("store_destroy", Handle)
_root = _native.function("store_root", Handle, out(Pointer))
_read_only = _native.function("store_read_only", Handle, out(ctypes.c_int32))
_verify = _native.function("store_verify", Handle, ctypes.POINTER(_FlagStruct), out(Handle))
_verify_result = _native.function("store_verify_result", Handle, out(Pointer))
_repair = _native.function("store_repair", Handle, ctypes.POINTER(_FlagStruct), out(Handle))
_repair_result = _native.function("store_repair_result", Handle, out(Pointer))


@_Log
def _LOG(number: int, level: int, line: ForeignText) -> None:
    _callbacks.target_of(number)(LogLevel(level), line.bytes().decode("utf-8", "replace"))


class Store(WaitingOwner):
    """Opens the folder, finishes or undoes what a crash left there, and owns the threads on which all work runs.

    A store and what is made from it may be used from any thread at once. Several processes may open one folder;
    writers take turns. After a fork the child's use of its parent's store fails with Forked. It is closed by
    `close()`, at the end of a `with`, or when it and everything made from it was dropped.
    """

    def __init__(self, root: PathLike, *, create: bool = False, read_only: bool = False, threads: int = 0,
                 busy_timeout: float = 5.0, previews: Optional[PreviewOptions] = None,
                 post: Optional[Callable[[Callable[[], None]], Any]] = None,
                 log: Optional[Callable[[LogLevel, str], Any]] = None) -> None:
        """Opens the store in `root`.

        create: make a new store if the folder is absent or empty.
        read_only: change nothing, not even by recovery; works in a folder without write access.
        threads: workers for background work; 0: one for each processor.
        busy_timeout: seconds that a writer waits for others before Busy.
        previews: how previews are made.
        post: where the done callbacks of jobs run. Called from any thread with a function that is to be called once,
            on the program's own loop: `loop.call_soon_threadsafe`. None: they run on the library's threads.
        log: called from any thread with each line that the library has to say. What it raises goes to
            `sys.unraisablehook`.

        Errors: NotAStore (no store there and `create` not set, or a folder with other content), Corrupt,
        SchemaTooNew, ReadOnly, Busy, NoSpace, Io, FileUnreadable, InvalidArgument.
        """
        for callback in (post, log):
            if callback is not None and not callable(callback):
                raise TypeError("a callback has to be callable")
        folder = _arguments.path(root)
        self._own(_destroy)
        # In whole milliseconds; -1 stands for none at all.
        struct = _StoreStruct(create=create, read_only=read_only,
                              threads=_arguments.number(threads, 0, _arguments.U32),
                              busy_timeout_ms=_arguments.milliseconds(busy_timeout) or -1)
        if previews is not None:
            struct.previews = ctypes.pointer(preview_struct(previews))
        if post is not None:
            struct.post, struct.post_destroy = _callbacks.POST, _callbacks.DESTROY
            struct.post_user_data = _callbacks.register(post)
        if log is not None:
            struct.log, struct.log_destroy = _LOG, _callbacks.DESTROY
            struct.log_user_data = _callbacks.register(log)
        self._make(_open, folder, ctypes.byref(struct))

    @classmethod
    def open(cls, root: PathLike, **options: Any) -> "Store":
        """The same as the constructor, by the name that other languages know."""
        return cls(root, **options)

    def close(self) -> None:
        """Cancels all jobs, waits for them and for all callbacks, and closes the files. What was made from the store
        then fails with Closed. Closing twice does nothing. Errors: InvalidArgument in a callback."""
        super().close()

    @property
    def root(self) -> str:
        """The folder, absolute and without links."""
        return str(_TEXT_BLOCK.fetch(_root, self._handle))

    @property
    def read_only(self) -> bool:
        """Whether it was opened with `read_only`."""
        return bool(_native.fetch(ctypes.c_int32, _read_only, self._handle).value)

    def verify(self, *, deep: bool = False) -> Job[VerifyReport]:
        """Checks that the database, the files in the store and the search index agree, and with `deep` that models
        still have the content that they are known by. Changes nothing. Progress counts files, then bytes.
        Job errors: Cancelled, Busy, Io, Closed, Forked."""
        return job.start(self, lambda handle: _VERIFY_REPORT.fetch(_verify_result, handle), _verify, self._handle,
                         ctypes.byref(_FlagStruct(flag=deep)))

    def repair(self, *, dry_run: bool = True) -> Job[RepairReport]:
        """Mends what `verify` without `deep` finds; without `dry_run=False` it only says how. No file is deleted.
        Progress counts files. Job errors: Cancelled, Busy, NoSpace, Io, Closed, Forked, and ReadOnly unless it is a
        dry run."""
        return job.start(self, lambda handle: _REPAIR_REPORT.fetch(_repair_result, handle), _repair, self._handle,
                         ctypes.byref(_FlagStruct(flag=not dry_run)))


def store_handle(store: Store) -> Handle:
    if not isinstance(store, Store):
        raise TypeError(f"a Store is needed, not {type(store).__name__}")
    return store._handle  # pylint: disable=protected-access


def preview_struct(options: PreviewOptions) -> Any:
    """Zeros, which the library takes for its defaults, become what it refuses, or what stands for 0."""
    if not isinstance(options, PreviewOptions):
        raise TypeError(f"PreviewOptions are needed, not {type(options).__name__}")

    def small(value: int) -> int:
        return _arguments.word(value) or -1

    def large(value: int) -> int:
        return _arguments.number(value) or -1

    def tier(wanted: TierOptions) -> _TierStruct:
        return _TierStruct(wanted.scale or -1.0, small(wanted.quality), small(wanted.effort))

    return _PreviewStruct(
        accept_more_formats=options.accept_more_formats, max_pixels=large(options.max_pixels), high=tier(options.high),
        medium=tier(options.medium), low=tier(options.low), max_source_bytes=large(options.max_source_bytes),
        max_source_pixels=large(options.max_source_pixels), keep_originals=options.keep_originals,
        isolated=options.isolated, decoder=_arguments.optional(_arguments.path, options.decoder),
        decoder_memory_bytes=_arguments.number(options.decoder_memory_bytes, 0) or -1,
        decoder_timeout_ms=_arguments.milliseconds(options.decoder_timeout) or -1)

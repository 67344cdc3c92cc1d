"""The SHA-256 of files, without blocking: one file or thousands.

Reading overlaps hashing and files are hashed side by side. A batch gives way to interactive calls, which start at
once. A file that changes while it is read is never given a hash. With a store, computed hashes are remembered and an
unchanged file is not read again.
"""

import ctypes
from typing import Any, Callable, Iterable, List, NamedTuple, Optional, Tuple

from modelstore import _arguments, _blocks, _callbacks, _native, job
from modelstore._arguments import PathLike
from modelstore._blocks import BLOCK_SIZE, BOOL, I32, I64, PATH, RESERVED, SHA256, TEXT
from modelstore._handle import WaitingOwner
from modelstore._native import Destroy, ForeignText, Handle, Options, Pointer, Sha256, Text, out
from modelstore.errors import Failure, InvalidArgument, error_code
from modelstore.job import Job
from modelstore.store import Store, store_handle


class FileHash(NamedTuple):
    path: str  #: as it was given
    sha256: str
    size_bytes: int
    cached: bool  #: remembered: the file was not read


class HashBatchItem(NamedTuple):
    path: str
    hash: Optional[FileHash]  #: set if the file was hashed
    failure: Optional[Failure]  #: set if not


class HashBatch(NamedTuple):
    items: Tuple[HashBatchItem, ...]  #: in the order of the paths
    bytes_hashed: int  #: read and hashed, without remembered files


def _item(path: str, sha256: str, size_bytes: int, cached: bool, status: int, message: str) -> HashBatchItem:
    if status:
        return HashBatchItem(path, None, Failure(error_code(status), message))
    return HashBatchItem(path, FileHash(path, sha256, size_bytes, cached), None)


_ITEM = _blocks.Struct(_item, PATH, SHA256, I64, BOOL, I32, TEXT)
_HASH = _blocks.Struct(FileHash, BLOCK_SIZE, PATH, SHA256, I64, BOOL, RESERVED)
_BATCH = _blocks.Struct(HashBatch, BLOCK_SIZE, _blocks.ListOf(_ITEM), I64)


class _ItemStruct(ctypes.Structure):
    _fields_ = [("path", ForeignText), ("sha256", Sha256), ("size_bytes", ctypes.c_int64), ("cached", ctypes.c_int32),
                ("status", ctypes.c_int32), ("message", ForeignText)]


_OnFile = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_uint64, ctypes.POINTER(_ItemStruct))


class _HashStruct(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("reread", ctypes.c_int32), ("parallel", ctypes.c_uint32),
                ("reserved", ctypes.c_int32), ("on_file", _OnFile), ("on_file_user_data", Pointer),
                ("on_file_destroy", Destroy)]


_create = _native.function("file_hasher_create", Handle, out(Handle))
_create_alone = _native.function("file_hasher_create_alone", ctypes.c_uint32, out(Handle))
_destroy = _native.function("file_hasher_destroy", Handle)
_hash = _native.function("file_hasher_hash", Handle, Text, ctypes.POINTER(_HashStruct), out(Handle))
_hash_result = _native.function("file_hasher_hash_result", Handle, out(Pointer))
_hash_all = _native.function("file_hasher_hash_all", Handle, Pointer, ctypes.c_uint64, ctypes.POINTER(_HashStruct),
                             out(Handle))
_hash_all_result = _native.function("file_hasher_hash_all_result", Handle, out(Pointer))
_pause = _native.function("file_hasher_pause", Handle)
_resume = _native.function("file_hasher_resume", Handle)
_paused = _native.function("file_hasher_paused", Handle, out(ctypes.c_int32))

OnFile = Callable[[int, HashBatchItem], Any]


class _Listener:
    """The `on_file` of one batch. After an exception it is not called again, and the batch is cancelled."""

    def __init__(self, on_file: OnFile) -> None:
        self.on_file = on_file
        self.raised: List[BaseException] = []


@_OnFile
def _ON_FILE(number: int, index: int, item: Any) -> int:
    listener = _callbacks.target_of(number)
    if listener.raised:
        return 1
    try:
        found = item.contents
        listener.on_file(index, _item(
            _blocks.decode_path(found.path.bytes()), bytes(found.sha256.bytes).hex(), found.size_bytes,
            bool(found.cached), found.status, found.message.bytes().decode("utf-8", "replace")))
    except BaseException as error:  # pylint: disable=broad-except
        listener.raised.append(error)
        return 1
    return 0


class FileHasher(WaitingOwner):
    """May be used from any thread at once. `FileHasher(store)` remembers in the store's catalogue and runs on its
    threads; `FileHasher()` works on its own, on `threads` of them (0: one for each processor), and remembers nothing:
    closing such a one cancels its jobs and waits for them."""

    def __init__(self, store: Optional[Store] = None, *, threads: int = 0) -> None:
        """Errors: Closed, InvalidArgument (threads, which a store has of its own)."""
        wanted = _arguments.number(threads, 0, _arguments.U32)
        if store is None:
            self._own(_destroy)
            self._make(_create_alone, wanted)
        elif wanted:
            raise InvalidArgument("a hasher with a store works on the store's threads")
        else:
            handle = store_handle(store)
            self._own(_destroy, store)
            self._make(_create, handle)

    def hash(self, path: PathLike, *, reread: bool = False) -> Job[FileHash]:
        """Hashes one file ahead of all batches; with `reread` also if its hash is remembered. Progress counts bytes.
        Job errors: FileMissing, FileUnreadable, FileChanged, NotRegularFile, Io, Cancelled."""
        return job.start(self, lambda handle: _HASH.fetch(_hash_result, handle), _hash, self._handle,
                         _arguments.path(path), ctypes.byref(_HashStruct(reread=reread)))

    def hash_all(self, paths: Iterable[PathLike], *, reread: bool = False, parallel: int = 0,
                 on_file: Optional[OnFile] = None) -> Job[HashBatch]:
        """Hashes many files. One that fails is an item of the result; the others go on. Progress counts bytes,
        remembered files among them. Cancelling keeps what was remembered so far.

        parallel: files at once; 0: chosen from the device.
        on_file: called as soon as a file's outcome is known, with its place in `paths` and its item, on one of the
            library's threads, one call at a time. What it raises cancels the batch and is raised by its result.

        Job errors: Cancelled, Closed."""
        if on_file is not None and not callable(on_file):
            raise TypeError("a callback has to be callable")
        wanted = _arguments.paths(paths)
        struct = _HashStruct(reread=reread, parallel=_arguments.number(parallel, 0, _arguments.U32))
        listener = None
        if on_file is not None:
            listener = _Listener(on_file)
            struct.on_file, struct.on_file_destroy = _ON_FILE, _callbacks.DESTROY
            struct.on_file_user_data = _callbacks.register(listener)
        batch = job.start(self, lambda handle: _BATCH.fetch(_hash_all_result, handle), _hash_all, self._handle,
                          wanted.address, wanted.count, ctypes.byref(struct))
        if listener is not None:
            batch._raised = listener.raised  # pylint: disable=protected-access
        return batch

    def pause(self) -> None:
        """Suspends this hasher's batches within 100 ms; interactive calls go on. A paused batch can be cancelled.
        Pausing twice is pausing once."""
        _pause(self._handle)

    def resume(self) -> None:
        """Lets paused batches go on."""
        _resume(self._handle)

    @property
    def paused(self) -> bool:
        return bool(_native.fetch(ctypes.c_int32, _paused, self._handle).value)

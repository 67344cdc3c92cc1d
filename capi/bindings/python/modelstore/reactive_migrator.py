"""Stage 2 of a migration: a pending record becomes a model as soon as its hash is known.

Promotion is all or nothing: the record's texts and tags move, its pictures become previews, and the record goes; or
it stays as it was. A record whose file is missing, unreadable or changing stays, with the reason. Where a model with
that content exists already, a ConflictPolicy decides. A record that carries no user data just joins that model as a
location and is never a conflict.
"""

import ctypes
import enum
from typing import Any, Iterable, NamedTuple, Optional, Tuple, Union

from modelstore import _arguments, _blocks, _native, job
from modelstore._arguments import PathLike, PathMap
from modelstore._blocks import BLOCK_SIZE, BOOL, I32, I64, PATH, RESERVED, SHA256, TEXT
from modelstore._native import Handle, Options, Pointer, Text, out
from modelstore._services import Service
from modelstore.errors import ErrorCode, error_code
from modelstore.job import Job
from modelstore.record_id import RecordId, RecordIdLike
from modelstore.records import RECORD_ID


class ConflictPolicy(enum.IntEnum):
    """What happens to a record whose content is a model already."""

    MERGE = 1  #: fill the model's empty fields, unite tags, append pictures, add the location
    REPORT = 2  #: change nothing and say so
    REPLACE = 3  #: what the record has of texts, tags and pictures takes the place of what the model has of each
    KEEP = 4  #: leave the record pending, with its hash
    DISCARD = 5  #: remove the record; the model gets the location and nothing else

    @property
    def word(self) -> str:
        """The name that the library and other languages have for it, "merge" for instance."""
        return str(_policy_name(self).decode())

    @classmethod
    def parse(cls, word: str) -> "ConflictPolicy":
        """The policy of that name. Errors: InvalidArgument."""
        return cls(_native.fetch(ctypes.c_int32, _policy_parse, _arguments.text(word)).value)


class MigrationConflict(NamedTuple):
    """A record whose content is a model already."""

    pending_id: int  #: 0: a model whose claimed hash was wrong, see `mismatches`
    pending_path: str
    sha256: str
    existing_path: str  #: the model's first location
    resolution: ConflictPolicy  #: what was done about it


class ClaimMismatchReport(NamedTuple):
    """A claimed hash that turned out wrong, or a model's verified file that has another content now."""

    record: RecordId  #: the record or model as it was known
    path: str
    claimed: str
    computed: str
    rekeyed: bool  #: the model took the computed hash as its identity
    changed: bool  #: the file was verified to have the hash, and was changed since


class MigrationFailure(NamedTuple):
    id: RecordId
    path: str
    code: Union[ErrorCode, int]
    error: str  #: one line


class MigrateHashResult(NamedTuple):
    sha256: str
    size_bytes: int
    cached: bool  #: remembered: the file was not read
    migrated: bool  #: a pending record was promoted, or joined a model
    conflict: Optional[MigrationConflict]
    mismatch: Optional[ClaimMismatchReport]


class MigrationReport(NamedTuple):
    promoted_ids: Tuple[int, ...]  #: records that became models
    merged_ids: Tuple[int, ...]  #: records that joined a model
    verified: Tuple[str, ...]  #: models whose claimed hash was confirmed for the first time
    conflicts: Tuple[MigrationConflict, ...]
    mismatches: Tuple[ClaimMismatchReport, ...]
    failed: Tuple[MigrationFailure, ...]
    bytes_hashed: int  #: read and hashed, without remembered files
    elapsed_ms: int


def _failure(record: RecordId, path: str, error: str, status: int) -> MigrationFailure:
    return MigrationFailure(record, path, error_code(status), error)


_CONFLICT = _blocks.Struct(MigrationConflict, I64, PATH, SHA256, PATH, _blocks.As(ConflictPolicy), RESERVED)
_MISMATCH = _blocks.Struct(ClaimMismatchReport, RECORD_ID, PATH, SHA256, SHA256, BOOL, BOOL)
_FAILURE = _blocks.Struct(_failure, RECORD_ID, PATH, TEXT, I32, RESERVED)
_RESULT = _blocks.Struct(MigrateHashResult, BLOCK_SIZE, SHA256, I64, BOOL, BOOL, _blocks.Maybe(_CONFLICT),
                         _blocks.Maybe(_MISMATCH))
_REPORT = _blocks.Struct(MigrationReport, BLOCK_SIZE, _blocks.ListOf(I64), _blocks.ListOf(I64),
                         _blocks.ListOf(SHA256), _blocks.ListOf(_CONFLICT), _blocks.ListOf(_MISMATCH),
                         _blocks.ListOf(_FAILURE), I64, I64)


class _HashStruct(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("only_hash", ctypes.c_int32), ("reread", ctypes.c_int32),
                ("policy", ctypes.c_int32)]


class _MigrateStruct(Options):
    _fields_ = [("struct_size", ctypes.c_uint32), ("policy", ctypes.c_int32),
                ("path_map", ctypes.POINTER(_arguments.PathRule)), ("path_map_count", ctypes.c_uint64),
                ("parallel", ctypes.c_uint32), ("reserved", ctypes.c_int32)]


_Migrate = ctypes.POINTER(_MigrateStruct)

_policy_name = _native.plain("conflict_policy_name", ctypes.c_char_p, ctypes.c_int32)
_policy_parse = _native.function("conflict_policy_parse", Text, out(ctypes.c_int32))
_hash = _native.function("reactive_migrator_hash", Handle, Text, ctypes.POINTER(_HashStruct), out(Handle))
_hash_result = _native.function("reactive_migrator_hash_result", Handle, out(Pointer))
_migrate = _native.function("reactive_migrator_migrate", Handle, Pointer, ctypes.c_uint64, _Migrate, out(Handle))
_migrate_all = _native.function("reactive_migrator_migrate_all", Handle, _Migrate, out(Handle))
_verify_claims = _native.function("reactive_migrator_verify_claims", Handle, _Migrate, out(Handle))
_migrate_result = _native.function("reactive_migrator_migrate_result", Handle, out(Pointer))


class ReactiveMigrator(Service, name="reactive_migrator"):
    """Runs one batch at a time (another is refused as Busy); single hashes may run beside it. It may be used and
    cancelled from any thread."""

    def hash(self, path: PathLike, *, migrate: bool = True, reread: bool = False,
             policy: ConflictPolicy = ConflictPolicy.MERGE) -> Job[MigrateHashResult]:
        """Hashes one file ahead of all batches, remembers the hash, and promotes the record that waits for it
        (unless `migrate` is False), or settles the claim of the model that is said to be there. Progress counts
        bytes. Job errors: FileMissing, FileUnreadable, FileChanged, NotRegularFile, BadImage (a picture of the
        record; it stays), Conflict (the record is being promoted elsewhere), Io, Cancelled, and those of a change to
        the store."""
        struct = _HashStruct(only_hash=not migrate, reread=reread, policy=ConflictPolicy(policy))
        return job.start(self, lambda handle: _RESULT.fetch(_hash_result, handle), _hash, self._handle,
                         _arguments.path(path), ctypes.byref(struct))

    def migrate(self, ids: Iterable[RecordIdLike], *, policy: ConflictPolicy = ConflictPolicy.REPORT,
                path_map: PathMap = (), parallel: int = 0) -> Job[MigrationReport]:
        """Hashes and promotes these records. For a model, hashes its reachable locations and settles their claims.
        One that fails is an item of the report; the others go on. Progress counts bytes. What was committed before a
        cancellation stays.

        path_map: tried for a record whose own path leads nowhere; what is found is stored.
        parallel: files at once; 0: chosen from the device.

        Job errors: Busy, Cancelled, and those of a change to the store."""
        wanted = _arguments.record_ids(ids)
        return self._start(_migrate, policy, path_map, parallel, wanted.address, wanted.count)

    def migrate_all(self, *, policy: ConflictPolicy = ConflictPolicy.REPORT, path_map: PathMap = (),
                    parallel: int = 0) -> Job[MigrationReport]:
        """As `migrate`, for all pending records that are not in the trash."""
        return self._start(_migrate_all, policy, path_map, parallel)

    def verify_claims(self, *, policy: ConflictPolicy = ConflictPolicy.REPORT, path_map: PathMap = (),
                      parallel: int = 0) -> Job[MigrationReport]:
        """As `migrate`, for all models whose hash was only claimed and that are not in the trash."""
        return self._start(_verify_claims, policy, path_map, parallel)

    def _start(self, call: Any, policy: ConflictPolicy, path_map: PathMap, parallel: int,
               *first: Any) -> Job[MigrationReport]:
        rules = _arguments.path_rules(path_map)
        struct = _MigrateStruct(policy=ConflictPolicy(policy), path_map=rules, path_map_count=len(rules),
                                parallel=_arguments.number(parallel, 0, _arguments.U32))
        return job.start(self, lambda handle: _REPORT.fetch(_migrate_result, handle), call, self._handle, *first,
                         ctypes.byref(struct))

"""modelstore: catalogues the model files of generative AI by the SHA-256 of their content.

    import modelstore

    with modelstore.Store("store", create=True) as store:
        modelstore.Scanner(store).scan(["/data/models"]).result()
        modelstore.ReactiveMigrator(store).migrate_all().result(on_progress=print)
        for record in modelstore.Database(store).iter():
            print(record.sha256, record.name)

Everything may be used from any thread at once, and calls into the library let other threads run. The library is
`libmodelstore_c.so.1`, or the file that the environment variable MODELSTORE_LIBRARY names.
"""

from modelstore._arguments import Metadata, PathLike, PathMap
from modelstore._native import version as _version
from modelstore.database import Database
from modelstore.edits import (ChangeKind, ChangeList, NewModel, NewPending, PathPair, RecordChange, RecordEdit,
                              RelocateReport, Selection, Statistics, TagRef)
from modelstore.errors import (AlreadyExists, BadImage, Busy, Cancelled, ClaimMismatch, Closed, Conflict, Corrupt,
                               DecoderCrashed, Error, ErrorCode, Failure, FileChanged, FileMissing, FileUnreadable,
                               Forked, Internal, InvalidArgument, Io, LimitExceeded, NoSpace, NotAStore, NotFound,
                               NotRegularFile, OutOfMemory, Poisoned, ReadOnly, SchemaTooNew, Unsupported,
                               UnsupportedFormat)
from modelstore.file_hasher import FileHash, FileHasher, HashBatch, HashBatchItem
from modelstore.image_processor import EncodedTier, ImageProcessor, TierSet, make_tiers
from modelstore.job import Job, Progress, ProgressUnit
from modelstore.legacy_importer import ImportConflict, ImportReport, LegacyImporter, SkippedRow
from modelstore.path_map import PathRule, map_path
from modelstore.reactive_migrator import (ClaimMismatchReport, ConflictPolicy, MigrateHashResult, MigrationConflict,
                                          MigrationFailure, MigrationReport, ReactiveMigrator)
from modelstore.record_id import RecordId, RecordIdLike, Sha256Like
from modelstore.record_query import (Facets, RecordFilter, RecordPage, RecordQuery, SortKey, SortOrder, StateFilter,
                                     TagCount, TypeCount)
from modelstore.records import (HashState, Location, LocationState, Model, ModelPreview, PendingPicture, PendingRecord,
                                Preview, RecordSummary, Tag, Tier, TierFile)
from modelstore.scanner import Scanner, ScanReport, ScanSkip
from modelstore.store import (LogLevel, PreviewOptions, Problem, ProblemKind, Repair, RepairReport, Store, TierOptions,
                              VerifyReport)

#: The version of this package. `library_version()` is that of the library.
__version__ = "1.0.0"


def library_version() -> str:
    """The version of the library, "major.minor.patch"."""
    return str(_version().decode())


__all__ = [
    "AlreadyExists", "BadImage", "Busy", "Cancelled", "ChangeKind", "ChangeList", "ClaimMismatch",
    "ClaimMismatchReport", "Closed", "Conflict", "ConflictPolicy", "Corrupt", "Database", "DecoderCrashed",
    "EncodedTier", "Error", "ErrorCode", "Facets", "Failure", "FileChanged", "FileHash", "FileHasher", "FileMissing",
    "FileUnreadable", "Forked", "HashBatch", "HashBatchItem", "HashState", "ImageProcessor", "ImportConflict",
    "ImportReport", "Internal", "InvalidArgument", "Io", "Job", "LegacyImporter", "LimitExceeded", "Location",
    "LocationState", "LogLevel", "Metadata", "MigrateHashResult", "MigrationConflict", "MigrationFailure",
    "MigrationReport", "Model", "ModelPreview", "NewModel", "NewPending", "NoSpace", "NotAStore", "NotFound", "NotRegularFile",
    "OutOfMemory", "PathLike", "PathMap", "PathPair", "PathRule", "PendingPicture", "PendingRecord", "Poisoned", "Preview",
    "PreviewOptions", "Problem", "ProblemKind", "Progress", "ProgressUnit", "ReactiveMigrator", "ReadOnly",
    "RecordChange", "RecordEdit", "RecordFilter", "RecordId", "RecordIdLike", "RecordPage", "RecordQuery",
    "RecordSummary", "RelocateReport", "Repair", "RepairReport", "ScanReport", "ScanSkip", "Scanner", "SchemaTooNew",
    "Selection", "Sha256Like", "SkippedRow", "SortKey", "SortOrder", "StateFilter", "Statistics", "Store", "Tag",
    "TagCount", "TagRef", "Tier", "TierFile", "TierOptions", "TierSet", "TypeCount", "Unsupported",
    "UnsupportedFormat", "VerifyReport", "library_version", "make_tiers",
    "map_path",
]

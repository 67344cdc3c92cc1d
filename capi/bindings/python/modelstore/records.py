"""The values that describe what a catalogue holds: models, pending records, and their parts.

All are immutable. Times are milliseconds since 1970-01-01 UTC, 0 where unknown. Sizes are bytes. Texts that are not
known are empty. Metadata is a JSON object (RFC 8259) as text: the keys `description`, `community_links` and `prompts`
(`positive`, `negative`) are known to the library, all others are kept with the text that they came with.
"""

import enum
from typing import Any, NamedTuple, Optional, Sequence, Tuple

from modelstore import _blocks
from modelstore._blocks import (BLOCK_SIZE, BOOL, I32, I64, OPTIONAL_SHA256, OPTIONAL_TEXT, PATH, SHA256,
                                TEXT, WORD)
from modelstore.errors import Failure, error_code
from modelstore.record_id import RecordId


class Tag(NamedTuple):
    """A label that models and pending records share."""

    id: int
    name: str  #: unique, compared byte by byte
    color: Optional[str]  #: free text, for instance "#ff8800" or "tomato"


class LocationState(enum.IntEnum):
    """Whether the content of a location could be reached when it was last looked at."""

    PRESENT = 0  #: the file was there
    MISSING = 1  #: its folder was there, the file was not, or held another content
    OFFLINE = 2  #: the drive or share that holds it was not mounted
    UNKNOWN = 3  #: never looked at: stated by a catalogue that was imported


class Location(NamedTuple):
    """One path at which a model's content was last seen."""

    path: str  #: as it was given; may be a path of another machine
    real_path: str  #: absolute and without links; empty until the file was seen
    state: LocationState
    verified: bool  #: the library itself computed the model's hash from this file


class Tier(enum.IntEnum):
    """The three sizes in which every preview is kept."""

    HIGH = 0
    MEDIUM = 1
    LOW = 2


class TierFile(NamedTuple):
    """One published file."""

    name: str  #: below `images/` of the store; its content never changes
    size_bytes: int
    sha256: str  #: of the file's bytes; fit for an ETag


class Preview(NamedTuple):
    """One picture of a model."""

    id: int  #: never reused
    position: int  #: in show order, from 0, without gaps
    width: int  #: of the high tier, in pixels
    height: int
    files: Tuple[TierFile, TierFile, TierFile]  #: high, medium, low
    original: Optional[TierFile]  #: if it was kept
    source_format: str  #: "png", "jpeg", "webp", "gif"
    source_text: str  #: JSON object: what the picture said about itself

    def file(self, tier: Tier) -> TierFile:
        """The file of one tier."""
        return self.files[Tier(tier)]


class PendingPicture(NamedTuple):
    """One picture of a pending record: the original, unchanged, waiting for the record's promotion."""

    id: int  #: never reused
    position: int
    file_name: str  #: below `images/pending/` of the store
    original_name: str  #: the name that it came with
    format: str  #: as `Preview.source_format`
    size_bytes: int
    sha256: str


class Model(NamedTuple):
    """One distinct content, with everything that is known about it."""

    sha256: str
    name: str
    type: str  #: free text, by habit a lowercased folder name: "checkpoints", "loras"
    size_bytes: int
    created_at: int
    verified: bool  #: the library computed this hash itself; False: a catalogue claimed it
    trashed: bool
    metadata: str
    tags: Tuple[Tag, ...]  #: by name
    locations: Tuple[Location, ...]  #: present ones first; may be empty
    previews: Tuple[Preview, ...]  #: in show order


class HashState(enum.IntEnum):
    """What is known about a pending record's hash."""

    UNKNOWN = 0  #: nothing
    CLAIMED = 1  #: a catalogue or sidecar stated it
    COMPUTED = 2  #: the library computed it, and the record was kept pending nevertheless


class PendingRecord(NamedTuple):
    """A file that waits for its hash."""

    id: int
    path: str
    name: str
    type: str
    size_bytes: int
    created_at: int
    hash_state: HashState
    trashed: bool
    sha256: Optional[str]  #: claimed or computed
    metadata: str
    tags: Tuple[Tag, ...]  #: by name
    pictures: Tuple[PendingPicture, ...]  #: in show order
    last_error: Optional[Failure]  #: why the last attempt to hash or promote it failed


class RecordSummary(NamedTuple):
    """What lists show of a model or a pending record alike."""

    id: RecordId
    sha256: Optional[str]  #: of a model; of a pending record if its hash is claimed or computed
    name: str
    type: str
    path: str  #: the first location's; empty if there is none
    size_bytes: int
    created_at: int
    verified: bool
    trashed: bool
    images_count: int
    tags: Tuple[Tag, ...]  #: by name
    first_image: str  #: the file of the first picture: of a model its low tier, of a pending record the original; "" if none
    last_error: Optional[Failure]  #: of a pending record, as there


class ModelPreview(NamedTuple):
    """A preview together with the model that it is a picture of."""

    model: str
    preview: Preview


class FailureMember(_blocks.Member):
    """A status, a gap and a message. None where the status is that of success."""

    size = 24

    def read(self, block: _blocks.Block, start: int, stride: int, count: int) -> Sequence[Any]:
        statuses = block.column("i", start, stride, count)
        if not any(statuses):
            return [None] * count
        messages = TEXT.read(block, start + 8, stride, count)
        return [Failure(error_code(status), message) if status else None
                for status, message in zip(statuses, messages)]


class RecordIdMember(_blocks.Member):
    """modelstore_record_id. None where it is all zero."""

    size = 40

    def read(self, block: _blocks.Block, start: int, stride: int, count: int) -> Sequence[Any]:
        digests = SHA256.read(block, start, stride, count)
        numbers = block.column("q", start + 32, stride, count)
        new, zero = str.__new__, "0" * 64
        if not any(numbers) and zero not in digests:
            return [new(RecordId, digest) for digest in digests]
        return [new(RecordId, f"pending:{number}") if number else None if digest == zero else new(RecordId, digest)
                for number, digest in zip(numbers, digests)]


def _tier_file(name: Optional[str], size_bytes: int, sha256: str) -> Optional[TierFile]:
    return None if name is None else TierFile(name, size_bytes, sha256)


RECORD_ID = RecordIdMember()
FAILURE = FailureMember()
TAG = _blocks.Struct(Tag, I64, TEXT, OPTIONAL_TEXT)
TAGS = _blocks.Shared(TAG)
LOCATION = _blocks.Struct(Location, PATH, PATH, _blocks.As(LocationState), BOOL)
TIER_FILE = _blocks.Struct(_tier_file, OPTIONAL_TEXT, I64, SHA256)
PREVIEW = _blocks.Struct(Preview, I64, I64, I32, I32, _blocks.Array(TIER_FILE, 3), TIER_FILE, WORD, TEXT)
PENDING_PICTURE = _blocks.Struct(PendingPicture, I64, I64, TEXT, TEXT, WORD, I64, SHA256)
MODEL = _blocks.Struct(Model, BLOCK_SIZE, SHA256, TEXT, TEXT, I64, I64, BOOL, BOOL, TEXT, TAGS,
                       _blocks.ListOf(LOCATION), _blocks.ListOf(PREVIEW))
PENDING_RECORD = _blocks.Struct(PendingRecord, BLOCK_SIZE, I64, PATH, TEXT, TEXT, I64, I64, _blocks.As(HashState),
                                BOOL, OPTIONAL_SHA256, TEXT, TAGS, _blocks.ListOf(PENDING_PICTURE), FAILURE)
RECORD_SUMMARY = _blocks.Struct(RecordSummary, RECORD_ID, OPTIONAL_SHA256, TEXT, WORD, PATH, I64, I64, BOOL, BOOL, I64,
                                TAGS, TEXT, FAILURE)
MODEL_PREVIEW = _blocks.Struct(ModelPreview, BLOCK_SIZE, SHA256, PREVIEW)

"""Previews: pictures of models in three WebP tiers, and the originals that wait with pending records.

Tiers are sRGB with 8 bits a channel, upright, with transparency kept, show the first frame, and carry no metadata.
What the picture said about itself is kept as a JSON object with its preview. PNG, JPEG, WebP and GIF are recognised
by their first bytes, never by their name.

Errors of a picture: UnsupportedFormat, BadImage, LimitExceeded, OutOfMemory, DecoderCrashed; of its file:
FileMissing, FileUnreadable, NotRegularFile, Io. Errors of everything that changes a store: as for Database.
"""

import ctypes
from typing import Any, Iterable, NamedTuple, Optional, Tuple, Union

from modelstore import _arguments, _blocks, _native, job
from modelstore._arguments import PathLike, number
from modelstore._blocks import BLOCK_SIZE, BYTES, I32, TEXT
from modelstore._native import Handle, Pointer, Text, out
from modelstore._services import Service
from modelstore.job import Job
from modelstore.record_id import RecordIdLike, Sha256Like, digest_bytes, record_bytes
from modelstore.records import PENDING_PICTURE, PREVIEW, PendingPicture, Preview, Tier
from modelstore.store import PreviewOptions, preview_struct

Picture = Union[bytes, bytearray, memoryview]


class EncodedTier(NamedTuple):
    """One encoded tier."""

    width: int  #: pixels
    height: int
    webp: bytes


class TierSet(NamedTuple):
    """A picture in three tiers, not stored yet."""

    tiers: Tuple[EncodedTier, EncodedTier, EncodedTier]  #: high, medium, low
    source_format: str  #: "png", "jpeg", "webp", "gif", …
    source_text: str  #: JSON object: what the picture said about itself

    def tier(self, tier: Tier) -> EncodedTier:
        return self.tiers[Tier(tier)]


def _only(value: Any) -> Any:
    return value


_TIER_SET = _blocks.Struct(TierSet, BLOCK_SIZE, _blocks.Array(_blocks.Struct(EncodedTier, I32, I32, BYTES), 3), TEXT,
                           TEXT)
_BYTES_BLOCK = _blocks.Struct(_only, BLOCK_SIZE, BYTES)
_PREVIEW_LIST = _blocks.Struct(_only, BLOCK_SIZE, _blocks.ListOf(PREVIEW))
_PICTURE_LIST = _blocks.Struct(_only, BLOCK_SIZE, _blocks.ListOf(PENDING_PICTURE))

_I64 = ctypes.c_int64
_make_tiers = _native.function("make_tiers", Text, Pointer, out(Pointer))
_add = _native.function("image_processor_add", Handle, ctypes.c_char_p, Text, out(_I64))
_add_bytes = _native.function("image_processor_add_bytes", Handle, ctypes.c_char_p, Text, Text, out(_I64))
_add_async = _native.function("image_processor_add_async", Handle, ctypes.c_char_p, Text, out(Handle))
_add_result = _native.function("image_processor_add_result", Handle, out(_I64))
_previews = _native.function("image_processor_previews", Handle, ctypes.c_char_p, out(Pointer))
_pending_pictures = _native.function("image_processor_pending_pictures", Handle, _I64, out(Pointer))
_read = _native.function("image_processor_read", Handle, _I64, ctypes.c_int32, out(Pointer))
_read_original = _native.function("image_processor_read_original", Handle, _I64, out(Pointer))
_read_pending = _native.function("image_processor_read_pending", Handle, _I64, out(Pointer))
_reorder = _native.function("image_processor_reorder", Handle, ctypes.c_char_p, Pointer, ctypes.c_uint64)
_remove = _native.function("image_processor_remove", Handle, ctypes.c_char_p, _I64)


def make_tiers(picture: Picture, options: Optional[PreviewOptions] = None) -> TierSet:
    """Makes the three tiers of an encoded picture; needs no store. Errors: those of a picture."""
    struct = None if options is None else preview_struct(options)
    made: TierSet = _TIER_SET.fetch(_make_tiers, _arguments.data(picture), struct and ctypes.byref(struct))
    return made


class ImageProcessor(Service, name="image_processor"):
    """May be used from any thread at once. Decoding runs on the calling thread; the function that returns a Job runs
    on the store's threads."""

    make_tiers = staticmethod(make_tiers)

    def add(self, record: RecordIdLike, picture: PathLike) -> int:
        """Adds the picture in a file behind the last one of a record, and returns its id: for a model, of its new
        preview; for a pending record, of the original, which is stored unchanged once it is known to decode.
        Errors: those of a picture and of its file, NotFound."""
        return self._id(_add, record_bytes(record), _arguments.path(picture))

    def add_bytes(self, record: RecordIdLike, picture: Picture, *, original_name: str = "") -> int:
        """As `add`, from memory. `original_name` is kept with a pending record's picture."""
        return self._id(_add_bytes, record_bytes(record), _arguments.data(picture), _arguments.text(original_name))

    def add_async(self, record: RecordIdLike, picture: PathLike) -> Job[int]:
        """As `add`, in the background. Progress counts pictures."""
        return job.start(self, lambda handle: int(_native.fetch(_I64, _add_result, handle).value), _add_async,
                         self._handle, record_bytes(record), _arguments.path(picture))

    def previews(self, model: Sha256Like) -> Tuple[Preview, ...]:
        """A model's previews in show order. Errors: NotFound."""
        found: Tuple[Preview, ...] = _PREVIEW_LIST.fetch(_previews, self._handle, digest_bytes(model))
        return found

    def pending_pictures(self, pending: int) -> Tuple[PendingPicture, ...]:
        """A pending record's pictures in show order. Errors: NotFound."""
        found: Tuple[PendingPicture, ...] = _PICTURE_LIST.fetch(_pending_pictures, self._handle, number(pending))
        return found

    def read(self, preview_id: int, tier: Tier) -> bytes:
        """The WebP bytes of one tier. Errors: NotFound, FileMissing, Io, InvalidArgument (no such tier)."""
        return self._bytes(_read, number(preview_id), _arguments.word(tier))

    def read_original(self, preview_id: int) -> bytes:
        """The original bytes of a preview's picture. Errors: NotFound (also where it was not kept), FileMissing,
        Io."""
        return self._bytes(_read_original, number(preview_id))

    def read_pending(self, picture_id: int) -> bytes:
        """The original bytes of a pending record's picture. Errors: NotFound, FileMissing, Io."""
        return self._bytes(_read_pending, number(picture_id))

    def reorder(self, record: RecordIdLike, ids: Iterable[int]) -> None:
        """Shows a record's pictures in this order: `ids` are all of them, each once. Errors: NotFound,
        InvalidArgument."""
        order = _arguments.numbers(ids)
        _reorder(self._handle, record_bytes(record), order.address, order.count)

    def remove(self, record: RecordIdLike, picture_id: int) -> None:
        """Deletes one preview of a model, or one picture of a pending record, with its files. Later ones move down.
        Errors: NotFound."""
        _remove(self._handle, record_bytes(record), number(picture_id))

    def _id(self, call: Any, *values: Any) -> int:
        return int(_native.fetch(_I64, call, self._handle, *values).value)

    def _bytes(self, call: Any, *values: Any) -> bytes:
        read: bytes = _BYTES_BLOCK.fetch(call, self._handle, *values)
        return read

"""The names of models and records.

A model is named by the SHA-256 of its content: 64 lowercase hexadecimal digits in a plain `str`. Wherever one is
asked for, either case is accepted, and so are the 32 bytes of the digest itself.
"""

import ctypes
import sys
from typing import Any, Union

from modelstore import _native
from modelstore._native import Pointer, RecordIdStruct, Text
from modelstore.errors import InvalidArgument

#: A digest as it is accepted: 64 hexadecimal digits, or 32 bytes.
Sha256Like = Union[str, bytes]

_parse = _native.function("record_id_parse", Text, Pointer)
_format = _native.plain("record_id_format", None, Pointer, ctypes.c_char_p)

_PENDING = "pending:"


class RecordId(str):
    """The name of one record of the catalogue, and a `str` with its text form: 64 hexadecimal digits for a model,
    `pending:` and a number for a pending record.

    Every function that asks for a record takes any of these: a RecordId, its text, the 32 bytes of a digest.
    """

    __slots__ = ()

    def __new__(cls, record: Union[str, bytes]) -> "RecordId":
        """Reads the text form, or a digest. Errors: InvalidArgument."""
        if isinstance(record, RecordId):
            return record
        if isinstance(record, bytes) and len(record) == 32:
            return super().__new__(cls, record.hex())
        if not isinstance(record, str):
            if isinstance(record, bytes):
                raise InvalidArgument(f"a digest has 32 bytes, not {len(record)}")
            raise TypeError(f"a record is named by str or bytes, not {type(record).__name__}")
        text = record.encode("utf-8", "surrogatepass")
        struct = _native.fetch(RecordIdStruct, _parse, Text(text, len(text)))
        buffer = ctypes.create_string_buffer(65)
        _format(ctypes.byref(struct), buffer)
        return super().__new__(cls, buffer.value.decode())

    @classmethod
    def pending(cls, number: int) -> "RecordId":
        """The pending record with this number. Errors: InvalidArgument (not positive)."""
        return cls(f"{_PENDING}{number:d}")

    @property
    def is_pending(self) -> bool:
        return self.startswith(_PENDING)

    @property
    def is_model(self) -> bool:
        return not self.startswith(_PENDING)

    @property
    def sha256(self) -> str:
        """The model's digest. Errors: InvalidArgument for a pending record."""
        if self.is_pending:
            raise InvalidArgument(f"{self} is not a model")
        return str(self)

    @property
    def number(self) -> int:
        """The pending record's number. Errors: InvalidArgument for a model."""
        if self.is_model:
            raise InvalidArgument(f"{self} is not a pending record")
        return int(self[len(_PENDING):])

    def __repr__(self) -> str:
        return f"RecordId({str(self)!r})"

    def __reduce__(self) -> Any:
        return RecordId, (str(self),)


#: A record as it is accepted.
RecordIdLike = Union[RecordId, str, bytes]


def digest_bytes(sha256: Sha256Like) -> bytes:
    """The 32 bytes of a digest. Errors: InvalidArgument."""
    if isinstance(sha256, (bytes, bytearray)):
        if len(sha256) != 32:
            raise InvalidArgument(f"a digest has 32 bytes, not {len(sha256)}")
        return bytes(sha256)
    if not isinstance(sha256, str):
        raise TypeError(f"a digest is str or bytes, not {type(sha256).__name__}")
    try:
        # fromhex() passes over spaces.
        digest = bytes.fromhex(sha256) if len(sha256) == 64 else b""
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise InvalidArgument(f"not a SHA-256: {sha256[:80]!r}")
    return digest


def record_bytes(record: RecordIdLike) -> bytes:
    """modelstore_record_id as bytes. Errors: InvalidArgument."""
    known = RecordId(record)
    if known.startswith(_PENDING):
        return bytes(32) + known.number.to_bytes(8, sys.byteorder)
    return bytes.fromhex(known) + bytes(8)

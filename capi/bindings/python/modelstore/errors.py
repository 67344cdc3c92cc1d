"""What every function of the package raises when it cannot do what it was asked to.

Each code has a class of its own below `Error`, named like the code. Where Python has an exception for the same
thing, the class is one of those too: `except FileNotFoundError` catches `FileMissing`. Arguments of a wrong type
are a plain `TypeError`.
"""

import enum
import errno
from typing import Dict, NamedTuple, Type, Union


class ErrorCode(enum.IntEnum):
    """Why a call failed. The numbers are the same in every version and in every language."""

    INVALID_ARGUMENT = 1
    NOT_FOUND = 2
    ALREADY_EXISTS = 3
    CONFLICT = 4
    BUSY = 5
    CANCELLED = 6
    FILE_MISSING = 7
    FILE_UNREADABLE = 8
    FILE_CHANGED = 9
    NOT_REGULAR_FILE = 10
    UNSUPPORTED_FORMAT = 11
    BAD_IMAGE = 12
    LIMIT_EXCEEDED = 13
    CORRUPT = 14
    NOT_A_STORE = 15
    SCHEMA_TOO_NEW = 16
    READ_ONLY = 17
    NO_SPACE = 18
    IO = 19
    POISONED = 20
    CLOSED = 21
    FORKED = 22
    OUT_OF_MEMORY = 23
    DECODER_CRASHED = 24
    CLAIM_MISMATCH = 25
    UNSUPPORTED = 26
    INTERNAL = 27

    @property
    def word(self) -> str:
        """The name that the library and other languages have for it, "NotFound" for instance."""
        from modelstore import _native  # which needs this module first

        return str(_native.status_name(self).decode())


class Error(Exception):
    """The base of all. An Error of no subclass has a code that only a newer library knows."""

    #: What a program can act on; a plain number if only a newer library knows it.
    code: Union[ErrorCode, int] = 0

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        #: One line that names the thing that failed and the cause.
        self.message = message

    def __str__(self) -> str:
        return self.message


class InvalidArgument(Error, ValueError):
    """The caller's argument is malformed."""

    code = ErrorCode.INVALID_ARGUMENT


class NotFound(Error, LookupError):
    """No such model, record, tag, preview or root."""

    code = ErrorCode.NOT_FOUND


class AlreadyExists(Error):
    """The name, path or content is taken."""

    code = ErrorCode.ALREADY_EXISTS


class Conflict(Error):
    """Another record or a concurrent change is in the way."""

    code = ErrorCode.CONFLICT


class Busy(Error):
    """Another writer kept its lock for longer than `busy_timeout`."""

    code = ErrorCode.BUSY


class Cancelled(Error):
    """The job was cancelled, or its store was closed."""

    code = ErrorCode.CANCELLED


class FileMissing(Error, FileNotFoundError):
    """No file at that path."""

    code = ErrorCode.FILE_MISSING
    errno = errno.ENOENT


class FileUnreadable(Error, PermissionError):
    """The file exists and may not be read."""

    code = ErrorCode.FILE_UNREADABLE
    errno = errno.EACCES


class FileChanged(Error):
    """The file changed while it was being read."""

    code = ErrorCode.FILE_CHANGED


class NotRegularFile(Error):
    """A folder, device, FIFO or socket where a file is needed."""

    code = ErrorCode.NOT_REGULAR_FILE


class UnsupportedFormat(Error):
    """Not a picture or catalogue of a kind that is accepted."""

    code = ErrorCode.UNSUPPORTED_FORMAT


class BadImage(Error):
    """A picture of a known kind that cannot be decoded."""

    code = ErrorCode.BAD_IMAGE


class LimitExceeded(Error):
    """Larger, longer or deeper than a documented limit."""

    code = ErrorCode.LIMIT_EXCEEDED


class Corrupt(Error):
    """A database file is damaged."""

    code = ErrorCode.CORRUPT


class NotAStore(Error):
    """The folder holds no model store."""

    code = ErrorCode.NOT_A_STORE


class SchemaTooNew(Error):
    """The store was written by a newer version of the library."""

    code = ErrorCode.SCHEMA_TOO_NEW


class ReadOnly(Error):
    """The store, or the folder it is in, cannot be written."""

    code = ErrorCode.READ_ONLY


class NoSpace(Error, OSError):
    """The disk or the quota is full."""

    code = ErrorCode.NO_SPACE
    errno = errno.ENOSPC


class Io(Error, OSError):
    """The operating system reported an input or output error."""

    code = ErrorCode.IO
    errno = errno.EIO


class Poisoned(Error):
    """An earlier write failed half-way: reopen the store to recover."""

    code = ErrorCode.POISONED


class Closed(Error):
    """The store or the handle was closed."""

    code = ErrorCode.CLOSED


class Forked(Error):
    """The store was opened by the parent of this process."""

    code = ErrorCode.FORKED


class OutOfMemory(Error, MemoryError):
    """Memory ran out."""

    code = ErrorCode.OUT_OF_MEMORY


class DecoderCrashed(Error):
    """The isolated picture decoder died."""

    code = ErrorCode.DECODER_CRASHED


class ClaimMismatch(Error):
    """The content has another hash than a catalogue claimed."""

    code = ErrorCode.CLAIM_MISMATCH


class Unsupported(Error):
    """Not available on this system or in this build."""

    code = ErrorCode.UNSUPPORTED


class Internal(Error):
    """A defect of the library: please report it."""

    code = ErrorCode.INTERNAL


_CLASSES: Dict[int, Type[Error]] = {int(kind.code): kind for kind in Error.__subclasses__()}


def make_error(code: int, message: str) -> Error:
    """The exception for a code, to be raised by the caller."""
    kind = _CLASSES.get(code)
    if kind is not None:
        return kind(message)
    error = Error(message)
    error.code = code
    return error


class Failure(NamedTuple):
    """A failure that is reported as a value, for one item among many that goes on without it."""

    code: Union[ErrorCode, int]
    message: str

    def to_error(self) -> Error:
        """The same as an exception."""
        return make_error(self.code, self.message)


def error_code(number: int) -> Union[ErrorCode, int]:
    """The code with this number; the number itself if this version has no name for it."""
    return _CLASSES[number].code if number in _CLASSES else number

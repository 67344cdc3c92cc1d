"""The shared library and how its functions are called. Nothing in here is for programs."""

import ctypes
import ctypes.util
import os
from typing import Any, Callable, Set

from modelstore.errors import Error, make_error

SONAME = "libmodelstore_c.so.1"


def _load() -> ctypes.CDLL:
    """The library that MODELSTORE_LIBRARY names, or else the installed one."""
    named = os.environ.get("MODELSTORE_LIBRARY")
    try:
        return ctypes.CDLL(named or SONAME)
    except OSError as error:
        # Where the loader looks for it is one thing, where a linker would is another.
        found = None if named else ctypes.util.find_library("modelstore_c")
        if found:
            return ctypes.CDLL(found)
        raise ImportError(
            f"{error}: install {SONAME}, or name it in the environment variable MODELSTORE_LIBRARY") from error


LIBRARY = _load()
#: Names of the functions that the package calls.
bound: Set[str] = set()

Pointer = ctypes.c_void_p
ErrorPointer = ctypes.POINTER(ctypes.c_void_p)
Destroy = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Handle(ctypes.Structure):
    """Any of the library's handles: a number in a struct."""

    _fields_ = [("value", ctypes.c_uint64)]


class Text(ctypes.Structure):
    """modelstore_text. It keeps the bytes alive that it was made of."""

    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_uint64)]


class ForeignText(ctypes.Structure):
    """modelstore_text that the library hands to a callback."""

    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_uint64)]

    def bytes(self) -> bytes:
        return ctypes.string_at(self.data, self.size) if self.data else b""


class Sha256(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_uint8 * 32)]


class RecordIdStruct(ctypes.Structure):
    _fields_ = [("sha256", Sha256), ("pending", ctypes.c_int64)]


class Options(ctypes.Structure):
    """A struct of options, which knows its own size. `keep` holds what its addresses lead to."""

    keep: Any = None

    def __init__(self, **members: Any) -> None:
        super().__init__(ctypes.sizeof(self), **members)


def plain(name: str, result: Any, *arguments: Any) -> Any:
    """A function of the library that cannot fail. `name` is without its prefix."""
    try:
        native = getattr(LIBRARY, "modelstore_" + name)
    except AttributeError:
        raise ImportError(f"{LIBRARY._name} is no {SONAME} of this version: it lacks modelstore_{name}") from None
    native.restype = result
    native.argtypes = arguments
    bound.add(name)
    return native


def function(name: str, *arguments: Any) -> Callable[..., None]:
    """A function of the library that raises if it fails. `arguments` are without the last, the error."""
    native = plain(name, ctypes.c_int32, *arguments, ErrorPointer)

    def call(*values: Any) -> None:
        error = ctypes.c_void_p()
        try:
            status = native(*values, ctypes.byref(error))
        except ctypes.ArgumentError as wrong:
            raise TypeError(f"{name}: {wrong}") from None
        if status:
            raise _take(status, error)

    call.__name__ = name
    return call


_error_message = plain("error_message", ctypes.c_char_p, ctypes.c_void_p)
_error_free = plain("error_free", None, ctypes.c_void_p)
status_name = plain("status_name", ctypes.c_char_p, ctypes.c_int32)
version = plain("version", ctypes.c_char_p)
free = plain("free", None, ctypes.c_void_p)


def _take(status: int, error: ctypes.c_void_p) -> Error:
    message = _error_message(error).decode("utf-8", "replace")
    _error_free(error)
    return make_error(status, message)


def fetch(kind: Any, call: Callable[..., None], *values: Any) -> Any:
    """What a function writes to its last parameter, which is of this ctypes kind."""
    result = kind()
    call(*values, ctypes.byref(result))
    return result


def out(kind: Any) -> Any:
    """The type of an out-parameter."""
    return ctypes.POINTER(kind)


if version().split(b".")[0] != b"1":
    raise ImportError(f"{SONAME} is of version {version().decode()}, and this package needs 1")

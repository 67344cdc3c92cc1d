"""What all classes with a handle share."""

import atexit
import contextlib
import ctypes
import threading
import weakref
from types import TracebackType
from typing import Any, Callable, Optional, Type, TypeVar

from modelstore._native import Handle
from modelstore.errors import Closed, Error, InvalidArgument

_Self = TypeVar("_Self", bound="Owner")


class Owner:
    """Owns one of the library's handles.

    `close()` may be called twice and from any thread; what was closed fails with Closed. Otherwise the handle goes
    with the object.
    """

    _handle: Handle
    _destroy: Callable[..., None]
    _open = False

    def _own(self, destroy: Callable[..., None], *kept: Any) -> None:
        """Owns no handle yet: `_make` fills it in. `kept` lives as long as the object."""
        self._handle = Handle()
        self._destroy = destroy
        self._kept = kept
        self._open = True

    def _make(self, call: Callable[..., None], *values: Any) -> None:
        """Calls a function that writes the handle to its last parameter: in its place, so that it is not lost if
        something interrupts this."""
        call(*values, ctypes.byref(self._handle))

    def close(self) -> None:
        """Gives the handle back. Closing twice does nothing."""
        if not self._open:
            return
        try:
            self._give_back()
        except Error:
            raise
        except BaseException:  # an interrupt, before or behind the call
            with contextlib.suppress(Error):
                self._give_back()
            raise

    def _give_back(self) -> None:
        # No lock: the library lets one of several callers win, and refuses one that would wait for itself.
        with contextlib.suppress(Closed):
            self._destroy(self._handle)
        self._open = False

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return not self._open

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self.close()

    def __del__(self) -> None:
        if self._open:
            self._open = False
            try:
                self._destroy(self._handle)
            except Error:
                pass  # after a fork


class WaitingOwner(Owner):
    """An Owner whose `close` waits for jobs and callbacks. It is closed at the latest when the interpreter ends, for
    no callback may come after that: none is made from then on."""

    def _own(self, destroy: Callable[..., None], *kept: Any) -> None:
        if _ended:
            raise Closed("the interpreter ends")
        super()._own(destroy, *kept)
        _waiting.add(self)

    def __del__(self) -> None:
        if self._open:
            self._open = False
            _finish(self._destroy, self._handle)


def _finish(destroy: Callable[..., None], handle: Handle) -> None:
    try:
        destroy(handle)
    except InvalidArgument:
        # The last reference went in a callback, which cannot wait for itself.
        threading.Thread(target=_finish, args=(destroy, handle), name="modelstore-close").start()
    except Error:
        pass


_waiting: "weakref.WeakSet[WaitingOwner]" = weakref.WeakSet()
_ended = False


@atexit.register
def _close_all() -> None:
    global _ended  # pylint: disable=global-statement
    _ended = True
    for owner in list(_waiting):
        try:
            owner.close()
        except Error:
            pass

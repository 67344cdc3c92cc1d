"""What all classes with a handle share."""

import atexit
import threading
import weakref
from types import TracebackType
from typing import Any, Callable, Optional, Type, TypeVar

from modelstore._native import Handle
from modelstore.errors import Error, InvalidArgument

_Self = TypeVar("_Self", bound="Owner")


class Owner:
    """Owns one of the library's handles.

    `close()` may be called twice and from any thread; what was closed fails with Closed. Otherwise the handle goes
    with the object.
    """

    _handle: Handle
    _destroy: Callable[..., None]
    _open = False

    def _own(self, handle: Handle, destroy: Callable[..., None], *kept: Any) -> None:
        """`kept` lives as long as the object."""
        self._handle = handle
        self._destroy = destroy
        self._kept = kept
        self._closing = threading.Lock()
        self._open = True

    def close(self) -> None:
        """Gives the handle back. Closing twice does nothing."""
        if not self._open:
            return
        with self._closing:
            if self._open:
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
    no callback may come after that."""

    def _own(self, handle: Handle, destroy: Callable[..., None], *kept: Any) -> None:
        super()._own(handle, destroy, *kept)
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


@atexit.register
def _close_all() -> None:
    for owner in list(_waiting):
        try:
            owner.close()
        except Error:
            pass

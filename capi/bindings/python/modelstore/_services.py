"""How the classes are made that work in a store. Nothing in here is for programs."""

from typing import Any, Callable

from modelstore import _native
from modelstore._handle import Owner
from modelstore._native import Handle, out
from modelstore.store import Store, store_handle


class Service(Owner):
    """A handle that works in a store, and keeps it open."""

    _create: Callable[..., None]
    _delete: Callable[..., None]

    def __init_subclass__(cls, name: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._create = staticmethod(_native.function(f"{name}_create", Handle, out(Handle)))
        cls._delete = staticmethod(_native.function(f"{name}_destroy", Handle))

    def __init__(self, store: Store) -> None:
        """Errors: Closed."""
        handle = store_handle(store)
        self._own(self._delete, store)
        self._make(self._create, handle)

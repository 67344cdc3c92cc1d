"""Functions of the program that the library calls. Nothing in here is for programs.

The library gets a number instead of an object, and one C function for each kind of callback, which looks the number
up. So a callback lives exactly until the library says with `destroy` that no further call will come. What the program
cannot be told otherwise just leaves the callback: ctypes hands it to `sys.unraisablehook`.
"""

import ctypes
import itertools
import threading
from typing import Any, Callable, Dict, Optional

from modelstore._native import Destroy

_targets: Dict[int, Any] = {}
_endings: Dict[int, Callable[[], None]] = {}
_numbers = itertools.count(1)


def register(target: Any, ending: Optional[Callable[[], None]] = None) -> int:
    """Keeps `target` until the library destroys it, and then calls `ending`. Returns its `user_data`."""
    number = next(_numbers)
    _targets[number] = target
    if ending is not None:
        _endings[number] = ending
    return number


def target_of(number: int) -> Any:
    return _targets[number]


def forget(number: int) -> None:
    _targets.pop(number, None)
    ending = _endings.pop(number, None)
    if ending is not None:
        ending()


#: To be given with every number of `register`.
DESTROY = Destroy(forget)


_here = threading.local()


class Task:
    """What `post` gets: to be called once. It runs when it is dropped instead, since the store waits for it. Whatever
    ends the program (KeyboardInterrupt, SystemExit) comes out of it; no callback's other exceptions do."""

    def __init__(self, run: Callable[[int], None], task: int) -> None:
        self._pending = [(run, task)]
        self.interrupt: Optional[BaseException] = None

    def __call__(self) -> None:
        try:
            run, task = self._pending.pop()  # which only one thread can do
        except IndexError:
            return
        outer = current_task()
        _here.task = self
        try:
            run(task)
        finally:
            _here.task = outer
        if self.interrupt is not None:
            raise self.interrupt

    def __del__(self) -> None:
        self()


def current_task() -> Optional[Task]:
    """The task that runs on this thread."""
    return getattr(_here, "task", None)


RunTask = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
Post = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


@Post
def POST(number: int, run: int, task: int) -> None:
    posted = Task(RunTask(run), task)
    try:
        target_of(number)(posted)
    except BaseException:
        posted()  # or the store would wait for it in vain
        raise

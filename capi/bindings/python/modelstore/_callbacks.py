"""Functions of the program that the library calls. Nothing in here is for programs.

The library gets a number instead of an object, and one C function for each kind of callback, which looks the number
up. So a callback lives exactly until the library says with `destroy` that no further call will come. No exception
leaves a callback: what the program cannot be told otherwise goes to `sys.unraisablehook`.
"""

import ctypes
import itertools
import sys
from typing import Any, Callable, Dict, Optional

from modelstore._native import Destroy

_targets: Dict[int, Any] = {}
_numbers = itertools.count(1)


def register(target: Any) -> int:
    """Keeps `target` until the library destroys it. Returns its `user_data`."""
    number = next(_numbers)
    _targets[number] = target
    return number


def target_of(number: int) -> Any:
    return _targets[number]


def forget(number: Optional[int]) -> None:
    _targets.pop(number, None)  # type: ignore[arg-type]


#: To be given with every number of `register`.
DESTROY = Destroy(forget)


class _Unraisable:
    """The arguments of sys.unraisablehook, whose own type cannot be made."""

    def __init__(self, error: BaseException, where: Any) -> None:
        self.exc_type = type(error)
        self.exc_value = error
        self.exc_traceback = error.__traceback__
        self.err_msg = "Exception ignored in a callback of modelstore"
        self.object = where


def report(error: BaseException, where: Any) -> None:
    """Tells of an exception that no caller waits for."""
    sys.unraisablehook(_Unraisable(error, where))


class Task:
    """What `post` gets: to be called once. It runs when it is dropped instead, since the store waits for it."""

    def __init__(self, run: Callable[[int], None], task: int) -> None:
        self._pending = [(run, task)]

    def __call__(self) -> None:
        try:
            run, task = self._pending.pop()  # which only one thread can do
        except IndexError:
            return
        run(task)

    def __del__(self) -> None:
        self()


RunTask = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
Post = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


@Post
def POST(number: int, run: int, task: int) -> None:
    posted = Task(RunTask(run), task)
    post = target_of(number)
    try:
        post(posted)
    except BaseException as error:  # pylint: disable=broad-except
        report(error, post)
        posted()

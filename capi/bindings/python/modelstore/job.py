"""A handle to work that goes on in the background."""

import contextlib
import ctypes
import enum
import math
import threading
import time
from typing import Any, Callable, Generator, Generic, List, NamedTuple, Optional, TypeVar

from modelstore import _callbacks, _native
from modelstore._handle import Owner
from modelstore._native import Destroy, Handle, Pointer, out
from modelstore.errors import Closed, Error, InvalidArgument

T = TypeVar("T")


class ProgressUnit(enum.IntEnum):
    """What `Progress` counts."""

    BYTES = 0
    FILES = 1
    ROWS = 2
    PICTURES = 3
    RECORDS = 4


class Progress(NamedTuple):
    """How far a job has come. `total` is 0 until it is known and may grow while more work is found. A job with phases
    (rows, then pictures) starts again from 0 with another unit."""

    done: int
    total: int
    unit: ProgressUnit


class _ProgressStruct(ctypes.Structure):
    _fields_ = [("done", ctypes.c_uint64), ("total", ctypes.c_uint64), ("unit", ctypes.c_int32),
                ("reserved", ctypes.c_int32)]


_Done = ctypes.CFUNCTYPE(None, ctypes.c_void_p, Handle, ctypes.c_int32)

_done = _native.function("job_done", Handle, out(ctypes.c_int32))
_wait = _native.function("job_wait", Handle, ctypes.c_int64, out(ctypes.c_int32))
_progress = _native.function("job_progress", Handle, out(_ProgressStruct))
_cancel = _native.function("job_cancel", Handle)
_on_done = _native.function("job_on_done", Handle, _Done, Pointer, Destroy)
_destroy = _native.function("job_destroy", Handle)

# How long a wait stays in the library before Python may run a signal handler.
_STEP = 0.1
# Seconds that no program runs.
_LONGEST = 1e9


class Job(Owner, Generic[T]):
    """Work that goes on in the background: what every asynchronous call returns.

    Any thread may use it. Dropping it neither cancels nor waits. Closing the store (or the FileHasher that works
    without one) cancels its jobs and waits for them; their Job objects outlive it, and those that had not finished
    report Cancelled. In a coroutine, `await job` is `job.result()` without blocking the loop.
    """

    def __init__(self, read: Callable[[Handle], T], *kept: Any) -> None:
        """Made by the package; programs get theirs from an asynchronous call."""
        self._read = read
        self._value: List[T] = []
        #: Exceptions of callbacks that belong to this job: the result raises the first.
        self._raised: List[BaseException] = []
        self._own(_destroy, *kept)

    def result(self, timeout: Optional[float] = None, on_progress: Optional[Callable[[Progress], Any]] = None,
               interval: float = 0.1) -> T:
        """Waits for the end and returns the result. May be called again, from any thread.

        With `on_progress`, calls it on this thread every `interval` seconds, at least a millisecond, and once more at
        the end. Whatever
        interrupts the wait, KeyboardInterrupt or an exception from `on_progress`, cancels the job and is raised once
        that has ended. Errors: TimeoutError after `timeout` seconds, which cancels nothing; what a callback of the
        job raised; what the job failed with; Cancelled; InvalidArgument when called in a callback while the job runs, and for what is no time, such as a
        negative `interval`.
        """
        end, step = _end_of(timeout), _step_of(interval)
        if on_progress is not None and not callable(on_progress):
            raise TypeError("a callback has to be callable")
        if not self._value:
            try:
                done = self._wait(end, on_progress, step)
            except Error:
                raise
            except BaseException:
                self._abandon()
                raise
            if not done:
                raise TimeoutError(f"the job is not done after {timeout} seconds")
            if self._raised:
                raise self._raised[0]
            self._value.append(self._read(self._handle))
        return self._value[0]

    def exception(self, timeout: Optional[float] = None) -> Optional[BaseException]:
        """As `result`, but returns what that would raise; None if the job succeeded. Errors: TimeoutError."""
        if not self.wait(timeout):
            raise TimeoutError(f"the job is not done after {timeout} seconds")
        try:
            self.result()
        except Exception as error:  # pylint: disable=broad-except
            return error
        return None

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Waits until the job is done or `timeout` seconds are over, whichever is first; says whether it is done.
        Never raises what the job failed with. Errors: InvalidArgument as for `result`."""
        return self._wait(_end_of(timeout), None, _STEP)

    def done(self) -> bool:
        """Whether a result or an error is there. Never blocks."""
        return bool(_native.fetch(ctypes.c_int32, _done, self._handle).value)

    def cancel(self) -> None:
        """Asks the job to end. It does within 100 ms, whatever the size of the file that it reads; what it had
        committed stays, what it had only begun is undone. A job that is done is not affected."""
        _cancel(self._handle)

    def progress(self) -> Progress:
        """How far it has come. Never blocks for long."""
        progress = _native.fetch(_ProgressStruct, _progress, self._handle)
        return Progress(progress.done, progress.total, ProgressUnit(progress.unit))

    def add_done_callback(self, callback: "Callable[[Job[T]], Any]") -> None:
        """Calls `callback` with this job once it is done; several may be added. It runs on one of the library's
        threads, or where `post` of the store puts it, or at once if the job is done already. What it raises goes to
        `sys.unraisablehook`; where `post` put it, KeyboardInterrupt and SystemExit are raised there. It cannot close the store."""
        if not callable(callback):
            raise TypeError("a callback has to be callable")
        _on_done(self._handle, _ON_DONE, _callbacks.register((self, callback)), _callbacks.DESTROY)

    def __await__(self) -> Generator[Any, None, T]:
        import asyncio  # which takes longer to load than all of this package

        loop = asyncio.get_running_loop()
        future: "asyncio.Future[None]" = loop.create_future()

        def finish() -> None:
            if not future.done():
                future.set_result(None)

        def wake() -> None:
            if not loop.is_closed():
                with contextlib.suppress(RuntimeError):  # closed meanwhile: nobody waits any more
                    loop.call_soon_threadsafe(finish)

        if self.done():
            return self.result()
        # Woken by the end of the callback and not by its call, which does not come if the store is closed meanwhile.
        number = _callbacks.register((self, _nothing), ending=wake)
        try:
            _on_done(self._handle, _ON_DONE, number, _callbacks.DESTROY)
        except Closed:  # the store, which has ended its jobs
            return self.result()
        try:
            yield from future
        except asyncio.CancelledError:
            self.cancel()
            raise
        return self.result()

    def _wait(self, end: Optional[float], on_progress: Optional[Callable[[Progress], Any]], step: float) -> bool:
        # Only the main thread runs signal handlers; others need not wake up for them.
        patient = not on_progress and threading.current_thread() is not threading.main_thread()
        if not on_progress:
            step = _STEP
        while True:
            left = None if end is None else max(0.0, end - time.monotonic())
            pause = left if left is not None and (patient or left < step) else -1 if patient else step
            done = bool(_native.fetch(ctypes.c_int32, _wait, self._handle, _milliseconds(pause)).value)
            if on_progress:
                try:
                    on_progress(self.progress())
                except BaseException:
                    self._abandon()
                    raise
            if done:
                return True
            if end is not None and time.monotonic() >= end:
                return False

    def _abandon(self) -> None:
        """Cancels the job and waits for its end, unless this is a callback of it."""
        try:
            _cancel(self._handle)
            self._wait(None, None, _STEP)
        except Error:
            pass


@_Done
def _ON_DONE(number: int, _: Handle, __: int) -> None:
    job, callback = _callbacks.target_of(number)
    try:
        callback(job)
    except Exception:
        raise
    except BaseException as error:
        task = _callbacks.current_task()
        if task is None:
            raise
        task.interrupt = error


def _nothing(_: Any) -> None:
    pass


def _end_of(timeout: Optional[float]) -> Optional[float]:
    """When a wait ends; None for one without end. Errors: InvalidArgument."""
    if timeout is None:
        return None
    if math.isnan(timeout):
        raise InvalidArgument("a time in seconds is a number")
    # What is longer than any program runs is without end too.
    return None if timeout > _LONGEST else time.monotonic() + timeout


def _step_of(interval: float) -> float:
    """The time between two calls. Errors: InvalidArgument."""
    if math.isnan(interval) or interval < 0:
        raise InvalidArgument(f"not a time in seconds: {interval}")
    return min(max(interval, 0.001), _LONGEST)


def _milliseconds(seconds: float) -> int:
    # Rounded up, so that a short wait is no busy one.
    return -1 if seconds < 0 else int(seconds * 1000 + 0.999)


def start(owner: Any, read: Callable[[Handle], T], call: Callable[..., None], *values: Any) -> Job[T]:
    """The job that a function starts whose last parameter receives it."""
    started = Job(read, owner)
    started._make(call, *values)  # pylint: disable=protected-access
    return started

"""Job: results, waiting, progress, cancelling, callbacks."""

import asyncio
import os
import signal
import threading
import time

import modelstore as ms
import pytest


@pytest.fixture
def hasher():
    with ms.FileHasher(threads=2) as opened:
        yield opened


def test_a_result_is_there_again_and_again(hasher, picture):
    job = hasher.hash(picture)
    assert job.result() is job.result(timeout=0)
    assert job.done() and job.wait(0) and job.exception() is None


def test_a_job_of_a_file_that_is_missing_raises_again_and_again(hasher, tmp_path):
    job = hasher.hash(tmp_path / "absent")
    for _ in range(2):
        with pytest.raises(FileNotFoundError) as caught:
            job.result()
        assert isinstance(caught.value, ms.FileMissing) and "absent" in caught.value.message
    assert isinstance(job.exception(), ms.FileMissing)


def test_waiting_ends_with_the_time(hasher, endless):
    job = endless(hasher)
    start = time.monotonic()
    assert job.wait(0) is False
    assert job.wait(0.25) is False
    assert time.monotonic() - start >= 0.25
    for call in (job.result, job.exception):
        with pytest.raises(TimeoutError):
            call(timeout=0.01)
    assert not job.done()
    hasher.resume()
    assert len(job.result().items) == 1


def test_a_job_that_is_cancelled_says_so(hasher, endless):
    job = endless(hasher)
    job.cancel()
    job.cancel()
    with pytest.raises(ms.Cancelled):
        job.result()
    assert job.done()


def test_progress_is_told_while_it_waits_and_at_the_end(hasher, endless):
    seen = []

    def on_progress(progress):
        seen.append(progress)
        if len(seen) == 3:
            hasher.resume()

    job = endless(hasher)
    job.result(on_progress=on_progress, interval=0.01)
    assert len(seen) >= 4
    assert all(isinstance(progress, ms.Progress) for progress in seen)
    assert seen[-1].done == seen[-1].total == 5 and seen[-1].unit is ms.ProgressUnit.BYTES
    assert job.progress() == seen[-1]


@pytest.mark.parametrize("error", [RuntimeError("enough"), TimeoutError("mine"), ms.Busy("mine too"), SystemExit(3)])
def test_an_exception_of_on_progress_cancels_the_job_and_comes_back(hasher, endless, error):
    def on_progress(progress):
        raise error

    job = endless(hasher)
    with pytest.raises(type(error)) as caught:
        job.result(on_progress=on_progress, interval=0.01)
    assert caught.value is error
    assert job.done()
    with pytest.raises(ms.Cancelled):
        job.result()


@pytest.mark.parametrize("options", [{}, {"on_progress": lambda progress: None}, {"timeout": 300}])
def test_control_c_cancels_the_job_and_comes_back(hasher, endless, options):
    job = endless(hasher)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        job.result(**options)
    timer.join()
    assert job.done()
    assert isinstance(job.exception(), ms.Cancelled)


def test_control_c_while_waiting_cancels_nothing(hasher, endless):
    job = endless(hasher)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        job.wait()
    timer.join()
    assert not job.done()
    hasher.resume()
    job.result()


@pytest.mark.parametrize("options, error", [
    ({"timeout": float("nan")}, ms.InvalidArgument), ({"timeout": "x"}, TypeError), ({"interval": -1}, ms.InvalidArgument),
    ({"interval": float("nan")}, ms.InvalidArgument), ({"interval": "x"}, TypeError), ({"on_progress": 1}, TypeError)])
def test_a_wait_with_bad_arguments_cancels_nothing(hasher, endless, options, error):
    job = endless(hasher)
    with pytest.raises(error):
        job.result(**{"on_progress": lambda progress: None, **options})
    hasher.resume()
    assert len(job.result().items) == 1


def test_a_wait_without_an_interval_is_no_busy_one(hasher, endless):
    calls = []
    with pytest.raises(TimeoutError):
        endless(hasher).result(timeout=0.2, on_progress=calls.append, interval=0)
    assert len(calls) <= 201


@pytest.mark.parametrize("timeout", [float("inf"), 1e300, 1e9, 1e8])
def test_a_time_may_be_longer_than_any_wait(hasher, endless, timeout):
    job = endless(hasher)
    found = []
    threads = [threading.Thread(target=lambda call=call: found.append(call(timeout))) for call in (job.wait, job.result)]
    for thread in threads:
        thread.start()
    hasher.resume()
    job.result(timeout)
    for thread in threads:
        thread.join()
    assert len(found) == 2


def test_many_threads_wait_for_one_job(hasher, endless):
    job = endless(hasher)
    results = []
    threads = [threading.Thread(target=lambda: results.append(job.result())) for _ in range(8)]
    for thread in threads:
        thread.start()
    hasher.resume()
    for thread in threads:
        thread.join()
    assert len(results) == 8 and all(result == results[0] for result in results)


def test_other_threads_run_while_one_waits(hasher, endless):
    job = endless(hasher)
    waiting = threading.Thread(target=job.wait)
    waiting.start()
    count = 0
    for _ in range(100_000):
        count += 1
    assert count == 100_000 and waiting.is_alive()
    hasher.resume()
    waiting.join()


def test_callbacks_run_once_each_with_the_job(hasher, endless):
    seen = []
    ready = threading.Semaphore(0)

    def callback(done):
        seen.append(done)
        ready.release()

    job = endless(hasher)
    for _ in range(3):
        job.add_done_callback(callback)
    assert seen == []
    hasher.resume()
    for _ in range(3):
        assert ready.acquire(timeout=60)
    job.add_done_callback(callback)
    assert ready.acquire(timeout=60)
    assert seen == [job] * 4
    assert job.result().items[0].hash


def test_a_callback_keeps_its_job(hasher, endless):
    seen = threading.Event()
    endless(hasher).add_done_callback(lambda done: (done.result(), seen.set()))
    hasher.resume()
    assert seen.wait(60)


def test_an_exception_of_a_done_callback_is_reported_and_stops_no_other(hasher, picture, unraisable):
    def bad(done):
        raise RuntimeError("not my day")

    called = threading.Event()
    job = hasher.hash(picture)
    job.add_done_callback(bad)
    job.add_done_callback(lambda done: called.set())
    assert called.wait(60)
    job.result()
    hasher.close()
    assert [str(seen.exc_value) for seen in unraisable] == ["not my day"]


def test_what_a_callback_raises_is_told_on_stderr(run_python, tmp_path):
    done = run_python("""
import sys, threading, modelstore as ms

def bad(*arguments):
    raise RuntimeError("not my day")

def post(run):
    raise RuntimeError("no loop")

with ms.Store(sys.argv[1], create=True, post=post) as store:
    called = threading.Event()
    hasher = ms.FileHasher(store)
    hasher.pause()
    job = hasher.hash_all([sys.executable])
    job.add_done_callback(bad)
    job.add_done_callback(lambda job: called.set())
    hasher.resume()
    assert called.wait(60)
""", tmp_path / "s")
    assert done.returncode == 0
    assert "RuntimeError: not my day" in done.stderr and "RuntimeError: no loop" in done.stderr
    assert "TypeError" not in done.stderr


def test_what_cannot_be_called_is_no_callback(hasher, picture):
    with pytest.raises(TypeError):
        hasher.hash(picture).add_done_callback("x")


def test_a_callback_cannot_wait_for_its_own_job(hasher, picture):
    failed = []

    def on_file(index, item):
        for call in (job.result, job.wait):
            try:
                call()
            except ms.Error as error:
                failed.append(type(error))

    hasher.pause()
    job = hasher.hash_all([picture], on_file=on_file)
    hasher.resume()
    job.result()
    assert failed == [ms.InvalidArgument] * 2


def test_a_job_is_awaited(hasher, picture, tmp_path):
    async def main():
        good = await hasher.hash(picture)
        with pytest.raises(ms.FileMissing):
            await hasher.hash(tmp_path / "absent")
        both = await asyncio.gather(*(wrap(hasher.hash(picture)) for _ in range(2)))
        return [good, *both]

    async def wrap(job):
        return await job

    hashes = asyncio.run(main())
    assert len({found.sha256 for found in hashes}) == 1


@pytest.mark.parametrize("posted", [False, True])
def test_a_job_whose_store_is_closed_ends_its_await(tmp_path, endless, posted):
    async def main():
        post = asyncio.get_running_loop().call_soon_threadsafe if posted else None
        store = ms.Store(tmp_path / "s", create=True, post=post)
        job = endless(ms.FileHasher(store))

        async def wait():
            with pytest.raises(ms.Cancelled):
                await job

        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0.05)
        store.close()
        await asyncio.wait_for(task, 60)
        await wait()

    asyncio.run(main())


def test_a_finished_job_is_awaited_when_its_store_is_closed(tmp_path, models):
    async def main():
        store = ms.Store(tmp_path / "s", create=True)
        job = ms.Scanner(store).scan([models])
        job.wait()
        store.close()
        return await job

    assert asyncio.run(main()).added == 3


def test_a_task_that_is_cancelled_cancels_the_job(hasher, endless):
    job = endless(hasher)

    async def main():
        async def wait():
            await job

        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    with pytest.raises(ms.Cancelled):
        job.result()


def test_a_job_that_was_closed_fails_with_closed(hasher, picture):
    job = hasher.hash(picture)
    job.close()
    job.close()
    for call in (job.done, job.wait, job.result, job.progress, job.cancel,
                 lambda: job.add_done_callback(lambda done: None)):
        with pytest.raises(ms.Closed):
            call()

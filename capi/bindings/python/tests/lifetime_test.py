"""What outlives what: dropped objects, closed stores, the end of the interpreter, forks."""

import gc
import os
import threading
import time

import modelstore as ms
import pytest

HEAD = "import os, sys, threading, time, modelstore as ms\n"


def test_what_works_in_a_store_keeps_it_open(tmp_path):
    database = ms.Database(ms.Store(tmp_path / "s", create=True))
    gc.collect()
    database.add_tags(["x"])
    assert len(database.tags()) == 1


def test_a_job_keeps_its_store_open(tmp_path, models):
    job = ms.Scanner(ms.Store(tmp_path / "s", create=True)).scan([models])
    gc.collect()
    assert job.result().added == 3


def test_a_store_that_was_dropped_is_closed(tmp_path):
    store = ms.Store(tmp_path / "s", create=True)
    handle = store._handle
    del store
    gc.collect()
    from modelstore import store as module
    with pytest.raises(ms.Closed):
        module._destroy(handle)


def test_a_job_outlives_its_store(tmp_path, endless, models):
    store = ms.Store(tmp_path / "s", create=True)
    finished = ms.Scanner(store).scan([models])
    finished.wait()
    hasher = ms.FileHasher(store)
    running = endless(hasher)
    called = []
    running.add_done_callback(called.append)
    store.close()
    assert called == [running] and running.done()
    with pytest.raises(ms.Cancelled):
        running.result()
    assert finished.result().added == 3
    for job in (running, finished):
        job.close()


def test_objects_go_in_any_order(tmp_path):
    for order in range(4):
        store = ms.Store(tmp_path / "s", create=True)
        parts = [store, ms.Database(store), ms.FileHasher(store), store.verify()]
        del store
        parts = parts[order:] + parts[:order]
        while parts:
            parts.pop()
            gc.collect()


def test_the_last_reference_may_go_in_a_callback(tmp_path, unraisable):
    gone = threading.Event()

    class Holder:
        def __init__(self):
            self.store = ms.Store(tmp_path / "s", create=True)

        def __call__(self, job):
            self.store = None
            gc.collect()
            gone.set()

    before = threading.active_count()
    holder = Holder()
    job = holder.store.verify()
    job.add_done_callback(holder)
    del holder
    job.wait()
    assert gone.wait(60)
    job.close()
    del job
    gc.collect()
    end = time.monotonic() + 60
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert unraisable == []
    with ms.Store(tmp_path / "s"):
        pass


def test_a_store_does_not_close_in_a_callback(store):
    failed = []
    called = threading.Event()

    def callback(job):
        try:
            store.close()
        except ms.Error as error:
            failed.append(type(error))
        called.set()

    job = store.verify()
    job.wait()
    waiting = threading.Thread(target=lambda: None)
    waiting.start()
    waiting.join()
    hasher = ms.FileHasher(store)
    hasher.pause()
    batch = hasher.hash_all([__file__])
    batch.add_done_callback(callback)
    hasher.resume()
    assert called.wait(60)
    assert failed == [ms.InvalidArgument]
    assert store.root


CLOSING = HEAD + """
store = ms.Store(sys.argv[1], create=True)
hasher = ms.FileHasher(store)
hasher.pause()
batch = hasher.hash_all([sys.executable])
inside, closing = threading.Event(), threading.Event()

def callback(job):
    inside.set()
    assert closing.wait(60)
    time.sleep(0.3)  # the other one is in the library by now
    react()

batch.add_done_callback(callback)
"""


def test_a_callback_that_closes_what_is_being_closed_is_refused(run_python, tmp_path):
    done = run_python(CLOSING + """
def react():
    try:
        store.close()
    except ms.InvalidArgument:
        print("refused")

batch.cancel()
assert inside.wait(60)
closing.set()
store.close()
print("closed", store.closed)
store.close()
""", tmp_path / "s")
    assert (done.returncode, done.stdout, done.stderr) == (0, "refused\nclosed True\n", "")


def test_a_callback_that_closes_when_the_interpreter_ends_is_refused(run_python, tmp_path):
    done = run_python(CLOSING + """
def react():
    try:
        store.close()
    except ms.InvalidArgument:
        print("refused")

batch.cancel()
assert inside.wait(60)
closing.set()
""", tmp_path / "s")
    assert (done.returncode, done.stdout, done.stderr) == (0, "refused\n", "")


def test_a_signal_handler_may_close_what_is_being_closed(run_python, tmp_path):
    done = run_python(CLOSING + """
import signal

def react():
    os.kill(os.getpid(), signal.SIGTERM)

signal.signal(signal.SIGTERM, lambda *_: store.close())
closing.set()
store.close()
print("closed", store.closed)
""", tmp_path / "s")
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed True\n", "")


def test_control_c_while_closing_comes_back_when_it_is_closed(run_python, tmp_path):
    done = run_python(CLOSING + """
import signal

def react():
    os.kill(os.getpid(), signal.SIGINT)

closing.set()
try:
    store.close()
except KeyboardInterrupt:
    print("interrupted", store.closed)
store.close()
""", tmp_path / "s")
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted True\n", "")


def test_control_c_while_opening_leaves_no_store_open(run_python, tmp_path):
    done = run_python(HEAD + """
import fcntl, gc, signal
ms.Store(sys.argv[1], create=True).close()
lock = open(os.path.join(sys.argv[1], "modelstore.lock"))
fcntl.flock(lock, fcntl.LOCK_EX)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
threading.Timer(1, fcntl.flock, (lock, fcntl.LOCK_UN)).start()
try:
    ms.Store(sys.argv[1], busy_timeout=60)
except KeyboardInterrupt:
    print("interrupted")
gc.collect()
print(os.listdir(os.path.join(sys.argv[1], "owners")))
""", tmp_path / "s")
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n[]\n", "")


def test_no_store_is_opened_when_the_interpreter_has_closed_all(run_python, tmp_path):
    done = run_python("""
import atexit, sys

def late():
    for call in (lambda: ms.Store(sys.argv[1], create=True), ms.FileHasher):
        try:
            call()
        except ms.Closed as error:
            print(error)

atexit.register(late)  # it runs behind what is registered later
import modelstore as ms
""", tmp_path / "s")
    assert (done.returncode, done.stdout, done.stderr) == (0, "the interpreter ends\n" * 2, "")


def test_no_callback_is_left_behind(tmp_path, models):
    from modelstore import _callbacks

    before = set(_callbacks._targets)
    with ms.Store(tmp_path / "s", create=True, log=lambda level, line: None, post=lambda run: run()) as store:
        job = ms.Scanner(store).scan([models])
        job.add_done_callback(lambda done: None)
        job.result()
        assert set(_callbacks._targets) - before
    assert set(_callbacks._targets) == before


def test_nothing_is_left_when_the_interpreter_ends(run_python, tmp_path):
    done = run_python(HEAD + """
store = ms.Store(sys.argv[1], create=True, log=lambda level, line: None)
hasher, alone = ms.FileHasher(store), ms.FileHasher()
jobs = []
for each in (hasher, alone):
    each.pause()
    jobs.append(each.hash_all([sys.argv[0] or sys.executable], on_file=lambda index, item: None))
    jobs[-1].add_done_callback(lambda job: print("done"))
print("end")
""", tmp_path / "s")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["end", "done", "done"]
    assert os.listdir(tmp_path / "s" / "owners") == []


def test_an_interpreter_that_ends_early_ends_well(run_python, tmp_path):
    done = run_python(HEAD + """
store = ms.Store(sys.argv[1], create=True)
database = ms.Database(store)
globals()["cycle"] = [store, database]; cycle.append(cycle)
raise SystemExit(7)
""", tmp_path / "s")
    assert (done.returncode, done.stdout, done.stderr) == (7, "", "")


def test_control_c_ends_a_program_cleanly(run_python, tmp_path):
    done = run_python(HEAD + """
import signal
hasher = ms.FileHasher(ms.Store(sys.argv[1], create=True))
hasher.pause()
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    hasher.hash_all([sys.executable]).result()
except KeyboardInterrupt:
    sys.exit("interrupted")
""", tmp_path / "s")
    assert (done.returncode, done.stderr) == (1, "interrupted\n")


def test_a_child_cannot_use_its_parents_store(run_python, tmp_path):
    done = run_python(HEAD + """
store = ms.Store(sys.argv[1], create=True)
database, hasher, job = ms.Database(store), ms.FileHasher(), store.verify()
job.result()
child = os.fork()
if child == 0:
    try:
        for call in (database.tags, lambda: store.root, lambda: hasher.hash("x"), store.verify,
                     lambda: ms.Database(store)):
            try:
                call()
                os._exit(2)
            except ms.Forked:
                pass
        with ms.Store(sys.argv[1] + "-child", create=True) as own:
            ms.Database(own).add_tags(["x"])
        store.close(); hasher.close(); job.close()
    except ms.Forked:
        pass
    sys.exit(0)  # with all that an interpreter does at its end
_, status = os.waitpid(child, 0)
assert os.waitstatus_to_exitcode(status) == 0, status
database.add_tags(["the parent goes on"])
print(len(database.tags()))
""", tmp_path / "s")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_thousands_of_jobs_leave_nothing_behind(picture):
    with ms.FileHasher() as hasher:
        first = len(os.listdir("/proc/self/fd"))
        for _ in range(2000):
            hasher.hash(picture).result()
        assert len(os.listdir("/proc/self/fd")) <= first + 2


def test_memory_is_given_back(database):
    database.add_tags([f"tag {number} " + "x" * 500 for number in range(2000)])

    def resident():
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    for _ in range(20):
        database.tags()
    before = resident()
    for _ in range(200):
        database.tags()  # a megabyte each
    gc.collect()
    assert resident() - before < 50e6

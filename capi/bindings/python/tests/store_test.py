"""Store: opening, options, callbacks, verify and repair."""

import os
import sqlite3
import threading
import time

import modelstore as ms
import pytest
from conftest import make_png


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_store_is_made_and_opened_again(tmp_path):
    with ms.Store(tmp_path / "s", create=True) as store:
        assert store.root == str((tmp_path / "s").resolve())
        assert store.read_only is False
    with ms.Store(tmp_path / "s"):
        pass
    with ms.Store.open(str(tmp_path / "s"), read_only=True) as store:
        assert store.read_only is True


@pytest.mark.parametrize("name", ["ä store", "s p a c e", "日本", "-x", "'q'"])
def test_a_root_may_have_any_name(tmp_path, name):
    for root in (os.path.join(tmp_path, name), os.path.join(os.fsencode(tmp_path), os.fsencode(name))):
        with ms.Store(root, create=True) as store:
            assert os.path.basename(store.root) == name


def test_no_store_is_made_unasked(tmp_path):
    with pytest.raises(ms.NotAStore):
        ms.Store(tmp_path)
    with pytest.raises(ms.Error):
        ms.Store(tmp_path / "absent")
    assert os.listdir(tmp_path) == []


def test_a_folder_with_other_content_is_no_store(tmp_path):
    (tmp_path / "diary.txt").write_text("dear")
    with pytest.raises(ms.NotAStore) as caught:
        ms.Store(tmp_path, create=True)
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_damaged_catalogue_is_said(tmp_path):
    ms.Store(tmp_path / "s", create=True).close()
    for path in (tmp_path / "s").glob("modelstore.db*"):
        path.write_bytes(b"no database " * 1000)
    with pytest.raises((ms.Corrupt, ms.NotAStore)):
        ms.Store(tmp_path / "s")


@pytest.mark.parametrize("root", [None, 1, [], 1.5])
def test_a_root_of_a_wrong_type_is_refused(root):
    with pytest.raises(TypeError):
        ms.Store(root, create=True)


@pytest.mark.parametrize("options", [{"threads": "2"}, {"threads": 1.5}, {"log": 1}, {"post": "x"}, {"previews": {}},
                                     {"create": "yes"}, {"busy_timeout": "1"}, {"unknown": 1}])
def test_options_of_a_wrong_type_are_refused(tmp_path, options):
    with pytest.raises(TypeError):
        ms.Store(tmp_path / "s", **{"create": True, **options})
    assert not os.path.exists(tmp_path / "s")


@pytest.mark.parametrize("options", [{"threads": -1}, {"threads": 2**40}, {"busy_timeout": -1},
                                     {"busy_timeout": float("nan")},
                                     {"previews": ms.PreviewOptions(max_pixels=2**63)},
                                     {"previews": ms.PreviewOptions(high=ms.TierOptions(1.0, 2**31, 2))},
                                     {"previews": ms.PreviewOptions(decoder_timeout=-1)}])
def test_options_out_of_range_are_refused(tmp_path, options):
    with pytest.raises(ms.InvalidArgument):
        ms.Store(tmp_path / "s", create=True, **options)


def test_closing_twice_is_closing_once(tmp_path):
    store = ms.Store(tmp_path / "s", create=True)
    assert not store.closed
    store.close()
    store.close()
    assert store.closed
    with store:
        pass


def test_what_is_closed_fails_with_closed(tmp_path):
    store = ms.Store(tmp_path / "s", create=True)
    database = ms.Database(store)
    store.close()
    for call in (lambda: store.root, lambda: store.read_only, store.verify, store.repair, database.tags,
                 lambda: ms.Database(store), lambda: ms.Scanner(store), lambda: ms.FileHasher(store)):
        with pytest.raises(ms.Closed):
            call()
    database.close()
    with pytest.raises(ms.Closed):
        database.tags()


def test_many_threads_close_one_store(tmp_path):
    store = ms.Store(tmp_path / "s", create=True)
    failed = []

    def close():
        try:
            store.close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and store.closed


def test_a_read_only_store_is_not_changed(tmp_path):
    ms.Store(tmp_path / "s", create=True).close()
    with ms.Store(tmp_path / "s", read_only=True) as store:
        with pytest.raises(ms.ReadOnly):
            ms.Database(store).add_tags(["x"])
        assert ms.Database(store).tags() == ()


def test_a_writer_waits_only_so_long(tmp_path):
    for timeout in (0, 0.05):
        with ms.Store(tmp_path / "s", create=True, busy_timeout=timeout) as store:
            other = sqlite3.connect(tmp_path / "s" / "modelstore.db", isolation_level=None)
            try:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(ms.Busy):
                    ms.Database(store).add_tags(["x"])
            finally:
                other.close()
            ms.Database(store).add_tags(["x"])


def test_preview_options_are_used(tmp_path, picture):
    options = ms.PreviewOptions(max_pixels=300, medium=ms.TierOptions(0.5, 50, 0))
    with ms.Store(tmp_path / "s", create=True, previews=options) as store:
        ms.Database(store).add_model(ms.NewModel("a" * 64))
        ms.ImageProcessor(store).add("a" * 64, picture)
        preview, = ms.ImageProcessor(store).previews("a" * 64)
        assert preview.width * preview.height <= 300


def test_a_sound_store_verifies(store):
    report = store.verify(deep=True).result()
    assert report.ok and report.problems == ()


def test_what_verify_finds_repair_mends(store, database, picture):
    database.add_model(ms.NewModel("a" * 64))
    images = ms.ImageProcessor(store)
    images.add("a" * 64, picture)
    name = images.previews("a" * 64)[0].file(ms.Tier.LOW).name
    os.remove(os.path.join(store.root, "images", name))
    with open(os.path.join(store.root, "images", "stranger.txt"), "w", encoding="utf-8") as file:
        file.write("x")
    report = store.verify().result()
    assert not report.ok
    kinds = {problem.kind for problem in report.problems}
    assert ms.ProblemKind.PREVIEW_FILE_MISSING in kinds
    assert kinds & {ms.ProblemKind.UNKNOWN_FILE, ms.ProblemKind.BAD_FILE_NAME}

    dry = store.repair().result()
    assert dry.repairs and not dry.ok and dry.quarantine == ""
    assert not store.verify().result().ok
    done = store.repair(dry_run=False).result()
    assert done.ok and done.quarantine
    assert all(repair.action and "\n" not in repair.action for repair in done.repairs)
    assert store.verify().result().ok


def test_the_log_tells_what_the_library_has_to_say(tmp_path):
    lines = []
    root = tmp_path / "s"
    ms.Store(root, create=True).close()
    leave_an_operation(root)
    with ms.Store(root, log=lambda level, line: lines.append((level, line))):
        pass
    assert lines
    for level, line in lines:
        assert isinstance(level, ms.LogLevel) and line and "\n" not in line


def test_a_log_that_raises_disturbs_nothing(tmp_path, unraisable):
    root = tmp_path / "s"
    ms.Store(root, create=True).close()
    leave_an_operation(root)

    def log(level, line):
        raise RuntimeError("no paper")

    with ms.Store(root, log=log) as store:
        assert store.verify().result().ok
    assert unraisable and all(str(seen.exc_value) == "no paper" for seen in unraisable)


def leave_an_operation(root):
    """As a process would that died in the middle of one."""
    connection = sqlite3.connect(root / "modelstore.db")
    with connection:
        connection.execute("INSERT INTO operations(owner, kind, done) VALUES "
                           "('00000000-0000-4000-8000-000000000000', 'add', 0)")
    connection.close()
    (root / "staging" / "00000000-0000-4000-8000-000000000000").mkdir()


class Loop:
    """A program's own loop, that runs what is posted when it is told to."""

    def __init__(self):
        self.tasks = []
        self.threads = set()

    def post(self, run):
        self.threads.add(threading.get_ident())
        self.tasks.append(run)

    def run(self):
        wait_for(lambda: self.tasks)
        self.tasks.pop(0)()


@pytest.fixture
def held(endless):
    """Starts a job that is not done before `release` is called, so that its callbacks are posted."""
    def start(store):
        hasher = ms.FileHasher(store)
        return endless(hasher), hasher.resume

    return start


def test_done_callbacks_run_where_post_puts_them(tmp_path, held):
    loop = Loop()
    with ms.Store(tmp_path / "s", create=True, post=loop.post) as store:
        ran = []
        job, release = held(store)
        job.add_done_callback(lambda done: ran.append((done, threading.get_ident())))
        release()
        job.result()
        wait_for(lambda: loop.tasks)
        assert ran == []
        loop.run()
        assert ran == [(job, threading.get_ident())]


def test_a_task_runs_once_however_often_it_is_called(tmp_path, held):
    loop = Loop()
    with ms.Store(tmp_path / "s", create=True, post=loop.post) as store:
        ran = []
        job, release = held(store)
        job.add_done_callback(lambda _: ran.append(1))
        release()
        wait_for(lambda: loop.tasks)
        task = loop.tasks.pop()
        task()
        task()
        del task
        assert ran == [1]


def test_a_task_that_is_dropped_runs_nevertheless(tmp_path, held):
    ran = []
    with ms.Store(tmp_path / "s", create=True, post=lambda run: None) as store:
        job, release = held(store)
        job.add_done_callback(lambda _: ran.append(1))
        release()
        wait_for(lambda: ran)
    assert ran == [1]


def test_a_post_that_raises_is_reported_and_the_task_runs(tmp_path, held, unraisable):
    ran = []

    def post(run):
        raise RuntimeError("the loop is closed")

    with ms.Store(tmp_path / "s", create=True, post=post) as store:
        job, release = held(store)
        job.add_done_callback(lambda _: ran.append(1))
        release()
        wait_for(lambda: ran)
    assert [str(seen.exc_value) for seen in unraisable] == ["the loop is closed"]
    assert ran == [1]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_what_ends_the_program_comes_out_of_the_task(tmp_path, held, error):
    def callback(done):
        raise error

    loop = Loop()
    with ms.Store(tmp_path / "s", create=True, post=loop.post) as store:
        job, release = held(store)
        job.add_done_callback(callback)
        release()
        with pytest.raises(type(error)) as caught:
            loop.run()
        assert caught.value is error


def test_limits_of_the_decoder_are_those_of_the_library():
    defaults = ms.PreviewOptions()
    assert (defaults.decoder_memory_bytes, defaults.decoder_timeout) == (2 << 30, 60)
    ms.make_tiers(make_png(), ms.PreviewOptions(decoder_memory_bytes=0))
    for options in ({"decoder_memory_bytes": -1}, {"decoder_timeout": 0}, {"decoder_timeout": 86401}):
        with pytest.raises(ms.InvalidArgument):
            ms.make_tiers(make_png(), ms.PreviewOptions(**options))


def test_make_tiers_takes_options_that_this_build_may_lack():
    try:
        ms.make_tiers(make_png(), ms.PreviewOptions(keep_originals=True))
    except ms.Unsupported as error:
        assert str(error)

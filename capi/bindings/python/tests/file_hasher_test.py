"""FileHasher: one file, batches, callbacks, pausing."""

import os
import threading

import modelstore as ms
import pytest
from conftest import sha256


@pytest.fixture(params=["alone", "in a store"])
def hasher(request, store):
    with (ms.FileHasher() if request.param == "alone" else ms.FileHasher(store)) as opened:
        yield opened


def files(models):
    return sorted(str(path) for path in models.rglob("*.safetensors"))


def test_a_file_has_the_digest_that_hashlib_says(hasher, models):
    path = models / "loras" / "zwölf.safetensors"
    for given in (path, str(path), os.fsencode(path)):
        found = hasher.hash(given).result()
        assert found.path == str(path) and found.sha256 == sha256(path.read_bytes())
        assert found.size_bytes == path.stat().st_size


def test_a_name_that_is_no_utf_8_is_a_name(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"\xff\xfe.bin")
    with open(path, "wb") as file:
        file.write(b"x")
    with ms.FileHasher() as hasher:
        found = hasher.hash(path).result()
        assert os.fsencode(found.path) == path and found.sha256 == sha256(b"x")
        assert hasher.hash_all([os.fsdecode(path)]).result().items[0].path == os.fsdecode(path)


@pytest.mark.parametrize("path, error", [("absent", ms.FileMissing), (".", ms.NotRegularFile), ("", ms.Error),
                                         ("/dev/null", ms.NotRegularFile)])
def test_what_cannot_be_hashed_says_why(hasher, path, error):
    with pytest.raises(error):
        hasher.hash(path).result()
    item, = hasher.hash_all([path]).result().items
    assert item.hash is None and isinstance(item.failure.to_error(), error) and item.failure.message


def test_a_zero_byte_is_in_no_path(hasher):
    for call in (lambda: hasher.hash("a\0b"), lambda: hasher.hash_all(["a\0b"])):
        with pytest.raises(ms.InvalidArgument):
            call().result()


@pytest.mark.parametrize("call", [lambda hasher: hasher.hash(None), lambda hasher: hasher.hash(3),
                                  lambda hasher: hasher.hash_all("one"), lambda hasher: hasher.hash_all([None]),
                                  lambda hasher: hasher.hash_all(None),
                                  lambda hasher: hasher.hash_all([], on_file="x"),
                                  lambda hasher: hasher.hash_all([], parallel="2"),
                                  lambda hasher: hasher.hash("x", reread="yes")])
def test_arguments_of_a_wrong_type_are_refused(hasher, call):
    with pytest.raises(TypeError):
        call(hasher)


def test_numbers_out_of_range_are_refused(store):
    for threads in (-1, 2**32):
        with pytest.raises(ms.InvalidArgument):
            ms.FileHasher(threads=threads)
    with pytest.raises(ms.InvalidArgument):
        ms.FileHasher(store, threads=2)
    with pytest.raises(ms.InvalidArgument):
        ms.FileHasher(store).hash_all([], parallel=-1)


def test_a_batch_answers_in_the_order_of_its_paths(hasher, models):
    paths = files(models) + [str(models / "absent")] + files(models)[:1]
    batch = hasher.hash_all(paths).result()
    assert [item.path for item in batch.items] == paths
    assert [item.hash is not None for item in batch.items] == [True, True, True, False, True]
    assert batch.items[3].failure.code is ms.ErrorCode.FILE_MISSING
    for item in batch.items:
        if item.hash:
            with open(item.path, "rb") as file:
                assert item.hash.sha256 == sha256(file.read())
    assert hasher.hash_all([]).result() == ms.HashBatch((), 0)


def test_a_huge_batch_crosses_at_once(hasher, models):
    count = 40_000
    path = files(models)[0]
    paths = itertools_cycle([path, path + ".absent"], count)
    seen = []
    batch = hasher.hash_all(paths, on_file=lambda index, item: seen.append(index)).result()
    assert len(batch.items) == count and sorted(seen) == list(range(count))
    assert all((item.hash is None) == (index % 2 == 1) for index, item in enumerate(batch.items))


def itertools_cycle(values, count):
    return values * (count // len(values))


def test_on_file_hears_of_each_file(hasher, models):
    heard = {}
    threads = set()

    def on_file(index, item):
        heard[index] = item
        threads.add(threading.get_ident())

    paths = files(models) + [str(models / "absent")]
    batch = hasher.hash_all(paths, on_file=on_file).result()
    assert [heard[index] for index in range(4)] == list(batch.items)
    assert threading.get_ident() not in threads


@pytest.mark.parametrize("error", [RuntimeError("seen enough"), KeyboardInterrupt(), ms.Cancelled("by me")])
def test_an_exception_of_on_file_cancels_the_batch_and_is_raised_by_its_result(hasher, models, error):
    calls = []

    def on_file(index, item):
        calls.append(index)
        raise error

    job = hasher.hash_all(files(models) * 100, on_file=on_file, parallel=1)
    for _ in range(2):
        with pytest.raises(type(error)) as caught:
            job.result()
        assert caught.value is error
    assert len(calls) == 1


def test_an_exception_for_the_last_file_is_not_lost(hasher, models):
    def on_file(index, item):
        raise RuntimeError("the only one")

    with pytest.raises(RuntimeError, match="the only one"):
        hasher.hash_all(files(models)[:1], on_file=on_file).result()


def test_a_callback_lives_as_long_as_its_batch(models):
    from modelstore import _callbacks

    class Listener:
        heard = 0

        def on_file(self, index, item):
            type(self).heard += 1

    before = len(_callbacks._targets)
    with ms.FileHasher() as hasher:
        hasher.pause()
        job = hasher.hash_all(files(models), on_file=Listener().on_file)
        assert len(_callbacks._targets) == before + 1
        hasher.resume()
        job.result()
        job.close()
    assert Listener.heard == 3
    assert len(_callbacks._targets) == before


def test_a_batch_that_cannot_start_gives_its_callback_back(models):
    from modelstore import _callbacks

    hasher = ms.FileHasher()
    hasher.close()
    before = len(_callbacks._targets)
    for _ in range(3):
        with pytest.raises(ms.Closed):
            hasher.hash_all(files(models), on_file=lambda index, item: None)
    assert len(_callbacks._targets) == before


def test_a_hasher_with_a_store_remembers(store, models):
    path = files(models)[0]
    os.utime(path, (1_600_000_000, 1_600_000_000))
    hasher = ms.FileHasher(store)
    assert hasher.hash(path).result().cached is False
    assert hasher.hash(path).result().cached is True
    assert hasher.hash(path, reread=True).result().cached is False
    batch = hasher.hash_all([path]).result()
    assert batch.items[0].hash.cached is True and batch.bytes_hashed == 0
    assert hasher.hash_all([path], reread=True).result().bytes_hashed == os.path.getsize(path)


def test_pausing_holds_batches_and_no_single_file(hasher, models):
    assert hasher.paused is False
    hasher.pause()
    hasher.pause()
    assert hasher.paused is True
    job = hasher.hash_all(files(models))
    assert hasher.hash(files(models)[0]).result().sha256
    assert not job.wait(0.2)
    hasher.resume()
    assert hasher.paused is False
    assert len(job.result().items) == 3


def test_closing_a_hasher_of_its_own_cancels_its_jobs(endless):
    hasher = ms.FileHasher()
    job = endless(hasher)
    hasher.close()
    hasher.close()
    assert hasher.closed and job.done()
    with pytest.raises(ms.Cancelled):
        job.result()
    for call in (hasher.pause, hasher.resume, lambda: hasher.paused, lambda: hasher.hash("x")):
        with pytest.raises(ms.Closed):
            call()


def test_a_hasher_does_not_close_in_its_own_callback(models):
    hasher = ms.FileHasher()
    failed = []

    def on_file(index, item):
        try:
            hasher.close()
        except ms.Error as error:
            failed.append(type(error))

    hasher.hash_all(files(models)[:1], on_file=on_file).result()
    assert failed == [ms.InvalidArgument]
    hasher.close()

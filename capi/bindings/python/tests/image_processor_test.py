"""ImageProcessor: tiers, previews of models, pictures of pending records."""

import modelstore as ms
import pytest
from conftest import make_png, sha256

A = "a" * 64


@pytest.fixture
def images(store):
    return ms.ImageProcessor(store)


@pytest.fixture
def model(database):
    database.add_model(ms.NewModel(A))
    return A


@pytest.fixture
def pending(database):
    return ms.RecordId.pending(database.add_pending(ms.NewPending("/p/x")))


def is_webp(data):
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def test_tiers_are_made_without_a_store():
    for picture in (make_png(), bytearray(make_png()), memoryview(make_png())):
        tiers = ms.make_tiers(picture)
        assert tiers.source_format == "png" and tiers.source_text == "{}"
        assert (tiers.tier(ms.Tier.HIGH).width, tiers.tier(ms.Tier.HIGH).height) == (64, 48)
        assert tiers.tiers[2].width < tiers.tiers[1].width < 64
        assert all(is_webp(tier.webp) for tier in tiers.tiers)
    assert ms.ImageProcessor.make_tiers(make_png(), ms.PreviewOptions(max_pixels=100)).tiers[0].width < 20


@pytest.mark.parametrize("picture, error", [(b"", ms.UnsupportedFormat), (b"text", ms.UnsupportedFormat),
                                            (make_png()[:60], ms.BadImage), ("picture.png", TypeError),
                                            (None, TypeError), (5, TypeError)])
def test_what_is_no_picture_is_refused(images, model, picture, error):
    with pytest.raises(error):
        ms.make_tiers(picture)
    with pytest.raises(error):
        images.add_bytes(model, picture)
    assert images.previews(model) == ()


def test_a_header_that_promises_too_much_is_refused():
    with pytest.raises(ms.LimitExceeded):
        ms.make_tiers(make_png(), ms.PreviewOptions(max_source_pixels=100))
    with pytest.raises(TypeError):
        ms.make_tiers(make_png(), "options")


def test_a_models_picture_becomes_a_preview(images, model, picture):
    first = images.add(model, picture)
    second = images.add_bytes(model, make_png(color=(0, 0, 200)))
    third = images.add_async(model, picture).result()
    previews = images.previews(model)
    assert [preview.id for preview in previews] == [first, second, third]
    assert [preview.position for preview in previews] == [0, 1, 2]
    preview = previews[0]
    assert (preview.width, preview.height, preview.source_format, preview.original) == (64, 48, "png", None)
    for tier in ms.Tier:
        data = images.read(first, tier)
        file = preview.file(tier)
        assert is_webp(data) and file.size_bytes == len(data) and file.sha256 == sha256(data)
        assert file.name.endswith(f"_{tier.name.lower()}.webp")


def test_a_pending_records_picture_is_kept_as_it_came(images, pending, picture, database):
    first = images.add(pending, picture)
    second = images.add_bytes(str(pending), make_png(8, 8), original_name="ö.png")
    pictures = images.pending_pictures(pending.number)
    assert [found.id for found in pictures] == [first, second]
    assert images.read_pending(first) == picture.read_bytes()
    assert pictures[1].original_name == "ö.png" and pictures[1].format == "png"
    assert pictures[1].sha256 == sha256(make_png(8, 8)) and pictures[1].size_bytes == len(make_png(8, 8))
    assert database.pending(pending.number).pictures == pictures


def test_pictures_are_put_in_order_and_removed(images, model, pending):
    for record in (model, pending):
        ids = [images.add_bytes(record, make_png(8, number + 1)) for number in range(3)]
        images.reorder(record, reversed(ids))
        images.remove(record, ids[1])
        left = images.previews(model) if record is model else images.pending_pictures(pending.number)
        assert [found.id for found in left] == [ids[2], ids[0]]
        assert [found.position for found in left] == [0, 1]


@pytest.mark.parametrize("call, error", [
    (lambda images, path: images.add("b" * 64, path), ms.NotFound),
    (lambda images, path: images.add("pending:77", path), ms.NotFound),
    (lambda images, path: images.add("nonsense", path), ms.InvalidArgument),
    (lambda images, path: images.add(A, path + ".absent"), ms.FileMissing),
    (lambda images, path: images.add(A, "/"), ms.NotRegularFile),
    (lambda images, path: images.add(A, None), TypeError),
    (lambda images, path: images.add_async("b" * 64, path).result(), ms.NotFound),
    (lambda images, path: images.add_async(A, path + ".absent").result(), ms.FileMissing),
    (lambda images, path: images.previews("b" * 64), ms.NotFound),
    (lambda images, path: images.pending_pictures(77), ms.NotFound),
    (lambda images, path: images.read(77, ms.Tier.LOW), ms.NotFound),
    (lambda images, path: images.read(1, 3), ms.InvalidArgument),
    (lambda images, path: images.read(1, -1), ms.InvalidArgument),
    (lambda images, path: images.read(1, "low"), TypeError),
    (lambda images, path: images.read_original(1), (ms.NotFound, ms.Unsupported)),
    (lambda images, path: images.read_pending(1), ms.NotFound),
    (lambda images, path: images.reorder(A, []), ms.InvalidArgument),
    (lambda images, path: images.reorder(A, [1, 1]), ms.InvalidArgument),
    (lambda images, path: images.reorder(A, ["1"]), TypeError),
    (lambda images, path: images.remove(A, 77), ms.NotFound),
    (lambda images, path: images.remove(A, "1"), TypeError),
])
def test_a_bad_call_is_refused(images, model, picture, call, error):
    images.add(model, picture)
    before = images.previews(model)
    with pytest.raises(error):
        call(images, str(picture))
    assert images.previews(model) == before

"""Database: reading, editing, trash, tags, paths, changes."""

import itertools
import json
import os
import threading

import modelstore as ms
import pytest

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def filled(database):
    """Two models, one pending record."""
    database.add_model(ms.NewModel(A, "/m/loras/a.safetensors", "Ä model", "loras", 10, 1_000, {"description": "dé"},
                                   ["red", "blau"]))
    database.add_model(ms.NewModel(bytes.fromhex(B), b"/m/vae/b.safetensors", "b model", "vae", 20, 2_000))
    database.add_pending(ms.NewPending("/m/c.safetensors", tags=["red"], size_bytes=30))
    return database


def names(page):
    return [record.name for record in page.records]


def test_a_model_is_read_as_it_was_added(filled):
    model = filled.model(A.upper())
    assert model.sha256 == A and model.name == "Ä model" and model.type == "loras"
    assert (model.size_bytes, model.created_at, model.verified, model.trashed) == (10, 1_000, False, False)
    assert json.loads(model.metadata) == {"description": "dé"}
    assert [tag.name for tag in model.tags] == ["blau", "red"] and model.tags[0].color is None
    location, = model.locations
    assert location.path == "/m/loras/a.safetensors" and location.state is ms.LocationState.UNKNOWN
    assert location.verified is False and model.previews == ()


def test_a_pending_record_is_read_as_it_was_added(filled):
    number = ms.RecordId(filled.resolve("pending:1")).number
    record = filled.pending(number)
    assert (record.id, record.path, record.name, record.size_bytes) == (1, "/m/c.safetensors", "c.safetensors", 30)
    assert record.hash_state is ms.HashState.UNKNOWN and record.sha256 is None and record.last_error is None
    assert [tag.name for tag in record.tags] == ["red"] and record.pictures == ()


@pytest.mark.parametrize("call, error", [
    (lambda database: database.model(C), ms.NotFound),
    (lambda database: database.model("xyz"), ms.InvalidArgument),
    (lambda database: database.model(3), TypeError),
    (lambda database: database.pending(99), ms.NotFound),
    (lambda database: database.pending(-1), ms.NotFound),
    (lambda database: database.pending(2**64 + 1), ms.InvalidArgument),
    (lambda database: database.pending("1"), TypeError),
    (lambda database: database.pending(1.0), TypeError),
    (lambda database: database.resolve("zz"), ms.InvalidArgument),
    (lambda database: database.resolve("cccc"), ms.NotFound),
    (lambda database: database.resolve(b"aaaa"), TypeError),
    (lambda database: database.list({"limit": 1}), TypeError),
    (lambda database: database.list(ms.RecordQuery(limit=0)), ms.InvalidArgument),
    (lambda database: database.list(ms.RecordQuery(limit=10_001)), ms.InvalidArgument),
    (lambda database: database.list(ms.RecordQuery(cursor="nonsense")), ms.InvalidArgument),
    (lambda database: database.list(ms.RecordQuery(sort=77)), ms.InvalidArgument),
    (lambda database: database.list(ms.RecordQuery(sort="name")), TypeError),
    (lambda database: database.list(ms.RecordQuery(ms.RecordFilter(tags="red"))), TypeError),
    (lambda database: database.list(ms.RecordQuery(ms.RecordFilter(tags=[1]))), TypeError),
    (lambda database: database.facets(None), TypeError),
    (lambda database: database.changes("0"), TypeError),
    (lambda database: database.add_pending(ms.NewPending("/m/c.safetensors")), ms.AlreadyExists),
    (lambda database: database.add_pending(ms.NewPending("")), ms.InvalidArgument),
    (lambda database: database.add_pending(ms.NewPending("/x", metadata="{")), ms.InvalidArgument),
    (lambda database: database.add_pending(ms.NewPending("/x", metadata="[]")), ms.InvalidArgument),
    (lambda database: database.add_pending(ms.NewPending("/x", metadata=[1])), TypeError),
    (lambda database: database.add_pending(ms.NewPending("/x", name=b"x")), TypeError),
    (lambda database: database.add_pending(ms.NewPending("/x", name="\ud800")), ms.InvalidArgument),
    (lambda database: database.add_pending(ms.NewPending("/x", tags="red")), TypeError),
    (lambda database: database.add_pending(ms.NewPending("/x", tags=[99])), ms.NotFound),
    (lambda database: database.add_pending(ms.NewPending("/x", size_bytes=2**63)), ms.InvalidArgument),
    (lambda database: database.add_pending(ms.NewModel(A)), TypeError),
    (lambda database: database.add_model(ms.NewModel(A)), ms.AlreadyExists),
    (lambda database: database.edit(C, ms.RecordEdit(name="x")), ms.NotFound),
    (lambda database: database.edit("pending:9", ms.RecordEdit(name="x")), ms.NotFound),
    (lambda database: database.edit(A, "x"), TypeError),
    (lambda database: database.edit(A, ms.RecordEdit(add_tags=[0])), ms.NotFound),
    (lambda database: database.edit(A, ms.RecordEdit(path="/new")), ms.InvalidArgument),
    (lambda database: database.edit_many(A, ms.RecordEdit(name="x")), TypeError),
    (lambda database: database.trash([A, C]), ms.NotFound),
    (lambda database: database.trash(7), TypeError),
    (lambda database: database.restore(["nothing"]), ms.InvalidArgument),
    (lambda database: database.relocate("relative", "/x"), ms.InvalidArgument),
    (lambda database: database.add_tags("red"), TypeError),
    (lambda database: database.add_tags(["x" * 2000]), ms.InvalidArgument),
    (lambda database: database.edit_tag(99, name="x"), ms.NotFound),
    (lambda database: database.edit_tag(1, name=1), TypeError),
    (lambda database: database.delete_tag(99), ms.NotFound),
    (lambda database: database.find_by_paths("/m"), TypeError),
    (lambda database: database.find_by_paths([1]), TypeError),
    (lambda database: database.find_by_path(None), TypeError),
])
def test_a_bad_call_is_refused_and_changes_nothing(filled, call, error):
    before = filled.statistics().revision
    with pytest.raises(error) as caught:
        call(filled)
    if issubclass(error, ms.Error):
        assert caught.value.message and "\n" not in caught.value.message
    assert filled.statistics().revision == before


def test_a_list_shows_models_and_pending_records(filled):
    page = filled.list()
    assert names(page) == ["b model", "Ä model"] and page.total == 2 and page.next_cursor == ""
    first = page.records[1]
    assert first == ms.RecordSummary(ms.RecordId(A), A, "Ä model", "loras", "/m/loras/a.safetensors", 10, 1_000, False,
                                     False, 0, filled.model(A).tags, "", None)
    assert type(first.id) is ms.RecordId and first.id.is_model
    page = filled.list(ms.RecordQuery(ms.RecordFilter(ms.StateFilter.ALL), ms.SortKey.SIZE, ms.SortOrder.DESCENDING))
    assert names(page) == ["c.safetensors", "b model", "Ä model"]
    assert page.records[0].id.number == 1 and page.records[0].sha256 is None


@pytest.mark.parametrize("wanted, count", [
    (ms.RecordFilter(), 2), (ms.RecordFilter(ms.StateFilter.PENDING), 1), (ms.RecordFilter(ms.StateFilter.TRASH), 0),
    (ms.RecordFilter(type="vae"), 1), (ms.RecordFilter(type=""), 0), (ms.RecordFilter(tags=["red"]), 1),
    (ms.RecordFilter(tags=["red", "blau"]), 1), (ms.RecordFilter(not_tags=("red",)), 1),
    (ms.RecordFilter(text="mod"), 2), (ms.RecordFilter(text="dé"), 1), (ms.RecordFilter(tags=["none"]), 0)])
def test_a_filter_lets_pass_what_it_says(filled, wanted, count):
    assert len(filled.list(ms.RecordQuery(wanted)).records) == count
    assert filled.facets(wanted).total == count


def test_all_pages_together_are_the_list(database):
    for number in range(25):
        database.add_pending(ms.NewPending(f"/m/{number:02}", tags=[f"t{number % 3}"] * (number % 4)))
    everything = ms.RecordFilter(ms.StateFilter.ALL)
    one = database.list(ms.RecordQuery(everything))
    for limit in (1, 7, 24, 25, 26):
        assert tuple(database.iter(ms.RecordQuery(everything, limit=limit))) == one.records
    first = database.list(ms.RecordQuery(everything, limit=10))
    assert first.total == 25 and len(first.records) == 10
    rest = database.iter(ms.RecordQuery(everything, limit=10, cursor=first.next_cursor))
    assert first.records + tuple(rest) == one.records


def test_pages_are_read_as_they_are_needed(filled):
    records = filled.iter(ms.RecordQuery(limit=1))
    assert len(list(itertools.islice(records, 1))) == 1
    filled.trash([B, A])
    assert list(records) == []


def test_facets_count(filled):
    facets = filled.facets(ms.RecordFilter(ms.StateFilter.ALL))
    assert facets.total == 3
    assert ms.TypeCount("loras", 1) in facets.types
    assert facets.tags[0].tag.name == "red" and facets.tags[0].count == 2


def test_statistics_count(filled):
    statistics = filled.statistics()
    assert (statistics.models, statistics.models_unverified, statistics.pending, statistics.tags) == (2, 2, 1, 2)
    assert statistics.model_bytes == 30 and statistics.pending_bytes == 30 and statistics.database_bytes > 0


def test_an_id_is_found_by_what_a_person_types(filled):
    assert filled.resolve("aaaa") == A and filled.resolve(B) == B
    assert filled.resolve("pending:1").is_pending


def test_changes_are_told_since_a_revision(filled):
    changes = filled.changes(0)
    assert {change.id for change in changes.changes} == {A, B, "pending:1"}
    assert filled.changes(changes.revision).changes == ()
    filled.edit(A, ms.RecordEdit(name="new"))
    change, = filled.changes(changes.revision).changes
    assert change.id == A and change.kind is ms.ChangeKind.CHANGED and change.revision > changes.revision


def test_an_edit_changes_what_it_names_and_nothing_else(filled):
    red = next(tag for tag in filled.tags() if tag.name == "red")
    filled.edit(ms.RecordId(A), ms.RecordEdit(name="", metadata={"notes": "n", "description": None}, add_tags=["new"],
                                              remove_tags=[red]))
    model = filled.model(A)
    assert model.name == "" and model.type == "loras" and json.loads(model.metadata) == {"notes": "n"}
    assert [tag.name for tag in model.tags] == ["blau", "new"]
    filled.edit(A, ms.RecordEdit(tags=[red.id, "green"]))
    assert [tag.name for tag in filled.model(A).tags] == ["green", "red"]
    filled.edit(A, ms.RecordEdit(tags=[], metadata='{"big": 12345678901234567890123}'))
    assert filled.model(A).tags == () and "12345678901234567890123" in filled.model(A).metadata
    filled.edit("pending:1", ms.RecordEdit(path="/elsewhere/x", type="vae"))
    assert filled.pending(1).path == "/elsewhere/x"


def test_many_are_edited_by_ids_or_by_a_filter(filled):
    assert filled.edit_many([A, "pending:1"], ms.RecordEdit(type="t")) == 2
    assert filled.edit_many((record for record in [bytes.fromhex(B)]), ms.RecordEdit(type="t")) == 1
    assert filled.edit_many(ms.RecordFilter(ms.StateFilter.ALL, type="t"), ms.RecordEdit(add_tags=["all"])) == 3
    assert filled.edit_many([], ms.RecordEdit(name="x")) == 0
    assert filled.edit_many(ms.RecordFilter(text="nothing"), ms.RecordEdit(name="x")) == 0


def test_the_trash_keeps_and_gives_back(filled):
    assert filled.trash([A, "pending:1"]) == 2
    assert filled.trash([A]) == 0
    assert filled.model(A).trashed is True and filled.pending(1).trashed is True
    assert filled.restore([A]) == 1
    assert filled.empty_trash() == 1
    with pytest.raises(ms.NotFound):
        filled.pending(1)
    assert filled.trash(ms.RecordFilter()) == 2


def test_tags_are_made_renamed_and_deleted(database):
    one, two = database.add_tags([" eins ", "zwei", ""])
    assert database.add_tags(["zwei", "eins"]) == (two, one)
    database.edit_tag(one.id, name="één", color="#ff8800")
    assert database.tags()[1] == ms.Tag(one.id, "één", "#ff8800") or ms.Tag(one.id, "één", "#ff8800") in database.tags()
    database.edit_tag(one.id, color="")
    assert next(tag for tag in database.tags() if tag.id == one.id).color is None
    with pytest.raises(ms.AlreadyExists):
        database.edit_tag(one.id, name="zwei")
    database.delete_tag(one.id)
    assert database.tags() == (two,)


def test_paths_are_relocated(filled):
    dry = filled.relocate("/m", "/n", dry_run=True)
    assert (dry.locations, dry.pending, dry.conflicts) == (2, 1, ())
    assert ("/m/c.safetensors", "/n/c.safetensors") in dry.examples
    assert filled.find_by_path("/n/c.safetensors") is None
    assert filled.relocate("/m", "/n").pending == 1
    assert filled.find_by_path("/n/c.safetensors") == "pending:1"


def test_records_are_found_by_paths_of_each_kind(database, models):
    path = models / "loras" / "zwölf.safetensors"
    number = database.add_pending(ms.NewPending(path))
    record = ms.RecordId.pending(number)
    link = models / "link"
    os.symlink(path, link)
    for given in (path, str(path), os.fsencode(path), f"{models}/vae/../loras/zwölf.safetensors", link):
        assert database.find_by_path(given) == record
    assert database.find_by_path(models / "absent") is None
    assert database.find_by_path(b"\xff\xfe") is None
    assert database.pending(number).path == str(path)


def test_thousands_of_paths_are_found_in_one_call(database):
    count = 3000
    with_tag = ["tag"]
    for number in range(0, count, 100):
        database.add_pending(ms.NewPending(f"/p/ü{number}", tags=with_tag))
    paths = [f"/p/ü{number}" for number in range(count)]
    found = database.find_by_paths(paths)
    assert len(found) == count
    for number, record in enumerate(found):
        assert (record is None) == (number % 100 != 0)
    assert found[200] == "pending:3" and type(found[200]) is ms.RecordId
    assert database.find_by_paths([]) == ()
    assert database.find_by_paths(iter(paths[:1])) == found[:1]


def test_many_threads_read_and_write(database):
    failed = []

    def work(worker):
        try:
            for number in range(10):
                record = database.add_pending(ms.NewPending(f"/t/{worker}/{number}", tags=[f"w{worker}"]))
                database.edit(ms.RecordId.pending(record), ms.RecordEdit(name=f"{worker}.{number}"))
                database.list(ms.RecordQuery(ms.RecordFilter(ms.StateFilter.PENDING)))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    page = database.list(ms.RecordQuery(ms.RecordFilter(ms.StateFilter.PENDING)))
    assert page.total == 60
    for record in page.records:
        assert [tag.name for tag in record.tags] == ["w" + record.name.split(".")[0]]


def test_a_long_text_crosses_whole(database):
    text = "Ünïcödé \U0001f600 " * 50_000
    number = database.add_pending(ms.NewPending("/long", metadata={"description": text}))
    assert json.loads(database.pending(number).metadata)["description"] == text


def test_what_works_in_a_store_is_made_of_a_store():
    for kind in (ms.Database, ms.ImageProcessor, ms.Scanner, ms.LegacyImporter, ms.ReactiveMigrator, ms.FileHasher):
        with pytest.raises(TypeError):
            kind("store")


def test_types_are_listed_in_order_and_the_revision_grows(filled):
    types = filled.types()
    assert "loras" in types and list(types) == sorted(types) and "" not in types
    before = filled.revision()
    filled.add_tags(["another"])
    assert filled.revision() > before
    with pytest.raises(ms.NotFound):
        filled.preview(4711)
    with pytest.raises(ms.NotFound):
        filled.preview_at(A, 0)


@pytest.mark.parametrize("query", [
    ms.RecordQuery(sort=2**32 + 1), ms.RecordQuery(order=2**32), ms.RecordQuery(filter=ms.RecordFilter(state=2**33)),
    ms.RecordQuery(sort=-1), ms.RecordQuery(filter=ms.RecordFilter(state=4))])
def test_enumerators_that_do_not_exist_are_refused(database, query):
    with pytest.raises(ms.InvalidArgument):
        database.list(query)

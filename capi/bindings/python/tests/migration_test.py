"""LegacyImporter and ReactiveMigrator, on the sample store and on small ones."""

import os
import shutil

import modelstore as ms
import pytest
from conftest import sha256


def test_a_legacy_catalogue_is_taken_over(store, database, sample):
    importer = ms.LegacyImporter(store)
    dry = importer.import_(sample, dry_run=True).result()
    assert dry.models_read == 60 and database.statistics().models == 0
    seen = []
    report = importer.import_(str(sample)).result(on_progress=seen.append)
    assert report.models_read == 60 == report.active + report.pending + report.merged + report.unchanged + report.skipped
    assert report.active > 5 and report.pending > 5 and report.images_imported > 20
    assert report.conflicts and all(isinstance(found, ms.ImportConflict) for found in report.conflicts)
    assert {ms.ProgressUnit.ROWS, ms.ProgressUnit.PICTURES} >= {progress.unit for progress in seen}
    assert database.statistics().models == report.active
    again = importer.import_(sample).result()
    assert again.active == again.pending == 0 and again.unchanged + again.skipped + again.merged == 60
    assert len(report.skipped_rows) == report.skipped and all(row.reason for row in report.skipped_rows)


def test_paths_of_another_machine_are_mapped(store, database, sample, tmp_path):
    for rules in ({"D:\\": "/mnt/d"}, [("D:\\", b"/mnt/d")]):
        ms.LegacyImporter(store).import_(sample, path_map=rules, source_id=str(type(rules))).result()
    assert any(record.path.startswith("/mnt/d/")
               for record in database.iter(ms.RecordQuery(ms.RecordFilter(ms.StateFilter.ALL))))


def test_pictures_are_looked_up_where_it_is_told(store, sample, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    report = ms.LegacyImporter(store).import_(sample, pictures=empty).result()
    assert report.images_imported == 0 and report.images_missing > 20


@pytest.mark.parametrize("database, error", [("absent.db", ms.FileMissing), (".", ms.NotRegularFile),
                                             ("", ms.Error)])
def test_what_is_no_catalogue_says_why(store, database, error):
    with pytest.raises(error):
        ms.LegacyImporter(store).import_(database).result()


def test_another_file_is_no_catalogue(store, picture):
    with pytest.raises(ms.UnsupportedFormat):
        ms.LegacyImporter(store).import_(picture).result()


@pytest.mark.parametrize("options", [{"database": None}, {"database": "x", "path_map": "ab=cd"},
                                     {"database": "x", "path_map": {1: 2}}, {"database": "x", "source_id": 1},
                                     {"database": "x", "pictures": 3}])
def test_import_arguments_of_a_wrong_type_are_refused(store, options):
    with pytest.raises((TypeError, ValueError)):
        ms.LegacyImporter(store).import_(**options)


@pytest.fixture
def migrator(store):
    return ms.ReactiveMigrator(store)


@pytest.fixture
def pending(store, models):
    """The numbers of three pending records."""
    return ms.Scanner(store).scan([models]).result().pending_ids


def test_a_record_becomes_a_model_when_its_file_is_hashed(migrator, database, pending, models, picture, store):
    path = models / "vae" / "three.safetensors"
    record = database.find_by_path(path)
    ms.ImageProcessor(store).add(record, picture)
    result = migrator.hash(path).result()
    assert result.migrated and result.sha256 == sha256(path.read_bytes())
    assert result.conflict is None and result.mismatch is None and result.size_bytes == path.stat().st_size
    model = database.model(result.sha256)
    assert model.verified and len(model.previews) == 1
    assert model.locations[0].path == str(path) and model.locations[0].state is ms.LocationState.PRESENT
    with pytest.raises(ms.NotFound):
        database.pending(record.number)
    assert migrator.hash(path, migrate=False).result().migrated is False


def test_all_records_migrate_and_those_that_cannot_are_items(migrator, database, pending, models):
    os.remove(models / "loras" / "one.safetensors")
    report = migrator.migrate_all().result()
    assert len(report.promoted_ids) == 2 and set(report.promoted_ids) < set(pending)
    failure, = report.failed
    assert failure.id.is_pending and failure.code is ms.ErrorCode.FILE_MISSING and failure.error
    assert report.bytes_hashed > 0 and report.merged_ids == () and report.conflicts == ()
    record = database.pending(failure.id.number)
    assert record.last_error.code is ms.ErrorCode.FILE_MISSING


def test_records_are_named_in_each_form(migrator, pending):
    report = migrator.migrate([ms.RecordId.pending(pending[0]), f"pending:{pending[1]}", "f" * 64, b"\1" * 32]).result()
    assert set(report.promoted_ids) == set(pending[:2])
    assert {failure.code for failure in report.failed} == {ms.ErrorCode.NOT_FOUND}
    assert {str(failure.id) for failure in report.failed} == {"f" * 64, "01" * 32}
    assert migrator.migrate([]).result().promoted_ids == ()


def test_a_conflict_is_settled_by_the_policy(migrator, database, models, store):
    one = models / "loras" / "one.safetensors"
    ms.Scanner(store).scan([models]).result()
    migrator.hash(one).result()
    copy = models / "vae" / "copy.safetensors"
    shutil.copy(one, copy)
    number = database.add_pending(ms.NewPending(copy, metadata={"description": "mine"}, tags=["own"]))
    report = migrator.migrate([f"pending:{number}"]).result()
    conflict, = report.conflicts
    assert conflict.pending_id == number and conflict.sha256 == sha256(one.read_bytes())
    assert conflict.resolution is ms.ConflictPolicy.REPORT
    assert conflict.pending_path == str(copy) and conflict.existing_path == str(one)
    result = migrator.hash(copy, policy=ms.ConflictPolicy.MERGE).result()
    assert result.migrated
    assert len(database.model(result.sha256).locations) == 2


def test_claims_are_verified_and_wrong_ones_told(migrator, database, models):
    one, three = models / "loras" / "one.safetensors", models / "vae" / "three.safetensors"
    right = sha256(one.read_bytes())
    database.add_model(ms.NewModel(right, one))
    database.add_model(ms.NewModel("e" * 64, three))
    report = migrator.verify_claims().result()
    assert report.verified == (right,)
    mismatch, = report.mismatches
    assert (mismatch.record, mismatch.claimed, mismatch.computed) == ("e" * 64, "e" * 64, sha256(three.read_bytes()))
    assert (mismatch.rekeyed, mismatch.changed, mismatch.path) == (True, False, str(three))


def test_a_verified_file_that_changed_is_told_from_a_wrong_claim(migrator, database, models):
    one = models / "loras" / "one.safetensors"
    before = sha256(one.read_bytes())
    database.add_model(ms.NewModel(before, one))
    migrator.verify_claims().result()
    one.write_bytes(b"changed")
    mismatch = migrator.hash(one).result().mismatch
    assert (mismatch.claimed, mismatch.rekeyed, mismatch.changed) == (before, False, True)


def test_a_wrong_claim_is_told_for_one_file_too(migrator, database, models):
    three = models / "vae" / "three.safetensors"
    database.add_model(ms.NewModel("e" * 64, three))
    result = migrator.hash(three).result()
    assert result.mismatch.claimed == "e" * 64 and result.mismatch.computed == result.sha256


def test_files_that_moved_are_found_by_rules(migrator, database, models):
    number = database.add_pending(ms.NewPending("E:\\models\\vae\\three.safetensors"))
    report = migrator.migrate_all(path_map={"E:\\models": models}, parallel=1).result()
    assert report.promoted_ids == (number,)


@pytest.mark.parametrize("call, error", [
    (lambda migrator: migrator.hash("/nowhere/x").result(), ms.FileMissing),
    (lambda migrator: migrator.hash("/").result(), ms.NotRegularFile),
    (lambda migrator: migrator.hash(None), TypeError),
    (lambda migrator: migrator.hash("/x", policy=77), ValueError),
    (lambda migrator: migrator.hash("/x", policy=0), ValueError),
    (lambda migrator: migrator.migrate(["x"]), ms.InvalidArgument),
    (lambda migrator: migrator.migrate("pending:1"), TypeError),
    (lambda migrator: migrator.migrate([1]), TypeError),
    (lambda migrator: migrator.migrate_all(policy="merge"), ValueError),
    (lambda migrator: migrator.migrate_all(parallel=-1), ms.InvalidArgument),
    (lambda migrator: migrator.verify_claims(path_map={"": "/x", 3: 4}), TypeError),
])
def test_bad_calls_are_refused(migrator, call, error):
    with pytest.raises(error):
        call(migrator)

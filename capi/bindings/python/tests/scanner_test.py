"""Scanner: folders become pending records."""

import modelstore as ms
import pytest


def test_new_files_become_pending_records(store, database, models):
    scanner = ms.Scanner(store)
    report = scanner.scan([models]).result()
    assert (report.files_seen, report.added, report.known, report.missing) == (3, 3, 0, 0)
    assert len(report.pending_ids) == 3 and report.skipped == ()
    records = [database.pending(number) for number in report.pending_ids]
    assert {record.type for record in records} == {"loras", "vae"}
    assert {record.name for record in records} >= {"zwölf.safetensors"} or all(record.name for record in records)
    again = scanner.scan(iter([str(models)])).result()
    assert (again.added, again.known) == (0, 3)


def test_endings_are_those_that_are_asked_for(store, models):
    (models / "x.weights").write_bytes(b"w")
    assert ms.Scanner(store).scan([models], extensions=[".WEIGHTS"]).result().added == 1


def test_progress_counts_files(store, models):
    seen = []
    ms.Scanner(store).scan([models]).result(on_progress=seen.append)
    assert seen[-1].unit is ms.ProgressUnit.FILES and seen[-1].done == 3


@pytest.mark.parametrize("roots, error", [([], ms.InvalidArgument), (["/nowhere/at/all"], ms.FileMissing)])
def test_roots_that_are_none_are_refused(store, roots, error):
    with pytest.raises(error):
        ms.Scanner(store).scan(roots).result()


def test_a_root_that_is_a_file_is_refused(store, picture):
    with pytest.raises(ms.Error):
        ms.Scanner(store).scan([picture]).result()


@pytest.mark.parametrize("call", [lambda scanner, root: scanner.scan(root), lambda scanner, root: scanner.scan([1]),
                                  lambda scanner, root: scanner.scan([root], extensions=".bin"),
                                  lambda scanner, root: scanner.scan([root], extensions=[1]),
                                  lambda scanner, root: scanner.scan(None)])
def test_arguments_of_a_wrong_type_are_refused(store, models, call):
    with pytest.raises(TypeError):
        call(ms.Scanner(store), str(models))

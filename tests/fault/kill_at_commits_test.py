#!/usr/bin/env python3
"""SIGKILL at points spread evenly over the commits of an import and of a migration.

Usage: kill_at_commits_test.py MODELSTORE SAMPLE_STORE KILL_AT_SYNC [POINTS]

KILL_AT_SYNC is the library that is preloaded to count the syncs of the write-ahead log, one for each commit, and
to kill the program in place of one of them. Both commands are run once undisturbed; then each is run from the
same beginning to each of POINTS syncs. After each kill the store is opened again, verified, and the command is
run again: the end state must equal the undisturbed one. A kill counts as between the commits if the killed run
had committed something and not everything.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import store_dump


class Failed(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Failed(message)


def run_to_end(command):
    """The JSON document that the command prints; 1 says that some items failed, as the sample store's do."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    check(done.returncode in (0, 1), f"{command} ended with {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def run_to_sync(command, kill_at_sync, stop_at=None):
    """Runs the command until it would sync the log for the `stop_at`th time, and returns how often it did."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "syncs")
        environment = {**os.environ, "LD_PRELOAD": kill_at_sync, "MODELSTORE_SYNC_LOG": log}
        if stop_at:
            environment["MODELSTORE_KILL_AT"] = str(stop_at)
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False)
        expected = (0, 1, -signal.SIGKILL) if stop_at else (0, 1)
        check(done.returncode in expected, f"{command} ended with {done.returncode}")
        return os.path.getsize(log)


def difference(expected, found):
    for key, value in expected.items():
        if found[key] == value:
            continue
        if not isinstance(value, dict):
            return f"{key}: {value} became {found[key]}"
        for name in sorted(set(value) | set(found[key])):
            if value.get(name) != found[key].get(name):
                return f"{key}: {name}: {value.get(name)} became {found[key].get(name)}"
    return ""


def clean(modelstore, root):
    report = run_to_end([modelstore, "verify", "--data", root, "--json"])
    check(report["ok"], f"verify found {report['problems']}")


def kill_over(name, command_for, before, points, programs, scratch):
    """Kills the command at `points` places; `before` is the store that it begins with."""
    modelstore, kill_at_sync = programs

    def fresh(label):
        return shutil.copytree(before, os.path.join(scratch, f"{name}-{label}"))

    undisturbed = fresh("undisturbed")
    commits = run_to_sync(command_for(undisturbed), kill_at_sync)
    clean(modelstore, undisturbed)
    expected = store_dump.dump(undisturbed)
    first = store_dump.revision(before)
    last = store_dump.revision(undisturbed)
    check(commits >= points, f"{name} made {commits} commits, too few to be killed at {points} places")
    between = 0
    for point in range(1, points + 1):
        root = fresh(str(point))
        at = max(1, round(point * commits / (points + 1)))
        run_to_sync(command_for(root), kill_at_sync, stop_at=at)
        reached = store_dump.revision(root)
        is_between = first < reached < last
        between += is_between
        clean(modelstore, root)
        run_to_end(command_for(root))
        clean(modelstore, root)
        changed = difference(expected, store_dump.dump(root))
        check(not changed, f"{name} killed at sync {at} of {commits} ended differently: {changed}")
        print(f"{name}: killed at sync {at} of {commits}, revision {reached} of {first}..{last}"
              f"{'' if is_between else ' (not between)'}: same end")
        shutil.rmtree(root)
    return between, undisturbed


def main():
    modelstore, sample_store, kill_at_sync = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:4])
    programs = (modelstore, kill_at_sync)
    points = int(sys.argv[4]) if len(sys.argv) > 4 else 20
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="modelstore-kill-") as scratch:
        sample = os.path.join(scratch, "sample")
        subprocess.run([sample_store, sample, "--models", "70"], check=True, stdout=subprocess.DEVNULL)
        legacy = os.path.join(sample, "legacy")

        def import_into(root):
            return [modelstore, "import", "--json", "--data", root, "--legacy-db",
                    os.path.join(legacy, "hikaze_mm.sqlite3"), "--legacy-images", os.path.join(legacy, "images")]

        def migrate_in(root):
            return [modelstore, "migrate", "--json", "--data", root, "--all", "--policy", "merge"]

        # The making of a store has tests of its own: here it exists.
        nothing, empty = os.path.join(scratch, "nothing"), os.path.join(scratch, "empty")
        os.mkdir(nothing)
        run_to_end([modelstore, "scan", "--json", "--data", empty, nothing])

        of_import, imported = kill_over("import", import_into, empty, points // 2, programs, scratch)
        again = run_to_end(import_into(imported))
        check(again["unchanged"] + again["skipped"] == again["models_read"],
              f"a second import changed something: {again}")
        of_migration, _ = kill_over("migration", migrate_in, imported, points - points // 2, programs, scratch)
    between = of_import + of_migration
    print(f"{points} kills, {between} between the first and the last commit, {time.monotonic() - start:.0f} s")
    check(between * 4 >= points * 3, "too few of the kills fell between the commits")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"FAILED: {failure}")

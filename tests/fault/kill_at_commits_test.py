#!/usr/bin/env python3
"""SIGKILL at points spread evenly over the commits of an import and of a migration.

Usage: kill_at_commits_test.py MODELSTORE SAMPLE_STORE [POINTS]

Both are run once undisturbed under strace, which counts the syncs of the write-ahead log: one for each
commit. Then each is run again from the same beginning and killed, with all its threads, when it has come to a
given number of syncs. After each kill the store is opened again, verified, and the command is run again: the
end state must equal the undisturbed one. A kill counts as between the commits if the killed run had
committed something and not everything.
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


def trace(command, stop_at=None):
    """Runs the command until it has synced the log `stop_at` times, and returns how often it did."""
    with tempfile.TemporaryDirectory() as folder:
        fifo = os.path.join(folder, "syncs")
        os.mkfifo(fifo)
        process = subprocess.Popen(
            ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=fdatasync", "-e", "signal=none", "-y", "-o", fifo,
             *command],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        syncs = 0
        with open(fifo, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if "fdatasync(" not in line or "-wal>" not in line:
                    continue
                syncs += 1
                if syncs == stop_at:
                    os.killpg(process.pid, signal.SIGKILL)
                    break
        process.wait()
        return syncs


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


def kill_over(name, command_for, before, points, modelstore, scratch):
    """Kills the command at `points` places; `before` is the store that it begins with, or None."""

    def fresh(label):
        root = os.path.join(scratch, f"{name}-{label}")
        if before:
            shutil.copytree(before, root)
        return root

    undisturbed = fresh("undisturbed")
    commits = trace(command_for(undisturbed))
    clean(modelstore, undisturbed)
    expected = store_dump.dump(undisturbed)
    first = store_dump.revision(before) if before else 0
    last = store_dump.revision(undisturbed)
    check(commits >= points, f"{name} made {commits} commits, too few to be killed at {points} places")
    between = 0
    for point in range(1, points + 1):
        root = fresh(str(point))
        at = max(1, round(point * commits / (points + 1)))
        trace(command_for(root), stop_at=at)
        reached = store_dump.revision(root) if os.path.exists(os.path.join(root, "modelstore.db")) else 0
        is_between = first < reached < last
        between += is_between
        if reached > 0:
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
    modelstore, sample_store = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    points = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="modelstore-kill-") as scratch:
        sample = os.path.join(scratch, "sample")
        subprocess.run([sample_store, sample, "--models", "60"], check=True, stdout=subprocess.DEVNULL)
        legacy = os.path.join(sample, "legacy")

        def import_into(root):
            return [modelstore, "import", "--json", "--data", root, "--legacy-db",
                    os.path.join(legacy, "hikaze_mm.sqlite3"), "--legacy-images", os.path.join(legacy, "images")]

        def migrate_in(root):
            return [modelstore, "migrate", "--json", "--data", root, "--all", "--policy", "merge"]

        of_import, imported = kill_over("import", import_into, None, points // 2, modelstore, scratch)
        again = run_to_end(import_into(imported))
        check(again["unchanged"] + again["skipped"] == again["models_read"],
              f"a second import changed something: {again}")
        of_migration, _ = kill_over("migration", migrate_in, imported, points - points // 2, modelstore, scratch)
    between = of_import + of_migration
    print(f"{points} kills, {between} between the first and the last commit, {time.monotonic() - start:.0f} s")
    check(between * 4 >= points * 3, "too few of the kills fell between the commits")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"FAILED: {failure}")

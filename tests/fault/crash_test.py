#!/usr/bin/env python3
"""Kills changes to a store, and lets their system calls fail, everywhere.

For each scenario (one command of the driver) and each system call that changes something, the command runs
once for each time it makes that call, and is killed there, or the call fails there. Then the store is opened
again: it must have no problems, nothing left in its journal and staging folder, and be in its old state or its
new one; in the new one if the command had said that it was done.

The quick form spreads its runs over all calls of a scenario; --full makes all of them.
"""

import argparse
import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

KILLED_AT = ["write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "link", "linkat", "unlink",
             "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir"]
EIO_AT = ["write", "pwrite64", "fsync", "fdatasync", "linkat", "unlinkat", "mkdirat", "pread64"]
ENOSPC_AT = ["write", "pwrite64", "linkat", "mkdirat"]
ALWAYS = ["fdatasync", "link", "linkat", "unlinkat", "rename", "renameat", "renameat2"]
MODEL = "5a" * 32

# What the driver is told.
SCENARIOS = {
    "add-preview": ["add-preview", "ROOT", MODEL, "SECOND"],
    "remove-preview": ["remove-preview", "ROOT", MODEL],
    "add-pending-picture": ["add-pending-picture", "ROOT", "1", "SECOND"],
    "remove-pending-picture": ["remove-pending-picture", "ROOT", "1"],
    "empty-trash": ["empty-trash", "ROOT", MODEL],
    "create-empty": ["create-empty", "ROOT"],
    "add-preview-again": ["add-preview-again", "ROOT", MODEL, "SECOND"],
}

# Those that change a store with content.
CHANGES = ["add-preview", "remove-preview", "add-pending-picture", "remove-pending-picture", "empty-trash"]

# Recovery itself: what is opened was left by this scenario, killed at this call.
HALF_DONE = {
    "recover, undoing": ("add-preview", "linkat", 3),
    "recover, finishing": ("remove-preview", "unlinkat", 2),
}


class Run:
    """One faulty run of one scenario on its own copy of a store."""

    def __init__(self, scenario, fault, root):
        self.scenario, self.fault, self.root = scenario, fault, root
        self.said_done = False
        self.faulted = False
        self.code = None
        self.error = ""


class CrashTest:
    def __init__(self, driver, work, full, quick_runs):
        self.driver, self.work, self.full, self.quick_runs = driver, work, full, quick_runs
        self.pictures = [self.picture("first", 48, 32, (200, 40, 40)), self.picture("second", 32, 48, (40, 90, 200))]
        self.base = os.path.join(work, "base")
        self.command(["create", self.base, MODEL, self.pictures[0]])
        self.number = 0
        self.violations = []
        self.table = []

    def picture(self, name, width, height, colour):
        path = os.path.join(self.work, name + ".png")
        with open(path, "wb") as file:
            file.write(png(width, height, colour))
        return path

    def arguments(self, scenario, root):
        words = {"ROOT": root, "SECOND": self.pictures[1]}
        return [words.get(word, word) for word in scenario]

    def command(self, arguments):
        done = subprocess.run([self.driver, *arguments], capture_output=True, text=True, env=environment())
        if done.returncode != 0:
            sys.exit(f"{' '.join(arguments)} failed: {done.stderr}")
        return done.stdout

    def copy(self, source):
        self.number += 1
        root = os.path.join(self.work, f"run{self.number}")
        shutil.copytree(source, root)
        return root

    def count_calls(self, scenario, source):
        """How often the undisturbed command makes each call; and the state that it leads to."""
        root = self.copy(source)
        log = root + ".trace"
        traced = subprocess.run(
            ["strace", "-f", "-o", log, "-e", "trace=" + ",".join("?" + name for name in sorted(set(KILLED_AT + EIO_AT))),
             self.driver, *self.arguments(scenario, root)], capture_output=True, text=True, env=environment())
        if traced.returncode != 0:
            sys.exit(f"strace {scenario}: {traced.stderr}")
        # strace counts for each thread on its own: the one that makes most of a call decides.
        counts = {}
        with open(log, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                found = re.match(r"(\d+) +(\w+)\(", line)
                if found:
                    thread, name = found.groups()
                    counts.setdefault(name, {}).setdefault(thread, 0)
                    counts[name][thread] += 1
        os.unlink(log)
        return {name: max(threads.values()) for name, threads in counts.items()}, root

    def run_fault(self, scenario, fault, source, extra=()):
        run = Run(scenario, fault, self.copy(source))
        name, effect, number = fault
        options = ["-e", "trace=" + ",".join([name, *(call for call, _ in extra)])]
        for call, error in extra:
            options += ["-e", f"inject={call}:error={error}"]
        options += ["-e", f"inject={name}:{effect}:when={number}"]
        log = run.root + ".trace"
        done = subprocess.run(["strace", "-f", "-o", log, *options, self.driver,
                               *self.arguments(SCENARIOS.get(scenario, ["open", "ROOT"]), run.root)],
                              capture_output=True, text=True, env=environment())
        with open(log, encoding="utf-8", errors="replace") as lines:
            trace = lines.read()
        os.unlink(log)
        run.code = done.returncode
        run.error = done.stderr
        run.faulted = "killed by SIGKILL" in trace if "SIGKILL" in effect else "(INJECTED)" in trace
        run.said_done = "done" in done.stdout
        return run

    def faults(self, counts, names, effect):
        return [(name, effect, number) for name in names for number in range(1, counts.get(name, 0) + 1)]

    def spread(self, faults, limit):
        """In the quick form all that concern names and syncs, which are few, and a sample of the others."""
        if self.full:
            return faults
        chosen = [fault for fault in faults if fault[0] in ALWAYS]
        others = [fault for fault in faults if fault[0] not in ALWAYS]
        limit = min(limit, len(others))
        return chosen + [others[i * len(others) // limit] for i in range(limit)]

    def scenario(self, title, name, source, old, extra=(), effects=("kill", "EIO", "ENOSPC"),
                 again=None, must_succeed=False):
        """Runs one command with all faults and checks what each leaves."""
        counts, undisturbed = self.count_calls(SCENARIOS.get(name, ["open", "ROOT"]), source)
        if extra:
            counts["renameat2"] = max(counts.get("renameat2", 0), counts.get("linkat", 0))
        new = self.states([undisturbed])[0]
        chosen = []
        if "kill" in effects:
            chosen += self.spread(self.faults(counts, KILLED_AT, "signal=SIGKILL"), self.quick_runs)
        if "EIO" in effects:
            chosen += self.spread(self.faults(counts, EIO_AT, "error=EIO"), self.quick_runs // 3)
        if "ENOSPC" in effects:
            chosen += self.spread(self.faults(counts, ENOSPC_AT, "error=ENOSPC"), self.quick_runs // 3)
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            runs = list(pool.map(lambda fault: self.run_fault(name, fault, source, extra), chosen))
        if again:
            for run in runs:
                self.command(self.arguments(SCENARIOS[again], run.root))
        outcomes = {"old": 0, "new": 0}
        for run, state in zip(runs, self.states([run.root for run in runs])):
            where = f"{title}, {run.fault[0]} {run.fault[1]} at {run.fault[2]}"
            self.check(where, run, state, old, new, outcomes)
            if must_succeed and not run.said_done and "pace" in run.error:
                self.violations.append(f"{where}: failed for want of space a second time")
            shutil.rmtree(run.root)
        shutil.rmtree(undisturbed)
        hit = sum(run.faulted for run in runs)
        self.table.append((title, len(runs), hit, outcomes["old"], outcomes["new"]))
        if hit == 0:
            self.violations.append(f"{title}: no fault was ever injected")

    def check(self, where, run, state, old, new, outcomes):
        complain = lambda text: self.violations.append(f"{where}: {text}")
        if state["problems"]:
            complain("; ".join(state["problems"]))
        if state["journal"] != 0:
            complain(f"{state['journal']} rows are left in the journal")
        for folder in ("staging", "owners"):
            if os.listdir(os.path.join(run.root, folder)):
                complain(f"something is left in {folder}/")
        if state["records"] == new["records"]:
            outcomes["new"] += 1
        elif state["records"] == old["records"]:
            outcomes["old"] += 1
        else:
            complain("the state is neither the old one nor the new one")
        if run.said_done and state["records"] != new["records"]:
            complain("the change was acknowledged, and is lost")
        if not run.faulted and not run.said_done:
            complain(f"failed with code {run.code} although nothing was injected")

    def states(self, roots):
        if not roots:
            return []
        return [json.loads(line) for line in self.command(["state", *roots]).splitlines()]

    def half_done(self, name, call, number):
        run = self.run_fault(name, (call, "signal=SIGKILL", number), self.base)
        if not run.faulted:
            sys.exit(f"{name} was not killed at {call} {number}")
        return run.root

    def all(self, only):
        old = self.states([self.base])[0]
        for name in CHANGES:
            if not only or "changes" in only or name in only:
                self.scenario(name, name, self.base, old)
        if not only or "create" in only:
            empty = os.path.join(self.work, "empty")
            os.mkdir(empty)
            made = self.copy(empty)
            self.command(["create-empty", made])
            # Killed before there was a database, it is made by the next try.
            self.scenario("create", "create-empty", empty, self.states([made])[0], again="create-empty")
        if not only or "again" in only:
            self.scenario("add-preview, trying again", "add-preview-again", self.base, old, effects=("ENOSPC",),
                          must_succeed=True)
        if not only or "processes" in only:
            self.processes()
        if not only or "recover" in only:
            for title, (name, call, number) in HALF_DONE.items():
                source = self.half_done(name, call, number)
                state = self.states([self.copy(source)])[0]
                self.scenario(title, "open", source, state, effects=("kill", "EIO"))
        if not only or "no-links" in only:
            for name in ("add-preview", "add-pending-picture"):
                self.scenario(f"{name} without link()", name, self.base, old,
                              extra=[("linkat", "EOPNOTSUPP")], effects=("kill",))

    def processes(self):
        """Several processes change one model and are killed at random; what they had acknowledged holds."""
        root = self.copy(self.base)
        before = set(self.command(["preview-ids", root, MODEL]).split())
        logs, kills = [], 0
        wanted = 1000 if self.full else 50
        random.seed(1)

        def start():
            return subprocess.Popen([self.driver, "churn", root, MODEL, self.pictures[1]], stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, text=True, env=environment())

        running = [start() for _ in range(4)]
        while kills < wanted:
            time.sleep(random.uniform(0.05, 0.3))
            victim = running.pop(random.randrange(len(running)))
            victim.kill()
            output, error = victim.communicate()
            if error:
                self.violations.append(f"processes: {error.strip()}")
            logs.append(output)
            kills += 1
            running.append(start())
        for process in running:
            process.kill()
            logs.append(process.communicate()[0])
        state = self.states([root])[0]
        self.violations += [f"processes: {problem}" for problem in state["problems"]]
        present = set(self.command(["preview-ids", root, MODEL]).split()) - before
        added, begun, removed = (set(re.findall(rf"^\{mark}(\d+)$", "\n".join(logs), re.M)) for mark in "+?-")
        lost = (added - begun) - present
        back = removed & present
        unknown = present - added
        if lost or back or len(unknown) > len(logs) or state["journal"]:
            self.violations.append(f"processes: {len(lost)} lost, {len(back)} came back, {len(unknown)} were not "
                                   f"acknowledged, {state['journal']} rows in the journal")
        if len(added) < kills:
            self.violations.append(f"processes: only {len(added)} pictures were added between {kills} kills")
        self.table.append((f"4 processes, {len(added)} pictures added", len(logs), len(logs), "", ""))

    def report(self, seconds):
        print(f"{'scenario':<36}{'runs':>6}{'faults hit':>12}{'old state':>11}{'new state':>11}")
        for title, runs, hit, old, new in self.table:
            print(f"{title:<36}{runs:>6}{hit:>12}{old:>11}{new:>11}")
        total = sum(row[1] for row in self.table)
        print(f"{total} runs in {seconds:.0f} s, {len(self.violations)} violations")
        for line in self.violations[:50]:
            print("  " + line[:500])


def environment():
    # Leak checking needs ptrace for itself.
    options = os.environ.get("ASAN_OPTIONS", "")
    return {**os.environ, "ASAN_OPTIONS": options + (":" if options else "") + "detect_leaks=0"}


def png(width, height, colour):
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(c * (x + y) // (width + height) for x in range(width) for c in colour)
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--driver", required=True)
    parser.add_argument("--full", action="store_true", help="every call, not a sample of them")
    parser.add_argument("--quick-runs", type=int, default=12, help="kills at other calls for each scenario in the quick form")
    parser.add_argument("--only", nargs="*", default=[], help="of: changes, recover, no-links, create, again, "
                        "processes, and the names of single changes; all of them by default")
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="modelstore-crash-") as work:
        test = CrashTest(options.driver, work, options.full, options.quick_runs)
        test.all(options.only)
    test.report(time.monotonic() - started)
    return 1 if test.violations else 0


if __name__ == "__main__":
    sys.exit(main())

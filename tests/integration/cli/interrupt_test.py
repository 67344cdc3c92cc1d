#!/usr/bin/env python3
"""Ctrl-C: work ends in good order, says how to continue, and continues."""

import fcntl
import os
import shlex
import signal
import subprocess
import time

import cli_case

# A file without content that takes minutes to hash and no room on the disk.
ENDLESS = 2 << 40


class Test(cli_case.Case):
    def endless(self, name):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.truncate(ENDLESS)
        return path

    def start(self, *arguments):
        process = subprocess.Popen([cli_case.PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment(), cwd=self.folder)
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def wait_until(self, condition):
        deadline = time.monotonic() + cli_case.PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, "waited in vain")
            time.sleep(0.05)

    def wait_until_reading(self, process, path):
        """Until the process has the file open."""
        folder = f"/proc/{process.pid}/fd"

        def reads():
            self.assertIsNone(process.poll(), "ended too early")
            for number in os.listdir(folder):
                try:
                    if os.readlink(os.path.join(folder, number)) == path:
                        return True
                except FileNotFoundError:
                    pass
            return False

        self.wait_until(reads)

    def interrupt(self, process, number=signal.SIGINT):
        """Returns what it printed; it must end soon."""
        process.send_signal(number)
        started = time.monotonic()
        output, messages = process.communicate(timeout=cli_case.PATIENCE)
        self.assertLess(time.monotonic() - started, 10)
        return output, messages.decode()

    def test_hashing_a_large_file_ends_at_once(self):
        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
            process = self.start("hash", self.endless("large file"))
            self.wait_until_reading(process, self.path("large file"))
            output, messages = self.interrupt(process, number)
            self.assertEqual((process.returncode, output), (1, b""), messages)
            self.assertIn("stopped", messages)
            self.assertIn(f"to continue: {cli_case.PROGRAM} hash ", messages)

    def test_the_answer_is_still_one_document(self):
        process = self.start("hash", "--json", self.endless("large"))
        self.wait_until_reading(process, self.path("large"))
        output, _ = self.interrupt(process)
        document = self.one_document(output)
        self.assertEqual((process.returncode, document["code"]), (1, "Cancelled"))
        self.assertEqual(shlex.split(document["continue"]),
                         [cli_case.PROGRAM, "hash", "--json", self.path("large")])

    def test_a_migration_continues_where_it_was_interrupted(self):
        large = self.endless("models/loras/large.safetensors")
        self.scan(*[f"loras/{number}.safetensors" for number in range(6)])
        process = self.start("migrate", "--data", self.data, "--all", "--parallel", "2")
        self.wait_until_reading(process, large)
        self.wait_until(lambda: self.json("stats")["models"] == 6)
        output, messages = self.interrupt(process)
        self.assertEqual((process.returncode, output), (1, b""), messages)
        self.verify_is_clean()
        numbers = self.json("stats")
        self.assertEqual((numbers["models"], numbers["pending"]), (6, 1))
        os.truncate(large, 100)
        line = next(line for line in messages.splitlines() if line.startswith("to continue: "))
        again = subprocess.run(shlex.split(line[len("to continue: "):]) + ["--json"], capture_output=True,
                               env=self.environment(), timeout=cli_case.PATIENCE, check=False)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(self.one_document(again.stdout)["promoted"], 1)
        self.assertEqual(self.json("stats")["models"], 7)
        self.verify_is_clean()

    def test_what_is_no_job_ends_as_any_program(self):
        self.json("init")
        with open(self.path("store", "modelstore.lock"), "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.start("relocate", "/a", "/b", "--wait", "600", "--data", self.data)
            self.wait_until(lambda: cli_case.PROGRAM in os.readlink(f"/proc/{process.pid}/exe"))
            time.sleep(0.3)
            self.interrupt(process)
            self.assertEqual(process.returncode, -signal.SIGINT)
        self.verify_is_clean()

    def test_a_second_signal_ends_the_program_at_once(self):
        process = self.start("hash", self.endless("large"))
        self.wait_until_reading(process, self.path("large"))
        # While it is stopped both arrive, and the second one finds that the first was not acted upon.
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=cli_case.PATIENCE)
        self.assertIn(process.returncode, [-signal.SIGINT, -signal.SIGTERM])

    def test_signals_that_are_to_be_ignored_are(self):
        process = subprocess.Popen([cli_case.PROGRAM, "hash", self.endless("large")], env=self.environment(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.addCleanup(lambda: (process.kill(), process.wait()))
        self.wait_until_reading(process, self.path("large"))
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        self.assertIsNone(process.poll())

    def test_a_deep_verification_can_be_interrupted(self):
        self.scan("loras/one.safetensors")
        self.json("migrate")
        path = self.path("models/loras/one.safetensors")
        os.truncate(path, ENDLESS)
        process = self.start("verify", "--deep", "--json", "--data", self.data)
        self.wait_until_reading(process, path)
        output, _ = self.interrupt(process)
        self.assertEqual((process.returncode, self.one_document(output)["code"]), (1, "Cancelled"))

    def test_the_way_to_continue_survives_a_shell(self):
        names = ["it's", "two words", "$HOME", "line\nfeed", "ünï"]
        files = [self.endless(name) for name in names]
        process = self.start("hash", "--json", *files)
        self.wait_until_reading(process, files[0])
        output, _ = self.interrupt(process)
        line = self.one_document(output)["continue"]
        echoed = subprocess.run(["bash", "-c", f"for word in {line}; do printf '%s\\0' \"$word\"; done"],
                                capture_output=True, check=True)
        self.assertEqual(echoed.stdout.decode().split("\0")[:-1], [cli_case.PROGRAM, "hash", "--json", *files])


if __name__ == "__main__":
    cli_case.main()

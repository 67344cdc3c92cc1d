#!/usr/bin/env python3
"""Progress and tables on a terminal, and without one."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import cli_case

ENDLESS = 2 << 40


class Test(cli_case.Case):
    def endless(self):
        with open(self.path("large"), "wb") as file:
            file.truncate(ENDLESS)
        return self.path("large")

    def on_terminal(self, *arguments, columns=80, until=None, stdout=None, kind="xterm"):
        """Runs it on a terminal and returns what that got; interrupts it once `until` was seen."""
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([cli_case.PROGRAM, *arguments], stdin=subprocess.DEVNULL,
                                   stdout=side if stdout is None else stdout, stderr=side,
                                   env=self.environment(TERM=kind), cwd=self.folder)
        os.close(side)
        seen, deadline, asked = b"", time.monotonic() + cli_case.PATIENCE, False
        try:
            while time.monotonic() < deadline:
                if not select.select([main], [], [], 0.1)[0]:
                    continue
                try:
                    data = os.read(main, 65536)
                except OSError:  # nobody has it open any more
                    break
                if not data:
                    break
                seen += data
                if until is not None and not asked and re.search(until, seen):
                    asked = True
                    process.send_signal(signal.SIGINT)
        finally:
            os.close(main)
            if process.poll() is None and until is not None and not asked:
                process.kill()
            process.wait(cli_case.PATIENCE)
        self.assertTrue(asked or until is None, seen[-500:])
        return process.returncode, seen.decode()

    def test_progress_shows_part_rate_and_time_left_in_place(self):
        code, seen = self.on_terminal("hash", self.endless(), until=rb"/s, [0-9:]+ left")
        self.assertEqual(code, 1)
        self.assertRegex(seen, r"\r\x1b\[KHashing: \d+ %, [\d.]+ [kMGT]?B of 2\.2 TB, [\d.]+ [kMG]B/s, [\d:]+ left")
        before, after = seen.split("stopped", 1)
        self.assertNotIn("\n", before.replace("\r\n", "").replace("\r", ""))
        self.assertTrue(before.endswith("\r\x1b[Kmodelstore: "), before[-80:])
        self.assertIn("to continue: ", after)

    def test_the_line_of_progress_never_wraps(self):
        _, seen = self.on_terminal("hash", self.endless(), columns=30, until=rb"(\r\x1b\[KHash[^\r]*){4}")
        for line in seen.split("stopped")[0].split("\r\x1b[K"):
            self.assertLess(len(line), 30, line)

    def test_a_narrow_terminal_shows_the_part_and_the_time_left(self):
        for columns, shown in [(40, rb"\x1b\[KHashing: \d+ %, [\d.]+ [kMG]B/s, [\d:]+ left"),
                               (30, rb"\x1b\[KHashing: \d+ %, [\d:]+ left")]:
            _, seen = self.on_terminal("hash", self.endless(), columns=columns, until=shown)
            self.assertNotIn("…", seen)

    def test_files_that_are_migrated_one_by_one_share_one_progress(self):
        self.json("init")
        self.write("small")
        os.rename(self.endless(), self.path("large" * 20))
        _, seen = self.on_terminal("hash", "--migrate", "--data", self.data, "small", "large" * 20, "large" * 20,
                                   until=rb" of 4\.4 TB, [^\r]* left")
        self.assertNotIn("largelarge", seen.split("stopped")[0])

    def test_nothing_moves_on_a_dumb_terminal(self):
        _, seen = self.on_terminal("hash", self.endless(), until=rb"Hashing: ", kind="dumb")
        self.assertNotIn("\x1b", seen)

    def test_json_on_stdout_stays_clean_while_progress_is_shown(self):
        with open(self.path("out"), "w+b") as out:
            _, seen = self.on_terminal("hash", "--json", self.endless(), until=rb"Hashing: ", stdout=out)
            out.seek(0)
            self.assertEqual(self.one_document(out.read())["code"], "Cancelled")
        self.assertIn("Hashing", seen)

    def without_terminal(self, *arguments, seconds):
        process = subprocess.Popen([cli_case.PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment(), cwd=self.folder)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        output, messages = process.communicate(timeout=cli_case.PATIENCE)
        self.assertEqual((process.returncode, output), (1, b""))
        return messages.decode()

    def test_elsewhere_progress_comes_in_plain_lines(self):
        messages = self.without_terminal("hash", self.endless(), seconds=4)
        self.assertNotIn("\r", messages)
        self.assertNotIn("\x1b", messages)
        lines = messages.splitlines()
        self.assertRegex(lines[0], r"^Hashing: \d+ %, .* of 2\.2 TB, .*/s, [\d:]+ left$")
        self.assertLessEqual(len(lines), 4)

    def test_progress_can_be_turned_off(self):
        messages = self.without_terminal("hash", "--quiet", self.endless(), seconds=3)
        self.assertTrue(messages.startswith("modelstore: stopped"), messages)

    def test_a_table_fits_the_terminal(self):
        long = "a very long name that no terminal of eighty columns has room for " * 2
        self.scan(f"loras/{long}.safetensors", "loras/水墨画.safetensors")
        self.json("tag", "pending:1", "--add", "one tag", "--add", "another tag of some length")
        for columns in [50, 80, 132]:
            code, seen = self.on_terminal("list", "--state", "pending", "--data", self.data, columns=columns)
            self.assertEqual(code, 0)
            lines = seen.replace("\r", "").splitlines()
            self.assertEqual(len(lines), 4)
            for line in lines:
                wide = sum(1 for letter in line if "\u4e00" <= letter <= "\u9fff")
                self.assertLessEqual(len(line) + wide, columns, line)
        self.assertIn(long, self.text("list", "--state", "pending"))


if __name__ == "__main__":
    cli_case.main()

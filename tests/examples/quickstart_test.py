#!/usr/bin/env python3
"""Tests of the quickstart on the sample store: quickstart_test.py QUICKSTART SAMPLE_STORE"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

SAMPLE_STORE = os.path.abspath(sys.argv.pop(2))
QUICKSTART = os.path.abspath(sys.argv.pop(1))


class Quickstart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="modelstore-test-")
        cls.folder = cls.temporary.name
        subprocess.run([SAMPLE_STORE, os.path.join(cls.folder, "sample")], check=True, capture_output=True)
        cls.legacy = os.path.join(cls.folder, "sample", "legacy", "hikaze_mm.sqlite3")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def quickstart(self, *arguments):
        return subprocess.run([QUICKSTART, *arguments], cwd=self.folder, capture_output=True, text=True, check=False)

    def test_it_imports_migrates_finds_and_saves_a_preview(self):
        done = self.quickstart("data", self.legacy, "lighthouse")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^[1-9]\d* models, [1-9]\d* pending records$")
        self.assertRegex(done.stdout, r"(?m)^[1-9]\d* promoted, \d+ merged$")
        self.assertRegex(done.stdout, r"(?m)^1 found$")
        self.assertRegex(done.stdout, r"(?m)^[0-9a-f]{64}  lighthouse")
        digest = re.search(r"(?m)^([0-9a-f]{64})  lighthouse", done.stdout).group(1)
        saved = [name for name in os.listdir(self.folder) if name.startswith(digest) and name.endswith("medium.webp")]
        self.assertEqual(len(saved), 1, os.listdir(self.folder))
        with open(os.path.join(self.folder, saved[0]), "rb") as file:
            head = file.read(12)
        self.assertEqual((head[:4], head[8:]), (b"RIFF", b"WEBP"))

    def test_a_second_run_brings_nothing_new(self):
        self.quickstart("twice", self.legacy, "lighthouse")
        done = self.quickstart("twice", self.legacy, "lighthouse")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^0 models, 0 pending records$")
        self.assertRegex(done.stdout, r"(?m)^0 promoted, 0 merged$")

    def test_an_error_is_one_line_with_its_code(self):
        done = self.quickstart("other", os.path.join(self.folder, "absent.db"), "x")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Aquickstart: .*absent\.db.* \(FileMissing\)\n\Z")

    def test_wrong_usage_is_said(self):
        self.assertEqual(self.quickstart("data").returncode, 2)


if __name__ == "__main__":
    unittest.main()

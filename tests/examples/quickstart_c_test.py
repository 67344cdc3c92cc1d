#!/usr/bin/env python3
"""Tests that the quickstart in C does what the one in C++ does:
quickstart_c_test.py QUICKSTART_C QUICKSTART SAMPLE_STORE
"""

import os
import subprocess
import sys
import tempfile
import unittest

SAMPLE_STORE = os.path.abspath(sys.argv.pop(3))
QUICKSTARTS = {"cpp": os.path.abspath(sys.argv.pop(2)), "c": os.path.abspath(sys.argv.pop(1))}


class QuickstartInC(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="modelstore-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        for language in QUICKSTARTS:
            os.mkdir(os.path.join(self.folder, language))

    def run_both(self, *arguments):
        """What each printed, how it ended, and the files that it left in its own folder."""
        ended = {}
        for language, program in QUICKSTARTS.items():
            folder = os.path.join(self.folder, language)
            done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
            files = {}
            for name in sorted(os.listdir(folder)):
                if os.path.isfile(os.path.join(folder, name)):
                    with open(os.path.join(folder, name), "rb") as file:
                        files[name] = file.read()
            ended[language] = (done, files)
        (c, c_files), (cpp, cpp_files) = ended["c"], ended["cpp"]
        self.assertEqual((c.returncode, c.stdout), (cpp.returncode, cpp.stdout), c.stderr)
        self.assertEqual(c_files, cpp_files)
        return c, cpp, c_files

    def test_it_prints_the_same_lines_and_saves_the_same_previews(self):
        subprocess.run([SAMPLE_STORE, os.path.join(self.folder, "sample")], check=True, capture_output=True)
        legacy = os.path.join(self.folder, "sample", "legacy", "hikaze_mm.sqlite3")
        done, _, files = self.run_both("data", legacy, "lighthouse")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^1 found$")
        self.assertEqual(len(files), 1)
        done, _, _ = self.run_both("data", legacy, "")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^0 models, 0 pending records$")

    def test_errors_are_the_same(self):
        done, cpp, _ = self.run_both("data", os.path.join(self.folder, "absent.db"), "x")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.split("\r")[-1].split("quickstart: ")[-1], cpp.stderr.split("quickstart: ")[-1])

    def test_wrong_usage_is_said(self):
        done, _, _ = self.run_both("data")
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()

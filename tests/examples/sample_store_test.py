#!/usr/bin/env python3
"""Tests of modelstore_sample_store: sample_store_test.py PROGRAM"""

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)

MAGIC = {".png": b"\x89PNG\r\n", ".jpg": b"\xff\xd8\xff", ".webp": b"RIFF", ".gif": b"GIF89a"}
# On purpose, each of another kind.
STALE = "rebaked_v2.safetensors"
NO_PICTURE = "not_a_picture.png"


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)


def rows(database, query):
    connection = sqlite3.connect(database)
    connection.text_factory = bytes
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


class SampleStore(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="modelstore-test-")
        cls.out = os.path.join(cls.folder.name, "sample")
        cls.done = run(cls.out)
        # Reading with SQLite tidies up the log, so that is done to a copy.
        cls.copy = os.path.join(cls.folder.name, "copy")
        os.mkdir(cls.copy)
        for suffix in ("", "-wal"):
            shutil.copy(os.path.join(cls.out, "legacy", "hikaze_mm.sqlite3" + suffix), cls.copy)
        cls.database = os.path.join(cls.copy, "hikaze_mm.sqlite3")
        cls.models = rows(cls.database, "SELECT path, type, hash_hex, size_bytes, extra_json FROM models")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def files(self):
        for folder, _, names in os.walk(os.path.join(self.out, "models")):
            for name in names:
                yield os.path.join(folder, name)

    def test_it_says_what_it_wrote(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        self.assertIn("60 models", self.done.stdout)
        self.assertLess(len(self.done.stdout.splitlines()), 30)

    def test_there_are_models_of_many_types_hashed_and_not(self):
        self.assertEqual(len(self.models), 60)
        self.assertGreater(len({row[1] for row in self.models}), 8)
        self.assertGreater(sum(len(row[2]) == 64 for row in self.models), 15)
        self.assertGreater(sum(row[2] == b"" for row in self.models), 25)

    def test_the_newest_rows_are_only_in_the_log(self):
        alone = os.path.join(self.folder.name, "alone.sqlite3")
        shutil.copy(os.path.join(self.out, "legacy", "hikaze_mm.sqlite3"), alone)
        self.assertLess(len(rows(alone, "SELECT id FROM models")), 40)
        self.assertEqual(len(rows(alone, "SELECT id FROM models WHERE path LIKE '%deleted%'")), 2)
        self.assertEqual(len(rows(self.database, "SELECT id FROM models WHERE path LIKE '%deleted%'")), 0)

    def test_a_hash_is_that_of_the_file_but_for_one(self):
        wrong = []
        checked = 0
        for path, _, digest, size, _ in self.models:
            if not os.path.exists(path):
                continue
            with open(path, "rb") as file:
                content = file.read()
            self.assertEqual(len(content), size, path)
            if len(digest) == 64 and not digest.startswith(b"sha256"):
                checked += 1
                if hashlib.sha256(content).hexdigest() != digest.decode().lower():
                    wrong.append(os.path.basename(path).decode())
        self.assertEqual(wrong, [STALE])
        self.assertGreater(checked, 8)

    def test_model_files_are_sound_safetensors(self):
        count = 0
        for path in self.files():
            with open(path, "rb") as file:
                content = file.read()
            self.assertTrue(1e6 < len(content) < 6.5e6, path)
            length = struct.unpack("<Q", content[:8])[0]
            header = json.loads(content[8:8 + length])
            self.assertIn("__metadata__", header)
            del header["__metadata__"]
            end = 0
            for tensor in header.values():
                self.assertEqual(tensor["data_offsets"][0], end)
                end = tensor["data_offsets"][1]
                self.assertEqual(end - tensor["data_offsets"][0], 2 * tensor["shape"][0] * tensor["shape"][1])
            self.assertEqual(8 + length + end, len(content), path)
            count += 1
        self.assertGreater(count, 40)

    def test_pictures_are_of_four_formats_and_the_kind_that_their_name_says(self):
        folder = os.path.join(self.out, "legacy", "images")
        counts = dict.fromkeys(MAGIC, 0)
        for name in os.listdir(folder):
            if name == NO_PICTURE:
                continue
            kind = os.path.splitext(name)[1]
            with open(os.path.join(folder, name), "rb") as file:
                self.assertTrue(file.read(8).startswith(MAGIC[kind]), name)
            counts[kind] += 1
        self.assertGreater(min(counts.values()), 8, counts)

    def test_references_take_every_form(self):
        texts = b"".join(row[4] or b"" for row in self.models)
        for part in (b'"/media/model_', b'"file:///', b'"http://', b"%C3%AF", b"?width=", b'"C:\\\\Users', b'"/home/', b'"../'):
            self.assertIn(part, texts)

    def test_the_promised_defects_are_there(self):
        paths = [row[0] for row in self.models]
        hashes = [row[2].lower() for row in self.models if len(row[2]) == 64]
        self.assertEqual(len(hashes) - len(set(hashes)), 1)
        self.assertEqual(sum(path.startswith(b"D:\\") for path in paths), 2)
        self.assertEqual(sum(b"\xe9_" in path for path in paths), 1)
        self.assertIn(10, {len(row[2]) for row in self.models})
        dangling = rows(self.database, "SELECT 1 FROM model_tags WHERE model_id NOT IN (SELECT id FROM models)")
        self.assertEqual(len(dangling), 1)

    def test_equal_seeds_make_equal_samples_and_others_do_not(self):
        def content(name):
            with open(os.path.join(self.folder.name, name, "models/vae/clear_sky_vae.safetensors"), "rb") as file:
                return file.read()

        for name, seed in (("same", "1"), ("other", "2")):
            done = run(os.path.join(self.folder.name, name), "--models", "50", "--seed", seed)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(content("same"), content("sample"))
        self.assertNotEqual(content("other"), content("sample"))
        one = os.path.join(self.out, "legacy", "images")
        two = os.path.join(self.folder.name, "same", "legacy", "images")
        common = set(os.listdir(one)) & set(os.listdir(two))
        self.assertGreater(len(common), 40)
        for name in common:
            with open(os.path.join(one, name), "rb") as first, open(os.path.join(two, name), "rb") as second:
                self.assertEqual(first.read(), second.read(), name)

    def test_wrong_usage_writes_nothing(self):
        target = os.path.join(self.folder.name, "none")
        for arguments in ((), (target, "--models", "49"), (target, "--models", "x"), (target, "more"), (target, "--no")):
            self.assertEqual(run(*arguments).returncode, 2, arguments)
        self.assertFalse(os.path.exists(target))
        again = run(self.out)
        self.assertEqual(again.returncode, 2)
        self.assertIn("there is a sample already", again.stderr)


if __name__ == "__main__":
    unittest.main()

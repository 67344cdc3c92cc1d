"""What the tests of the command line program share: running it, and making what it works on."""

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import unittest
import zlib

PROGRAM = os.environ.get("MODELSTORE_CLI", "")
SAMPLE = os.environ.get("MODELSTORE_SAMPLE", "")

# Beyond any test's own waiting, also under sanitizers.
PATIENCE = 120


class Case(unittest.TestCase):
    """A test with a folder of its own and a store in it, which is not made before it is needed."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="modelstore-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.path("store")

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def environment(self, **more):
        kept = {key: value for key, value in os.environ.items() if key != "MODELSTORE_DATA"}
        kept.update(more)
        return kept

    def run_program(self, *arguments, **options):
        """The program as it is, with what it printed as bytes."""
        options.setdefault("env", self.environment())
        options.setdefault("cwd", self.folder)
        options.setdefault("stdout", subprocess.PIPE)
        return subprocess.run([PROGRAM, *arguments], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                              timeout=PATIENCE, check=False, **options)

    def text(self, *arguments, code=0, data=True, **options):
        """Runs it for a person, checks the exit code, and returns what it printed on stdout."""
        result = self.run_program(*arguments, *(["--data", self.data] if data else []), **options)
        self.assertEqual(result.returncode, code, result.stderr.decode(errors="replace"))
        return result.stdout.decode()

    def json(self, *arguments, code=0, data=True, **options):
        """Runs it with --json, checks the exit code and that stdout is exactly one document; returns that."""
        result = self.run_program(*arguments, "--json", *(["--data", self.data] if data else []), **options)
        self.assertEqual(result.returncode, code,
                         (result.stdout + b"\n" + result.stderr).decode(errors="replace"))
        return self.one_document(result.stdout)

    def one_document(self, output):
        text = output.decode()
        self.assertTrue(text.endswith("\n"))
        self.assertEqual(text.count("\n"), 1, text)

        def no_constant(name):
            self.fail(f"{name} is no JSON")

        document = json.loads(text, parse_constant=no_constant)
        self.assertIsInstance(document, dict)
        return document

    def error(self, *arguments, code, exit_code=2, **options):
        """Runs it with --json and checks that it fails with this error code; returns the message."""
        document = self.json(*arguments, code=exit_code, **options)
        self.assertEqual(document["code"], code, document)
        self.assertNotIn("\n", document["error"])
        self.assertFalse(document["error"].endswith("."), document["error"])
        return document["error"]

    def write(self, name, content=b"content", folder=None):
        path = os.path.join(folder or self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def write_models(self, *names):
        """Files below models/, each with a content of its own; they are old enough for their hash to be
        remembered. Returns the root."""
        for name in names:
            age(self.write("models/" + name, b"model " + name.encode()))
        return self.path("models")

    def scan(self, *names):
        """A store with these files pending."""
        root = self.write_models(*names)
        return self.json("scan", root)

    def listed(self, *arguments):
        return self.json("list", *arguments)["models"]

    def verify_is_clean(self):
        self.assertEqual(self.json("verify")["problems"], [])


def age(path, seconds=3600):
    """Makes a file look as if it had been left alone for some time."""
    then = os.stat(path).st_mtime - seconds
    os.utime(path, (then, then))
    return path


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def snapshot(folder):
    """Everything in a folder: names, contents, times."""
    found = {}
    for at, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(at, name)
            with open(path, "rb") as file:
                found[path] = (file.read(), os.stat(path).st_mtime_ns)
    return found


def png(width=40, height=30, color=(200, 120, 40)):
    """A PNG of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(color) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Legacy:
    """A catalogue as the older program leaves it, in a folder with its pictures."""

    def __init__(self, folder):
        self.folder = folder
        self.pictures = os.path.join(folder, "images")
        self.file = os.path.join(folder, "hikaze_mm.sqlite3")
        os.makedirs(self.pictures)
        with self._open() as connection:
            connection.executescript("""
                CREATE TABLE schema_version (version INTEGER NOT NULL);
                INSERT INTO schema_version VALUES (2);
                CREATE TABLE models (
                  id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, name TEXT, type TEXT NOT NULL,
                  size_bytes INTEGER, hash_hex TEXT NOT NULL, created_at INTEGER NOT NULL, meta_json TEXT,
                  extra_json TEXT);
                CREATE TABLE tags (
                  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, color TEXT, created_at INTEGER);
                CREATE TABLE model_tags (
                  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
                  tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE, PRIMARY KEY (model_id, tag_id));
                """)

    def _open(self):
        return sqlite3.connect(self.file)

    def add(self, path, kind="loras", digest="", tags=(), extra=None, size=7, color=None):
        """A model with its tags; `extra` is JSON text or a value."""
        text = extra if extra is None or isinstance(extra, str) else json.dumps(extra)
        with self._open() as connection:
            row = connection.execute(
                "INSERT INTO models (path, name, type, size_bytes, hash_hex, created_at, extra_json)"
                " VALUES (CAST(? AS TEXT), ?, ?, ?, ?, 1712000000000, ?)",
                (path, os.path.basename(path) if isinstance(path, str) else "odd", kind, size, digest, text)).lastrowid
            for name in tags:
                connection.execute("INSERT OR IGNORE INTO tags (name, color) VALUES (?, ?)", (name, color))
                connection.execute("INSERT INTO model_tags SELECT ?, id FROM tags WHERE name = ?", (row, name))
        return row

    def add_picture(self, name, content=None):
        with open(os.path.join(self.pictures, name), "wb") as file:
            file.write(content if content is not None else png())


def main():
    unittest.main()

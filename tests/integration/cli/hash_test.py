#!/usr/bin/env python3
"""hash: digests, failures, and what a store adds."""

import os
import subprocess
import time

import cli_case


class Test(cli_case.Case):
    def test_digests_come_in_the_order_of_the_arguments(self):
        contents = {"b": b"two", "a": b"one", "empty": b"", "big": b"x" * 5_000_000}
        for name, content in contents.items():
            self.write(name, content)
        answer = self.json("hash", *contents, data=False)
        self.assertEqual([(file["path"], file["sha256"], file["size_bytes"]) for file in answer["files"]],
                         [(name, cli_case.sha256(content), len(content)) for name, content in contents.items()])
        self.assertEqual(answer["failed"], [])

    def test_people_read_what_sha256sum_prints(self):
        self.write("a", b"one")
        self.assertEqual(self.text("hash", "a", data=False), f"{cli_case.sha256(b'one')}  a\n")

    def test_odd_names_are_printed_as_sha256sum_does(self):
        names = [b"line\nfeed", b"back\\slash", b"return\r", b"caf\xe9", b"it's plain"]
        for name in names:
            self.write(os.fsdecode(name), name)
        ours = self.run_program("hash", *names)
        theirs = subprocess.run(["sha256sum", *names], capture_output=True, check=True, cwd=self.folder)
        self.assertEqual(ours.stdout, theirs.stdout)
        check = subprocess.run(["sha256sum", "--check", "--quiet"], input=ours.stdout, check=False, cwd=self.folder)
        self.assertEqual(check.returncode, 0)

    def test_files_that_fail_are_named_and_give_1(self):
        self.write("good", b"one")
        os.mkdir(self.path("folder"))
        os.mkfifo(self.path("pipe"))
        started = time.monotonic()
        answer = self.json("hash", "missing", "good", "folder", "pipe", "/dev/zero", code=1, data=False)
        self.assertLess(time.monotonic() - started, 30)
        self.assertEqual([file["path"] for file in answer["files"]], ["good"])
        self.assertEqual([(failure["path"], failure["code"]) for failure in answer["failed"]],
                         [("missing", "FileMissing"), ("folder", "NotRegularFile"), ("pipe", "NotRegularFile"),
                          ("/dev/zero", "NotRegularFile")])

    def test_where_no_file_can_be_hashed_nothing_was_done(self):
        answer = self.json("hash", self.path("missing"), code=2, data=False)
        self.assertEqual((answer["files"], len(answer["failed"])), ([], 1))
        result = self.run_program("hash", "missing", "gone")
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn(b"missing", result.stderr)
        self.json("init")
        self.assertEqual(len(self.json("hash", "--migrate", "missing", "gone", code=2)["failed"]), 2)

    def test_a_store_that_the_environment_names_need_not_exist(self):
        self.write("a", b"one")
        environment = self.environment(MODELSTORE_DATA=self.data)
        for file, code in [("a", 0), ("missing", 2)]:
            result = self.run_program("hash", file, env=environment)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertFalse(os.path.exists(self.data))
        self.error("hash", "a", code="NotAStore")
        self.error("hash", "a", "--migrate", code="NotAStore", data=False, env=environment)
        self.json("init")
        cli_case.age(self.path("a"))
        for cached in [False, True]:
            self.assertEqual(self.json("hash", "a", data=False, env=environment)["files"][0]["cached"], cached)

    def test_a_store_remembers_what_was_hashed(self):
        self.json("init")
        cli_case.age(self.write("model", b"content"))
        self.assertFalse(self.json("hash", "model")["files"][0]["cached"])
        self.assertTrue(self.json("hash", "model")["files"][0]["cached"])
        self.assertFalse(self.json("hash", "model", "--reread")["files"][0]["cached"])
        cli_case.age(self.write("model", b"CONTENT"), 7200)
        changed = self.json("hash", "model")["files"][0]
        self.assertEqual((changed["cached"], changed["sha256"]), (False, cli_case.sha256(b"CONTENT")))

    def test_a_pending_record_is_promoted_only_when_asked_for(self):
        self.scan("loras/one.safetensors")
        file = self.path("models/loras/one.safetensors")
        self.json("hash", file)
        self.assertEqual(self.json("stats")["pending"], 1)
        answer = self.json("hash", file, "--migrate")["files"][0]
        self.assertEqual((answer["migrated"], answer["conflict"], answer["cached"]), (True, None, True))
        self.assertEqual(self.listed()[0]["sha256"], answer["sha256"])
        self.assertFalse(self.json("hash", file, "--migrate")["files"][0]["migrated"])
        self.verify_is_clean()

    def test_a_failure_does_not_keep_others_from_being_promoted(self):
        self.scan("loras/one.safetensors")
        answer = self.json("hash", "missing", self.path("models/loras/one.safetensors"), "--migrate", code=1)
        self.assertEqual((len(answer["files"]), len(answer["failed"])), (1, 1))
        self.assertEqual(self.json("stats")["models"], 1)

    def test_promotion_needs_a_store_and_a_known_policy(self):
        self.write("file")
        self.error("hash", "file", "--migrate", code="InvalidArgument", data=False)
        self.json("init")
        self.error("hash", "file", "--migrate", "--policy", "bogus", code="InvalidArgument")


if __name__ == "__main__":
    cli_case.main()

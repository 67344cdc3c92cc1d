#!/usr/bin/env python3
"""verify and stats, and stores that are damaged, locked, read-only or used by others."""

import fcntl
import os
import shutil
import subprocess
import time

import cli_case


class Test(cli_case.Case):
    def store(self):
        """One model with a picture, one pending record with a picture."""
        self.scan("loras/one.safetensors", "loras/two.safetensors")
        picture = self.write("picture.png", cli_case.png())
        self.json("add-image", "pending:1", picture)
        self.json("add-image", "pending:2", picture)
        self.json("migrate", "--id", "1")
        return self.listed()[0]["sha256"]

    def test_a_good_store_has_no_problems(self):
        self.store()
        report = self.json("verify")
        self.assertEqual((report["ok"], report["problems"]), (True, []))
        self.assertGreaterEqual(report["files_checked"], 4)
        self.assertIn("No problems", self.text("verify"))

    def test_a_deep_verification_reads_the_models(self):
        self.store()
        pictures = self.json("verify")["bytes_hashed"]
        report = self.json("verify", "--deep")
        self.assertTrue(report["ok"])
        self.assertEqual(report["bytes_hashed"] - pictures, os.path.getsize(self.path("models/loras/one.safetensors")))
        self.write("models/loras/one.safetensors", b"something else")
        problems = self.json("verify", "--deep", code=1)["problems"]
        self.assertEqual([problem["kind"] for problem in problems], ["ModelDiffers"])

    def test_damage_is_found_and_gives_1(self):
        model = self.store()
        files = self.json("show", model)["images"][0]["files"]
        os.unlink(os.path.join(self.data, "images", files["low"]["name"]))
        with open(os.path.join(self.data, "images", files["high"]["name"]), "ab") as file:
            file.write(b"x")
        self.write("store/images/stray.txt")
        report = self.json("verify", code=1)
        self.assertFalse(report["ok"])
        kinds = {problem["kind"] for problem in report["problems"]}
        self.assertLessEqual({"PreviewFileMissing", "PreviewFileDiffers"}, kinds)
        self.assertTrue(any("stray.txt" in problem["subject"] + problem["message"] for problem in report["problems"]))
        self.assertIn("PreviewFileMissing: images/" + files["low"]["name"], self.text("verify", code=1))

    def test_statistics_count_everything(self):
        self.store()
        numbers = self.json("stats")
        for field, number in {"models": 1, "models_unverified": 0, "pending": 1, "trashed": 0, "locations": 1,
                              "tags": 1, "previews": 1, "pending_pictures": 1}.items():
            self.assertEqual(numbers[field], number, field)
        self.assertGreater(numbers["database_bytes"], 0)
        self.assertRegex(self.text("stats"), r"pending records +1, ")

    def test_a_catalogue_that_is_damaged_is_an_error(self):
        self.store()
        with open(os.path.join(self.data, "modelstore.db"), "r+b") as file:
            file.write(b"not a catalogue at all, whatever its name" * 100)
        for name in ["modelstore.db-wal", "modelstore.db-shm"]:
            if os.path.exists(os.path.join(self.data, name)):
                os.unlink(os.path.join(self.data, name))
        for command in [["list"], ["stats"], ["migrate"], ["verify"]]:
            document = self.json(*command, code=2)
            self.assertIn(document["code"], ["Corrupt", "NotAStore"], command)

    def test_a_store_that_another_program_writes_is_busy_for_writers_only(self):
        self.store()
        with open(os.path.join(self.data, "modelstore.lock"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            started = time.monotonic()
            self.error("set", "pending:2", "name=x", "--wait", "0.3", code="Busy")
            self.assertGreaterEqual(time.monotonic() - started, 0.3)
            self.error("scan", self.path("models"), "--wait", "0", code="Busy")
            self.assertEqual(self.json("list")["total"], 1)
            self.assertEqual(self.json("stats")["pending"], 1)
            self.json("show", "pending:2")
            self.verify_is_clean()
            self.assertEqual(self.json("relocate", self.path("models"), "/m", "--dry-run")["pending"], 1)
            legacy = cli_case.Legacy(self.path("legacy"))
            legacy.add("/m/a.safetensors")
            self.assertEqual(self.json("import", "--legacy-db", legacy.file, "--dry-run")["pending"], 1)
        self.json("set", "pending:2", "name=x")

    def test_a_migration_that_another_program_stops_midway_reports_what_it_has_done(self):
        os.truncate(self.write("models/loras/large.safetensors"), 1 << 30)
        self.scan(*[f"loras/{number}.safetensors" for number in range(20)])
        process = subprocess.Popen([cli_case.PROGRAM, "migrate", "--wait", "0.1", "--parallel", "2", "--json", "--data",
                                    self.data], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())
        self.addCleanup(lambda: (process.kill(), process.wait()))
        deadline = time.monotonic() + cli_case.PATIENCE
        while self.json("stats")["models"] < 20:
            self.assertLess(time.monotonic(), deadline)
        with open(os.path.join(self.data, "modelstore.lock"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            output, messages = process.communicate(timeout=cli_case.PATIENCE)
        self.assertEqual(process.returncode, 1, messages)
        report = self.one_document(output)
        self.assertEqual(report["promoted"], 20)
        self.assertEqual([failure["code"] for failure in report["failed"]], ["Busy"])

    def test_an_import_that_another_program_stops_midway_says_what_is_kept(self):
        legacy = cli_case.Legacy(self.path("legacy"))
        for number in range(300):
            legacy.add_picture(f"{number}.png", cli_case.png(400, 300, (number % 256, 1, 2)))
            legacy.add(f"/m/{number}", digest=cli_case.sha256(str(number).encode()), extra={"images": f"{number}.png"})
        process = subprocess.Popen([cli_case.PROGRAM, "import", "--legacy-db", legacy.file, "--wait", "0.1", "--json",
                                    "--data", self.data], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        self.addCleanup(lambda: (process.kill(), process.wait()))
        deadline = time.monotonic() + cli_case.PATIENCE
        while not os.path.exists(os.path.join(self.data, "modelstore.db")) or self.json("stats")["previews"] == 0:
            self.assertLess(time.monotonic(), deadline)
        with open(os.path.join(self.data, "modelstore.lock"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            output, messages = process.communicate(timeout=cli_case.PATIENCE)
        answer = self.one_document(output)
        self.assertEqual((process.returncode, answer["code"]), (1, "Busy"), messages)
        self.assertIn("what was imported until now is kept", answer["error"])
        self.assertIn("--legacy-db", answer["continue"])
        self.assertIn(b"to continue: ", messages)
        again = self.json("import", "--legacy-db", legacy.file)
        self.assertEqual(again["unchanged"], 300)
        self.assertEqual(self.json("stats")["previews"], 300)
        self.verify_is_clean()

    def test_a_store_that_cannot_be_written_can_be_read(self):
        model = self.store()
        runner = self.unprivileged()
        self.assertEqual(self.one_document(runner("list")[1])["total"], 1)
        self.assertEqual(self.one_document(runner("show", model)[1])["sha256"], model)
        self.assertEqual(self.one_document(runner("stats")[1])["models"], 1)
        self.assertEqual(runner("verify")[0], 0)
        self.assertEqual(runner("relocate", self.path("models"), "/m", "--dry-run")[0], 0)
        for command in [["set", "pending:2", "name=x"], ["migrate"], ["delete", model], ["init"]]:
            code, output = runner(*command)
            self.assertEqual(code, 2, command)
            self.assertIn(self.one_document(output)["code"], ["ReadOnly", "FileUnreadable"], command)
        self.assertEqual(self.json("show", "pending:2")["name"], "two.safetensors")

    def unprivileged(self):
        """Runs the program with --json as somebody who may read the store and not write it."""
        program, options = cli_case.PROGRAM, {}
        if os.geteuid() == 0:
            program = self.path("modelstore")
            shutil.copy(cli_case.PROGRAM, program)
            os.chmod(self.folder, 0o755)
            os.mkdir(self.path("tmp"))
            os.chmod(self.path("tmp"), 0o777)
            options = {"user": 65534, "group": 65534, "extra_groups": []}
        for folder, _, files in os.walk(self.data):
            os.chmod(folder, 0o555)
            self.addCleanup(os.chmod, folder, 0o755)
            for name in files:
                os.chmod(os.path.join(folder, name), 0o444)
                self.addCleanup(os.chmod, os.path.join(folder, name), 0o644)

        def run(*arguments):
            result = subprocess.run([program, *arguments, "--json", "--data", self.data], capture_output=True,
                                    timeout=cli_case.PATIENCE, check=False,
                                    env=self.environment(TMPDIR=self.path("tmp") if options else self.folder), **options)
            return result.returncode, result.stdout

        return run

    def test_two_programs_write_one_store(self):
        self.scan(*[f"loras/{number}.safetensors" for number in range(8)])
        running = [subprocess.Popen([cli_case.PROGRAM, "set", f"pending:{number}", f"name=n{number}", "--data",
                                     self.data, "--wait", "60"], stdout=subprocess.DEVNULL, env=self.environment())
                   for number in range(1, 9)]
        self.assertEqual([process.wait(cli_case.PATIENCE) for process in running], [0] * 8)
        self.assertEqual(sorted(record["name"] for record in self.listed("--state", "pending")),
                         [f"n{number}" for number in range(1, 9)])
        self.verify_is_clean()


if __name__ == "__main__":
    cli_case.main()

#!/usr/bin/env python3
"""import: reports, exit codes, repetition, dry runs, and what it leaves alone."""

import os
import sqlite3
import subprocess

import cli_case

REPORT = {"models_read", "active", "pending", "merged", "unchanged", "skipped", "tags", "links", "images_imported",
          "images_missing", "images_failed", "skipped_rows", "conflicts", "elapsed_ms"}
CONTENT = b"a model's content"
DIGEST = cli_case.sha256(CONTENT)


class Test(cli_case.Case):
    def legacy(self):
        """Three rows: hashed with a picture, unhashed with a picture, unhashed."""
        legacy = cli_case.Legacy(self.path("legacy"))
        legacy.add_picture("a.png")
        legacy.add_picture("b.png", cli_case.png(60, 20))
        legacy.add(self.write("models/a.safetensors", CONTENT), digest=DIGEST, tags=["loras", "calm"], color="tomato",
                   extra={"description": "Quiet", "images": "/media/a.png", "odd": 1.50})
        legacy.add(self.write("models/b.safetensors", b"other"), tags=["loras"], extra={"images": ["/media/b.png"]})
        legacy.add(self.write("models/c.safetensors", b"third"), kind="vae", tags=["vae"])
        return legacy

    def test_the_report_has_all_numbers(self):
        legacy = self.legacy()
        before = cli_case.snapshot(legacy.folder)
        report = self.json("import", "--legacy-db", legacy.file)
        self.assertLessEqual(REPORT, report.keys())
        for field, number in {"models_read": 3, "active": 1, "pending": 2, "merged": 0, "unchanged": 0, "skipped": 0,
                              "tags": 3, "links": 4, "images_imported": 2, "images_missing": 0, "images_failed": 0,
                              "skipped_rows": []}.items():
            self.assertEqual(report[field], number, field)
        self.assertEqual(cli_case.snapshot(legacy.folder), before)
        self.verify_is_clean()

    def test_what_was_imported_can_be_seen(self):
        self.json("import", "--legacy-db", self.legacy().file)
        model = self.listed()[0]
        self.assertEqual((model["sha256"], model["name"], model["type"], model["images_count"], model["state"]),
                         (DIGEST, "a.safetensors", "loras", 1, "active"))
        self.assertEqual([(tag["name"], tag["color"]) for tag in model["tags"]],
                         [("calm", "tomato"), ("loras", "tomato")])
        self.assertEqual(len(self.listed("--state", "pending")), 2)
        shown = self.json("show", DIGEST)
        self.assertEqual(shown["metadata"]["description"], "Quiet")
        self.assertFalse(shown["verified"])

    def test_a_second_import_reports_every_row_unchanged(self):
        legacy = self.legacy()
        self.json("import", "--legacy-db", legacy.file)
        stats = self.json("stats")
        again = self.json("import", "--legacy-db", legacy.file)
        self.assertEqual((again["models_read"], again["unchanged"]), (3, 3))
        self.assertEqual(again["images_imported"], 0)
        after = self.json("stats")
        for field in ["models", "pending", "tags", "previews", "pending_pictures"]:
            self.assertEqual(after[field], stats[field], field)

    def test_rows_and_pictures_that_fail_are_named_and_give_1(self):
        legacy = self.legacy()
        odd = legacy.add(b"/models/caf\xe9.safetensors")
        legacy.add("/models/d.safetensors", digest="cd" * 32, extra={"images": "nowhere.png"})
        legacy.add_picture("text.png", b"this is a text")
        legacy.add("/models/e.safetensors", digest="ef" * 32, extra={"images": "text.png"})
        report = self.json("import", "--legacy-db", legacy.file, code=1)
        self.assertEqual((report["models_read"], report["skipped"]), (6, 1))
        self.assertEqual([row["legacy_id"] for row in report["skipped_rows"]], [odd])
        self.assertTrue(report["skipped_rows"][0]["reason"])
        self.assertEqual((report["images_missing"], report["images_failed"]), (1, 1))
        self.assertEqual(len(self.listed("--state", "all")), 5)

    def test_a_catalogue_without_a_row_that_can_be_imported_gives_2(self):
        legacy = cli_case.Legacy(self.path("legacy"))
        self.assertEqual(self.json("import", "--legacy-db", legacy.file)["models_read"], 0)
        legacy.add(b"/models/caf\xe9.safetensors")
        report = self.json("import", "--legacy-db", legacy.file, code=2)
        self.assertEqual((report["models_read"], report["skipped"]), (1, 1))
        legacy.add("/models/good.safetensors")
        self.json("import", "--legacy-db", legacy.file, code=1)

    def test_people_read_the_same_numbers_and_what_to_do_next(self):
        legacy = self.legacy()
        legacy.add(b"/models/caf\xe9.safetensors")
        text = self.text("import", "--legacy-db", legacy.file, code=1)
        self.assertRegex(text, r"models read +4\n")
        self.assertRegex(text, r"pending +2\n")
        self.assertIn("Skipped rows (1):\n  row 4: ", text)
        self.assertIn("modelstore migrate --data " + self.data, text)

    def test_a_dry_run_makes_no_store_and_leaves_nothing(self):
        legacy = self.legacy()
        os.mkdir(self.path("tmp"))
        report = self.json("import", "--legacy-db", legacy.file, "--dry-run",
                           env=self.environment(TMPDIR=self.path("tmp")))
        self.assertEqual((report["active"], report["pending"], report["dry_run"]), (1, 2, True))
        self.assertFalse(os.path.exists(self.data))
        self.assertEqual(os.listdir(self.path("tmp")), [])

    def test_a_dry_run_leaves_an_empty_folder_empty(self):
        os.mkdir(self.data)
        self.json("import", "--legacy-db", self.legacy().file, "--dry-run")
        self.assertEqual(os.listdir(self.data), [])

    def test_a_dry_run_changes_nothing_in_a_store(self):
        legacy = self.legacy()
        self.scan("loras/there.safetensors")
        before = self.json("stats")
        would = self.json("import", "--legacy-db", legacy.file, "--dry-run")
        self.assertEqual(self.json("stats"), before)
        did = self.json("import", "--legacy-db", legacy.file)
        for report in [would, did]:
            self.assertEqual(report.pop("models_read"), 3)
            report.pop("elapsed_ms"), report.pop("dry_run")
        self.assertEqual(would, did)

    def test_a_legacy_catalogue_that_is_not_there_makes_no_store(self):
        message = self.error("import", "--legacy-db", self.path("nowhere.sqlite3"), code="FileMissing")
        self.assertIn("nowhere.sqlite3", message)
        self.assertFalse(os.path.exists(self.data))

    def test_what_is_no_catalogue_is_refused(self):
        self.error("import", "--legacy-db", self.write("text", b"not a database " * 100), code="UnsupportedFormat")
        self.error("import", "--legacy-db", self.folder, code="NotRegularFile")
        os.mkfifo(self.path("pipe"))
        self.error("import", "--legacy-db", self.path("pipe"), code="NotRegularFile")
        self.error("import", "--legacy-db", self.write("empty", b""), code="UnsupportedFormat")
        self.assertFalse(os.path.exists(self.data))
        self.error("import", "--legacy-db", self.legacy().file, "--legacy-images", self.path("none"),
                   code="InvalidArgument")

    def test_what_cannot_be_imported_makes_no_store(self):
        foreign = self.path("foreign.sqlite3")
        connection = sqlite3.connect(foreign)
        connection.execute("CREATE TABLE songs (title TEXT)")
        connection.commit()
        connection.close()
        self.error("import", "--legacy-db", foreign, code="UnsupportedFormat")
        legacy = self.legacy()
        with open(legacy.file, "r+b") as file:
            file.seek(100)
            file.write(b"\xff" * 4096)
        self.error("import", "--legacy-db", legacy.file, code="Corrupt")
        self.assertFalse(os.path.exists(self.data))
        os.mkdir(self.data)
        self.error("import", "--legacy-db", foreign, code="UnsupportedFormat")
        self.assertEqual(os.listdir(self.data), [])

    def test_pictures_are_taken_from_the_folder_that_is_named(self):
        legacy = self.legacy()
        os.rename(legacy.pictures, self.path("gallery"))
        report = self.json("import", "--legacy-db", legacy.file, "--legacy-images", self.path("gallery"))
        self.assertEqual((report["images_imported"], report["images_missing"]), (2, 0))

    def test_paths_of_another_machine_are_mapped(self):
        legacy = cli_case.Legacy(self.path("legacy"))
        legacy.add("D:\\models\\loras\\far.safetensors", tags=["loras"])
        self.write("models/loras/far.safetensors")
        self.json("import", "--legacy-db", legacy.file, "--map", "E:\\=/nowhere", "--map",
                  "D:\\models=" + self.path("models"))
        self.assertEqual(self.listed("--state", "pending")[0]["path"], self.path("models/loras/far.safetensors"))

    def test_a_map_to_a_relative_folder_starts_from_the_current_one(self):
        legacy = cli_case.Legacy(self.path("legacy"))
        legacy.add("D:\\models\\loras\\far.safetensors")
        self.write("here/loras/far.safetensors", b"far")
        self.json("import", "--legacy-db", legacy.file, "--map", "D:\\models=elsewhere/../here")
        self.assertEqual(self.listed("--state", "pending")[0]["path"], self.path("here/loras/far.safetensors"))
        self.assertEqual(self.json("scan", "here")["known"], 1)
        self.assertEqual(self.json("migrate", cwd="/")["promoted"], 1)

    def test_the_sample_of_the_demo_is_imported_and_migrated(self):
        made = subprocess.run([cli_case.SAMPLE, self.path("sample")], capture_output=True, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        report = self.json("import", "--legacy-db", self.path("sample/legacy/hikaze_mm.sqlite3"), "--map",
                           "D:\\ComfyUI\\models=" + self.path("sample/models"), code=1)
        self.assertEqual(report["models_read"], sum(
            report[field] for field in ["active", "pending", "merged", "unchanged", "skipped"]))
        self.assertGreater(report["skipped"], 0)
        self.verify_is_clean()
        migrated = self.json("migrate", "--all", "--policy", "merge", code=1)
        self.assertGreater(migrated["promoted"], 0)
        self.assertEqual([failure["code"] for failure in migrated["failed"]], ["FileMissing"])
        self.assertEqual(self.json("stats")["pending"], len(migrated["failed"]))
        self.verify_is_clean()


if __name__ == "__main__":
    cli_case.main()

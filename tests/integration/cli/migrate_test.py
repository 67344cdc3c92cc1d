#!/usr/bin/env python3
"""migrate: all, some, conflicts, failures, claims."""

import os

import cli_case


def content_of(name):
    return b"model " + name.encode()


class Test(cli_case.Case):
    def test_all_pending_records_become_models_with_their_tags(self):
        self.scan("loras/one.safetensors", "vae/two.safetensors")
        report = self.json("migrate", "--all")
        self.assertEqual((report["promoted"], report["merged"], report["conflicts"], report["failed"]), (2, 0, [], []))
        self.assertEqual(len(report["promoted_ids"]), 2)
        self.assertEqual(report["bytes_hashed"],
                         len(content_of("loras/one.safetensors")) + len(content_of("vae/two.safetensors")))
        self.assertGreaterEqual(report["elapsed_ms"], 0)
        models = self.listed()
        self.assertEqual([(model["sha256"], model["verified"], model["tags"][0]["name"]) for model in models],
                         [(cli_case.sha256(content_of("loras/one.safetensors")), True, "loras"),
                          (cli_case.sha256(content_of("vae/two.safetensors")), True, "vae")])
        self.verify_is_clean()

    def test_all_is_what_happens_without_a_choice(self):
        self.scan("loras/one.safetensors")
        self.assertEqual(self.json("migrate")["promoted"], 1)
        again = self.json("migrate")
        self.assertEqual((again["promoted"], again["failed"]), (0, []))

    def test_only_the_records_that_were_named_are_migrated(self):
        ids = self.scan("loras/a.safetensors", "loras/b.safetensors", "loras/c.safetensors")["pending_ids"]
        report = self.json("migrate", "--id", str(ids[0]), f"pending:{ids[1]}")
        self.assertEqual(sorted(report["promoted_ids"]), sorted(ids[:2]))
        self.assertEqual(self.json("stats")["pending"], 1)
        self.assertEqual(self.json("migrate", "--id", str(ids[2]), "--id", str(ids[2]), )["promoted"], 1)

    def test_a_record_whose_file_is_missing_stays_with_the_reason(self):
        ids = self.scan("loras/a.safetensors", "loras/b.safetensors")["pending_ids"]
        gone = self.json("show", f"pending:{ids[0]}")["path"]
        os.unlink(gone)
        report = self.json("migrate", code=1)
        self.assertEqual(report["promoted"], 1)
        self.assertEqual([(failure["id"], failure["path"], failure["code"]) for failure in report["failed"]],
                         [(f"pending:{ids[0]}", gone, "FileMissing")])
        self.assertIn(gone, report["failed"][0]["error"])
        shown = self.json("show", f"pending:{ids[0]}")
        self.assertEqual(shown["last_error"]["code"], "FileMissing")
        self.assertEqual(shown["tags"][0]["name"], "loras")

    def test_a_record_that_is_not_there_is_a_failure(self):
        self.scan("loras/a.safetensors")
        report = self.json("migrate", "--id", "99", code=2)
        self.assertEqual([(failure["id"], failure["code"]) for failure in report["failed"]],
                         [("pending:99", "NotFound")])
        self.assertEqual(self.json("migrate", "--id", "99", "98", code=2)["promoted"], 0)
        self.assertEqual(self.json("migrate", "--id", "99", "1", code=1)["promoted"], 1)
        self.error("migrate", "--id", "ab" * 32, code="NotFound")
        self.error("migrate", "--id", "0", code="InvalidArgument")

    def conflict(self):
        """A model, and a pending record with the same content and a text of its own."""
        self.scan("loras/first.safetensors")
        self.json("migrate")
        self.write("models/loras/copy.safetensors", content_of("loras/first.safetensors"))
        number = self.scan("loras/first.safetensors")["pending_ids"][0]
        self.json("set", f"pending:{number}", "description=The copy")
        return number

    def test_a_conflict_is_reported_and_nothing_is_changed(self):
        number = self.conflict()
        report = self.json("migrate", "--all")
        self.assertEqual((report["promoted"], report["merged"]), (0, 0))
        conflict = report["conflicts"][0]
        self.assertEqual(conflict["pending"], {"id": number, "path": self.path("models/loras/copy.safetensors")})
        self.assertEqual(conflict["existing"]["id"], cli_case.sha256(content_of("loras/first.safetensors")))
        self.assertEqual(conflict["existing"]["path"], self.path("models/loras/first.safetensors"))
        self.assertEqual(conflict["resolution"], "report")
        self.assertEqual(self.json("stats")["pending"], 1)

    def test_merging_fills_what_is_empty(self):
        number = self.conflict()
        report = self.json("migrate", "--policy", "merge")
        self.assertEqual((report["merged"], report["merged_ids"]), (1, [number]))
        model = self.json("show", self.listed()[0]["sha256"])
        self.assertEqual(model["metadata"]["description"], "The copy")
        self.assertEqual(len(model["locations"]), 2)
        self.assertEqual(self.json("stats")["pending"], 0)

    def test_keeping_leaves_the_record_and_discarding_removes_it(self):
        number = self.conflict()
        self.json("migrate", "--policy", "keep")
        self.assertEqual(self.json("show", f"pending:{number}")["hash_state"], "computed")
        self.json("migrate", "--policy", "discard")
        self.assertEqual(self.json("stats")["pending"], 0)
        self.assertNotIn("description", self.json("show", self.listed()[0]["sha256"])["metadata"])

    def test_files_of_another_machine_are_found_by_a_map(self):
        legacy = cli_case.Legacy(self.path("legacy"))
        legacy.add("D:\\models\\loras\\far.safetensors")
        self.write("here/loras/far.safetensors", b"far")
        self.json("import", "--legacy-db", legacy.file)
        self.json("migrate", code=2)
        report = self.json("migrate", "--map", "D:\\models=" + self.path("here"))
        self.assertEqual(report["promoted"], 1)
        self.assertEqual(self.listed()[0]["sha256"], cli_case.sha256(b"far"))

    def test_files_that_a_relative_map_finds_are_stored_by_their_whole_path(self):
        legacy = cli_case.Legacy(self.path("legacy"))
        legacy.add("D:\\models\\far.safetensors")
        self.write("here/far.safetensors", b"far")
        self.json("import", "--legacy-db", legacy.file)
        self.assertEqual(self.json("migrate", "--map", "D:\\models=here")["promoted"], 1)
        shown = self.json("show", self.listed()[0]["sha256"])
        self.assertEqual([location["path"] for location in shown["locations"]], [self.path("here/far.safetensors")])

    def test_claims_are_settled(self):
        legacy = cli_case.Legacy(self.path("legacy"))
        right = self.write("models/right.safetensors", b"right")
        wrong = self.write("models/wrong.safetensors", b"wrong")
        legacy.add(right, digest=cli_case.sha256(b"right"))
        legacy.add(wrong, digest="ab" * 32)
        self.json("import", "--legacy-db", legacy.file)
        report = self.json("migrate", "--claims")
        self.assertEqual(report["verified"], [cli_case.sha256(b"right")])
        mismatch = report["mismatches"][0]
        self.assertEqual((mismatch["path"], mismatch["claimed"], mismatch["computed"], mismatch["rekeyed"]),
                         (wrong, "ab" * 32, cli_case.sha256(b"wrong"), True))
        self.assertEqual(self.json("stats")["models_unverified"], 0)
        self.verify_is_clean()

    def test_a_model_of_a_wrong_claim_that_meets_another_is_named(self):
        legacy = cli_case.Legacy(self.path("legacy"))
        legacy.add(self.write("models/right.safetensors", b"same"), digest=cli_case.sha256(b"same"))
        wrong = self.write("models/wrong.safetensors", b"same")
        legacy.add(wrong, digest="ab" * 32, extra={"description": "mine"})
        self.json("import", "--legacy-db", legacy.file)
        text = self.text("migrate", "--claims")
        self.assertIn("Conflicts (1):\n  " + "ab" * 6 + " " + wrong, text)
        self.assertIn("--policy merge, replace, keep or discard", text)
        conflict = self.json("migrate", "--claims")["conflicts"][0]
        self.assertEqual((conflict["pending"], conflict["existing"]["id"]),
                         ({"id": "ab" * 32, "path": wrong}, cli_case.sha256(b"same")))
        hashed = self.json("hash", "--migrate", "--policy", "report", wrong)["files"][0]
        self.assertEqual(hashed["conflict"]["pending"]["id"], "ab" * 32)
        self.json("migrate", "--claims", "--policy", "merge")
        self.assertEqual([model["sha256"] for model in self.listed()], [cli_case.sha256(b"same")])

    def test_a_few_bytes_are_hashed_at_some_rate(self):
        self.write("models/tiny.safetensors", b"x")
        self.json("scan", self.path("models"))
        text = self.text("migrate")
        self.assertIn("1 B", text)
        self.assertNotIn("(0 B/s)", text)

    def test_people_read_conflicts_and_failures(self):
        self.conflict()
        self.scan("loras/gone.safetensors")
        os.unlink(self.path("models/loras/gone.safetensors"))
        text = self.text("migrate", code=1)
        self.assertRegex(text, r"conflicts +1\n +failed +1\n")
        self.assertIn("Conflicts (1):\n  pending:", text)
        self.assertIn("(FileMissing)", text)


if __name__ == "__main__":
    cli_case.main()

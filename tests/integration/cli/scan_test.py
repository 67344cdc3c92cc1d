#!/usr/bin/env python3
"""scan, relocate, changes."""

import os

import cli_case


class Test(cli_case.Case):
    def test_new_files_become_pending_with_the_type_of_their_folder(self):
        self.write("models/readme.txt")
        report = self.scan("Loras/deep/one.safetensors", "vae/two.ckpt", "three.gguf")
        self.assertEqual((report["files_seen"], report["added"], report["known"], report["skipped"]), (3, 3, 0, []))
        self.assertEqual(len(report["pending_ids"]), 3)
        found = {record["name"]: record for record in self.listed("--state", "pending")}
        self.assertEqual({name: record["type"] for name, record in found.items()},
                         {"one.safetensors": "loras", "two.ckpt": "vae", "three.gguf": ""})
        self.assertEqual([tag["name"] for tag in found["one.safetensors"]["tags"]], ["loras"])
        self.assertEqual(found["two.ckpt"]["state"], "pending")
        self.assertEqual(found["two.ckpt"]["sha256"], "")

    def test_a_second_scan_knows_the_files(self):
        self.scan("loras/one.safetensors", "loras/two.safetensors")
        again = self.scan("loras/three.safetensors")
        self.assertEqual((again["added"], again["known"]), (1, 2))

    def test_other_endings_are_asked_for(self):
        root = self.write_models("loras/one.weights", "loras/two.safetensors")
        self.assertEqual(self.json("scan", root, "--extension", ".weights")["added"], 1)
        self.assertEqual(self.listed("--state", "pending")[0]["name"], "one.weights")

    def test_names_that_are_not_utf8_are_passed_over_and_give_1(self):
        root = self.write_models("loras/one.safetensors")
        with open(os.path.join(os.fsencode(root), b"caf\xe9.safetensors"), "wb"):
            pass
        report = self.json("scan", root, code=1)
        self.assertEqual((report["added"], len(report["skipped"])), (1, 1))
        self.assertTrue(report["skipped"][0]["reason"])

    def test_a_scan_that_finds_nothing_and_passes_something_over_gives_2(self):
        os.mkdir(self.path("models"))
        self.json("scan", self.path("models"))
        report = self.json("scan", self.path("models"), self.path("nowhere"), code=2)
        self.assertEqual((report["files_seen"], len(report["skipped"])), (0, 1))
        self.write_models("one.safetensors")
        self.json("scan", self.path("models"), self.path("nowhere"), code=1)

    def test_a_root_that_is_not_there_makes_no_store(self):
        self.error("scan", self.path("nowhere"), code="FileMissing")
        self.assertFalse(os.path.exists(self.data))

        self.error("scan", self.path("nowhere"), self.path("neither"), code="FileMissing")
        self.assertFalse(os.path.exists(self.data))

    def test_a_root_that_is_no_folder_is_refused(self):
        for _ in ["a new store", "one that exists"]:
            self.error("scan", self.write("file"), code="InvalidArgument")
            self.error("scan", self.write_models("a.pt"), self.write("file"), code="InvalidArgument")
            if not os.path.exists(self.data):
                self.json("init")
            else:
                self.assertEqual(self.json("stats")["pending"], 0)

    def test_what_lies_below_absent_roots_is_offline(self):
        self.scan("loras/one.safetensors")
        self.json("migrate")
        os.rename(self.path("models"), self.path("elsewhere"))
        self.error("scan", self.path("models"), code="FileMissing")
        locations = self.json("show", self.listed()[0]["sha256"])["locations"]
        self.assertEqual([location["state"] for location in locations], ["offline"])

    def test_people_read_what_was_found(self):
        text = self.text("scan", self.write_models("loras/one.safetensors"))
        self.assertRegex(text, r"model files +1\n +new, now pending +1\n")

    def test_a_file_that_changed_since_it_was_verified_is_followed_to_its_new_content(self):
        self.scan("one.safetensors")
        self.json("migrate")
        old = self.listed()[0]["sha256"]
        path = self.write("models/one.safetensors", b"changed")
        text = self.text("scan", self.path("models"))
        self.assertRegex(text, r"changed since verified +1\n")
        self.assertIn(f"modelstore migrate --data {self.data} --claims", text)
        text = self.text("migrate", "--claims")
        self.assertRegex(text, r"claims wrong +0\n +changed files +1\n")
        new = cli_case.sha256(b"changed")
        self.assertIn(f"\n  {path}: was {old[:12]}, is {new[:12]} now\n", text)
        self.assertEqual({model["sha256"] for model in self.listed()}, {old, new})

    def test_moved_files_are_relocated(self):
        self.scan("loras/one.safetensors", "loras/two.safetensors")
        os.rename(self.path("models"), self.path("moved"))
        would = self.json("relocate", self.path("models"), self.path("moved"), "--dry-run")
        self.assertEqual((would["pending"], would["locations"], would["dry_run"]), (2, 0, True))
        self.assertTrue(self.listed("--state", "pending")[0]["path"].startswith(self.path("models/")))
        did = self.json("relocate", self.path("models"), self.path("moved"))
        self.assertEqual((did["pending"], did["conflicts"]), (2, []))
        self.assertEqual(did["examples"][0]["to"], did["examples"][0]["from"].replace("/models/", "/moved/"))
        self.assertEqual(self.json("migrate")["promoted"], 2)

    def test_a_path_that_is_taken_stays_and_gives_1(self):
        self.write_models("loras/one.safetensors")
        self.write("other/loras/one.safetensors", b"another")
        self.json("scan", self.path("models"), self.path("other"))
        report = self.json("relocate", self.path("models"), self.path("other"), code=1)
        self.assertEqual(report["conflicts"], [self.path("models/loras/one.safetensors")])

    def test_relocating_nothing_changes_nothing(self):
        self.scan("loras/one.safetensors")
        self.assertEqual(self.json("relocate", "/nowhere", "/elsewhere")["pending"], 0)
        self.assertEqual(self.json("relocate", "D:\\models", "/elsewhere")["pending"], 0)

    def test_changes_follow_the_catalogue(self):
        ids = self.scan("loras/one.safetensors")["pending_ids"]
        first = self.json("changes")
        self.assertEqual([(change["kind"], change["id"]) for change in first["changes"]],
                         [("created", f"pending:{ids[0]}")])
        self.json("set", f"pending:{ids[0]}", "name=other")
        second = self.json("changes", "--since", str(first["revision"]))
        self.assertEqual([change["kind"] for change in second["changes"]], ["changed"])
        self.assertEqual(self.json("changes", "--since", str(second["revision"]))["changes"], [])


if __name__ == "__main__":
    cli_case.main()

#!/usr/bin/env python3
"""add-image, delete-image, order-images."""

import os

import cli_case


class Test(cli_case.Case):
    def setUp(self):
        super().setUp()
        self.scan("loras/one.safetensors", "loras/two.safetensors")
        self.json("migrate", "--id", "1")
        self.model = self.listed()[0]["sha256"]
        self.picture = self.write("picture.png", cli_case.png(64, 48))

    def test_a_model_gets_three_sizes(self):
        added = self.json("add-image", self.model, self.picture)
        self.assertEqual((added["images_count"], added["images"]), (1, [added["id"]]))
        image = self.json("show", self.model)["images"][0]
        self.assertEqual((image["id"], image["position"], image["width"], image["height"]), (added["id"], 0, 64, 48))
        for tier in ["high", "medium", "low"]:
            file = os.path.join(self.data, "images", image["files"][tier]["name"])
            self.assertEqual(os.path.getsize(file), image["files"][tier]["size_bytes"])
        self.verify_is_clean()

    def test_a_pending_record_keeps_the_original_until_it_is_promoted(self):
        self.json("add-image", "pending:2", self.picture)
        image = self.json("show", "pending:2")["images"][0]
        self.assertEqual((image["original_name"], image["format"]), ("picture.png", "png"))
        self.json("migrate")
        models = {record["name"]: record for record in self.listed()}
        self.assertEqual(models["two.safetensors"]["images_count"], 1)
        self.assertEqual(os.listdir(os.path.join(self.data, "images", "pending")), [])
        self.verify_is_clean()

    def test_pictures_can_be_decoded_in_processes_of_their_own(self):
        self.json("add-image", self.model, self.picture)
        self.json("add-image", self.model, self.picture, "--isolated")
        inside, isolated = self.json("show", self.model)["images"]
        for tier in ["high", "medium", "low"]:
            self.assertEqual(inside["files"][tier]["sha256"], isolated["files"][tier]["sha256"])
        self.json("add-image", "pending:2", self.picture, "--isolated")
        self.assertEqual(self.json("migrate", "--isolated")["promoted"], 1)
        self.scan("loras/three.safetensors")
        number = self.listed("--state", "pending")[0]["id"].removeprefix("pending:")
        self.json("add-image", f"pending:{number}", self.picture)
        hashed = self.json("hash", "--migrate", "--isolated", self.path("models/loras/three.safetensors"))["files"][0]
        self.assertTrue(hashed["migrated"])
        text = self.write("text.png", b"some text")
        self.error("add-image", self.model, text, "--isolated", code="UnsupportedFormat")
        self.error("add-image", self.model, self.write("cut.png", cli_case.png(400, 300)[:-40]), "--isolated",
                   code="BadImage")
        self.verify_is_clean()

    def test_originals_are_kept_if_asked_for(self):
        self.json("add-image", self.model, self.picture)
        self.json("add-image", self.model, self.picture, "--keep-originals")
        without, kept = self.json("show", self.model)["images"]
        self.assertNotIn("original", without["files"])
        with open(self.path("store/images", kept["files"]["original"]["name"]), "rb") as ours, open(self.picture, "rb") as theirs:
            self.assertEqual(ours.read(), theirs.read())
        self.json("add-image", "pending:2", self.picture)
        self.json("migrate", "--keep-originals")
        migrated = next(model for model in self.listed() if model["sha256"] != self.model)
        self.assertIn("original", self.json("show", migrated["sha256"])["images"][0]["files"])

    def test_the_message_names_what_is_no_picture(self):
        text = self.write("notes.txt", b"some text")
        for record in [self.model, "pending:2"]:
            self.assertIn("notes.txt: ", self.error("add-image", record, text, code="UnsupportedFormat"))

    def test_the_message_says_what_is_wrong_with_a_file(self):
        os.mkfifo(self.path("pipe"))
        for name in [self.folder, self.path("pipe")]:
            self.assertIn(name + " is not a regular file", self.error("add-image", self.model, name, code="NotRegularFile"))
        tiff = self.write("picture.tif", b"II*\0" + b"\0" * 100)
        self.assertIn("tiff pictures are not accepted", self.error("add-image", self.model, tiff, code="UnsupportedFormat"))

    def test_what_is_no_picture_is_refused_and_nothing_is_left(self):
        before = cli_case.snapshot(os.path.join(self.data, "images"))
        cases = [(self.write("text.png", b"some text"), "UnsupportedFormat"),
                 (self.write("empty.png", b""), "UnsupportedFormat"),
                 (self.write("cut.png", cli_case.png(400, 300)[:-40]), "BadImage"),
                 (self.path("missing.png"), "FileMissing"),
                 (self.folder, "NotRegularFile")]
        for record in [self.model, "pending:2"]:
            for file, code in cases:
                self.error("add-image", record, file, code=code)
        self.error("add-image", "pending:99", self.picture, code="NotFound")
        self.assertEqual(cli_case.snapshot(os.path.join(self.data, "images")), before)
        self.verify_is_clean()

    def test_pictures_are_deleted_and_later_ones_move_down(self):
        for record in [self.model, "pending:2"]:
            ids = [self.json("add-image", record, self.picture)["id"] for _ in range(3)]
            left = self.json("delete-image", record, str(ids[0]))
            self.assertEqual((left["deleted"], left["images"]), (ids[0], ids[1:]))
            self.assertEqual([image["position"] for image in self.json("show", record)["images"]], [0, 1])
            self.error("delete-image", record, str(ids[0]), code="NotFound")
            self.error("delete-image", record, "999", code="NotFound")
        self.verify_is_clean()

    def test_pictures_are_put_in_another_order(self):
        ids = [self.json("add-image", self.model, self.picture)["id"] for _ in range(3)]
        order = [str(ids[2]), str(ids[0]), str(ids[1])]
        self.assertEqual(self.json("order-images", self.model, *order)["images"], [ids[2], ids[0], ids[1]])
        self.error("order-images", self.model, str(ids[0]), code="InvalidArgument")
        self.error("order-images", self.model, *order, order[0], code="InvalidArgument")
        self.assertEqual([image["id"] for image in self.json("show", self.model)["images"]],
                         [ids[2], ids[0], ids[1]])

    def test_people_read_what_was_done(self):
        self.assertRegex(self.text("add-image", self.model[:6], self.picture), r"^Added image \d+ to [0-9a-f]{12}\n$")
        self.assertIn("64x48", self.text("show", self.model))


if __name__ == "__main__":
    cli_case.main()

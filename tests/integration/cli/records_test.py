#!/usr/bin/env python3
"""list, show, tag, delete, restore, empty-trash."""

import os

import cli_case

FIELDS = {"sha256", "name", "images_count", "type", "path", "size_bytes", "created_at", "tags", "state"}


class Test(cli_case.Case):
    def models(self, *digests):
        """A store with models of these hashes."""
        legacy = cli_case.Legacy(self.path("legacy"))
        for number, digest in enumerate(digests):
            legacy.add(f"/models/{number}.safetensors", digest=digest)
        self.json("import", "--legacy-db", legacy.file)

    def test_each_record_has_all_fields(self):
        self.scan("loras/one.safetensors", "vae/two.safetensors")
        self.json("migrate", "--id", "1")
        page = self.json("list", "--state", "all")
        self.assertEqual((page["total"], page["next_cursor"]), (2, ""))
        for record in page["models"]:
            self.assertLessEqual(FIELDS, record.keys())
            self.assertLessEqual({"id", "name", "color"}, record["tags"][0].keys())
        self.assertEqual({record["state"] for record in page["models"]}, {"active", "pending"})

    def test_filters_narrow_the_list(self):
        self.scan("loras/red_car.safetensors", "loras/blue car.safetensors", "vae/red-house.safetensors")

        def names(*arguments):
            return sorted(record["name"].split(".")[0] for record in self.listed("--state", "pending", *arguments))

        self.assertEqual(names(), ["blue car", "red-house", "red_car"])
        self.assertEqual(names("--type", "vae"), ["red-house"])
        self.assertEqual(names("--type", "nothing"), [])
        self.assertEqual(names("--tag", "loras"), ["blue car", "red_car"])
        self.assertEqual(names("--not-tag", "loras"), ["red-house"])
        self.assertEqual(names("--tag", "loras", "--tag", "vae"), [])
        self.assertEqual(names("--query", "RED"), ["red-house", "red_car"])
        self.assertEqual(names("-q", "car red"), ["red_car"])
        self.assertEqual(names("--query", "red", "--not-tag", "vae"), ["red_car"])
        self.assertEqual(self.json("list")["total"], 0)

    def test_records_are_sorted(self):
        for name, size in [("b", 30), ("C", 10), ("a", 20)]:
            self.write(f"models/loras/{name}.safetensors", b"x" * size)
        self.json("scan", self.path("models"))

        def order(*arguments):
            return "".join(record["name"][0] for record in self.listed("--state", "pending", *arguments))

        self.assertEqual(order(), "abC")
        self.assertEqual(order("--sort", "name", "--reverse"), "Cba")
        self.assertEqual(order("--sort", "size"), "Cab")
        self.assertEqual(order("--sort", "size", "--reverse"), "baC")
        self.assertEqual(sorted(order("--sort", "created")), ["C", "a", "b"])

    def test_pages_show_every_record_once(self):
        self.scan(*[f"loras/{number:02}.safetensors" for number in range(25)])
        seen, cursor, pages = [], "", 0
        while True:
            page = self.json("list", "--state", "pending", "--limit", "7", *(["--cursor", cursor] if cursor else []))
            self.assertEqual(page["total"], 25)
            seen += [record["id"] for record in page["models"]]
            cursor, pages = page["next_cursor"], pages + 1
            if not cursor:
                break
        self.assertEqual((pages, len(seen), len(set(seen))), (4, 25, 25))

    def test_people_read_a_table_with_total_and_the_next_page(self):
        self.scan(*[f"loras/{number:02}.safetensors" for number in range(5)])
        text = self.text("list", "--state", "pending", "--limit", "2")
        lines = text.splitlines()
        self.assertTrue(lines[0].startswith("ID "))
        self.assertEqual(lines[3], "2 of 5 records")
        self.assertIn("--cursor ", lines[4])
        cursor = lines[4].split("--cursor ")[1]
        self.assertIn("02.safetensors",
                      self.text("list", "--state", "pending", "--limit", "2", "--cursor", cursor.strip("'")))

    def test_columns_are_aligned_whatever_the_script(self):
        self.scan("loras/a.safetensors", "loras/水墨画.safetensors", "loras/ñandú.safetensors",
                  "loras/e\u0301clair.safetensors")
        lines = self.text("list", "--state", "pending").splitlines()[1:5]
        starts = set()
        for line in lines:
            before = line[:line.index("loras")]
            wide = sum(1 for letter in before if "\u4e00" <= letter <= "\u9fff")
            starts.add(len(before) + wide - before.count("\u0301"))
        self.assertEqual(len(starts), 1, lines)

    def test_names_cannot_steer_the_terminal(self):
        self.scan("loras/one.safetensors")
        self.json("set", "pending:1", "name=\x1b[2Jevil\nname\u202e", "description=a\x1b]0;title\x07b")
        for text in [self.text("list", "--state", "pending"), self.text("show", "pending:1")]:
            for control in "\x1b\x07\u202e":
                self.assertNotIn(control, text)
        self.assertEqual(self.json("show", "pending:1")["name"], "\x1b[2Jevil\nname\u202e")

    def test_a_model_is_shown_in_full_by_hash_or_prefix(self):
        digest = "abcdef" + "0" * 58
        self.models(digest, "1" * 64)
        for text in [digest, digest.upper(), "abcd", "ABCDEF0"]:
            shown = self.json("show", text)
            self.assertEqual((shown["sha256"], shown["state"], shown["verified"]), (digest, "active", False))
        self.assertEqual(shown["locations"][0]["path"], "/models/0.safetensors")
        self.assertLessEqual(FIELDS | {"metadata", "locations", "images", "verified"}, shown.keys())
        self.assertIn(digest, self.text("show", "abcd"))

    def test_an_id_that_names_no_record_or_several_is_refused(self):
        self.models("abcd1" + "0" * 59, "abcd2" + "0" * 59)
        self.error("show", "abcd", code="Conflict")
        self.assertEqual(self.json("show", "abcd2")["sha256"], "abcd2" + "0" * 59)
        self.error("show", "ffff", code="NotFound")
        self.error("show", "f" * 64, code="NotFound")
        self.error("show", "pending:99", code="NotFound")
        for malformed in ["abc", "", "xyzzy", "pending:", "pending:-1", "pending:x", "0" * 65, "abcd*", "%"]:
            self.error("show", malformed, code="InvalidArgument")

    def test_tags_are_added_and_removed(self):
        self.scan("loras/one.safetensors")
        shown = self.json("tag", "pending:1", "--add", "night sky", "--add", "水墨", "--remove", "loras")
        self.assertEqual([tag["name"] for tag in shown["tags"]], ["night sky", "水墨"])
        shown = self.json("tag", "pending:1", "--remove", "night sky", "--remove", "never there")
        self.assertEqual([tag["name"] for tag in shown["tags"]], ["水墨"])
        self.error("tag", "pending:2", "--add", "x", code="NotFound")
        self.error("tag", "pending:1", "--add", b"\xff", code="InvalidArgument")
        self.assertEqual(len(self.json("show", "pending:1")["tags"]), 1)

    def test_what_is_deleted_can_be_restored(self):
        self.scan("loras/one.safetensors", "loras/two.safetensors")
        self.json("migrate", "--id", "1")
        model = self.listed()[0]["sha256"]
        self.assertEqual(self.json("delete", model[:8], "pending:2")["deleted"], 2)
        self.assertEqual(self.json("delete", "pending:2")["deleted"], 0)
        self.assertEqual(self.json("list", "--state", "all")["total"], 0)
        trashed = self.listed("--state", "trash")
        self.assertEqual([record["trashed"] for record in trashed], [True, True])
        self.assertEqual(self.json("scan", self.path("models"))["added"], 0)
        self.assertEqual(self.json("restore", model, "pending:2")["restored"], 2)
        self.assertEqual(self.json("list", "--state", "all")["total"], 2)

    def test_several_are_deleted_all_or_none(self):
        self.scan("loras/one.safetensors")
        self.error("delete", "pending:1", "pending:99", code="NotFound")
        self.assertEqual(self.json("list", "--state", "pending")["total"], 1)
        self.error("restore", "pending:99", code="NotFound")

    def test_the_trash_is_emptied_only_when_confirmed(self):
        self.scan("loras/one.safetensors")
        self.json("add-image", "pending:1", self.write("a.png", cli_case.png()))
        self.json("delete", "pending:1")
        self.error("empty-trash", code="InvalidArgument")
        self.assertEqual(self.json("stats")["trashed"], 1)
        self.assertEqual(self.json("empty-trash", "--yes")["removed"], 1)
        self.error("show", "pending:1", code="NotFound")
        self.assertTrue(os.path.exists(self.path("models/loras/one.safetensors")))
        self.verify_is_clean()


if __name__ == "__main__":
    cli_case.main()

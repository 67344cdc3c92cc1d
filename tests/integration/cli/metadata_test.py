#!/usr/bin/env python3
"""set: texts, paths, and metadata of any kind."""

import os

import cli_case


class Test(cli_case.Case):
    def setUp(self):
        super().setUp()
        self.scan("loras/one.safetensors", "loras/two.safetensors")

    def set(self, *assignments, record="pending:1"):
        return self.json("set", record, *assignments)

    def raw(self, record="pending:1"):
        result = self.run_program("show", record, "--json", "--data", self.data)
        return result.stdout.decode()

    def test_the_known_texts_are_set(self):
        shown = self.set("name=A new name", "type=vae", "description=Two\nlines = fine", "community_links=a.example/b",
                         "prompts.positive=sun, \"sea\"", "prompts.negative=rain")
        self.assertEqual((shown["name"], shown["type"]), ("A new name", "vae"))
        self.assertEqual(shown["metadata"], {
            "description": "Two\nlines = fine", "community_links": "a.example/b",
            "prompts": {"positive": "sun, \"sea\"", "negative": "rain"}})

    def test_a_known_text_stays_a_text(self):
        self.assertEqual(self.set("description=5", "prompts.positive=true")["metadata"],
                         {"description": "5", "prompts": {"positive": "true"}})

    def test_an_empty_value_clears(self):
        self.set("description=x", "prompts.positive=a", "prompts.negative=b", "rating=5", "name=other")
        shown = self.set("description=", "prompts.positive=", "rating=")
        self.assertEqual(shown["metadata"], {"prompts": {"negative": "b"}})
        self.assertEqual(self.set("prompts.negative=")["metadata"], {})
        self.assertEqual(self.set("never=")["metadata"], {})

    def test_other_keys_hold_json_or_text(self):
        shown = self.set("rating=5", "favourite=true", "sizes=[1, 2]", "note=just words", "code=007",
                         "nested={\"a\": {\"b\": null}}", "a.b=dotted", "quoted=\"5\"")
        self.assertEqual(shown["metadata"], {
            "rating": 5, "favourite": True, "sizes": [1, 2], "note": "just words", "code": "007",
            "nested": {"a": {"b": None}}, "a.b": "dotted", "quoted": "5"})

    def test_numbers_are_kept_as_they_are_written(self):
        self.set("one=1.50", "large=123456789012345678901234567890", "small=1e-7")
        self.set("description=changed")
        for number in ["1.50", "123456789012345678901234567890", "1e-7"]:
            self.assertIn(number, self.raw())

    def test_a_prompt_leaves_its_neighbours_as_they_are(self):
        self.set("prompts={\"negative\": \"rain\", \"steps\": 1.50, \"positive\": \"old\"}")
        shown = self.set("prompts.positive=sun")
        self.assertEqual(shown["metadata"]["prompts"], {"negative": "rain", "steps": 1.5, "positive": "sun"})
        self.assertIn("1.50", self.raw())

    def test_later_assignments_win(self):
        shown = self.set("rating=1", "rating=2", "prompts={\"a\": 1}", "prompts.positive=b")
        self.assertEqual(shown["metadata"], {"rating": 2, "prompts": {"a": 1, "positive": "b"}})

    def test_a_pending_record_is_given_another_file(self):
        elsewhere = self.write("elsewhere.safetensors", b"elsewhere")
        self.assertEqual(self.set("path=" + elsewhere)["path"], elsewhere)
        self.assertEqual(self.set("path=models/../elsewhere.safetensors")["path"], elsewhere)
        self.assertEqual(self.json("migrate", "--id", "1")["promoted"], 1)
        self.assertEqual(self.listed()[0]["sha256"], cli_case.sha256(b"elsewhere"))

    def test_the_path_of_another_record_is_refused(self):
        self.error("set", "pending:1", "name=x", "path=" + self.path("models/loras/two.safetensors"),
                   code="AlreadyExists")
        self.assertEqual(self.json("show", "pending:1")["name"], "one.safetensors")

    def test_a_model_has_texts_but_no_path_to_set(self):
        self.json("migrate")
        model = self.listed()[0]["sha256"]
        self.assertEqual(self.set("name=renamed", "description=x", record=model)["metadata"], {"description": "x"})
        self.error("set", model, "path=/elsewhere", code="InvalidArgument")

    def test_what_is_malformed_is_refused_and_nothing_is_changed(self):
        before = self.json("show", "pending:1")
        for assignment in ["name", "=value", b"description=\xff", b"\xff=value", b"other=\xff"]:
            self.error("set", "pending:1", "type=changed", assignment, code="InvalidArgument")
        self.error("set", "pending:1", "type=changed", "deep=" + "[" * 101 + "]" * 101, code="LimitExceeded")
        self.error("set", "pending:9", "name=x", code="NotFound")
        self.assertEqual(self.json("show", "pending:1"), before)

    def test_words_of_a_description_are_found(self):
        self.set("description=Ein Hauch von Nebel")
        self.assertEqual([record["id"] for record in self.listed("--state", "pending", "-q", "nebel hauch")],
                         ["pending:1"])

    def test_people_read_the_metadata(self):
        self.set("description=Two\nlines", "prompts.positive=sun", "rating=5")
        text = self.text("show", "pending:1")
        self.assertIn("description\n  Two\n  lines\n", text)
        self.assertIn("prompts.positive\n  sun\n", text)
        self.assertIn("rating\n  5\n", text)
        self.assertTrue(os.path.exists(self.path("models")))


if __name__ == "__main__":
    cli_case.main()

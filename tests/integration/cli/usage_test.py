#!/usr/bin/env python3
"""Wrong usage, help, where the store is, and that no command but those that may makes one."""

import os
import re
import subprocess

import cli_case

COMMANDS = ["import", "scan", "migrate", "relocate", "hash", "list", "show", "set", "tag", "add-image",
            "delete-image", "order-images", "delete", "restore", "empty-trash", "verify", "repair", "stats", "changes",
            "init"]
README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "README.md")

MODEL = "ab" * 32


class Test(cli_case.Case):
    def test_each_command_explains_itself(self):
        listing = self.text("--help", data=False)
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", listing)
            result = self.run_program(command, "--help")
            self.assertEqual((result.returncode, result.stderr), (0, b""), command)
            self.assertIn(f"Usage: modelstore {command}".encode(), result.stdout)
            self.assertIn(b"--json", result.stdout)
            self.assertIn(b"--wait SECONDS ", result.stdout)
            self.assertLessEqual(max(map(len, result.stdout.splitlines())), 120, command)

    def test_the_readme_names_all_commands_options_and_fields(self):
        with open(README, encoding="utf-8") as file:
            section = file.read().split("\n## Command line\n")[1].split("\n## ")[0]
        for command in COMMANDS:
            self.assertRegex(section, rf"(?m)^modelstore {command}\b")
            options = re.findall(r"(?m)^ +(?:-\w,)?(--[a-z-]+)", self.text(command, "--help", data=False))
            for option in set(options) - {"--help"}:
                self.assertRegex(section, rf"{option}\b(?!-)", command)
        root = self.write_models("loras/one.safetensors", "loras/two.safetensors")
        documents = [self.json("init"), self.json("scan", root), self.json("migrate", "--id", "1"), self.json("stats"),
                     self.json("verify"), self.json("repair"), self.json("changes"), self.json("list"),
                     self.json("show", "pending:2"), self.json("show", self.listed()[0]["sha256"]),
                     self.json("hash", root + "/loras/two.safetensors", "--migrate")]
        for document in documents:
            for field in document:
                self.assertRegex(section, rf"[ `]{field}\b", document)

    def test_the_help_of_policies_says_what_is_replaced(self):
        self.assertIn("the record's fields, tags and pictures take the place", self.text("migrate", "--help", data=False))

    def test_version_is_printed(self):
        self.assertRegex(self.text("--version", data=False), r"^\d+\.\d+\.\d+\n$")

    def test_wrong_usage_is_an_error_of_code_2_on_one_line(self):
        wrong = [[], ["bogus"], ["--bogus"], ["list", "--bogus"], ["list", "surplus"], ["show"], ["show", "a", "b"],
                 ["set", MODEL], ["hash"], ["scan"], ["import"], ["relocate", "/from"], ["list", "--limit", "many"],
                 ["migrate", "--all", "--id", "3"], ["migrate", "--claims", "--all"], ["list", "--wait", "-1"],
                 ["list", "--wait", "nan"], ["list", "--wait", "86401"], ["list", "--wait", "soon"],
                 ["delete-image", MODEL, "first"], ["tag"], ["delete"], ["hash", "--policy", "merge", "x"]]
        for arguments in wrong:
            result = self.run_program(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertEqual(result.stdout, b"", arguments)
            self.assertEqual(result.stderr.count(b"\n"), 1, result.stderr)
            self.assertTrue(result.stderr.startswith(b"modelstore: "), result.stderr)

    def test_wrong_usage_with_json_is_one_document(self):
        for arguments in [[], ["bogus"], ["list", "--bogus"], ["show"], ["list", "--limit", "many"]]:
            self.error(*arguments, code="InvalidArgument", data=False)

    def test_an_option_is_no_value_of_another(self):
        for arguments in [["init", "--data", "--json"], ["migrate", "--policy", "--json"], ["stats", "--data", "--quiet"],
                          ["scan", "models", "--extension", "--json"], ["migrate", "--id", "--json"]]:
            result = self.run_program(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(b"a value is missing", result.stderr, arguments)
            if "--json" in arguments:
                self.assertEqual(self.one_document(result.stdout)["code"], "InvalidArgument")
        self.assertEqual(os.listdir(self.folder), [])
        self.assertEqual(self.json("init", "--data=--json", data=False)["root"], self.path("--json"))
        self.assertEqual(self.json("list", "--type=--x=--y", "--data=--json", data=False)["total"], 0)

    def test_wrong_words_and_numbers_are_refused(self):
        self.json("init")
        for arguments in [["list", "--state", "bogus"], ["list", "--sort", "bogus"], ["list", "--limit", "0"],
                          ["list", "--limit", "10001"], ["list", "--cursor", "bogus"],
                          ["migrate", "--policy", "bogus"], ["migrate", "--map", "nothing"],
                          ["tag", MODEL], ["relocate", "relative", "/to"], ["empty-trash"]]:
            self.error(*arguments, code="InvalidArgument")

    def test_a_command_without_a_store_says_how_to_name_one(self):
        self.assertIn("--data", self.error("list", code="InvalidArgument", data=False))

    def test_the_environment_names_the_store_unless_an_option_does(self):
        self.json("init", data=False, env=self.environment(MODELSTORE_DATA=self.path("named")))
        self.assertTrue(os.path.exists(self.path("named", "modelstore.db")))
        wrong = self.environment(MODELSTORE_DATA=self.path("elsewhere"))
        self.json("list", "--data", self.path("named"), data=False, env=wrong)
        self.error("list", code="NotAStore", data=False, env=wrong)

    def test_options_may_stand_before_the_command(self):
        self.json("init")
        result = self.run_program("--json", "--data", self.data, "stats")
        self.assertEqual(result.returncode, 0)
        self.assertEqual(self.one_document(result.stdout)["models"], 0)

    def test_no_command_but_those_that_may_makes_a_store(self):
        self.write("file")
        for arguments in [["migrate"], ["migrate", "--id", "1"], ["relocate", "/a", "/b"], ["list"], ["show", MODEL],
                          ["set", MODEL, "name=x"], ["tag", MODEL, "--add", "x"], ["delete", MODEL],
                          ["restore", MODEL], ["empty-trash", "--yes"], ["add-image", MODEL, "file"],
                          ["delete-image", MODEL, "1"], ["order-images", MODEL, "1"], ["verify"], ["stats"],
                          ["changes"], ["hash", "file"]]:
            self.assertIn(self.data, self.error(*arguments, code="NotAStore"))
            self.assertFalse(os.path.exists(self.data), arguments)

    def test_a_folder_of_other_things_is_no_store_and_stays_as_it_is(self):
        self.write("store/letter.txt")
        before = cli_case.snapshot(self.data)
        for command in [["init"], ["list"], ["scan", self.folder], ["stats"]]:
            self.error(*command, code="NotAStore")
        self.assertEqual(cli_case.snapshot(self.data), before)
        self.error("list", "--data", self.write("plain"), code="NotAStore", data=False)

    def test_init_makes_a_store_and_does_it_no_harm(self):
        self.assertEqual(self.json("init")["root"], os.path.realpath(self.data))
        self.scan("loras/one.safetensors")
        self.json("init")
        self.assertEqual(self.json("stats")["pending"], 1)

    def test_arguments_that_are_not_utf8_are_no_obstacle(self):
        name = os.path.join(os.fsencode(self.folder), b"caf\xe9.bin")
        with open(name, "wb") as file:
            file.write(b"coffee")
        answer = self.json("hash", name, data=False)
        self.assertEqual(answer["files"][0]["sha256"], cli_case.sha256(b"coffee"))
        self.assertTrue(answer["files"][0]["path"].endswith("caf\ufffd.bin"))
        self.json("init")
        self.assertEqual(self.json("list", "--type", b"\xff\xfe")["total"], 0)
        self.error("show", b"\xff\xfe\xfd\xfc", code="InvalidArgument")
        self.error("list", "--data", name, code="NotAStore", data=False)
        self.error(b"\xff", code="InvalidArgument", data=False)

    def test_a_file_may_be_named_like_a_command_or_an_option(self):
        for name in ["list", "--json", "[a,b]", "verify"]:
            self.write(name, name.encode())
        answer = self.json("hash", "list", "verify", "[a,b]", data=False)
        self.assertEqual([file["path"] for file in answer["files"]], ["list", "verify", "[a,b]"])
        result = self.run_program("hash", "--", "--json")
        self.assertEqual(result.stdout.decode().split()[0], cli_case.sha256(b"--json"))

    def test_output_that_cannot_be_written_is_an_error(self):
        self.json("init")
        with open("/dev/full", "wb") as full:
            result = self.run_program("stats", "--data", self.data, stdout=full)
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"cannot write the output", result.stderr)

    def test_a_change_that_cannot_be_told_of_was_made_and_gives_1(self):
        self.scan("loras/one.safetensors")
        for more in [[], ["--json"]]:
            with open("/dev/full", "wb") as full:
                result = self.run_program("tag", "pending:1", "--add", "new", *more, "--data", self.data, stdout=full)
            self.assertEqual(result.returncode, 1)
            self.assertIn(b"cannot write the output", result.stderr)
        self.assertIn("new", [tag["name"] for tag in self.json("show", "pending:1")["tags"]])

    def test_work_goes_on_when_nobody_reads_its_messages(self):
        names = [f"loras/{number}.safetensors" for number in range(20)]
        root = self.write_models(*names)
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as messages:
            for command in [["scan", root], ["migrate"]]:
                process = subprocess.run([cli_case.PROGRAM, *command, "--data", self.data], stderr=messages,
                                         stdout=subprocess.PIPE, env=self.environment(), check=False,
                                         timeout=cli_case.PATIENCE)
                self.assertEqual(process.returncode, 0)
        self.assertEqual(self.json("stats")["models"], 20)

    def test_an_answer_that_nobody_reads_is_an_error(self):
        self.json("init")
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as answer:
            result = self.run_program("stats", "--data", self.data, stdout=answer)
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"cannot write the output", result.stderr)


if __name__ == "__main__":
    cli_case.main()

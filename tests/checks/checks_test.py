#!/usr/bin/env python3
"""Shows of every check that it finds what it is there for: a tree without fault passes, and the same tree with
one fault does not, and the report names the file and the fault.
"""

import importlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CHECKS = os.path.join(ROOT, "cmake", "checks")
sys.path.insert(0, CHECKS)

from source_tree import Check  # noqa: E402


class CheckTest(unittest.TestCase):
    check = ""
    good = {}

    def run_check(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, content in files.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "wb") as file:
                    file.write(content if isinstance(content, bytes) else content.encode())
                if path.endswith((".py", ".sh")) and not path.startswith("plain"):
                    os.chmod(full, os.stat(full).st_mode | stat.S_IXUSR)
            return self.use_check(root)

    def use_check(self, root):
        """What the check reports. The tests that run it as a program show that a report is an exit code."""
        check = Check(root)
        importlib.import_module(self.check.removesuffix(".py")).check_tree(check)
        return "\n".join(check.violations)

    def assert_good(self, files=None):
        self.assertEqual(self.run_check({**self.good, **(files or {})}), "")

    def assert_found(self, files, fault):
        report = self.run_check({**self.good, **files})
        self.assertIn(fault, report)
        self.assertIn(next(iter(files)), report)


class Programs(unittest.TestCase):
    def run_program(self, check, content):
        with tempfile.TemporaryDirectory() as root:
            if content is not None:
                os.makedirs(os.path.join(root, "src", "base"))
                with open(os.path.join(root, "src", "base", "a.cpp"), "w", encoding="utf-8") as file:
                    file.write(content)
                shutil.copy(os.path.join(ROOT, ".clang-format"), root)
            done = subprocess.run([sys.executable, os.path.join(CHECKS, check), root], capture_output=True, text=True,
                                  check=False)
            return done.returncode, done.stdout

    def test_a_check_ends_with_0_if_there_is_no_violation_with_1_if_there_is_one_and_with_2_if_it_saw_no_file(self):
        for check in ("layering.py", "hygiene.py", "formatting.py"):
            with self.subTest(check=check):
                code, output = self.run_program(check, "int a;\n")
                self.assertEqual(code, 0, output)
                code, output = self.run_program(check, '#include "store/a.hpp"\nint  a; \n')
                self.assertEqual(code, 1, output)
                self.assertIn("src/base/a.cpp:", output)
                self.assertEqual(self.run_program(check, None)[0], 2)


class Layering(CheckTest):
    check = "layering.py"
    good = {
        "include/modelstore/store.hpp": '#include <string>\n#include "modelstore/error.hpp"\n',
        "src/base/hex.hpp": "#include <string>\n",
        "src/platform/file.cpp": '#include <fcntl.h>\n#include <sys/stat.h>\n#include "base/hex.hpp"\n',
        "src/sqlite/connection.cpp": '#include <sqlite3.h>\nauto t = "BEGIN IMMEDIATE"; auto p = "PRAGMA user_version";\n',
        "src/digest/engine.cpp": "#include <cryptopp/sha.h>\n#include <immintrin.h>\n",
        "src/image/decoder.cpp": "#include <vips/vips.h>\n",
        "src/json/value.cpp": "#include <boost/json.hpp>\n#include <boost/json/src.hpp>\n",
        "src/runtime/pool.cpp": "#include <boost/asio/thread_pool.hpp>\n",
        "src/catalog/models.cpp": '#include "sqlite/connection.hpp"\nauto q = R"(SELECT id\n FROM models)";\n',
        "src/store/store.cpp": '#include "catalog/models.hpp"\n#include "modelstore/store.hpp"\n// SELECT x FROM y\n',
        "capi/include/modelstore.h": "#include <stdint.h>\n",
        "capi/src/handle.cpp": '#include "handle.hpp"\n#include "modelstore.h"\n#include "modelstore/store.hpp"\n',
        "capi/src/handle.hpp": "#include <cstdint>\n",
        "examples/quickstart.cpp": "#include <iostream>\n#include <modelstore/modelstore.hpp>\nint main() { std::cout << 1; }\n",
        "examples/cli/main.cpp": '#include <unistd.h>\n#include <CLI/CLI.hpp>\n#include "command.hpp"\n',
        "examples/cli/command.hpp": "#include <string>\n",
        "examples/sample_store/a.cpp": '#include <sqlite3.h>\n#include <vips/vips.h>\nauto q = "SELECT id FROM models";\n',
    }

    def test_a_tree_without_fault_passes(self):
        self.assert_good()

    def test_a_layer_that_includes_a_higher_one_is_found(self):
        self.assert_found({"src/base/hex.cpp": '#include "platform/file.hpp"\n'}, "stands above it")
        self.assert_found({"src/catalog/a.cpp": '\n  #  include  "journal/operation.hpp"\n'}, ":2: catalog includes")
        self.assert_found({"src/migration/a.hpp": '#include "store/store_core.hpp"\n'}, "stands above it")

    def test_a_library_outside_its_adapter_is_found(self):
        for header in ("sqlite3.h", "cryptopp/sha.h", "crypto++/sha.h", "vips/vips.h", "vips/vips8", "glib.h",
                       "glib-object.h", "gio/gio.h", "boost/json.hpp", "boost/asio.hpp", "boost/asio/post.hpp", "immintrin.h"):
            self.assert_found({"src/catalog/a.cpp": f"#include <{header}>\n"}, f"{header} belongs to src/")

    def test_another_library_is_found(self):
        self.assert_found({"src/base/a.cpp": "#include <boost/algorithm/string.hpp>\n"}, "is no header of")
        self.assert_found({"src/base/a.cpp": '#include "helper.hpp"\n'}, "is no header of")
        self.assert_found({"src/base/a.cpp": '#include "../base/hex.hpp"\n'}, "is no header of")

    def test_a_system_header_outside_platform_is_found(self):
        for header in ("unistd.h", "fcntl.h", "sys/stat.h", "dirent.h", "pthread.h", "errno.h"):
            self.assert_found({"src/hashing/a.cpp": f"#include <{header}>\n"}, f"{header} belongs to src/platform")

    def test_a_file_outside_the_layers_is_found(self):
        self.assert_found({"src/stray.cpp": "int x;\n"}, "lies in no layer")
        self.assert_found({"src/extra/stray.cpp": "int x;\n"}, "lies in no layer")

    def test_a_public_header_that_includes_more_than_std_is_found(self):
        for header in ("<sqlite3.h>", "<stdint.h>", '"base/hex.hpp"', "<boost/json.hpp>", '"store_core.hpp"'):
            self.assert_found({"include/modelstore/job.hpp": f"#include {header}\n"}, "a public header includes")

    def test_a_c_header_that_includes_cxx_is_found(self):
        for header in ("<cstdint>", "<string>", '"modelstore/error.hpp"'):
            self.assert_found({"capi/include/modelstore.h": f"#include {header}\n"}, "the C header includes")

    def test_users_that_reach_below_the_public_headers_are_found(self):
        for path in ("capi/src/a.cpp", "examples/cli/a.cpp", "examples/a.cpp"):
            for header in ('"base/hex.hpp"', '"store/store_core.hpp"', "<sqlite3.h>", "<vips/vips.h>"):
                self.assert_found({path: f"#include {header}\n"}, "is no public header")
        self.assert_found({"capi/src/a.cpp": "#include <CLI/CLI.hpp>\n"}, "is no public header")

    def test_the_c_interface_asks_the_operating_system_in_one_file_only(self):
        self.assert_good({"capi/src/process.cpp": "#include <pthread.h>\n"})
        self.assert_found({"capi/src/a.cpp": "#include <pthread.h>\n"}, "is no public header")
        self.assert_found({"capi/src/process.cpp": "#include <unistd.h>\n"}, "is no public header")

    def test_a_sample_that_uses_the_library_is_found(self):
        for header, fault in (("<modelstore/store.hpp>", "knows no modelstore"), ('"base/hex.hpp"', "no public header")):
            self.assert_found({"examples/sample_store/b.cpp": f"#include {header}\n"}, fault)

    def test_sql_outside_its_layers_is_found(self):
        statements = ("SELECT name FROM models", "SELECT COUNT(*)", "INSERT INTO tags VALUES(1)", "COMMIT;",
                      "INSERT OR IGNORE INTO tags", "UPDATE models SET name=1", "DELETE FROM tags", "BEGIN",
                      "CREATE TABLE x(y)", "CREATE UNIQUE INDEX i ON t(c)", "PRAGMA journal_mode", "DROP TABLE x",
                      "ATTACH 'x' AS y", " WHERE id = ?", " ORDER BY name", "VACUUM INTO ?")
        for statement in statements:
            for layer in ("hashing", "migration", "store", "preview"):
                self.assert_found({f"src/{layer}/a.cpp": f'auto s = "{statement}";\n'}, "SQL belongs to")
        self.assert_found({"src/sqlite/a.cpp": 'auto s = "SELECT name FROM models";\n'}, "SQL belongs to")
        self.assert_found({"src/store/a.cpp": 'auto s = R"sql(\nSELECT *\nFROM models)sql";\n'}, "a.cpp:1: SQL belongs to")
        self.assert_found({"examples/cli/a.cpp": 'auto s = "DELETE FROM tags";\n'}, "SQL belongs to")

    def test_words_that_only_look_like_sql_pass(self):
        self.assert_good({"src/store/a.cpp": 'auto s = "select a model from the list"; auto t = "the END is near";\n'
                                             "// SELECT a FROM b\n/* PRAGMA x */ char quote = '\"'; int n = 1'000;\n"})

    def test_output_and_settings_of_the_process_are_found(self):
        calls = ("std::cerr << 1", "std::cout << 1", 'printf("x")', 'std::fprintf(stderr, "x")', "::umask(0)",
                 'setlocale(LC_ALL, "")', "std::signal(1, f)", "sqlite3_config(1)", "vips_shutdown()",
                 "vips_concurrency_set(1)", "vips_cache_set_max(0)", "exit(1)", 'setenv("A", "b", 1)')
        for call in calls:
            self.assert_found({"src/image/a.cpp": f"void f() {{ {call}; }}\n"}, "prints or changes")
        self.assert_good({"src/image/a.cpp": 'void f() { x.exit(1); snprintf(b, 1, "%d", 1); throw "std::cerr"; }\n'})


class Hygiene(CheckTest):
    check = "hygiene.py"
    good = {
        "README.md": "# Näme\n\ntext\n",
        "cmake/Warnings.cmake": "set(x)\n",
        "src/base/hex.hpp": "int x;\n",
        "tests/run.sh": "#!/bin/bash\ntrue\n",
        "plain.py": "import os\n",
        "tests/data/picture.png": b"\x89PNG\r\n\x1a\n\xff ",
        "empty.txt": "",
    }

    def test_a_tree_without_fault_passes(self):
        self.assert_good()

    def test_bad_bytes_are_found(self):
        self.assert_found({"a.txt": b"\xff\n"}, "is not UTF-8")
        self.assert_found({"a.txt": b"first\nlatin \xe4\n"}, "a.txt:2: is not UTF-8")
        self.assert_found({"a.txt": b"\xef\xbb\xbfx\n"}, "byte order mark")
        self.assert_found({"a.txt": b"x\r\n"}, "carriage return")
        self.assert_found({"a.txt": b"\tx\n"}, "a tab")
        self.assert_found({"a.txt": b"x \ny\n"}, "a.txt:1: trailing space")
        self.assert_found({"a.txt": b"x \r\n"}, "trailing space")
        self.assert_found({"a.txt": b"x"}, "exactly one newline")
        self.assert_found({"a.txt": b"x\n\n"}, "exactly one newline")

    def test_what_does_not_belong_in_a_text_is_found(self):
        for note in ("TO" "DO: x", "// FIX" "ME", "XX" "X", "HA" "CK"):
            self.assert_found({"a.txt": f"{note}\n"}, "a note to do something later")
        for path in ("/wo" "rk/main", "'/ro" "ot/x'", "/tmp/w" "t/x"):
            self.assert_found({"a.txt": f"see {path}\n"}, "a path of some machine")
        self.assert_good({"a.txt": "/usr/bin, ./work/x, a/work/y, /tmp/x, TODOS\n"})
        for text in ("../sha" "red/X.md", "Iss" "ue #12", "see iss" "ue 3"):
            self.assert_found({"a.txt": f"{text}\n"}, "only its authors")

    def test_tests_that_are_left_out_are_found(self):
        for text in ("* doctest::sk" "ip()", "* doctest::may_" "fail()", "SKIP_RETURN_" "CODE 77", "DISABLED " "TRUE",
                     "@unittest.sk" "ip", "@pytest.mark.sk" "ipif(x)"):
            self.assert_found({"a.txt": f"{text}\n"}, "a test that is left out")

    def test_names_are_snake_case(self):
        for path in ("src/base/HexText.hpp", "src/base/hex-text.cpp", "cmake/warnings.cmake", "tests/Run.py", "a b.txt"):
            self.assert_found({path: "x\n"}, "not in snake_case")
        self.assert_found({"src/base/hex.h": "x\n"}, "end in .cpp and .hpp")

    def test_scripts_are_executable_and_nothing_else_is(self):
        self.assert_found({"plain.sh": "#!/bin/bash\n"}, "not executable")
        self.assert_found({"tests/tool.sh": "true\n"}, "no interpreter")

    def test_links_are_found(self):
        with tempfile.TemporaryDirectory() as root:
            os.symlink("/etc/hostname", os.path.join(root, "link"))
            self.assertIn("symbolic link", self.use_check(root))

    def test_in_a_repository_what_git_ignores_is_not_looked_at(self):
        with tempfile.TemporaryDirectory() as root:
            subprocess.run(["git", "init", "-q", root], check=True)
            for path, content in {".gitignore": "/build/\n", "a.txt": "x\n", "build/b.txt": "x \n"}.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(content)
            self.assertEqual(self.use_check(root), "")
            with open(os.path.join(root, "a.txt"), "w", encoding="utf-8") as file:
                file.write("x \n")
            self.assertIn("a.txt:1: trailing space", self.use_check(root))


class Formatting(CheckTest):
    check = "formatting.py"
    good = {
        ".clang-format": "BasedOnStyle: Google\n",
        "src/base/a.cpp": "int f() { return 1; }\n",
        "include/modelstore/a.hpp": "int f();\n",
        "notes.md": "int   f( );\n",
    }

    def test_a_tree_without_fault_passes(self):
        self.assert_good()

    def test_every_kind_of_source_is_looked_at(self):
        for path in ("src/base/b.cpp", "include/modelstore/b.hpp", "examples/b.c", "capi/include/b.h", "tests/b.cpp"):
            self.assert_found({path: "int f();\nint  f( );\n"}, f"{path}:2: is not formatted")

    def test_a_broken_configuration_is_found(self):
        self.assert_found({".clang-format": "BasedOnStyle: Nobody\n"}, "Nobody")


class Readme(CheckTest):
    check = "readme.py"
    good = {
        "README.md": "# x\n\n[here](examples/) [there](https://example.org/x)\n\n```cpp\nint a;\n\nint b;\n```\n"
                     "\n```c\nint c;\n```\n\n```python\na = 1\n```\n\n```rust\nfn a() {}\n```\n\n```sh\nls\n```\n",
        "examples/quickstart.cpp": "int a;\n\nint b;\n",
        "examples/quickstart.c": "int c;\n",
        "capi/bindings/python/examples/quickstart.py": "a = 1\n",
        "capi/bindings/rust/modelstore/examples/quickstart.rs": "fn a() {}\n",
    }

    def test_a_readme_that_shows_the_quickstart_passes(self):
        self.assert_good()

    def test_a_readme_that_shows_something_else_is_found(self):
        good = self.good["README.md"]
        self.assert_found({"README.md": good.replace("int b", "int c")}, "differs from")
        self.assert_found({"README.md": good.replace("\n\nint b", "\nint b")}, "differs from")
        self.assert_found({"README.md": good.replace("int c", "int d")}, "the C differs from")
        self.assert_found({"README.md": good.replace("a = 1", "a = 2")}, "the Python differs from")
        self.assert_found({"README.md": good.replace("fn a", "fn b")}, "the Rust differs from")
        self.assert_found({"README.md": good + "```cpp\nint a;\n```\n"}, "2 blocks of C++")
        self.assert_found({"README.md": "# x\n"}, "0 blocks of C++")
        self.assert_found({"README.md": "# x\n"}, "0 blocks of C ")
        self.assert_found({"README.md": "# x\n"}, "0 blocks of Rust")

    def test_a_link_that_leads_nowhere_is_found(self):
        self.assert_found({"README.md": self.good["README.md"] + "[x](docs/x.md)\n"}, "docs/x.md does not exist")


class AllTestsRan(unittest.TestCase):
    """On what ctest itself writes."""

    def run_check(self, tests):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, "CTestTestfile.cmake"), "w", encoding="utf-8") as file:
                file.write(tests)
            results = os.path.join(root, "results.xml")
            subprocess.run(["ctest", "--test-dir", root, "--output-junit", results], capture_output=True, check=False)
            done = subprocess.run([sys.executable, os.path.join(CHECKS, "all_tests_ran.py"), results],
                                  capture_output=True, text=True, check=False)
            return done.returncode, done.stdout

    def test_tests_that_ran_pass_whatever_their_outcome(self):
        self.assertEqual(self.run_check('add_test(good "true")\nadd_test(bad "false")\n'), (0, ""))

    def test_tests_that_did_not_run_are_found(self):
        good = 'add_test(good "true")\n'
        for name, test in {
            "skipped": 'add_test(skipped "false")\nset_tests_properties(skipped PROPERTIES SKIP_RETURN_' "CODE 1)\n",
            "disabled": 'add_test(disabled "true")\nset_tests_properties(disabled PROPERTIES DISABLED ' "TRUE)\n",
            "absent": 'add_test(absent "/does/not/exist")\n',
        }.items():
            code, output = self.run_check(good + test)
            self.assertEqual(code, 1, output)
            self.assertEqual(output, f"not run, which counts as failed: {name}\n")

    def test_no_test_at_all_is_found(self):
        self.assertEqual(self.run_check("")[0], 1)


class ClangTidy(unittest.TestCase):
    """With the project's own .clang-tidy."""

    good = {
        "include/modelstore/a.hpp": "#pragma once\nnamespace modelstore {\nint answer() noexcept;\n}\n",
        "src/base/a.hpp": "#pragma once\n#include <string>\nnamespace modelstore {\n"
                          "class Name {\n public:\n  std::string text() const { return text_; }\n\n"
                          " private:\n  std::string text_;\n};\n}\n",
        "src/base/a.cpp": '#include "base/a.hpp"\n#include "modelstore/a.hpp"\nnamespace modelstore {\n'
                          "namespace {\nconstexpr int kAnswer = 42;\n}\n"
                          "int answer() noexcept { return kAnswer; }\n}\n",
    }

    def run_check(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, content in {**self.good, **files}.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "w", encoding="utf-8") as file:
                    file.write(content)
            shutil.copy(os.path.join(ROOT, ".clang-tidy"), root)
            command = f"c++ -std=c++20 -I{root}/include -I{root}/src -Wno-restrict -c src/base/a.cpp"
            with open(os.path.join(root, "compile_commands.json"), "w", encoding="utf-8") as file:
                json.dump([{"directory": root, "command": command, "file": "src/base/a.cpp"}], file)
            done = subprocess.run([sys.executable, os.path.join(CHECKS, "clang_tidy.py"), root, root],
                                  capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr

    def test_a_tree_without_fault_passes(self):
        code, output = self.run_check({})
        self.assertEqual(code, 0, output)

    def test_faults_are_found(self):
        start = '#include "base/a.hpp"\n#include "modelstore/a.hpp"\n#include <utility>\n'
        faults = {
            "int modelstore::answer() noexcept { int someNumber = 1; return someNumber; }": "identifier-naming",
            "int f(long* a) { return *(int*)a; }": "cstyle-cast",
            "int f(std::string a) { std::string b = std::move(a); return int(a.size() + b.size()); }": "use-after-move",
            "int f() { int* p = nullptr; return *p; }": "clang-analyzer-core.NullDereference",
            "int f() { return missing; }": "clang-diagnostic-error",
        }
        for code_line, check in faults.items():
            with self.subTest(check=check):
                code, output = self.run_check({"src/base/a.cpp": f"{start}{code_line}\n"})
                self.assertEqual(code, 1, output)
                self.assertIn(check, output)

    def test_faults_in_headers_are_found(self):
        for header in ("src/base/a.hpp", "include/modelstore/a.hpp"):
            content = self.good[header].replace("}\n", "int WrongName();\n}\n")
            code, output = self.run_check({header: content})
            self.assertEqual(code, 1, output)
            self.assertIn("WrongName", output)


if __name__ == "__main__":
    unittest.main()

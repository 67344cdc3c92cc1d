"""What the checks share: the files of the source tree, and how a check reports and ends."""

import argparse
import os
import re
import shutil
import subprocess
import sys

CXX_ENDINGS = (".cpp", ".hpp", ".c", ".h")

# Folders that hold what is built or made, never sources.
GENERATED = {".git", ".cache", "build", "data", "__pycache__", "target", "node_modules"}


class Check:
    """Collects violations. `run` is the main function of a check."""

    def __init__(self, root):
        self.root = root
        self.violations = []
        self.looked_at = 0

    def report(self, path, line, message):
        self.violations.append(f"{path}:{line}: {message}")

    def files(self):
        """Paths of the files of the tree, relative to its root, with slashes, in order."""
        return [path for path in _list(self.root) if os.path.isfile(os.path.join(self.root, path))]

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8", errors="replace", newline="") as file:
            self.looked_at += 1
            return file.read()


def run(check_tree, description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("root", help="root of the source tree")
    check = Check(parser.parse_args().root)
    check_tree(check)
    for violation in check.violations:
        print(violation)
    if check.looked_at == 0:
        print("no file to check was found")
        sys.exit(2)
    print(f"{check.looked_at} files, {len(check.violations)} violations")
    sys.exit(1 if check.violations else 0)


def is_cxx(path):
    return path.endswith(CXX_ENDINGS)


def _list(root):
    if os.path.exists(os.path.join(root, ".git")) and shutil.which("git"):
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, check=False)
        if listed.returncode == 0:
            return sorted(set(os.fsdecode(listed.stdout).split("\0")) - {""})
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in GENERATED and not name.startswith("build-")]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return sorted(found)


_TOKEN = re.compile(
    r"""
    (?P<comment> //[^\n]* | /\*.*?\*/ )
  | (?P<raw> R"(?P<mark>[^()\\\s]{0,16})\((?P<raw_text>.*?)\)(?P=mark)" )
  | (?P<string> "(?P<text>(?:[^"\\\n]|\\.)*)" )
  | (?P<character> (?<![0-9a-zA-Z_]) '(?:[^'\\\n]|\\.)+' )
    """,
    re.VERBOSE | re.DOTALL)


def split_code(source):
    """The code of a C++ file without comments and texts, and its string literals as (line, text).

    Line numbers of the code are those of the source."""
    strings = []

    def blank(match):
        line = source.count("\n", 0, match.start()) + 1
        if match.group("raw") is not None:
            strings.append((line, match.group("raw_text")))
        elif match.group("string") is not None:
            strings.append((line, match.group("text")))
        lines = "\n" * match.group().count("\n")
        return f'""{lines}' if match.group("comment") is None else f" {lines}"

    return _TOKEN.sub(blank, source), strings

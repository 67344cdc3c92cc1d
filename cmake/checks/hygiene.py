#!/usr/bin/env python3
"""Checks every text file of the tree: UTF-8 without byte order mark, LF, no tab, no trailing space, one newline
at the end; no path of a machine, no note to do later, no test that is left out; snake_case names; scripts can be
run.
"""

import os
import re

from source_tree import is_cxx, run

BINARY = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".heic", ".tif", ".jxl", ".db", ".bin", ".ico", ".woff2",
          ".safetensors")
BINARY_FOLDERS = ("tests/fuzz/corpus/",)

# Written in two parts, so that this file does not break its own rules.
LATER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
WORKPLACE = re.compile(r"\.\./sha" r"red\b|\b[Ii]ssue " r"#?\d")
MACHINE = re.compile(r"(?<![\w.~-])/(work|root|tmp/wt|tmp/bash_jobs)" r"/\w")
LEFT_OUT = re.compile(r"doctest::" r"(skip|may_fail)\b|\bSKIP_" r"(RETURN_CODE|REGULAR_EXPRESSION)\b|"
                      r"@(unittest|pytest)\.(mark\.)?" r"skip|\bDISABLED " r"(ON|TRUE|1)\b|\bGTEST_" r"SKIP\b")

LINES = [
    (LATER, "a note to do something later"),
    (MACHINE, "a path of some machine"),
    (WORKPLACE, "something that only its authors can look up"),
    (LEFT_OUT, "a test that is left out"),
]

FREE_NAMES = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "Cargo.toml", "Cargo.lock"}


def check_name(check, path):
    name = os.path.basename(path)
    folder = os.path.dirname(path)
    if name in FREE_NAMES or name.startswith(".") or path.startswith(BINARY_FOLDERS):
        return
    pattern = r"[A-Z][A-Za-z0-9]*\.cmake" if name.endswith(".cmake") and folder == "cmake" else \
        r"[a-z0-9_]+([.-][a-z0-9_]+)*"
    if not re.fullmatch(pattern, name):
        check.report(path, 1, "the name is not in snake_case")
    if is_cxx(path) and "-" in name:
        check.report(path, 1, "the name is not in snake_case")
    if folder.startswith(("src", "include")) and not name.endswith((".cpp", ".hpp", ".in", ".txt")):
        check.report(path, 1, "C++ files end in .cpp and .hpp")


def check_text(check, path, data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        check.report(path, data.count(b"\n", 0, error.start) + 1, "is not UTF-8")
        return
    if text.startswith("\ufeff"):
        check.report(path, 1, "begins with a byte order mark")
    if not text:
        return
    if not text.endswith("\n") or text.endswith("\n\n"):
        check.report(path, text.count("\n"), "does not end in exactly one newline")
    for number, line in enumerate(text.split("\n"), 1):
        if "\r" in line:
            check.report(path, number, "a carriage return")
        if "\t" in line:
            check.report(path, number, "a tab")
        if line.rstrip("\r") != line.rstrip():
            check.report(path, number, "trailing space")
        for pattern, message in LINES:
            if pattern.search(line):
                check.report(path, number, message)


def check_script(check, path, data):
    executable = os.access(os.path.join(check.root, path), os.X_OK)
    if executable != data.startswith(b"#!"):
        check.report(path, 1, "is executable and names no interpreter" if executable else
                     "names an interpreter and is not executable")


def check_tree(check):
    for path in check.files():
        full = os.path.join(check.root, path)
        if os.path.islink(full):
            check.report(path, 1, "is a symbolic link")
            continue
        check_name(check, path)
        if path.lower().endswith(BINARY) or path.startswith(BINARY_FOLDERS):
            continue
        with open(full, "rb") as file:
            data = file.read()
        check.looked_at += 1
        check_text(check, path, data)
        check_script(check, path, data)


if __name__ == "__main__":
    run(check_tree, __doc__)

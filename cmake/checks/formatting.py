#!/usr/bin/env python3
"""Checks that every C and C++ file is formatted as .clang-format says, with version 14 where it is installed."""

import os
import shutil
import subprocess

from source_tree import is_cxx, run


def check_tree(check):
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if tool is None:
        check.report(".clang-format", 1, "clang-format is not installed")
        return
    files = [path for path in check.files() if is_cxx(path)]
    for path in files:
        with open(os.path.join(check.root, path), "rb") as file:
            source = file.read()
        check.looked_at += 1
        formatted = subprocess.run([tool, "--style=file", "--fallback-style=none", f"--assume-filename={path}"],
                                   input=source, cwd=check.root, capture_output=True, check=False)
        if formatted.returncode != 0:
            check.report(path, 1, formatted.stderr.decode(errors="replace").strip())
        elif formatted.stdout != source:
            check.report(path, first_difference(source, formatted.stdout), "is not formatted: clang-format -i does it")


def first_difference(left, right):
    pairs = zip(left.split(b"\n"), right.split(b"\n"))
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 1)


if __name__ == "__main__":
    run(check_tree, __doc__)

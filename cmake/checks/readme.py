#!/usr/bin/env python3
"""Checks that the README's quickstarts are those in the tree, which are compiled and run, and that what it links to
exists.
"""

import os
import re

from source_tree import run

README = "README.md"
QUICKSTARTS = [
    ("cpp", "C++", "examples/quickstart.cpp"),
    ("c", "C", "examples/quickstart.c"),
    ("python", "Python", "capi/bindings/python/examples/quickstart.py"),
    ("rust", "Rust", "capi/bindings/rust/modelstore/examples/quickstart.rs"),
]


def check_quickstart(check, text, mark, language, quickstart):
    blocks = re.findall(rf"^```{mark}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if len(blocks) != 1:
        check.report(README, 1, f"{len(blocks)} blocks of {language} instead of one, the quickstart")
    elif blocks[0] != check.read(quickstart):
        line = text.count("\n", 0, text.index(blocks[0])) + 1
        check.report(README, line, f"the {language} differs from {quickstart}")


def check_tree(check):
    text = check.read(README)
    for mark, language, quickstart in QUICKSTARTS:
        check_quickstart(check, text, mark, language, quickstart)
    for match in re.finditer(r"\]\((?!https?:)([^)#]+)", text):
        if not os.path.exists(os.path.join(check.root, match.group(1))):
            check.report(README, text.count("\n", 0, match.start()) + 1, f"{match.group(1)} does not exist")


if __name__ == "__main__":
    run(check_tree, __doc__)

#!/usr/bin/env python3
"""Checks that the README's C++ is examples/quickstart.cpp, which is compiled and run, and that what it links to
exists.
"""

import os
import re

from source_tree import run

README = "README.md"
QUICKSTART = "examples/quickstart.cpp"


def check_tree(check):
    text = check.read(README)
    blocks = re.findall(r"^```cpp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if len(blocks) != 1:
        check.report(README, 1, f"{len(blocks)} blocks of C++ instead of one, the quickstart")
    elif blocks[0] != check.read(QUICKSTART):
        line = text.count("\n", 0, text.index(blocks[0])) + 1
        check.report(README, line, f"the C++ differs from {QUICKSTART}")
    for match in re.finditer(r"\]\((?!https?:)([^)#]+)", text):
        if not os.path.exists(os.path.join(check.root, match.group(1))):
            check.report(README, text.count("\n", 0, match.start()) + 1, f"{match.group(1)} does not exist")


if __name__ == "__main__":
    run(check_tree, __doc__)

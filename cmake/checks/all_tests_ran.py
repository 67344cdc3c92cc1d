#!/usr/bin/env python3
"""Reads what `ctest --output-junit FILE` wrote and fails if a test was skipped, disabled or not run, which ctest
itself does not count as failed.
"""

import argparse
import sys
import xml.etree.ElementTree as tree


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results")
    cases = tree.parse(parser.parse_args().results).getroot().findall("testcase")
    left_out = [case.get("name") for case in cases if case.get("status") not in ("run", "fail")]
    for name in left_out:
        print("not run, which counts as failed:", name)
    if not cases:
        print("no test was run")
    sys.exit(1 if left_out or not cases else 0)


if __name__ == "__main__":
    main()

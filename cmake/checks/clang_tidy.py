#!/usr/bin/env python3
"""Runs clang-tidy over the library, its C interface and the examples, as .clang-tidy says. Public headers and
those beside the sources are looked at through the files that include them.
"""

import argparse
import concurrent.futures
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time

FOLDERS = ("src", "capi", "examples")


def sources(root, build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    files = {os.path.realpath(os.path.join(command["directory"], command["file"])) for command in commands}
    below = re.compile(re.escape(os.path.realpath(root)) + "/(" + "|".join(FOLDERS) + ")/")
    # The biggest first, so that no processor is left alone with one of them at the end.
    return sorted((name for name in files if below.match(name)), key=os.path.getsize, reverse=True)


def analyse(tool, build, name):
    start = time.monotonic()
    done = subprocess.run([tool, "--quiet", "-p", build, "--extra-arg=-Wno-unknown-warning-option", name],
                          capture_output=True, text=True, errors="replace", check=False)
    return name, done.returncode, done.stdout, done.stderr, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", help="root of the source tree")
    parser.add_argument("build", help="folder of a build, with its compile_commands.json")
    parser.add_argument("files", nargs="*", help="look at these only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()

    tool = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    if tool is None:
        sys.exit("clang-tidy is not installed")
    chosen = {os.path.realpath(name) for name in arguments.files}
    files = [name for name in sources(arguments.root, arguments.build) if not chosen or name in chosen]
    if not files:
        print("no file to check was found")
        sys.exit(2)

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for name, code, output, errors, seconds in pool.map(
                lambda name: analyse(tool, arguments.build, name), files):
            print(f"{os.path.relpath(name, arguments.root)}: {seconds:.1f} s", flush=True)
            if code != 0:
                failed += 1
                print(output or errors, flush=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(files)} files, {failed} with findings, {used.ru_utime + used.ru_stime:.0f} s of processor time")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares what programs are compiled and linked against with what was approved.

- symbols.txt: the functions that the header declares, which are all that the library exports.
- layouts.txt: size and alignment of every struct, offset and size of every member, and every enumerator, where
  pointers have 64 bits. They are what the compiler says: a C program is made from the header, and run.

Within one SONAME lines are only added. `--write` approves what is there.
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(os.path.dirname(HERE), "include")
HEADER = os.path.join(INCLUDE, "modelstore.h")


def declared(header):
    return sorted(set(re.findall(r"^MODELSTORE_API\b[^;]*?\b(modelstore_\w+)\(", header, re.MULTILINE)))


def exported(library):
    done = subprocess.run(["nm", "--dynamic", "--defined-only", library], check=True, capture_output=True, text=True)
    return sorted(line.split()[-1] for line in done.stdout.splitlines())


def structs(header):
    """Name and members of each struct."""
    header = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    for name, body in re.findall(r"^typedef struct (\w+) \{\n(.*?)^\} \1;", header, re.MULTILINE | re.DOTALL):
        members = re.findall(r"(\w+)(?:\[\d+\])?;", body)
        if not members or "(" in body:  # callbacks have types of their own
            sys.exit(f"the members of {name} are not understood")
        yield name, members


def layouts(header, compiler):
    lines = []
    for name, members in structs(header):
        lines.append(f'printf("struct {name}: size %zu, alignment %zu\\n", sizeof({name}), _Alignof({name}));')
        lines += [f'printf("  {member}: offset %zu, size %zu\\n", offsetof({name}, {member}), '
                  f'sizeof((({name}*)0)->{member}));' for member in members]
    for body in re.findall(r"^enum \{(.*?)\};", header, re.MULTILINE | re.DOTALL):
        lines += [f'printf("{name} = %d\\n", {name});' for name in re.findall(r"\b(MODELSTORE_\w+) =", body)]
    program = "#include <modelstore.h>\n#include <stdio.h>\nint main(void) {\n" + "\n".join(lines) + "\nreturn 0;\n}\n"
    with tempfile.TemporaryDirectory(prefix="modelstore-test-") as folder:
        source, binary = os.path.join(folder, "layouts.c"), os.path.join(folder, "layouts")
        with open(source, "w", encoding="utf-8") as file:
            file.write(program)
        subprocess.run([*compiler.split(), "-std=c11", "-I", INCLUDE, source, "-o", binary], check=True)
        return subprocess.run([binary], check=True, capture_output=True, text=True).stdout.splitlines()


def compare(what, name, now):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        approved = file.read().splitlines()
    difference = list(difflib.unified_diff(approved, now, name, what, lineterm="", n=0))
    print("\n".join(difference) or f"{what}: {len(now)} lines, as approved")
    return not difference


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", help="the shared library")
    parser.add_argument("--compiler", default=os.environ.get("CC", "cc"))
    parser.add_argument("--write", action="store_true", help="approve what is there now")
    arguments = parser.parse_args()
    with open(HEADER, encoding="utf-8") as file:
        header = file.read()
    found = {"symbols.txt": declared(header), "layouts.txt": layouts(header, arguments.compiler)}
    if arguments.write:
        for name, lines in found.items():
            with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        return 0
    same = [compare("declared functions", "symbols.txt", found["symbols.txt"]),
            compare("exported symbols", "symbols.txt", exported(arguments.library)),
            compare("layouts and enumerators", "layouts.txt", found["layouts.txt"])]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Checks who includes what, and where SQL, system calls and output may stand.

- A folder of src/ includes itself and the folders before it, in the order of LAYERS.
- A third-party header stands only in the folder that adapts its library, a header of the operating system
  only in src/platform.
- Public headers include the standard library and each other; the C header includes C headers only.
- capi/ and examples/ use public headers, and examples their own libraries as well. Where capi/ has to ask the
  operating system itself, it does in capi/src/process.cpp.
- examples/sample_store writes another program's store: it uses SQLite and the like itself, and no modelstore.
- SQL stands only in src/catalog and src/journal; src/sqlite may hold transactions and pragmas.
- Nothing in the library prints or changes a setting of the process.
"""

import os
import re

from source_tree import is_cxx, run, split_code

LAYERS = ["base", "platform", "sqlite", "digest", "image", "json", "decode", "runtime", "catalog", "journal",
          "hashing", "preview", "scan", "migration", "store"]

# Whose headers stand in which folder of src/.
ADAPTERS = [
    (re.compile(r"sqlite3"), "sqlite"),
    (re.compile(r"(cryptopp|crypto\+\+)/|(immintrin|x86intrin|cpuid|arm_neon|sys/auxv)\.h$"), "digest"),
    (re.compile(r"vips/|g(lib|io|object)[-./]"), "image"),
    (re.compile(r"boost/json"), "json"),
    (re.compile(r"boost/(asio|system)"), "runtime"),
]

EXAMPLE_LIBRARIES = re.compile(r"CLI/|boost/(asio|beast|json|system)")
PROCESS_HEADERS = ("pthread.h",)
SAMPLE_LIBRARIES = re.compile(r"CLI/|cryptopp/|sqlite3\.h|vips/")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)

# SQL as it is written here: keywords in capitals.
TRANSACTION = re.compile(
    r"^\s*(BEGIN( (IMMEDIATE|EXCLUSIVE|DEFERRED))?|COMMIT|ROLLBACK|END|(ROLLBACK TO|RELEASE|SAVEPOINT)\b.*)\s*;?\s*$")
PRAGMA = re.compile(r"\bPRAGMA\s+\w")
STATEMENT = re.compile(
    r"\b(SELECT\b[\s\S]*\bFROM\b|SELECT\s+(\w+\(|DISTINCT|COUNT|\*)"
    r"|INSERT\s+(OR\s+\w+\s+)?INTO\b|REPLACE\s+INTO\b|UPDATE\s+(OR\s+\w+\s+)?\w+\s+SET\b|DELETE\s+FROM\b"
    r"|CREATE\s+(TEMP\w*\s+|UNIQUE\s+|VIRTUAL\s+)?(TABLE|INDEX|TRIGGER|VIEW)\b"
    r"|(DROP|ALTER)\s+(TABLE|INDEX|TRIGGER|VIEW)\b|ATTACH\s+(DATABASE\b|')"
    r"|WHERE\s+\w+\s*(=|IN\b|IS\b)|ORDER\s+BY\b|VACUUM\b)")

# What a library must not do to the program that it is part of.
HOST = re.compile(
    r"\bstd::(cout|cerr|clog|print|println|puts|printf|fprintf|setlocale|signal|atexit|exit|abort|set_terminate)\b"
    r"|(?<![\w.>:])(::)?(printf|fprintf|puts|perror|setlocale|signal|sigaction|umask|setenv|putenv|unsetenv|chdir|exit"
    r"|sqlite3_config|sqlite3_shutdown|vips_shutdown|vips_cache_set_\w+|vips_concurrency_set|vips_block_untrusted_set"
    r"|vips_operation_block_set)\s*\(")


def is_standard(name):
    return re.fullmatch(r"[a-z0-9_]+", name) is not None


def is_c_header(name):
    return name in ("limits.h", "stdbool.h", "stddef.h", "stdint.h", "string.h")


def adapter_of(name):
    for pattern, layer in ADAPTERS:
        if pattern.match(name):
            return layer
    return None


def includes(source):
    for match in INCLUDE.finditer(source):
        yield source.count("\n", 0, match.start()) + 1, match.group(1) == "<", match.group(2)


def check_public_header(check, path, source):
    for line, _, name in includes(source):
        if not is_standard(name) and not re.fullmatch(r"modelstore/\w+\.hpp", name):
            check.report(path, line, f"a public header includes {name}")


def check_c_header(check, path, source):
    for line, _, name in includes(source):
        if not is_c_header(name):
            check.report(path, line, f"the C header includes {name}")


def check_layer(check, path, source, layer):
    for line, angled, name in includes(source):
        first = name.split("/")[0]
        if name.startswith("modelstore/") or (angled and is_standard(name)):
            continue
        if first in LAYERS and not angled:
            if LAYERS.index(first) > LAYERS.index(layer):
                check.report(path, line, f"{layer} includes {name}, which stands above it")
            continue
        home = adapter_of(name)
        if home == layer or (home is None and name.endswith(".h") and angled and layer == "platform"):
            continue
        if home is not None:
            check.report(path, line, f"{name} belongs to src/{home} only")
        elif angled and name.endswith(".h"):
            check.report(path, line, f"{name} belongs to src/platform only")
        else:
            check.report(path, line, f"{name} is no header of the library, the standard or an adapted library")


def check_sql(check, path, source, layer):
    if layer in ("catalog", "journal"):
        return
    for line, text in split_code(source)[1]:
        if layer == "sqlite" and not STATEMENT.search(text):
            continue
        if TRANSACTION.match(text) or PRAGMA.search(text) or STATEMENT.search(text):
            check.report(path, line, f"SQL belongs to src/catalog and src/journal: {text.strip()[:60]}")


def check_host(check, path, source):
    code = split_code(source)[0]
    for match in HOST.finditer(code):
        check.report(path, code.count("\n", 0, match.start()) + 1,
                     f"prints or changes a setting of the process: {match.group().strip(' (')}")


def check_user(check, path, source, libraries, allowed=()):
    """A file that uses the library from outside: capi/src, examples/."""
    folder = os.path.dirname(os.path.join(check.root, path))
    for line, angled, name in includes(source):
        if is_standard(name) or re.fullmatch(r"modelstore/\w+\.hpp|modelstore\.h", name) or name in allowed:
            continue
        if not angled and (os.path.exists(os.path.join(folder, name)) or beside(check.root, path, name)):
            continue
        system = name.endswith(".h") and not adapter_of(name)
        if libraries is not None and angled and (libraries.match(name) or system):
            continue
        check.report(path, line, f"{name} is no public header")


def beside(root, path, name):
    """Whether a quoted name lies below the part (an example, or capi/src) that the file belongs to."""
    part = os.path.join(root, *path.split("/")[:2])
    return os.path.isdir(part) and os.path.exists(os.path.join(part, name))


def check_tree(check):
    for path in check.files():
        if not is_cxx(path):
            continue
        parts = path.split("/")
        if parts[0] not in ("include", "src", "capi", "examples"):
            continue
        source = check.read(path)
        if parts[0] == "include":
            check_public_header(check, path, source)
        elif parts[0] == "src":
            if len(parts) != 3 or parts[1] not in LAYERS:
                check.report(path, 1, "lies in no layer of src/")
                continue
            check_layer(check, path, source, parts[1])
            check_sql(check, path, source, parts[1])
            check_host(check, path, source)
        elif parts[:2] == ["capi", "include"]:
            check_c_header(check, path, source)
        elif parts[:2] == ["capi", "src"]:
            check_user(check, path, source, None, PROCESS_HEADERS if path == "capi/src/process.cpp" else ())
            check_sql(check, path, source, None)
            check_host(check, path, source)
        elif parts[:2] == ["examples", "sample_store"]:
            check_user(check, path, source, SAMPLE_LIBRARIES)
            for line, _, name in includes(source):
                if name.startswith("modelstore"):
                    check.report(path, line, "the sample is the work of another program, which knows no modelstore")
        elif parts[0] == "examples":
            check_user(check, path, source, EXAMPLE_LIBRARIES)
            check_sql(check, path, source, None)


if __name__ == "__main__":
    run(check_tree, __doc__)

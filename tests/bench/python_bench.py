#!/usr/bin/env python3
"""Measures what it costs to have a large catalogue as Python objects: python_bench.py BUILD_DIR [MODELS] [TAGS]

Makes a store of MODELS models (40,000) with TAGS tags each (4), reads all of them with the package, and once more from
the same file with Python's own sqlite3, which builds the same objects. Then it asks for the record of each path.
"""

import gc
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

ROUNDS = 7

BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else sys.exit(__doc__)
MODELS = int(sys.argv[2]) if len(sys.argv) > 2 else 40_000
TAGS = int(sys.argv[3]) if len(sys.argv) > 3 else 4

os.environ.setdefault("MODELSTORE_LIBRARY", os.path.join(BUILD, "capi", "libmodelstore_c.so.1"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "capi", "bindings", "python"))

import modelstore as ms  # noqa: E402  pylint: disable=wrong-import-position

RECORDS = """
SELECT models.id, lower(hex(sha256)), name, type,
       coalesce((SELECT path FROM locations WHERE model_id = models.id ORDER BY state, id LIMIT 1), ''),
       size_bytes, created_at, verified, (SELECT count(*) FROM images WHERE model_id = models.id)
FROM models WHERE trashed_at IS NULL ORDER BY name COLLATE NOCASE, models.id
"""
LINKS = """
SELECT model_id, tag_id FROM model_tags JOIN tags ON tags.id = tag_id ORDER BY model_id, tags.name
"""


def with_sqlite(path):
    """The same records as `Database.iter`, with Python's sqlite3."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tags = {row[0]: ms.Tag(*row) for row in connection.execute("SELECT id, name, color FROM tags")}
        links = {}
        for model, tag in connection.execute(LINKS):
            links.setdefault(model, []).append(tags[tag])
        return [ms.RecordSummary(str.__new__(ms.RecordId, digest), digest, name, kind, path, size, created, bool(verified),
                                 False, images, tuple(links.get(model, ())), "", None)
                for model, digest, name, kind, path, size, created, verified, images in connection.execute(RECORDS)]
    finally:
        connection.close()


def best(call):
    """The shortest time of some rounds in milliseconds, and the answer."""
    times = []
    for _ in range(ROUNDS):
        answer = None
        gc.collect()
        start = time.perf_counter()
        answer = call()
        times.append(1000 * (time.perf_counter() - start))
    return min(times), sorted(times)[ROUNDS // 2], answer


def main():
    with tempfile.TemporaryDirectory(prefix="modelstore-bench-") as folder:
        legacy = os.path.join(folder, "legacy", "legacy.db")
        os.mkdir(os.path.dirname(legacy))
        # Every other row is hashed, and becomes a model.
        subprocess.run([os.path.join(BUILD, "bin", "modelstore_bench_legacy"), legacy, str(2 * MODELS), str(TAGS)],
                       check=True)
        with ms.Store(os.path.join(folder, "store"), create=True) as store:
            report = ms.LegacyImporter(store).import_(legacy).result()
            print(f"{report.active} models, {report.pending} pending records, {report.links} links")
            database = ms.Database(store)
            query = ms.RecordQuery(limit=10_000)
            own, own_median, records = best(lambda: list(database.iter(query)))
            other, other_median, same = best(lambda: with_sqlite(os.path.join(store.root, "modelstore.db")))
            if sorted(records) != sorted(same):
                sys.exit("the two have not built the same objects")
            print(f"F1: {len(records)} models with {sum(len(record.tags) for record in records)} tags: "
                  f"{own:.0f} ms (median {own_median:.0f}); with sqlite3 {other:.0f} ms (median {other_median:.0f}); "
                  f"{own / other:.2f} x")
            page, _, _ = best(lambda: database.list(ms.RecordQuery(limit=100)))
            print(f"    a page of 100: {page:.2f} ms")
            paths = [record.path for record in records]
            found, median, ids = best(lambda: database.find_by_paths(paths))
            if list(ids) != [record.id for record in records]:
                sys.exit("a path leads to another record")
            print(f"F2: {len(paths)} paths resolved: {found:.0f} ms (median {median:.0f})")


if __name__ == "__main__":
    main()

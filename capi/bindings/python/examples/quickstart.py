#!/usr/bin/env python3
"""Takes over the catalogue of an older model manager, hashes what that never hashed, and looks at the result."""

import sys

import modelstore as ms


def show(progress):
    """Shows how far a job has come."""
    print(f"\r{progress.done} of {progress.total}", end="", file=sys.stderr)


def main(data, legacy_db, words):
    # One folder holds the catalogue and the pictures.
    with ms.Store(data, create=True) as store:
        # Stage 1: rows with a hash become models at once, the others wait as pending records.
        imported = ms.LegacyImporter(store).import_(legacy_db).result(on_progress=show)
        print(f"{imported.active} models, {imported.pending} pending records")

        # Stage 2: every file that waits is hashed, and becomes a model as soon as its hash is known.
        migrated = ms.ReactiveMigrator(store).migrate_all().result(on_progress=show)
        print(f"{len(migrated.promoted_ids)} promoted, {len(migrated.merged_ids)} merged")
        for failure in migrated.failed:
            print(failure.error)

        # Lists show models and pending records alike.
        database = ms.Database(store)
        wanted = ms.RecordFilter(state=ms.StateFilter.ALL, text=words)
        page = database.list(ms.RecordQuery(wanted, sort=ms.SortKey.SIZE))
        print(f"{page.total} found")

        images = ms.ImageProcessor(store)
        for record in page.records:
            print(f"{record.id}  {record.name}")
            if record.id.is_pending or not record.images_count:
                continue
            preview = images.previews(record.sha256)[0]
            with open(preview.file(ms.Tier.MEDIUM).name, "wb") as file:
                file.write(images.read(preview.id, ms.Tier.MEDIUM))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        print("usage: quickstart.py DATA LEGACY_DB WORDS", file=sys.stderr)
        sys.exit(2)
    try:
        main(*sys.argv[1:])
    except ms.Error as error:
        sys.exit(f"quickstart: {error} ({type(error).__name__})")

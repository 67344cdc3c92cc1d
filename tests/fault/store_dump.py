"""What a store holds, in a form that two stores with the same content share.

Internal ids, the numbers in the names of previews, and times of this run are left out: they may differ
after an interruption. Everything that a user could lose is in it.
"""

import hashlib
import pathlib
import sqlite3


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def column(database, query, *parameters):
    return [row[0] for row in database.execute(query, parameters)]


def models(database, root):
    result = {}
    rows = database.execute(
        "SELECT id, hex(sha256), name, type, size_bytes, created_at, verified, trashed_at IS NOT NULL, metadata"
        " FROM models").fetchall()
    for model_id, sha256, *fields in rows:
        previews = []
        for seq, kept, *facts in database.execute(
                "SELECT seq, original_size IS NOT NULL, width, height, source_format, source_text FROM images"
                " WHERE model_id = ? ORDER BY position, id", (model_id,)).fetchall():
            stem = f"{sha256.lower()}_{seq}_"
            files = [digest(root / "images" / f"{stem}{tier}.webp") for tier in ("high", "medium", "low")]
            if kept:
                files += [digest(file) for file in (root / "images").glob(f"{stem}original.*")]
            previews.append((facts, files))
        assert sha256 not in result
        result[sha256] = {
            "fields": fields,
            "tags": sorted(column(database, "SELECT name FROM model_tags JOIN tags ON id = tag_id"
                                            " WHERE model_id = ?", model_id)),
            "locations": sorted(database.execute(
                "SELECT path, state, verified FROM locations WHERE model_id = ?", (model_id,)).fetchall()),
            "previews": previews,
        }
    return result


def pending(database, root):
    result = {}
    rows = database.execute(
        "SELECT id, path, name, type, size_bytes, created_at, hash_state, hex(sha256), trashed_at IS NOT NULL,"
        " metadata, error_code, operation_id FROM pending_import").fetchall()
    for pending_id, path, *fields in rows:
        pictures = [(original, digest(root / "images" / "pending" / f"{picture}.{extension}"))
                    for picture, extension, original in database.execute(
                        "SELECT id, extension, original_name FROM pending_images WHERE pending_id = ?"
                        " ORDER BY position, id", (pending_id,)).fetchall()]
        result[path] = {
            "id": pending_id,
            "fields": fields,
            "tags": sorted(column(database, "SELECT name FROM pending_model_tags JOIN tags ON id = tag_id"
                                            " WHERE pending_id = ?", pending_id)),
            "pictures": pictures,
        }
    return result


def dump(root):
    root = pathlib.Path(root)
    database = sqlite3.connect(root / "modelstore.db")
    try:
        return {
            "models": models(database, root),
            "pending": pending(database, root),
            "tags": sorted(database.execute("SELECT id, name, color FROM tags").fetchall()),
            "imported rows": sorted(database.execute("SELECT legacy_id, hex(digest) FROM import_rows").fetchall()),
            "operations": column(database, "SELECT count(*) FROM operations"),
            "files": len([p for p in (root / "images").rglob("*") if p.is_file()]),
        }
    finally:
        database.close()


def revision(root):
    database = sqlite3.connect(pathlib.Path(root) / "modelstore.db")
    try:
        return column(database, "SELECT value FROM store_state WHERE key = 'revision'")[0]
    except sqlite3.OperationalError:
        return 0  # killed before the first commit
    finally:
        database.close()

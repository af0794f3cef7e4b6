"""The file of a SQLite database and what lies around it: its folder, a copy of it before a migration."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from storage.errors import DatabaseUnusable


def file_of(url: URL) -> Path:
    """The absolute path of the database. Raises `DatabaseUnusable` where there is no file: nothing would be kept."""
    name = url.database or ":memory:"
    if name == ":memory:" or name.startswith("file:"):
        raise DatabaseUnusable(name, "the database must be a file, given by its path")
    return Path(name).absolute()


def make_folder(path: Path) -> None:
    """Make the folder of the database and see whether it can be written. Blocks; raises `DatabaseUnusable`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(str(path.parent), f"cannot make this folder ({error.strerror})") from error
    # SQLite writes its journal beside the file, so the folder counts as much as the file.
    for needed in (path.parent, path):
        if needed.exists() and not os.access(needed, os.W_OK):
            raise DatabaseUnusable(str(needed), "cannot be written")
    if path.is_dir():
        raise DatabaseUnusable(str(path), "is a folder, not a file")


def make_private(path: Path) -> None:
    """Make an empty file for a new database, so that no other user of the machine can read what people write.

    One that is there keeps the rights that somebody has given it. Blocks; raises `DatabaseUnusable`.
    """
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise DatabaseUnusable(str(path), f"cannot be written ({error.strerror})") from error


def copy_before(path: Path, revision: str) -> Path:
    """Copy the database to `<name>.before-<revision>` and return that path. Blocks; raises `DatabaseUnusable`.

    The copy has what the journal holds too. It gets its name only when it is whole.
    """
    copy = path.with_name(f"{path.name}.before-{revision}")
    unfinished = copy.with_name(copy.name + ".unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        unfinished.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnusable(str(copy), f"no copy could be made before the migration ({error})") from error
    return copy

"""Keeps a second process away from a SQLite file, by a lock that dies with its process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from storage.errors import DatabaseLocked, DatabaseUnusable


class FileLock:
    """The exclusive right to a database file, held from `take()` to `release()` or to the end of the process.

    SQLite itself lets several processes write; two bots on one file would answer everything twice.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock. Raises `DatabaseLocked`, and `DatabaseUnusable` where its file cannot be made."""
        path = self._database.with_name(self._database.name + ".lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DatabaseUnusable(str(path), error.strerror or type(error).__name__) from error
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError) as error:
            os.close(descriptor)
            raise DatabaseLocked(str(self._database)) from error
        except OSError as error:
            os.close(descriptor)
            raise DatabaseUnusable(str(path), error.strerror or type(error).__name__) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back. Its file stays: deleting it would let two processes lock two files of the same name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(database: Path) -> bool:
    """Whether a process holds the lock of a database file now. Its file is not made for the question."""
    try:
        descriptor = os.open(database.with_name(database.name + ".lock"), os.O_RDWR)
    except OSError:
        return False
    try:
        _try(descriptor)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    _try = _lock

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _try(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)

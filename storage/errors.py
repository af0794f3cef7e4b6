"""What can go wrong with the database.

StorageError
├─ DatabaseUnusable   it cannot be opened: the folder, the file, the server
├─ DatabaseLocked     another process has it
├─ DatabaseTooNew     a newer version of the program has changed its schema
├─ ReadFailed         a reading transaction failed
├─ WriteFailed        a writing transaction failed; nothing of it was stored
└─ UnknownUpdate      there is no such update that waits
"""

from __future__ import annotations


class StorageError(Exception):
    """The root of the errors of storage. None of their messages repeats what is stored."""


class DatabaseUnusable(StorageError):
    """The database cannot be opened. `place` is its file, or its address without the password."""

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(f"{place}: {reason}")


class DatabaseLocked(StorageError):
    """Another process works with the database file at `path`."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} is in use by another process")


class DatabaseTooNew(StorageError):
    """The schema has revision `found`; the newest that this program knows is `known`."""

    def __init__(self, found: str, known: str) -> None:
        self.found = found
        self.known = known
        super().__init__(f"the database has schema revision {found}, this program knows up to {known}")


class OperationFailed(StorageError):
    """A transaction failed. `operation` names it, as in `inbox.put`; `reason` is what the database said."""

    def __init__(self, operation: str, reason: str) -> None:
        self.operation = operation
        self.reason = reason
        super().__init__(f"{operation}: {reason}")


class ReadFailed(OperationFailed):
    """Something could not be read."""


class WriteFailed(OperationFailed):
    """Something could not be written; nothing of the transaction was stored."""


class UnknownUpdate(StorageError):
    """No update with this id waits: it was never stored, or it has been dealt with."""

    def __init__(self, update_id: int) -> None:
        self.update_id = update_id
        super().__init__(f"update {update_id} is not waiting")

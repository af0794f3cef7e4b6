"""SQLite (or PostgreSQL) behind small repositories; the only place that knows SQL."""

from storage.capabilities import CapabilityRows
from storage.conversations import HISTORY_MESSAGES, Conversations
from storage.database import Database, open_database, read_database
from storage.errors import (
    DatabaseLocked,
    DatabaseTooNew,
    DatabaseUnusable,
    OperationFailed,
    ReadFailed,
    StorageError,
    UnknownUpdate,
    WriteFailed,
)
from storage.inbox import Inbox
from storage.inspection import DatabaseState, Inspection, inspect_database
from storage.learned import LearnedValues
from storage.people import People
from storage.performance import PerformanceRows
from storage.statistics import Statistics
from storage.summaries import Summaries
from storage.types import (
    Access,
    AnswerState,
    NewUpdate,
    Person,
    QueuedUpdate,
    StoredMessage,
    Summary,
    Turn,
)
from storage.writer import WriterLimits

__all__ = [
    "HISTORY_MESSAGES",
    "Access",
    "AnswerState",
    "CapabilityRows",
    "Conversations",
    "Database",
    "DatabaseLocked",
    "DatabaseState",
    "DatabaseTooNew",
    "DatabaseUnusable",
    "Inbox",
    "Inspection",
    "LearnedValues",
    "NewUpdate",
    "OperationFailed",
    "People",
    "PerformanceRows",
    "Person",
    "QueuedUpdate",
    "ReadFailed",
    "Statistics",
    "StorageError",
    "StoredMessage",
    "Summaries",
    "Summary",
    "Turn",
    "UnknownUpdate",
    "WriteFailed",
    "WriterLimits",
    "inspect_database",
    "open_database",
    "read_database",
]

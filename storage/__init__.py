"""SQLite (or PostgreSQL) behind small repositories; the only place that knows SQL."""

from storage.answers import Answers
from storage.attachments import Attachments
from storage.branches import joined
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
from storage.groups import Groups
from storage.inbox import Inbox
from storage.learned import LearnedValues
from storage.people import People
from storage.performance import PerformanceRows
from storage.statistics import Statistics
from storage.summaries import Summaries
from storage.types import (
    Access,
    AnswerState,
    Attachment,
    AttachmentKind,
    Creativity,
    Group,
    NewUpdate,
    Part,
    Person,
    Preferences,
    QueuedUpdate,
    StoredAnswer,
    StoredMessage,
    Style,
    Summary,
    Turn,
)
from storage.writer import WriterLimits

__all__ = [
    "HISTORY_MESSAGES",
    "Access",
    "AnswerState",
    "Answers",
    "Attachment",
    "AttachmentKind",
    "Attachments",
    "CapabilityRows",
    "Conversations",
    "Creativity",
    "Database",
    "DatabaseLocked",
    "DatabaseTooNew",
    "DatabaseUnusable",
    "Group",
    "Groups",
    "Inbox",
    "LearnedValues",
    "NewUpdate",
    "OperationFailed",
    "Part",
    "People",
    "PerformanceRows",
    "Person",
    "Preferences",
    "QueuedUpdate",
    "ReadFailed",
    "Statistics",
    "StorageError",
    "StoredAnswer",
    "StoredMessage",
    "Style",
    "Summaries",
    "Summary",
    "Turn",
    "UnknownUpdate",
    "WriteFailed",
    "WriterLimits",
    "joined",
    "open_database",
    "read_database",
]

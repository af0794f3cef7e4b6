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
from storage.forgetting import Forgetting, Forgotten
from storage.groups import Groups
from storage.inbox import Inbox
from storage.inspection import DatabaseState, Inspection, inspect_database
from storage.invitations import Invitations
from storage.learned import LearnedValues
from storage.own_data import CloudMessage, Kept, OwnConversation, OwnData, OwnMessage
from storage.past import PastConversation, PastConversations
from storage.people import People
from storage.performance import PerformanceRows
from storage.statistics import Statistics
from storage.summaries import Summaries
from storage.types import (
    Access,
    Acquaintance,
    AnswerState,
    Attachment,
    AttachmentKind,
    Creativity,
    Group,
    Limit,
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
    Use,
)
from storage.usage import Usage
from storage.writer import WriterLimits

__all__ = [
    "HISTORY_MESSAGES",
    "Access",
    "Acquaintance",
    "AnswerState",
    "Answers",
    "Attachment",
    "AttachmentKind",
    "Attachments",
    "CapabilityRows",
    "CloudMessage",
    "Conversations",
    "Creativity",
    "Database",
    "DatabaseLocked",
    "DatabaseState",
    "DatabaseTooNew",
    "DatabaseUnusable",
    "Forgetting",
    "Forgotten",
    "Group",
    "Groups",
    "Inbox",
    "Inspection",
    "Invitations",
    "Kept",
    "LearnedValues",
    "Limit",
    "NewUpdate",
    "OperationFailed",
    "OwnConversation",
    "OwnData",
    "OwnMessage",
    "Part",
    "PastConversation",
    "PastConversations",
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
    "Usage",
    "Use",
    "WriteFailed",
    "WriterLimits",
    "inspect_database",
    "joined",
    "open_database",
    "read_database",
]

"""The lowest floor: the database, and what is kept in it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.building.ground import Ground
from llm.capabilities.book import CapabilityBook
from storage import (
    Answers,
    Attachments,
    CapabilityRows,
    Conversations,
    Database,
    Forgetting,
    Inbox,
    Invitations,
    LearnedValues,
    OwnData,
    PastConversations,
    People,
    PerformanceRows,
    Summaries,
    Usage,
    open_database,
)


@dataclass(frozen=True, slots=True)
class Stores:
    """All that outlives the program; `book` is read already."""

    database: Database
    answers: Answers
    attachments: Attachments
    book: CapabilityBook
    conversations: Conversations
    forgetting: Forgetting
    inbox: Inbox
    invitations: Invitations
    learned: LearnedValues
    own_data: OwnData
    past: PastConversations
    people: People
    rows: PerformanceRows
    summaries: Summaries
    usage: Usage


async def open_stores(stack: AsyncExitStack, ground: Ground) -> Stores:
    """Open the database, of today's schema from then on. Raises `StorageError`."""
    clock = ground.clock
    database = await stack.enter_async_context(open_database(ground.settings.effective_database_url, clock))
    rows = await stack.enter_async_context(PerformanceRows(database, clock))
    book = CapabilityBook(CapabilityRows(database))
    await book.load()
    return Stores(
        database=database,
        answers=Answers(database, clock),
        attachments=Attachments(database),
        book=book,
        conversations=Conversations(database, clock),
        forgetting=Forgetting(database, clock),
        inbox=Inbox(database, clock),
        invitations=Invitations(database, clock),
        learned=LearnedValues(database, clock),
        own_data=OwnData(database, rows.settle),
        past=PastConversations(database, clock),
        people=People(database, clock),
        rows=rows,
        summaries=Summaries(database, clock),
        usage=Usage(database, clock, rows.settle),
    )

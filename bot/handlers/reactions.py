"""👍 and 👎 on answers: kept, and learned from."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import MessageReactionUpdated, ReactionTypeCustomEmoji, ReactionTypeEmoji, ReactionTypePaid

from llm.routing.choosing import Choosing
from storage import Answers, Person

GOOD, BAD = "👍", "👎"


def reactions_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="reactions")
    router.message_reaction.register(on_reaction)
    return router


async def on_reaction(event: MessageReactionUpdated, person: Person, answers: Answers, choosing: Choosing) -> None:
    """Keep what a person thinks of an answer; what is taken back is forgotten, though it was learned from."""
    good = _verdict(event.new_reaction)
    if good is None and _verdict(event.old_reaction) is None:
        return
    request_id = await answers.react(
        chat_id=event.chat.id, telegram_id=event.message_id, person_id=person.id, good=good
    )
    if request_id is not None:
        choosing.react(request_id, "good" if good else "bad")


def _verdict(reactions: Sequence[ReactionTypeEmoji | ReactionTypeCustomEmoji | ReactionTypePaid]) -> bool | None:
    """Whether an answer was found good or bad; None: neither was said, or both."""
    said = {one.emoji for one in reactions if isinstance(one, ReactionTypeEmoji)} & {GOOD, BAD}
    return said == {GOOD} if len(said) == 1 else None

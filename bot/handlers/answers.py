"""/retry and the buttons below the last answer: again, on, shorter, by another model."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.answer_buttons import AnswerButtons
from bot.callbacks import AnswerAct, AnswerPress
from bot.i18n import Translator
from bot.limits import Limits
from bot.manner import Manner
from bot.other_models import OtherModels
from bot.places import topic_of
from bot.presses import is_theirs, settle
from bot.turns import Asked, Turns
from llm.routing.choosing import Choosing
from storage import Answers, AnswerState, Conversations, Person, QueuedUpdate, StoredAnswer

_OTHER_MODEL = frozenset({AnswerAct.OTHER, AnswerAct.CLOUD})
_UNHAPPY = frozenset({AnswerAct.AGAIN, *_OTHER_MODEL})


def answers_router() -> Router:
    """For everyone who may talk to the bot."""
    router = Router(name="answers")
    router.message.register(on_retry, Command("retry"))
    router.callback_query.register(on_answer_button, AnswerPress.filter())
    return router


async def on_retry(
    message: Message,
    bot: Bot,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
    conversations: Conversations,
    answers: Answers,
    choosing: Choosing,
    limits: Limits,
) -> None:
    """Answer the last question anew; the answer that it had stays in the chat and counts no more."""
    if not await limits.lets_through(message, person, t, queued.update_id):
        return
    turn = await conversations.reopen_turn(
        chat_id=message.chat.id,
        thread_id=topic_of(message) or 0,
        person_id=person.id,
        update_id=queued.update_id,
    )
    if turn is None:
        await message.answer(t("dialog-nothing-to-retry"))
        return
    _learn(choosing, AnswerAct.AGAIN, await answers.of(turn.message_id), queued)
    await turns.see_through(Asked(bot, message.chat.id, topic_of(message), person, t, queued), turn)


async def on_answer_button(
    query: CallbackQuery,
    callback_data: AnswerPress,
    bot: Bot,
    person: Person,
    t: Translator,
    queued: QueuedUpdate,
    turns: Turns,
    conversations: Conversations,
    answers: Answers,
    buttons: AnswerButtons,
    others: OtherModels,
    choosing: Choosing,
    limits: Limits,
) -> None:
    """Answer in another way, as long as nobody has gone on since."""
    if not await is_theirs(query, callback_data.person_id, t):
        return
    if query.message is None:
        await settle(query)
        return
    chat_id = query.message.chat.id
    thread_id = topic_of(query.message) if isinstance(query.message, Message) else None
    if isinstance(query.message, Message) and not await limits.lets_through(query.message, person, t, queued.update_id):
        await settle(query)
        return
    had = await answers.of(callback_data.message_id)
    manner = _manner(callback_data.act, had, t, others)
    turn, shown = None, await answers.last_shown(chat_id, thread_id or 0)
    # Pressed twice at once, the second press comes from below an answer that is not the last any more.
    if manner is not None and (shown is None or shown <= query.message.message_id):
        turn = await conversations.reopen_turn(
            chat_id=chat_id,
            thread_id=thread_id or 0,
            person_id=person.id,
            update_id=queued.update_id,
            message_id=callback_data.message_id,
        )
    if turn is None or manner is None:
        if manner is None and callback_data.act in _OTHER_MODEL:
            await settle(query, t("answer-no-other"))
            return
        await settle(query, t("answer-not-last"))
        buttons.take_away(bot, chat_id, query.message.message_id)
        return
    await settle(query)
    _learn(choosing, callback_data.act, had, queued)
    await turns.see_through(Asked(bot, chat_id, thread_id, person, t, queued), turn, manner)


def _manner(act: AnswerAct, had: list[StoredAnswer], t: Translator, others: OtherModels) -> Manner | None:
    """What a button asks for; None: it can't be had."""
    last = next((one for one in reversed(had) if not one.replaced and one.state is not AnswerState.FAILED), None)
    match act:
        case AnswerAct.AGAIN:
            return Manner()
        case AnswerAct.CONTINUE if last is not None:
            wish = t("answer-wish-continue")
            return Manner(earlier=last.text, wish=wish, continues=True, earlier_ids=last.telegram_ids)
        case AnswerAct.SHORTER if last is not None:
            return Manner(earlier=last.text, wish=t("answer-wish-shorter"))
        case AnswerAct.OTHER | AnswerAct.CLOUD:
            local = act is AnswerAct.OTHER
            now = {last.model} if last is not None and last.model is not None else set()
            tried = {one.model for one in had if one.model is not None}
            name = others.beside(tried, local=local) or others.beside(now, local=local)
            return None if name is None else Manner(own_choice=name)
    return None


def _learn(choosing: Choosing, act: AnswerAct, had: list[StoredAnswer], queued: QueuedUpdate) -> None:
    """Who wants another answer was not happy with the one that there is."""
    last = next((one for one in reversed(had) if not one.replaced), None)
    if act in _UNHAPPY and queued.attempts == 1 and last is not None and last.request_id is not None:
        choosing.react(last.request_id, "again")

"""The routers in their order, made new for each application: a router can be attached only once."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatType

from bot.handlers.about import about_router
from bot.handlers.admin import admin_router
from bot.handlers.answers import answers_router
from bot.handlers.chat import chat_router
from bot.handlers.chats import chats_router
from bot.handlers.dialog import dialog_router
from bot.handlers.edits import edits_router
from bot.handlers.errors import ErrorReporter, errors_router
from bot.handlers.export import export_router
from bot.handlers.groups import groups_router
from bot.handlers.improve import improve_router
from bot.handlers.inline import inline_router
from bot.handlers.late import late_router
from bot.handlers.own_model import own_model_router
from bot.handlers.personas import personas_router
from bot.handlers.preferences import preferences_router
from bot.handlers.privacy import privacy_router
from bot.handlers.reactions import reactions_router
from bot.handlers.sent import sent_router
from bot.handlers.why import why_router


def make_routers(reporter: ErrorReporter) -> tuple[Router, ...]:
    """Commands first, what people say last. What is not for groups in so many words is for private chats alone."""
    private = (
        about_router(),
        dialog_router(),
        chats_router(),
        answers_router(),
        own_model_router(),
        personas_router(),
        edits_router(),
        reactions_router(),
        preferences_router(),
        why_router(),
        improve_router(),
        export_router(),
        privacy_router(),
        late_router(),
        admin_router(),
        sent_router(),
        chat_router(),
    )
    for router in private:
        _keep_private(router)
    return (errors_router(reporter), groups_router(), inline_router(), *private)


def _keep_private(router: Router) -> None:
    for observer in (router.message, router.edited_message, router.message_reaction):
        observer.filter(F.chat.type == ChatType.PRIVATE)
    router.callback_query.filter(F.message.chat.type == ChatType.PRIVATE)

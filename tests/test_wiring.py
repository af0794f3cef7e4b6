"""Handlers get what they ask for: aiogram matches parameters by name, and nothing else would notice a misspelt one."""

from __future__ import annotations

import inspect
import random
from collections.abc import Iterator

from aiogram import Router
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message, User

import bot.callbacks
from bot.commands import ADMINS, EVERYONE, GROUPS
from bot.filters import IsAdmin
from bot.handlers.errors import ErrorReporter
from bot.handlers.routers import make_routers
from bot.i18n import Texts
from bot.wiring import PER_UPDATE, Wiring
from llm.clock import SystemClock

# What aiogram itself, and the filters in use, hand to handlers.
OF_AIOGRAM = {"bot", "command", "callback_data"}


def routers() -> tuple[Router, ...]:
    return make_routers(ErrorReporter(Texts(), random.Random(1), SystemClock()))


def handlers() -> Iterator[tuple[Router, str, HandlerObject]]:
    for router in (below for top in routers() for below in top.chain_tail):
        for name, observer in router.observers.items():
            for handler in observer.handlers:
                yield router, name, handler


def test_every_parameter_of_every_handler_is_known():
    known = set(Wiring.__annotations__) | PER_UPDATE | OF_AIOGRAM
    unknown = {}
    count = 0
    for _, _, handler in handlers():
        count += 1
        _event, *parameters = inspect.signature(handler.callback).parameters
        missing = set(parameters) - known
        if missing:
            unknown[getattr(handler.callback, "__name__", repr(handler.callback))] = missing
    assert unknown == {}
    assert count > 12


def test_the_routers_can_be_made_more_than_once():
    first, second = routers(), routers()  # both are kept: what is gone may have given its id to a new one
    assert {id(router) for router in first}.isdisjoint({id(router) for router in second})


def test_everything_for_admins_is_behind_the_same_filter():
    [admin] = [router for router in routers() if router.name == "admin"]
    for observer in (admin.message, admin.callback_query):
        assert observer.handlers
        filters = observer._handler.filters or []
        assert any(isinstance(filter_.callback, IsAdmin) for filter_ in filters)


def test_each_command_in_the_menus_has_a_handler_where_it_belongs():
    handled: dict[str, str] = {}
    for router, name, handler in handlers():
        commands = [filter_.callback for filter_ in handler.filters or [] if isinstance(filter_.callback, Command)]
        if name == "message":
            handled |= {str(word): router.name for command in commands for word in command.commands}
    assert set(handled) == {*EVERYONE, *ADMINS, *GROUPS}
    assert {name for name, router in handled.items() if router == "admin"} == set(ADMINS)


def test_what_is_not_for_groups_in_so_many_words_is_kept_to_private_chats():
    in_group = {"chat": {"id": -5, "type": "supergroup", "title": "Family"}, "message_id": 1, "date": 1, "text": "x"}
    sender = User(id=9, is_bot=False, first_name="Anna")
    message = Message.model_validate({**in_group, "from": sender.model_dump()})
    query = CallbackQuery(id="1", from_user=sender, chat_instance="1", message=message, data="x")
    open_to_groups = set()
    for router in routers():
        for event, observer in ((message, router.message), (query, router.callback_query)):
            magic = [one.magic for one in observer._handler.filters or [] if one.magic is not None]
            refused = any(not one.resolve(event) for one in magic)
            if observer.handlers and not refused:
                open_to_groups.add(router.name)
    assert open_to_groups == {"groups"}


def test_what_people_say_is_handled_last():
    assert routers()[-1].name == "chat"


def test_each_kind_of_button_has_a_prefix_of_its_own():
    kinds = [
        kind
        for kind in vars(bot.callbacks).values()
        if isinstance(kind, type) and issubclass(kind, CallbackData) and kind is not CallbackData
    ]
    assert len({kind.__prefix__ for kind in kinds}) == len(kinds) > 3

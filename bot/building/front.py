"""The way to Telegram, and who may come in by it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from aiogram import Bot

from bot.access import Doorkeeper, OwnerCode
from bot.access_cards import AccessCards
from bot.building.ground import Ground
from bot.building.stores import Stores
from bot.commands import CommandMenus
from bot.delivery.flood import FloodControl
from bot.delivery.sent_once import MessageNumbers, SentOnce
from bot.groups.parts import GroupParts, open_groups
from bot.i18n import Texts
from bot.invitations import Inviting
from bot.notices import AdminNotices
from bot.parts import PLAYGROUND_TOKEN, make_bot, make_doorkeeper
from bot.playground.server import Playground


@dataclass(frozen=True, slots=True)
class Front:
    """The client of Telegram with what watches its calls, and what knows people and groups."""

    bot: Bot
    playground: Playground | None
    flood: FloodControl
    once: SentOnce
    texts: Texts
    doorkeeper: Doorkeeper
    owner_code: OwnerCode | None
    notices: AdminNotices
    groups: GroupParts
    menus: CommandMenus
    cards: AccessCards
    inviting: Inviting


async def open_front(stack: AsyncExitStack, ground: Ground, stores: Stores, playground_state: Path) -> Front:
    """Open the page where it is wanted, and the client; nothing is asked yet. Raises `PortTaken`."""
    settings, clock = ground.settings, ground.clock
    playground = None
    if settings.playground:
        page = Playground(
            settings.playground_host, settings.playground_port, PLAYGROUND_TOKEN, clock, state_path=playground_state
        )
        playground = await stack.enter_async_context(page)
    bot = make_bot(settings, playground)
    stack.push_async_callback(bot.session.close)
    flood, once = FloodControl(clock), SentOnce(MessageNumbers())
    bot.session.middleware(flood)
    bot.session.middleware(once)
    texts = Texts()
    doorkeeper, owner_code = await make_doorkeeper(settings, stores.people, ground.randomness)
    return Front(
        bot=bot,
        playground=playground,
        flood=flood,
        once=once,
        texts=texts,
        doorkeeper=doorkeeper,
        owner_code=owner_code,
        notices=await stack.enter_async_context(AdminNotices(bot, doorkeeper, texts)),
        groups=await stack.enter_async_context(open_groups(bot, stores.database, doorkeeper, texts, clock)),
        menus=CommandMenus(bot, texts),
        cards=AccessCards(bot, doorkeeper, texts),
        inviting=Inviting(bot, stores.invitations, clock, ground.randomness),
    )

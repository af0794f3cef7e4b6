"""Who may what: each role tries each command, each button and an inline query; docs/security.md has what is seen."""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData

import bot.callbacks
from bot.commands import ADMINS, EVERYONE, GROUPS, IN_GROUPS
from tests.e2e.conftest import ADMIN, ME, STRANGER, House, OpenHouse
from tests.e2e.talk import served_by, settled
from tests.fakes.model_server import ModelServer

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN = "<!-- The matrix: written by tests/e2e/test_authorisation.py, DOMOVOY_WRITE_MATRIX=1 writes it anew. -->"
END = "<!-- End of the matrix. -->"
GROUP = -1001234567890
NOT_YOURS = "This button is for who asked for it."
NOT_ADMIN = "Only the admins of this group can do that."
NO_HANDLER = {
    "on_unknown_command": "unknown",
    "on_other_button": "nothing",
    "on_other": "nothing",
    "on_personal_command": "in private",
}

YES, OUT = "yes", "–"
"""Done for whoever asks; not even looked at, since this person or place is not let in."""


@dataclass(frozen=True)
class Role:
    """Who tries, and where."""

    name: str
    person_id: int
    chat_id: int


ROLES = (
    Role("stranger", STRANGER, STRANGER),
    Role("blocked", STRANGER, STRANGER),
    Role("person", ME, ME),
    Role("group member", ME, GROUP),
    Role("admin", ADMIN, ADMIN),
)


@dataclass
class Watch:
    """Which handlers were reached by which update."""

    reached: dict[int, list[str]] = field(default_factory=dict)

    async def __call__(
        self, handler: Callable[[Any, dict[str, Any]], Awaitable[Any]], event: Any, data: dict[str, Any]
    ) -> Any:
        name = data["handler"].callback.__name__
        self.reached.setdefault(data["event_update"].update_id, []).append(name)
        return await handler(event, data)


def press_kinds() -> list[type[CallbackData]]:
    """Every kind of button that there is."""
    kinds = [kind for kind in vars(bot.callbacks).values() if inspect.isclass(kind) and issubclass(kind, CallbackData)]
    return sorted((kind for kind in kinds if kind is not CallbackData), key=lambda kind: kind.__prefix__)


def pressed(kind: type[CallbackData], about: int) -> str:
    """The data of such a button, about a person where it is about one."""
    values: dict[str, Any] = {}
    for name, described in kind.model_fields.items():
        wanted = described.annotation
        if name == "person_id":
            values[name] = about
        elif not described.is_required():
            continue
        elif inspect.isclass(wanted) and issubclass(wanted, Enum):
            values[name] = next(iter(wanted))
        else:
            values[name] = {bool: True, int: 1, str: "en"}[wanted]  # type: ignore[index]
    return kind(**values).pack()


def acts(role: Role) -> Iterator[tuple[str, str, str]]:
    """What is tried: the name of its row, `message` or `callback_query` or `inline_query`, and what is sent."""
    for name in dict.fromkeys((*EVERYONE, *GROUPS, *ADMINS)):
        yield f"`/{name}`", "message", f"/{name}"
    other = ADMIN if role.person_id != ADMIN else ME
    for kind in press_kinds():
        about = kind.__name__.removesuffix("Press")
        if "person_id" in kind.model_fields:
            yield f"button {about}, own", "callback_query", pressed(kind, role.person_id)
            yield f"button {about}, another's", "callback_query", pressed(kind, other)
        else:
            yield f"button {about}", "callback_query", pressed(kind, 0)
    yield "inline query", "inline_query", "a question"


def update_of(role: Role, kind: str, sent: str, number: int) -> dict[str, Any]:
    """What Telegram would send."""
    sender = {"id": role.person_id, "is_bot": False, "first_name": "Somebody", "language_code": "en"}
    if kind == "inline_query":
        return {"id": str(number), "from": sender, "query": sent, "offset": ""}
    where: dict[str, Any] = {"id": role.chat_id, "type": "private", "first_name": "Somebody"}
    if role.chat_id == GROUP:
        where = {"id": GROUP, "type": "supergroup", "title": "A group"}
    message: dict[str, Any] = {"message_id": 90_000 + number, "date": int(time.time()), "chat": where}
    if kind == "callback_query":
        return {"id": str(number), "from": sender, "message": message, "chat_instance": "1", "data": sent}
    entities = [{"type": "bot_command", "offset": 0, "length": len(sent)}]
    return {**message, "from": sender, "text": sent, "entities": entities}


def watch(home: House) -> Watch:
    watching = Watch()
    for router in home.app.dispatcher.chain_tail:
        for name, observer in router.observers.items():
            if name not in {"update", "error", "errors"}:
                observer.middleware(watching)
    return watching


async def tried(home: House, role: Role, watching: Watch, kind: str, sent: str, number: int) -> str:
    """Do it; gives what came of it in a word."""
    if kind not in home.app.dispatcher.resolve_used_update_types():
        return OUT
    world = home.page.world
    if kind == "callback_query":
        world.open_queries[str(number)] = (role.chat_id, 90_000 + number)
    before = set(watching.reached)
    world.updates.put(kind, update_of(role, kind, sent, number))
    await settled(home)
    reached = [name for update in set(watching.reached) - before for name in watching.reached[update]]
    if not reached:
        return OUT
    if reached[-1] in NO_HANDLER:
        return NO_HANDLER[reached[-1]]
    answers = [
        call.params.get("text")
        for call in home.page.called("answerCallbackQuery")
        if str(call.params["callback_query_id"]) == str(number)
    ]
    return "refused" if {NOT_YOURS, NOT_ADMIN} & set(answers) else YES


def expected(row: str, role: Role) -> str:
    """What should come of it, thought out apart from the code: the roles, and whose a button is."""
    if role.name in {"stranger", "blocked"}:
        return OUT
    if row == "inline query":
        return YES
    if role.name == "group member":
        return expected_in_group(row)
    if row.startswith("`/"):
        may = (*EVERYONE, *ADMINS) if role.name == "admin" else EVERYONE
        return YES if row[2:-1] in may else "unknown"
    about = row.removeprefix("button ").split(",")[0]
    if about in {"Group", "Inline", "InlineStop"}:
        return "nothing"
    if about in {"Access", "Detect", "Invite", "Limit", "Model", "Person", "Stats"}:
        return YES if role.name == "admin" else "nothing"
    if row.endswith("another's"):
        return "refused"
    return YES


def expected_in_group(row: str) -> str:
    """The same for somebody who is let in and no admin of the group."""
    if row.startswith("`/"):
        name = row[2:-1]
        return YES if name in IN_GROUPS else "in private" if name in EVERYONE else OUT
    about = row.removeprefix("button ").split(",")[0]
    if about == "Group":
        return "refused"
    if about not in {"Answer", "Late", "Stop", "WordsOnly"}:
        return "nothing"
    return "refused" if row.endswith("another's") else YES


async def column(house: OpenHouse, model_server: ModelServer, role: Role) -> dict[str, str]:
    settings = served_by(model_server, ACCESS="approve", ADMIN_IDS=str(ADMIN), ALLOWED_IDS=str(ME))
    async with house(**settings) as home:
        for person_id in (ADMIN, ME, STRANGER):
            home.page.start(person_id)
        await settled(home)
        if role.name == "blocked":
            await home.app.dispatcher["doorkeeper"].block(STRANGER)
        for flood_control in tuple(home.app.bot.session.middleware):
            # Who is reached is what matters here, and not that each message waits for its second.
            home.app.bot.session.middleware.unregister(flood_control)
        watching = watch(home)
        return {
            row: await tried(home, role, watching, kind, sent, 10**15 + number)
            for number, (row, kind, sent) in enumerate(acts(role))
        }


def written(columns: dict[str, dict[str, str]]) -> str:
    """The table in Markdown."""
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    lines += [[row, *(cells[row] for cells in columns.values())] for row in columns[ROLES[0].name]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


async def test_everybody_may_what_the_documentation_says_and_no_more(
    house: OpenHouse, model_server: ModelServer, tmp_path: Path
) -> None:
    columns = {}
    for role in ROLES:
        columns[role.name] = await column(house, model_server, role)
        (tmp_path / "bot.db").rename(tmp_path / f"{role.name}.db")  # the next one begins anew
    wanted = {role.name: {row: expected(row, role) for row in columns[role.name]} for role in ROLES}
    assert columns == wanted
    if os.environ.get("DOMOVOY_WRITE_MATRIX"):
        before, rest = DOCUMENT.read_text().split(BEGIN)
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{written(columns)}\n\n{END}{rest.split(END)[1]}")
    assert DOCUMENT.read_text().split(BEGIN)[1].split(END)[0].strip() == written(columns)


@pytest.mark.parametrize("kind", press_kinds())
def test_the_data_of_each_button_fits_and_is_read_back(kind: type[CallbackData]) -> None:
    data = pressed(kind, 2**52)
    assert len(data.encode()) <= 64
    assert kind.unpack(data).pack() == data

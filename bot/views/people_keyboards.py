"""The buttons under what admins see of people."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callbacks import InvitePress, LimitPress, PersonAction, PersonPress
from bot.i18n import Translator
from bot.invitations import SEVERAL, Lifetime
from bot.views.numbers import compact
from bot.views.people import PAGE_SIZE, last_page, person_label
from storage import Access, Acquaintance, Limit, Person

BUTTON_WIDTH = 22
CHOICES = {Limit.MINUTE: (2, 5, 20), Limit.DAY: (10_000, 50_000, 200_000)}
"""What a button sets; any other number can be written behind the command."""

Button = tuple[str, str]


def people_keyboard(t: Translator, people: Sequence[Acquaintance], page: int) -> InlineKeyboardMarkup:
    """A button for each person of a page, the pages beside it, and an invitation."""
    shown = people[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    names = [(person_label(one.person, BUTTON_WIDTH), _person(PersonAction.SHOW, one.person.id, page)) for one in shown]
    turns = []
    if page > 0:
        turns.append(("‹", _person(PersonAction.LIST, page=page - 1)))
    if page < last_page(people):
        turns.append(("›", _person(PersonAction.LIST, page=page + 1)))
    last = [
        (t("people-button-invite"), InvitePress().pack()),
        (t("models-button-refresh"), _person(PersonAction.LIST, page=page)),
    ]
    return rows(*_pairs(names), turns, last)


def person_keyboard(t: Translator, person: Person, *, named_in: str | None, page: int) -> InlineKeyboardMarkup:
    """What may be done about a person, and the way back. What the settings decide has no buttons."""

    def button(key: str, action: PersonAction) -> Button:
        return t(key), _person(action, person.id, page)

    decide = []
    if named_in is None and not person.admin:
        if person.access is not Access.ALLOWED:
            decide.append(button("access-allow", PersonAction.ALLOW))
        if not person.kept_out:
            decide.append(button("people-button-block", PersonAction.BLOCK))
    admin = []
    if named_in != "ADMIN_IDS" and person.admin:
        admin.append(button("people-button-plain", PersonAction.NO_ADMIN))
    elif not person.admin and person.access is Access.ALLOWED:
        admin.append(button("people-button-admin", PersonAction.ADMIN))
    return rows(
        decide,
        admin,
        [button("people-button-limits", PersonAction.LIMITS)],
        [(t("people-button-back"), _person(PersonAction.LIST, page=page))],
    )


def limits_keyboard(t: Translator, person: Person) -> InlineKeyboardMarkup:
    """The limits of a person: for each a row of numbers, and one for those of the settings or none."""
    lines: list[list[Button]] = []
    for limit in Limit:
        own = person.messages_minute if limit is Limit.MINUTE else person.tokens_day

        def button(text: str, value: int | None, limit: Limit = limit, own: int | None = own) -> Button:
            data = LimitPress(limit=limit, person_id=person.id, value=value).pack()
            return ("• " if value == own else "") + text, data

        lines.append([button(t(f"people-limit-{limit.value}", limit=compact(t, n)), n) for n in CHOICES[limit]])
        lines.append([button(t("people-limit-usual"), None), button(t("people-limit-none"), 0)])
    return rows(*lines, [(t("people-button-back"), _person(PersonAction.SHOW, person.id))])


def invite_keyboard(t: Translator) -> InlineKeyboardMarkup:
    """How long and for how many an invitation holds."""
    lines = [
        [
            (t(f"invite-button-{lifetime.value}-{name}", number=SEVERAL), data.pack())
            for name, data in (
                ("once", InvitePress(lifetime=lifetime)),
                ("several", InvitePress(lifetime=lifetime, several=True)),
            )
        ]
        for lifetime in Lifetime
    ]
    return rows(*lines, [(t("people-button-back"), _person(PersonAction.LIST))])


def rows(*lines: Sequence[Button]) -> InlineKeyboardMarkup:
    """A keyboard of these rows; empty ones are left out."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=text, callback_data=data) for text, data in line] for line in lines if line
        ]
    )


def _person(action: PersonAction, person_id: int = 0, page: int = 0) -> str:
    return PersonPress(action=action, person_id=person_id, page=page).pack()


def _pairs(buttons: Sequence[Button]) -> list[Sequence[Button]]:
    return [buttons[start : start + 2] for start in range(0, len(buttons), 2)]

"""Words about people, for admins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.i18n import Translator
from bot.views.limits import limit_words
from bot.views.numbers import compact, count, duration, shortened
from storage import Access, Acquaintance, Person, Use

PAGE_SIZE = 8
LONGEST_NAME = 40


def access_question(t: Translator, stranger: Person) -> str:
    """The card about somebody who asks to use the bot; plain text, since the name is theirs to choose."""
    return t("access-question", name=stranger.name, who=who(stranger))


def who(person: Person) -> str:
    """By what a person can be told from all others: their @name, where they have one, and their number."""
    return f"@{person.username} · {person.id}" if person.username else str(person.id)


def last_page(people: Sequence[Acquaintance]) -> int:
    """The number of the last page of a list, from 0."""
    return max(0, len(people) - 1) // PAGE_SIZE


def people_text(
    t: Translator, people: Sequence[Acquaintance], page: int, today: Mapping[int, Use], now: datetime
) -> str:
    """One page of everybody who has written; plain text."""
    states = Counter(_state(one.person) for one in people)
    head = t("people-title", number=len(people), **{name: states[name] for name in ("in", "waiting", "out")})
    shown = people[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    lines = [_line(t, one, today.get(one.person.id, Use()), now) for one in shown]
    if last_page(people):
        lines.append(t("people-page", page=page + 1, pages=last_page(people) + 1))
    return "\n\n".join([head, *lines])


def person_text(
    t: Translator,
    one: Acquaintance,
    *,
    named_in: str | None,
    limits: Mapping[str, int | None],
    today: Use,
    month: Use,
    now: datetime,
) -> str:
    """All that an admin may know of one person; plain text. `limits` are those that hold, by their names."""
    person = one.person
    state = t(f"people-state-{_state(person)}")
    if person.admin:
        state = t("people-state-admin")
    parts = [
        "\n".join([person.name, who(person), state]),
        "\n".join(
            [
                t("people-came", ago=_ago(t, one.created_at, now)),
                t("people-seen", ago=_ago(t, one.seen_at, now)),
            ]
        ),
        "\n".join([_use(t, "people-today", today), _use(t, "people-month", month)]),
        "\n".join(limit_words(t, name, most) for name, most in limits.items()),
    ]
    if named_in is not None:
        parts.append(t("people-named", setting=named_in))
    return "\n\n".join(parts)


def person_label(person: Person, width: int) -> str:
    """A person on a button."""
    marks = {"waiting": "? ", "out": "✕ "}
    return marks.get(_state(person), "") + shortened(person.name, width)


def _line(t: Translator, one: Acquaintance, today: Use, now: datetime) -> str:
    person = one.person
    state = "admin" if person.admin else _state(person)
    return t(
        "people-line",
        name=shortened(person.name, LONGEST_NAME) + (f" · @{person.username}" if person.username else ""),
        state=t(f"people-state-{state}"),
        ago=_ago(t, one.seen_at, now),
        use=_use(t, "people-today", today),
    )


def _state(person: Person) -> str:
    if person.access is Access.ALLOWED:
        return "in"
    return "out" if person.kept_out else "waiting"


def _use(t: Translator, key: str, use: Use) -> str:
    return t(key, number=use.requests, requests=count(t, use.requests), tokens=compact(t, use.tokens))


def _ago(t: Translator, moment: datetime, now: datetime) -> str:
    return duration(t, (now - moment).total_seconds())

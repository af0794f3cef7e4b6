"""What a person wishes of every answer, as a model is asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage import Creativity, Person, Style

_STYLES = {
    Style.SHORT: "Answer briefly: as few sentences as the question needs, no introduction, no summary.",
    Style.DETAILED: "Answer in detail: explain the reasons, give examples, and name exceptions that matter.",
}
TEMPERATURES = {Creativity.LOW: 0.2, Creativity.HIGH: 1.1}
"""Its client keeps what a model is asked for within its `temperature_range`."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """`model` is to be asked first; `instructions` stand before the conversation, in the system's role.

    Without a temperature the model goes by its own. With `at_home` no cloud is asked.
    """

    model: str | None = None
    instructions: str = field(default="", repr=False)
    temperature: float | None = None
    at_home: bool = False


NONE = Wishes()


def wishes_of(person: Person) -> Wishes:
    """Those that a person has chosen; who they want the bot to be comes first."""
    parts = (person.persona, _STYLES.get(person.style))
    return Wishes(
        model=person.model,
        instructions="\n\n".join(part for part in parts if part),
        temperature=TEMPERATURES.get(person.creativity),
        at_home=person.at_home,
    )

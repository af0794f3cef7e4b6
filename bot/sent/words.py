"""Places, contacts, polls and dice in words, as a model should read them."""

from __future__ import annotations

from aiogram.types import Contact, Dice, Location, Message, Poll, Venue

from bot.i18n import Translator


def in_words(message: Message, t: Translator) -> str:
    """What is sent without a text and can be said in words; empty for anything else."""
    match message:
        case Message(venue=Venue() as venue):
            place = _place(venue.location)
            return t("said-venue", title=venue.title, address=venue.address, place=place)
        case Message(location=Location() as location):
            return t("said-location", place=_place(location))
        case Message(contact=Contact() as contact):
            name = " ".join(part for part in (contact.first_name, contact.last_name) if part)
            return t("said-contact", name=name, phone=contact.phone_number)
        case Message(poll=Poll() as poll):
            options = "\n".join(f"- {option.text}" for option in poll.options)
            return t("said-poll", question=poll.question, options=options)
        case Message(dice=Dice() as dice):
            return f"{dice.emoji} {dice.value}"
        case _:
            return ""


def _place(location: Location) -> str:
    return f"{location.latitude:.6f}, {location.longitude:.6f}"

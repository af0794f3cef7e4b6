"""What models say when there is nothing to be done but to talk: in the language in which they are spoken to."""

from __future__ import annotations

import re

_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)

_RUSSIAN = (
    (r"\bзовут\b|\bимя\b", "Меня зовут Домовой, я помощник по дому."),
    (r"\bдела\b|\bпоживаешь\b", "Спасибо, всё хорошо! А как ваши?"),
    (r"\bпривет\b|\bздравствуй", "Здравствуйте! Чем могу помочь?"),
)
_ENGLISH = (
    (r"\byour name\b|\bwho are you\b", "I am a helper in this house."),
    (r"\bhello\b|\bgreet", "Hello there! It is good to meet you."),
    (r"\bweather\b", "I can't look out of the window, so I do not know."),
    (r"\bhow are you\b", "Thank you, I am well. And you?"),
)


def is_russian(text: str) -> bool:
    """Whether a text is in Russian."""
    return len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text))


def small_talk(asked: str, *, russian: bool) -> str:
    """A friendly answer in one of two languages."""
    phrases = _RUSSIAN if russian else _ENGLISH
    found = (answer for pattern, answer in phrases if re.search(pattern, asked, re.IGNORECASE))
    return next(found, "Хорошо, я вас понял." if russian else "I see. Tell me more about that.")


def beside_the_point(asked: str) -> str:
    """Something that nobody has asked for, in the language of the question."""
    if is_russian(asked):
        return "Черепахи живут очень долго и никуда не спешат."
    return "Turtles live for a very long time and are never in a hurry."

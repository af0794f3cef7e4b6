"""What a message to the demo model is about and in which language; told by words alone, nothing is understood."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Language(StrEnum):
    """The languages that the demo model has texts in."""

    ENGLISH = "en"
    RUSSIAN = "ru"


class Topic(StrEnum):
    """What the demo model has something to say about."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ABOUT = "about"
    CONNECT = "connect"
    FORMATTING = "formatting"
    TABLE = "table"
    CODE = "code"
    FORMULA = "formula"
    LONG = "long"
    SUM = "sum"
    PICTURE = "picture"
    OTHER = "other"


_SHORT = 5
"""A greeting in a message of more words than this is not what the message is about."""

_BY_WORD = (
    (Topic.TABLE, r"\btables?\b|таблиц"),
    (Topic.FORMULA, r"\bformul|\blatex|equation|\bmath|\bформул|уравнени|математи"),
    (Topic.LONG, r"^long\b|\blong(?:er)? (?:text|answer|message|reply|story|one)\b|длинн"),
    (Topic.FORMATTING, r"\bformat|markdown|\bheading|\bформат|маркдаун|разметк|оформлени|заголов"),
    (
        Topic.CONNECT,
        r"connect|\bset ?up\b|install|ollama|lm ?studio|vllm|llama\.?cpp|llama-server|kobold|\.env\b|llm_|api.?key"
        r"|real model|подключ|настрои|настройк|установи|установк|настоящ\w+ модел",
    ),
    (Topic.CODE, r"\bcode\b|python|program|\bкод(?:а|у|ом|е)?\b|питон|программ"),
    (Topic.SUM, r"\d\s*[+*×÷^]\s*\d|\d\s+[-−–x/]\s+\d|how much is \d|calculate|сколько будет|посчита|вычисл"),
    (
        Topic.ABOUT,
        r"who are you|what are you|your name|what can you|can you do|\bhelp\b|\bdemo\b|are you (?:real|a bot|an? ai)"
        r"|(?:which|what) model|кто ты|ты кто|что ты|тебя зовут|умеешь|помощь|помоги|\bдемо"
        r"|ты бот|какая\b.{0,20}модель",
    ),
)
_SMALL_TALK = (
    (Topic.THANKS, r"thank|thx\b|cheers\b|спасибо|благодар"),
    (Topic.FAREWELL, r"(?:good)?bye\b|see you|good night|пока\b|до свидан|до встреч|спокойной ночи"),
    (
        Topic.GREETING,
        r"h(?:i|ello|ey)\b|good (?:morning|day|afternoon|evening)|greetings|привет|здравств|добр\w+ |салют",
    ),
    (Topic.FORMATTING, r"(?:yes|yeah|yep|sure|ok|okay|please|show)\b|(?:да|ага|давай\w*|хорошо|ладно|ок|покажи\w*)\b"),
)
_TOPICS = tuple((topic, re.compile(pattern)) for topic, pattern in _BY_WORD)
_OPENINGS = tuple((topic, re.compile(pattern)) for topic, pattern in _SMALL_TALK)
_READ = 4000
"""So many letters of a message are looked at: more would tell no more, and take time."""


def topic_of(text: str) -> Topic:
    """What a message is about."""
    words = text[:_READ].casefold().strip()
    for topic, pattern in _TOPICS:
        if pattern.search(words):
            return topic
    if len(words.split()) <= _SHORT:
        for topic, pattern in _OPENINGS:
            if pattern.match(words.lstrip("¡¿ .,!")):
                return topic
    return Topic.OTHER


def language_of(texts: Iterable[str]) -> Language:
    """The language of the first text that has letters of either alphabet; English when none has."""
    for text in texts:
        sample = text[:_READ].casefold()
        russian = sum("а" <= letter <= "я" or letter == "ё" for letter in sample)
        english = sum("a" <= letter <= "z" for letter in sample)
        if russian or english:
            return Language.RUSSIAN if russian >= english else Language.ENGLISH
    return Language.ENGLISH

"""What the honest model understands of plain requests: words, numbers, lists, what was said before, functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tests.fakes.simulated.base import Call

_EXACT = re.compile(
    r"\b(?:reply|answer|respond|say|write)\b[^.?!]*?\b(?:exactly|just)\b[^.?!]*?\bword:?\s+[\"'«]?(\w+)", re.IGNORECASE
)
_ONLY = re.compile(
    r"\b(?:whatever|no matter what|always)\b[^.?!]*?\b(?:answer|reply|respond)\b[^.?!]*?\bonly\b[^.?!]*?\bword:?\s+"
    r"[\"'«]?(\w+)",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\bcount\s+(?:up\s+)?from\s+(\d+)\s+to\s+(\d+)", re.IGNORECASE)
_LIST = re.compile(r"\b(?:list|name|write)\s+(?:me\s+)?(?:exactly\s+)?(\w+)\s+([a-z]+)\b(?!\s+as)", re.IGNORECASE)
_SUM = re.compile(r"(-?\d+)\s*([-+*])\s*(\d+)")
_WHAT_IS = re.compile(r"\bwhat(?:\s+is|'s)\s+(?:the|your|my)\s+([a-z ]+?)\s*\?", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|at|for|of)\s+([A-ZА-ЯЁ]\w+(?:\s+[A-ZА-ЯЁ]\w+)*)")
_NUMBER = re.compile(r"\d+")

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_KINDS = {
    "fruits": ("Apple", "Banana", "Cherry", "Mango", "Pear", "Plum", "Grape", "Peach", "Kiwi", "Lemon"),
    "animals": ("Cat", "Dog", "Horse", "Wolf", "Bear", "Fox", "Hare", "Goat", "Cow", "Owl"),
    "cities": ("Paris", "London", "Rome", "Madrid", "Berlin", "Vienna", "Prague", "Oslo", "Riga", "Athens"),
    "colours": ("Red", "Green", "Blue", "Yellow", "White", "Black", "Brown", "Orange", "Violet", "Grey"),
}


def exact_word(asked: str) -> str | None:
    """`Reply with exactly the word X`."""
    found = _EXACT.search(asked)
    return found[1] if found else None


def only_word(told: str) -> str | None:
    """`Whatever they say, answer only with the word X`."""
    found = _ONLY.search(told)
    return found[1] if found else None


def counted(asked: str) -> str | None:
    """`Count from A to B`."""
    found = _COUNT.search(asked)
    if found is None:
        return None
    return ", ".join(str(number) for number in range(int(found[1]), int(found[2]) + 1))


def listed(asked: str) -> str | None:
    """`List N things`, one per line where that is asked."""
    found = _LIST.search(asked)
    wanted = _number(found[1]) if found else None
    if found is None or wanted is None:
        return None
    kind = found[2].lower()
    things = [*_KINDS.get(kind, ()), *(f"{kind} number {number}" for number in range(1, wanted + 1))]
    lines = re.search(r"\bper\s+line|\bnew\s+line", asked, re.IGNORECASE)
    return ("\n" if lines else ", ").join(things[:wanted])


def reckoned(asked: str) -> str | None:
    """A sum of two numbers, a difference, a product."""
    found = _SUM.search(asked)
    if found is None:
        return None
    first, sign, second = int(found[1]), found[2], int(found[3])
    return str({"+": first + second, "-": first - second, "*": first * second}[sign])


def recalled(asked: str, everything: str) -> str | None:
    """`What is the X?`, where something before said `the X is Y`."""
    found = _WHAT_IS.search(asked)
    if found is None:
        return None
    thing = found[1].strip().lower()
    told = re.search(rf"\b{re.escape(thing)}\s+is\s+(?!what)(\w+)", everything, re.IGNORECASE)
    return f"The {thing} is {told[1]}." if told else f"You have not told me any {thing}."


def continued(asked: str, begun: str) -> str:
    """An answer that was begun, gone on with: numbers with the signs that stand between them, up to those asked for."""
    numbers = [int(number) for number in _NUMBER.findall(begun)]
    between = re.findall(r"(?<=\d)[^\d]+(?=\d)", begun)
    wanted = _COUNT.search(asked)
    if len(numbers) < 2 or not between:
        return " and so on."
    step = numbers[-1] - numbers[-2]
    last = int(wanted[2]) if wanted else numbers[-1] + 3 * step
    return "".join(f"{between[-1]}{number}" for number in range(numbers[-1] + step, last + 1, step or 1))


def call_for(asked: str, tools: Sequence[Mapping[str, object]]) -> Call | None:
    """The function whose name or description speaks of what is asked; its parameters filled with the place named."""
    words = set(re.findall(r"[a-z]{4,}", asked.lower()))
    for tool in tools:
        function = tool.get("function")
        if not isinstance(function, dict):
            continue
        about = set(re.findall(r"[a-z]{4,}", f"{function['name']} {function.get('description', '')}".lower()))
        if words & about:
            place = _PLACE.search(asked)
            properties = function.get("parameters", {}).get("properties", {})
            return Call(str(function["name"]), dict.fromkeys(properties, place[1] if place else ""))
    return None


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    return _NUMBERS.index(word.lower()) if word.lower() in _NUMBERS else None

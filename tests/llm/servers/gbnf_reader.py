"""A small reader of GBNF that tells whether a grammar takes a text; written apart from what writes grammars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

Places = frozenset[int]
Matcher = Callable[[str, int], Places]
"""From a place in a text to all places where it may have ended."""

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(\[(?:[^\]\\]|\\.)*\])|(\{\d*,?\d*\})|([a-zA-Z0-9-]+)|([()|*+?]))')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Grammar:
    """A grammar of `name ::= …` lines; `named` are the rules that others refer to."""

    def __init__(self, text: str) -> None:
        self.named: set[str] = set()
        self._rules: dict[str, Matcher] = {}
        for line in text.strip("\n").split("\n"):
            name, _, rule = line.partition(" ::= ")
            self._rules[name] = cache(self._parsed(rule))
        missing = self.named - set(self._rules)
        assert not missing, f"no rule for {missing}"

    def accepts(self, text: str) -> bool:
        """Whether the whole of a text is one of the grammar's."""
        return len(text) in self._rules["root"](text, 0)

    def _parsed(self, rule: str) -> Matcher:
        tokens = [match.group().strip() for match in _TOKEN.finditer(rule)]
        assert re.sub(r"\s", "", "".join(tokens)) == re.sub(r"\s", "", rule), f"unread part in {rule}"
        matcher, rest = self._alternatives(tokens)
        assert not rest, rest
        return matcher

    def _alternatives(self, tokens: list[str]) -> tuple[Matcher, list[str]]:
        options, rest = [], tokens
        while True:
            option, rest = self._sequence(rest)
            options.append(option)
            if not rest or rest[0] != "|":
                return _either(options), rest
            rest = rest[1:]

    def _sequence(self, tokens: list[str]) -> tuple[Matcher, list[str]]:
        parts: list[Matcher] = []
        while tokens and tokens[0] not in {"|", ")"}:
            part, tokens = self._atom(tokens)
            while tokens and (tokens[0] in {"*", "+", "?"} or tokens[0].startswith("{")):
                part = _repeated(part, *_times(tokens[0]))
                tokens = tokens[1:]
            parts.append(part)
        return _in_turn(parts), tokens

    def _atom(self, tokens: list[str]) -> tuple[Matcher, list[str]]:
        first, rest = tokens[0], tokens[1:]
        if first == "(":
            inner, rest = self._alternatives(rest)
            assert rest[0] == ")", rest
            return inner, rest[1:]
        if first.startswith('"'):
            return _literal(_unescaped(first[1:-1])), rest
        if first.startswith("["):
            return _one_of(first), rest
        self.named.add(first)
        return (lambda text, place: self._rules[first](text, place)), rest


def _either(options: Iterable[Matcher]) -> Matcher:
    every = tuple(options)
    return lambda text, place: frozenset().union(*(option(text, place) for option in every))


def _in_turn(parts: Iterable[Matcher]) -> Matcher:
    every = tuple(parts)

    def match(text: str, place: int) -> Places:
        places: Places = frozenset({place})
        for part in every:
            places = frozenset().union(*(part(text, one) for one in places))
        return places

    return match


def _repeated(part: Matcher, least: int, most: int | None) -> Matcher:
    def match(text: str, place: int) -> Places:
        now, reached, times = frozenset({place}), set[int](), 0
        while now:
            if times >= least:
                if now <= reached:
                    break
                reached |= now
            if times == most:
                break
            now, times = frozenset().union(*(part(text, one) for one in now)), times + 1
        return frozenset(reached)

    return match


def _times(token: str) -> tuple[int, int | None]:
    if token in {"*", "+", "?"}:
        return (1 if token == "+" else 0), (1 if token == "?" else None)
    least, comma, most = token[1:-1].partition(",")
    return int(least or 0), (int(most) if most else None) if comma else int(least)


def _literal(wanted: str) -> Matcher:
    return lambda text, place: frozenset({place + len(wanted)} if text.startswith(wanted, place) else ())


def _one_of(characters: str) -> Matcher:
    pattern = re.compile(characters, re.DOTALL)
    return lambda text, place: frozenset({place + 1} if pattern.match(text, place) else ())


def _unescaped(written: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), written)

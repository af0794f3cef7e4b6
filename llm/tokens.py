"""Estimates how many tokens messages have, and learns a model's own way of counting from what its server reports."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from llm.types import ImagePart, Message

IMAGE_TOKENS = 800
"""What an image counts for. Models spend from 85 to some thousands on one; nobody says how many before it is sent."""

BELIEVED_SHARE = 0.6
"""A count under this share of what is estimated means that the server has cut the prompt (servers.md 13.2)."""

_DOUBTS = 1.5
"""So many standard deviations below what is expected a count may be before it is held against the server."""
_ALWAYS_FITS = 256.0
"""No context is so small that a prompt of so few tokens is cut; a short one that was misjudged is no sign."""
_NOISE = 0.08
"""How far the count of one text is from what its features tell, as a share of it, even with the best costs."""
_SURPRISE = 4.0
"""Beyond so many standard deviations a count is no longer believed at its full weight."""
_KEPT = 0.99
"""What of the certainty is left after one more count; costs that no count tells of go back to being uncertain."""
_LEAST_SHARE = 0.02
"""No cost falls under this share of what it was at the beginning."""
_DEFAULT_PROMPT_TOKENS = 2048
"""Room for a text that the server puts in front by itself; without it no prompt has more tokens than bytes."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Something of which a text has so many, and how many tokens each of them costs before anything is known.

    `spread` is how far the cost in another vocabulary is from that, as one standard deviation.
    """

    name: str
    tokens: float
    spread: float


# The costs of the text are measured, by linear programming: the least with which no recorded text of
# tests/data/token_pairs.json gets under 85 % of what the hungriest of eight vocabularies makes of it, rounded up. Over
# all these texts they come to 15 % more than the hungriest one counts (Llama 2), to 62 % more than the thriftiest one
# (o200k): bench/tokens.py prints this. The overheads are those of the templates of servers.md 12.1.
FEATURES: tuple[Feature, ...] = (
    Feature("prompt", 24.0, 20.0),
    Feature("message", 6.0, 3.0),
    Feature("latin_word", 0.7, 0.3),
    Feature("latin_letter", 0.2, 0.1),
    Feature("latin_capital", 0.38, 0.2),
    Feature("latin_accent", 2.1, 1.2),
    Feature("latin_six", 0.23, 0.2),
    Feature("cyrillic_word", 0.83, 0.4),
    Feature("cyrillic_letter", 0.2, 0.15),
    Feature("cyrillic_rare", 1.75, 1.0),
    Feature("cyrillic_six", 2.0, 1.0),
    Feature("ideograph", 1.67, 0.8),
    Feature("kana", 0.98, 0.5),
    Feature("hangul", 1.6, 0.8),
    Feature("other_letter", 1.16, 0.6),
    Feature("symbol", 1.01, 0.5),
    Feature("emoji", 3.5, 2.0),
    Feature("digit", 0.9, 0.5),
    Feature("number", 0.83, 0.5),
    Feature("mark", 0.43, 0.2),
    Feature("mark_run", 0.2, 0.2),
    Feature("line_end", 2.2, 1.0),
    Feature("space_pair", 0.15, 0.1),
)
OVERHEADS = 2
"""So many features at the front are not of the text."""
LONG_CHARACTERS = 8192
LONG_TEXTS = 48


def _classes() -> bytes:
    """For each byte that begins a letter in UTF-8 a mark for the kind of letter; the lead byte tells the script."""
    marks = bytearray(b"o" * 256)
    kinds = {
        b" ": [*range(33), 127],
        b"\n": [10, 11, 12, 13],
        b".": range(33, 127),
        b"0": range(ord("0"), ord("9") + 1),
        b"A": range(ord("A"), ord("Z") + 1),
        b"a": range(ord("a"), ord("z") + 1),
        b"y": (0xC2, 0xE2),  # U+0080 and U+2000 on: signs, dashes, quotation marks, arrows, boxes
        b"l": range(0xC3, 0xCA),
        b"c": range(0xD0, 0xD4),
        b"k": (0xE3, 0xEE, 0xEF),  # U+3000 on: kana and the marks around it; U+FF00 on: the wide forms of ASCII
        b"h": range(0xE4, 0xEA),
        b"g": range(0xEA, 0xEE),
        b"e": range(0xF0, 0x100),
    }
    for mark, bytes_of_kind in kinds.items():
        for byte in bytes_of_kind:
            marks[byte] = mark[0]
    return bytes(marks)


def _only(kinds: bytes) -> bytes:
    """A table that leaves of all marks only the difference between these kinds (`x`) and the others (` `)."""
    return bytes(ord("x") if byte in kinds else ord(" ") for byte in range(256))


_CLASSES = _classes()
_CONTINUATION = bytes(range(0x80, 0xC0))
_LATIN, _CYRILLIC, _DIGITS, _MARKS, _LINE_ENDS = (_only(kinds) for kinds in (b"aAl", b"c", b"0", b".", b"\n"))
# Vocabularies hold few words in capitals and few with letters that Russian does not have.
_RARE_CYRILLIC = re.compile("[\u0400-\u042f]{2}|[\u0450\u0452-\u052f]")


def count_features(text: str) -> tuple[int, ...]:
    """How many a text has of each feature after the overheads, in the order of `FEATURES`.

    More text never has fewer of any. Works on whole texts in C: 100 kB take some milliseconds, which is why those of
    long texts are remembered: a file in a conversation is counted with each of its questions.
    """
    return _of_long_text(text) if len(text) >= LONG_CHARACTERS else _counted(text)


def _counted(text: str) -> tuple[int, ...]:
    marks = text.encode("utf-8", "surrogatepass").translate(_CLASSES, _CONTINUATION)
    latin, cyrillic = marks.translate(_LATIN), marks.translate(_CYRILLIC)
    accents = _count(marks, b"l")
    has_cyrillic = b"x" in cyrillic
    return (
        _runs(latin) + marks.count(b"aA"),
        _count(latin, b"x"),
        _count(marks, b"A"),
        accents,
        latin.count(b"xxxxxx"),
        _runs(cyrillic) if has_cyrillic else 0,
        _count(cyrillic, b"x") if has_cyrillic else 0,
        len(_RARE_CYRILLIC.findall(text)) if has_cyrillic else 0,
        cyrillic.count(b"xxxxxx") if has_cyrillic else 0,
        _count(marks, b"h"),
        _count(marks, b"k"),
        _count(marks, b"g"),
        _count(marks, b"o"),
        _count(marks, b"y"),
        _count(marks, b"e"),
        _count(marks, b"0"),
        _runs(marks.translate(_DIGITS)),
        _count(marks, b"."),
        _runs(marks.translate(_MARKS)),
        _runs(marks.translate(_LINE_ENDS)),
        marks.count(b"  "),
    )


_of_long_text = lru_cache(LONG_TEXTS)(_counted)


def _count(marks: bytes, mark: bytes) -> int:
    # Taking a byte out of all is several times as fast as counting it where it is frequent.
    return len(marks) - len(marks.translate(None, mark))


def _runs(marks: bytes) -> int:
    return marks.count(b" x") + marks.startswith(b"x")


class TokenEstimator:
    """Estimates tokens for one model on one server; begins with too many rather than too few.

    Each reported count moves the costs of what the prompt was made of: linear regression with the prior of `FEATURES`,
    one count at a time, in which old counts slowly lose their weight. Costs stay positive. Images count
    `IMAGE_TOKENS` each, always; a prompt with images teaches nothing.
    """

    def __init__(self) -> None:
        self._costs = [feature.tokens for feature in FEATURES]
        # The features that some prompt had, and how surely their costs are known: the covariance, which shrinks where
        # counts have told something. Of the others only the prior is known, so that they cost no work.
        self._met: list[int] = []
        self._covariance: list[list[float]] = []
        self._samples = 0

    @property
    def samples(self) -> int:
        """How many reported counts have been learnt from."""
        return self._samples

    def estimate(self, messages: Sequence[Message]) -> int:
        """About how many tokens a prompt of these messages has, its template included: `overhead` and each `cost`."""
        return self.overhead + sum(map(self.cost, messages))

    @property
    def overhead(self) -> int:
        """What a prompt costs beside its messages."""
        return round(self._costs[0])

    def cost(self, message: Message) -> int:
        """What a message adds to a prompt."""
        return round(self._cost(count_features(message.text))) + IMAGE_TOKENS * _images(message)

    def estimate_text(self, text: str) -> int:
        """About how many tokens a text has by itself."""
        return int(_dot(self._costs[OVERHEADS:], count_features(text))) + 1

    def observe(self, messages: Sequence[Message], prompt_tokens: int) -> bool:
        """Learn how many tokens the server has counted in a prompt of these messages.

        Gives False, and learns nothing, when these are so few that the server must have left out a part of the
        prompt. A count of nothing, and one of more tokens than the prompt has bytes, are passed over.
        """
        if prompt_tokens <= 0 or not messages:
            return True
        texts = [message.text for message in messages]
        of_texts = [count_features(text) for text in texts]
        all_counts = (1, len(texts), *map(sum, zip(*of_texts, strict=True)))
        self._meet(all_counts)
        counts = [all_counts[index] for index in self._met]
        gains = [_dot(row, counts) for row in self._covariance]
        expected, doubt = _dot(self._costs, all_counts), _dot(gains, counts)
        least = expected - _DOUBTS * math.sqrt(max(doubt, 0.0))
        if least > _ALWAYS_FITS and prompt_tokens < BELIEVED_SHARE * least:
            return False
        if prompt_tokens <= _most_tokens(texts) and not any(map(_images, messages)):
            noise = 1.0 + sum((_NOISE * self._cost(features)) ** 2 for features in of_texts)
            self._learn(prompt_tokens - expected, gains, doubt, noise)
        return True

    def snapshot(self) -> tuple[float, ...]:
        """All that was learnt, as plain numbers for `restore`."""
        covariance = _prior_covariance()
        for place, row in zip(self._met, self._covariance, strict=True):
            for other, value in zip(self._met, row, strict=True):
                covariance[place][other] = value
        return (float(self._samples), *self._costs, *(value for row in covariance for value in row))

    def restore(self, snapshot: Sequence[float]) -> None:
        """Take over what was learnt. Raises ValueError for what no `snapshot` of this version has given."""
        size = len(FEATURES)
        finite = all(map(math.isfinite, snapshot))
        if len(snapshot) != 1 + size + size * size or not finite or min(snapshot[: 1 + size]) < 0:
            raise ValueError(f"not a snapshot of {size} features")
        self._samples = int(snapshot[0])
        self._costs = list(snapshot[1 : 1 + size])
        rest = snapshot[1 + size :]
        rows = [list(rest[row * size : (row + 1) * size]) for row in range(size)]
        self._met = [index for index, row in enumerate(_prior_covariance()) if rows[index] != row]
        self._covariance = [[rows[index][other] for other in self._met] for index in self._met]

    def _cost(self, features: Sequence[int]) -> float:
        return self._costs[1] + _dot(self._costs[OVERHEADS:], features)

    def _meet(self, counts: Sequence[int]) -> None:
        """Take in the features that no prompt had before."""
        for index, count in enumerate(counts):
            if count and index not in self._met:
                for row in self._covariance:
                    row.append(0.0)
                self._met.append(index)
                self._covariance.append([0.0] * (len(self._met) - 1) + [FEATURES[index].spread ** 2])

    def _learn(self, error: float, gains: Sequence[float], doubt: float, noise: float) -> None:
        # A count far from all that was expected is one to doubt: it moves the costs a little, not over to itself.
        total = max(doubt + noise, (error / _SURPRISE) ** 2)
        for place, (index, gain) in enumerate(zip(self._met, gains, strict=True)):
            feature, row, factor = FEATURES[index], self._covariance[place], gain / total
            self._costs[index] = max(self._costs[index] + factor * error, _LEAST_SHARE * feature.tokens)
            row[:] = [_KEPT * (value - factor * other) for value, other in zip(row, gains, strict=True)]
            row[place] += (1.0 - _KEPT) * feature.spread**2
        self._samples += 1


def _prior_covariance() -> list[list[float]]:
    size = len(FEATURES)
    return [[FEATURES[row].spread ** 2 if row == column else 0.0 for column in range(size)] for row in range(size)]


def _most_tokens(texts: Sequence[str]) -> int:
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) + _DEFAULT_PROMPT_TOKENS


def _images(message: Message) -> int:
    return 0 if isinstance(message.content, str) else sum(isinstance(part, ImagePart) for part in message.content)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return math.fsum(map(mul, left, right))

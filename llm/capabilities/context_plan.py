"""Which conversations are worth sending to see how much a model really reads: only as long as needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from llm.capabilities.needles import CHARACTERS_PER_TOKEN, Depth, Size, needle_name, size_of
from llm.capabilities.observation import Observation, Verdict
from llm.capabilities.told import Told
from llm.context import DEFAULT_CONTEXT

SHORT = 600
"""So long is the first one, which shows how tokens are counted and that the code is found at all."""
WITHIN = 0.9
BEYOND = 1.1
COUNTED = 0.88
"""A count under this share of what the first one lets expect is that of a prompt that was cut."""
READ = 0.94
"""One over this share is that of a prompt of which nothing was left out."""
RUNGS = tuple(2**power for power in range(9, 18))
_OVERHEAD = 24
_DENSEST, _LONGEST_TOKEN = 0.7, 12.0
"""Characters of the filling: no vocabulary has tokens shorter or longer than these on the average."""
_LEAST = 2.0
_SHARE_TOLD = 0.5
"""Of all tokens so many may go into one conversation; when its beginning is lost the same is sent once more."""
_SHARE_UNTOLD = 0.33
"""Where the limit has to be looked for, a shorter one must find room as well."""


def context_probes(
    told: Told, seen: Mapping[str, Observation], *, tokens: int, longest_seconds: float
) -> Iterator[str]:
    """The probes about length, in their order; `tokens` may be sent in all, none may take longer than `seconds`."""
    spent = sum(size.tokens for name in seen if (size := size_of(name)) is not None)
    for name in _probes(told, seen, tokens, longest_seconds):
        size = size_of(name)
        if name not in seen and size is not None and spent + size.tokens > tokens:
            return
        yield name


def _probes(told: Told, seen: Mapping[str, Observation], tokens: int, longest_seconds: float) -> Iterator[str]:
    if not tokens:
        return
    size = min(SHORT, (told.context or DEFAULT_CONTEXT) // 3, tokens)
    short_name = needle_name(size, Depth.MIDDLE)
    yield short_name
    short = seen.get(short_name)
    if short is None or short.verdict in {Verdict.OVERFLOW, Verdict.REFUSED, Verdict.BROKEN}:
        return
    per_token = characters_per_token(short)
    share = _SHARE_UNTOLD if told.context is None else _SHARE_TOLD
    cap = _affordable(short, size, int(tokens * share), longest_seconds)
    target = min(cap, _target(told, cap))
    if target < _LEAST * size:
        return
    big = needle_name(target, Depth.START, per_token=per_token)
    yield big
    yield from _after(told, seen, short, big, cap, per_token)


def characters_per_token(short: Observation) -> float:
    """How many characters of the filling a token has, by the count of the first conversation."""
    size, counted = size_of(short.probe), short.number("prompt_tokens")
    if size is None or not counted or not counts(short):
        return CHARACTERS_PER_TOKEN
    return max(1.0, size.characters / (counted - _OVERHEAD))


def counts(short: Observation) -> bool:
    """Whether the server's count of the first conversation can be one: there are those that tell any number."""
    size, counted = size_of(short.probe), short.number("prompt_tokens")
    if size is None or not counted or counted <= _OVERHEAD:
        return False
    return _DENSEST <= size.characters / (counted - _OVERHEAD) <= _LONGEST_TOKEN


def expected_tokens(size: Size, short: Observation | None) -> float:
    """How many tokens a conversation should be counted as."""
    per_token = CHARACTERS_PER_TOKEN if short is None else characters_per_token(short)
    return size.characters / per_token


def was_cut(one: Observation, short: Observation | None) -> bool:
    """Whether the server has counted clearly fewer tokens than were sent."""
    size, counted = size_of(one.probe), one.number("prompt_tokens")
    if size is None or not counted or short is None or one is short or not counts(short):
        return False
    return counted < COUNTED * expected_tokens(size, short)


def was_read(one: Observation, short: Observation | None) -> bool:
    """Whether the server has counted all that was sent: what is lost of it, the model has forgotten."""
    size, counted = size_of(one.probe), one.number("prompt_tokens")
    if size is None or not counted or short is None or one is short or not counts(short):
        return False
    return counted >= READ * expected_tokens(size, short)


def _target(told: Told, cap: int) -> int:
    if told.context is None:
        return cap
    # A loud server says its limit when it is exceeded, and reads nothing for it; a silent one must not be misread.
    share = BEYOND if told.drops_silently is False else WITHIN
    return int(told.context * share)


def _affordable(short: Observation, size: int, tokens: int, longest_seconds: float) -> int:
    """The longest conversation that may be sent within so many tokens, and within the time."""
    cap = max(0, tokens - size)
    seconds, read = short.number("prefill_seconds") or short.number("ttft"), short.number("prompt_tokens") or size
    if seconds and read:
        cap = min(cap, int(longest_seconds * read / seconds))
    return cap


def _after(
    told: Told, seen: Mapping[str, Observation], short: Observation, big: str, cap: int, per_token: float
) -> Iterator[str]:
    """What else is worth asking, by what the long one has shown."""
    one = seen.get(big)
    size = size_of(big)
    if one is None or size is None:
        return
    lost = not one.passed and short.passed and one.verdict is Verdict.FAILED
    if was_cut(one, short) or one.number("told_context") is not None or one.verdict is Verdict.BROKEN:
        return
    if lost and was_read(one, short) and told.context is not None:
        return
    if one.passed and told.drops_silently is not False and not counts(short) and short.passed:
        # Nobody counts, and a server may leave out the middle (servers.md 3.2).
        yield needle_name(size.tokens, Depth.MIDDLE, per_token=per_token)
    if one.passed and told.context is not None and told.drops_silently is None:
        beyond = int(told.context * BEYOND)
        if beyond <= cap:
            yield needle_name(beyond, Depth.START, per_token=per_token)
        return
    if one.verdict is Verdict.OVERFLOW or one.verdict is Verdict.EMPTY:
        yield from _halving(seen, size_of(short.probe), size, per_token)
    elif lost:
        late = needle_name(size.tokens, Depth.LATE, per_token=per_token)
        yield late
        if late in seen and seen[late].passed:
            yield from _halving(seen, size_of(short.probe), size, per_token)


def _halving(seen: Mapping[str, Observation], low: Size | None, high: Size, per_token: float) -> Iterator[str]:
    """Lengths just under the usual ones, each in the middle of what is still possible."""
    least, most = (low.tokens if low is not None else 0), high.tokens
    while True:
        between = [rung for rung in RUNGS if least < int(rung * WITHIN) < most]
        if not between:
            return
        tokens = int(between[len(between) // 2] * WITHIN)
        name = needle_name(tokens, Depth.START, per_token=per_token)
        yield name
        one = seen.get(name)
        if one is None:
            return
        if one.passed:
            least = tokens
        else:
            most = tokens

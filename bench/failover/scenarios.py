"""The faults, played by two scriptable servers with real timings, and the verdict on what came of each."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Hang, Json, Reply, Request, Reset, Sse, SsePart, Step, Stream, chunk, error, text_chunk

WORDS = [f"w{number} " for number in range(60)]
WHOLE = "".join(WORDS)
SPARE_WORDS = [f"s{number} " for number in range(60)]
SPARE = "".join(SPARE_WORDS)
PRIMARY, FALLBACK = "primary-model", "fallback-model"
FIRST_TOKEN_SECONDS = 10.0
"""What the limit to the first token is set to where a system has one."""
SLACK = 2.0
OPENED = chunk({"role": "assistant", "content": ""}, model=PRIMARY)
OVERFLOW = error(
    "This model's maximum context length is 512 tokens. However, your messages resulted in 600 tokens.",
    status=400,
    type_="invalid_request_error",
    code="context_length_exceeded",
)
FILTERED = error("The prompt was filtered.", status=400, type_="invalid_request_error", code="content_filter")


class Verdict(StrEnum):
    """`pass`: the best that can be had; `partial`: an answer, too late or at too high a price; `safe`: a clean error;
    `fail`: something wrong was given as right, or nothing within the time."""

    PASS = "pass"  # noqa: S105 - a verdict
    PARTIAL = "partial"
    SAFE = "safe"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a caller got: the text as a person would have it on the screen at the end, or an error."""

    text: str
    model: str
    prompt_tokens: int | None
    error: str
    seconds: float


class System(Protocol):
    """A client with a primary and a fallback target, made anew for each scenario."""

    async def ask(self) -> Outcome:
        """Send one streamed chat request."""

    async def close(self) -> None:
        """Give everything back."""


MakeSystem = Callable[[str, str], Awaitable[System]]
"""From the addresses of both servers."""


@dataclass
class Stage:
    """Both servers and the system between which they stand."""

    primary: ModelServer
    fallback: ModelServer
    system: System
    outcomes: list[Outcome] = field(default_factory=list)

    async def ask(self) -> Outcome:
        self.outcomes.append(await self.system.ask())
        return self.outcomes[-1]

    @property
    def asked(self) -> int:
        """How many chat requests the primary has had."""
        return len(self.primary.chats)


Play = Callable[[Stage], Awaitable[Verdict]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault: its number and name, what the primary does, and how the outcome is judged."""

    name: str
    primary: Callable[[], Reply | Callable[[Request], Reply]]
    play: Play
    fallback: Callable[[Request], Reply] | None = None


def whole(outcome: Outcome) -> bool:
    """Whether the text is one of the two answers, whole."""
    return not outcome.error and outcome.text in {WHOLE, SPARE}


def _judge(outcome: Outcome, *, good: bool) -> Verdict:
    if outcome.error:
        return Verdict.SAFE if not outcome.error.startswith("hung") else Verdict.FAIL
    if not whole(outcome):
        return Verdict.FAIL
    return Verdict.PASS if good else Verdict.PARTIAL


def answered(*, most_asked: int = 3, within: float = 8.0) -> Play:
    """An answer, from whoever, in time and without hammering the primary."""

    async def play(stage: Stage) -> Verdict:
        outcome = await stage.ask()
        return _judge(outcome, good=stage.asked <= most_asked and outcome.seconds <= within)

    return play


async def patient(stage: Stage) -> Verdict:
    """Whoever is told to wait for two seconds does not come back before, and gets an answer."""
    outcome = await stage.ask()
    moments = [request.at for request in stage.primary.chats]
    early = len(moments) > 1 and moments[1] - moments[0] < 1.9
    return _judge(outcome, good=not early and outcome.seconds <= 6)


async def not_unchanged(stage: Stage) -> Verdict:
    """What is too long is never sent again as it was."""
    outcome = await stage.ask()
    bodies = [hashlib.sha256(request.body).hexdigest() for request in stage.primary.chats]
    return _judge(outcome, good=len(bodies) == len(set(bodies)))


async def not_carried_on(stage: Stage) -> Verdict:
    """A refusal on grounds of content is told, and not taken elsewhere."""
    outcome = await stage.ask()
    if not outcome.error:
        return Verdict.PARTIAL if whole(outcome) else Verdict.FAIL
    return Verdict.PASS if stage.asked == 1 and not stage.fallback.chats else Verdict.PARTIAL


async def recovers(stage: Stage) -> Verdict:
    """The primary is away for a minute: everybody is answered, and it is used again within half a minute."""
    await stage.primary.refuse()
    began, back_at, returned_at = time.monotonic(), None, None
    for number in range(20):
        await asyncio.sleep(max(0.0, began + 4 * number - time.monotonic()))
        if back_at is None and time.monotonic() - began >= 60:
            await stage.primary.listen()
            back_at = time.monotonic()
        outcome = await stage.ask()
        if back_at is not None and returned_at is None and outcome.text == WHOLE:
            returned_at = time.monotonic()
    if not all(whole(outcome) for outcome in stage.outcomes):
        return Verdict.FAIL if any(not one.error and not whole(one) for one in stage.outcomes) else Verdict.SAFE
    in_time = returned_at is not None and back_at is not None and returned_at - back_at <= 30
    return Verdict.PASS if in_time and max(one.seconds for one in stage.outcomes) <= 3 else Verdict.PARTIAL


async def accounted(stage: Stage) -> Verdict:
    """The model and the tokens that are reported are those of whoever has answered."""
    outcome = await stage.ask()
    right = outcome.model.endswith(FALLBACK) and outcome.prompt_tokens == 22
    return _judge(outcome, good=right)


def once(reply: Reply) -> Callable[[], Callable[[Request], Reply]]:
    """The fault the first time, an answer from then on."""

    def make() -> Callable[[Request], Reply]:
        left = [reply]
        return lambda _: left.pop() if left else Stream(tokens=WORDS, model=PRIMARY, prompt_tokens=11)

    return make


def always(reply: Reply) -> Callable[[], Reply]:
    """The fault each time."""
    return lambda: reply


def _broken(after: int, *then: SsePart) -> Sse:
    return Sse((OPENED, *(text_chunk(word) for word in WORDS[:after]), 0.05, *then), chunked=False)


def _no_prefill(request: Request) -> Reply:
    messages = request.json["messages"]
    if isinstance(messages, list) and messages[-1]["role"] == "assistant":
        return error("Assistant message prefill is not supported", status=400, type_="invalid_request_error")
    return Stream(tokens=SPARE_WORDS, model=FALLBACK, prompt_tokens=22)


_REST: tuple[SsePart, ...] = (*(text_chunk(word) for word in WORDS[21:]), chunk({}, finish="stop"))
_LATE = FIRST_TOKEN_SECONDS + SLACK
SCENARIOS = (
    Scenario(
        "S01 429 with Retry-After 2 s, once",
        once(Json({"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, 429, {"Retry-After": "2"})),
        patient,
    ),
    Scenario("S02 429 always, no header", always(error("slow down", status=429)), answered()),
    Scenario("S03 500 once", once(error("boom", status=500)), answered(most_asked=2)),
    Scenario("S04 503 always", always(error("busy", status=503)), answered()),
    Scenario("S05 reset before the headers", always(Reset()), answered()),
    Scenario("S06 never answers", always(Hang()), answered(most_asked=1, within=_LATE)),
    Scenario(
        "S07 first token after 20 s",
        always(Stream(tokens=WORDS, model=PRIMARY, first_delay=20)),
        answered(most_asked=1, within=_LATE),
    ),
    Scenario("S08 cut at token 40 of 60", always(_broken(40, Step.CLOSE)), answered(within=12)),
    Scenario("S09 silent for 30 s in the middle", always(_broken(20, 30.0, Step.CLOSE)), answered(within=_LATE + 2)),
    Scenario("S10 a malformed chunk", always(_broken(20, 'data: {"choices": [{"del\n\n', *_REST)), answered(within=12)),
    Scenario("S11 no [DONE]", always(Stream(tokens=WORDS, model=PRIMARY, done=False)), answered(most_asked=1)),
    Scenario("S12 context_length_exceeded", always(OVERFLOW), not_unchanged),
    Scenario("S13 content filter", always(FILTERED), not_carried_on),
    Scenario("S14 cut, fallback takes no prefill", always(_broken(40, Step.CLOSE)), answered(within=12), _no_prefill),
    Scenario("S15 away for 60 s, then well", always(Stream(tokens=WORDS, model=PRIMARY)), recovers),
    Scenario("S16 whose tokens are reported", always(error("busy", status=503)), accounted),
)  # fmt: skip


def usual_fallback(_: Request) -> Reply:
    """The fallback answers, at once."""
    return Stream(tokens=SPARE_WORDS, model=FALLBACK, prompt_tokens=22)

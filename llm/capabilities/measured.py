"""What is measured of one probe: everything about an answer, or a failure, that conclusions may rest on."""

from __future__ import annotations

from dataclasses import replace

from llm.capabilities.observation import Observation, Seen, Verdict
from llm.capabilities.questions import COUNT, JSON, Heard, Question, cyrillic_share, latin_share, reckoned, stopped
from llm.errors import Failure, FailureKind
from llm.learned import Adjustments
from llm.servers.overflow import read_overflow
from llm.types import FinishReason, JsonMode

_SEPARATOR = ","


def heard_observation(question: Question, heard: Heard, *, calls: int, deltas: int) -> Observation:
    """What an answer shows; `deltas` are the pieces in which its text came."""
    result, seen = heard.result, dict[str, float | str | bool]()
    numbers: dict[str, float | None] = {
        "ttft": result.ttft_seconds,
        "elapsed": result.elapsed_seconds,
        "deltas": deltas,
        "characters": len(heard.text),
    }
    if result.usage is not None:
        numbers["prompt_tokens"] = result.usage.prompt_tokens or None
        numbers["completion_tokens"] = result.usage.completion_tokens or None
        numbers["cached_tokens"] = result.usage.cached_tokens or None
    if result.timings is not None:
        numbers["load_seconds"] = result.timings.load_seconds
        numbers["prefill_seconds"] = result.timings.prefill_seconds
        numbers["prefill_tokens"] = result.timings.prefill_tokens
        numbers["decode_seconds"] = result.timings.decode_seconds
    seen.update({name: round(value, 6) for name, value in numbers.items() if value is not None})
    seen["cyrillic"] = round(cyrillic_share(heard.text), 3)
    seen["latin"] = round(latin_share(heard.text), 3)
    seen["thought"] = bool(result.thinking.strip())
    seen["cut_off"] = result.finish_reason is FinishReason.LENGTH
    if question.name == COUNT and (ended := stopped(heard)) is not None:
        seen["stopped"] = ended
    if question.name in JSON.values() and (right := reckoned(heard)) is not None:
        seen["reckoned"] = right
    return Observation(question.name, question.judge(heard), calls, seen | _written(heard.adjustments))


def failed_observation(question: Question, failure: Failure, adjustments: Adjustments, *, calls: int) -> Observation:
    """What a failure shows that is the answer of this server to this probe, and would be again."""
    seen: dict[str, float | str | bool] = {"code": failure.code or failure.kind.value}
    if failure.kind is FailureKind.CONTEXT_OVERFLOW:
        told = read_overflow(failure.body)
        if told.context is not None:
            seen["told_context"] = told.context
        if told.prompt_tokens is not None:
            seen["told_tokens"] = told.prompt_tokens
        return Observation(question.name, Verdict.OVERFLOW, calls, seen | _written(adjustments))
    if failure.code == "thinking_spent_limit":
        seen["thought"] = True
    verdict = {FailureKind.BAD_REQUEST: Verdict.REFUSED, FailureKind.INVALID_OUTPUT: Verdict.EMPTY}.get(failure.kind)
    if failure.kind is FailureKind.CONTENT_FILTER:
        verdict = Verdict.FAILED
    return Observation(question.name, verdict or Verdict.BROKEN, calls, seen | _written(adjustments))


def _written(adjustments: Adjustments) -> dict[str, float | str | bool]:
    """The cures that are in force after a probe, so that a run that was cut goes on with the same."""
    seen: dict[str, float | str | bool] = {}
    if adjustments.fold_system:
        seen["folded"] = True
    if adjustments.own_template:
        seen["own_template"] = True
    if adjustments.no_thinking_switch:
        seen["no_thinking_switch"] = True
    if adjustments.without:
        seen["without"] = _SEPARATOR.join(sorted(adjustments.without))
    if adjustments.no_json:
        seen["no_json"] = _SEPARATOR.join(sorted(mode.value for mode in adjustments.no_json))
    return seen


def adjustments_after(seen: Seen) -> Adjustments:
    """The cures that were in force after a probe."""
    modes = set(JsonMode)
    return replace(
        Adjustments(),
        fold_system=seen.get("folded") is True,
        own_template=seen.get("own_template") is True,
        no_thinking_switch=seen.get("no_thinking_switch") is True,
        without=frozenset(name for name in str(seen.get("without", "")).split(_SEPARATOR) if name),
        no_json=frozenset(JsonMode(name) for name in str(seen.get("no_json", "")).split(_SEPARATOR) if name in modes),
    )

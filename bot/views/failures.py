"""A failure in words: for the person what happened and what to do, for an admin the details too."""

from __future__ import annotations

import math

from bot.events import AnswerFailed
from bot.i18n import Translator
from bot.views.numbers import decimal, duration
from llm.errors import Failure, FailureKind, LLMError, NoModelAvailable
from llm.routing.attempts import Attempt, NoAnswer

MOST_TRIED = 6
"""Of so many further requests an admin is told."""

# Codes that deserve words of their own within their class.
_BY_CODE = {
    "refused": "failure-unreachable",
    "dns": "failure-unreachable",
    "server_unreachable": "failure-unreachable",
    "server_loading": "failure-model-loading",
    "server_needs_key": "failure-auth",
    "not_looked_yet": "failure-no-model",
    "not_a_model_server": "failure-no-model",
    "no_chat_model": "failure-no-model",
    "model_not_named": "failure-no-model",
    "no_server_found": "failure-no-model",
    "bad_address": "failure-no-model",
    "stream_cut": "failure-stream-cut",
    "thinking_spent_limit": "failure-thinking-spent-limit",
    "budget_day": "failure-budget-day",
    "budget_month": "failure-budget-month",
    "paused": "failure-paused",
    "at_home": "failure-at-home",
    "images_unsupported": "failure-blind",
}


def failure_words(t: Translator, event: AnswerFailed, *, admin: bool) -> str:
    """One short paragraph, and a line of details for an admin."""
    words = t(failure_key(event.failure))
    if event.retry_in is not None and event.retry_in >= 1:
        words = f"{words} {t('failure-retry-in', time=duration(t, math.ceil(event.retry_in)))}"
    return f"{words}\n\n{_details(t, event)}" if admin else words


def unmade_words(t: Translator, error: LLMError) -> str:
    """Why a model has not made what was wanted of it beside answers."""
    if isinstance(error, NoAnswer):
        return t(failure_key(error.failure))
    if isinstance(error, NoModelAvailable):  # the demo is not asked for such things
        return t("about-model-demo")
    return t("failure-invalid-output")


def failure_key(failure: Failure) -> str:
    """The key of the words for a failure."""
    return _BY_CODE.get(failure.code or "", _kind_key(failure.kind))


def kind_key(kind: FailureKind) -> str:
    """The key of two or three words for a kind of failure."""
    return f"kind-{kind.value.replace('_', '-')}"


def _kind_key(kind: FailureKind) -> str:
    return f"failure-{kind.value.replace('_', '-')}"


def _details(t: Translator, event: AnswerFailed) -> str:
    failure = event.failure
    told = t(
        "failure-details",
        model=event.model or "–",
        server=event.server or "–",
        marks=_marks(failure),
        # Without a status it is our own chain of exceptions, which is of use in the log only.
        detail=failure.detail if failure.status is not None else "",
    ).strip()
    return "\n".join([told, *(_tried(t, one) for one in event.tried[1 : MOST_TRIED + 1])])


def _tried(t: Translator, attempt: Attempt) -> str:
    """A line for one more request that was sent."""
    marks = _marks(attempt.failure) if attempt.failure is not None else ""
    seconds = decimal(t, attempt.seconds, 1)
    return t("failure-tried", model=attempt.model, server=attempt.server, marks=marks, seconds=seconds)


def _marks(failure: Failure) -> str:
    status = "" if failure.status is None else f"HTTP {failure.status}"
    return ", ".join(mark for mark in (failure.kind.value, failure.phase.value, failure.code or "", status) if mark)

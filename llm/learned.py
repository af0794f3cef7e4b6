"""What the answers of one model on one server have taught: what it refuses, how it counts, what it really holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from llm.errors import Failure, FailureKind
from llm.tokens import TokenEstimator
from llm.types import JsonMode, Message

_LEAST_CONTEXT = 256
"""No answer of a server is believed that says less."""


@dataclass(frozen=True, slots=True)
class Adjustments:
    """How a request has to differ from the usual one.

    `fold_system`: the system text goes into the first message of a person. `own_template`: the server has no chat
    template, so that the text is made here and sent as it is. `without` are fields that were refused, `no_json` ways
    to hold an answer to JSON that were. `no_thinking_switch`: the model can't be told whether to reason.
    """

    fold_system: bool = False
    own_template: bool = False
    no_thinking_switch: bool = False
    without: frozenset[str] = frozenset()
    no_json: frozenset[JsonMode] = frozenset()


@dataclass(frozen=True, slots=True)
class Sent:
    """What of a request matters for its cure: its fields, whether it had a system message, how JSON was asked for."""

    fields: frozenset[str]
    system: bool
    can_complete: bool
    json_mode: JsonMode | None


class Learned:
    """What is known of one model on one server from its own answers; kept as long as the program runs.

    `context` is a limit that it was seen to have, in tokens, None when none was met. `opening_missing` is whether it
    leaves out the tag that opens its reasoning, None as long as that is not known.
    """

    def __init__(self) -> None:
        self.tokens = TokenEstimator()
        self.adjustments = Adjustments()
        self.context: int | None = None
        self.opening_missing: bool | None = None

    def limit_context(self, context: int) -> None:
        """Keep that no more than so many tokens fit."""
        if context >= _LEAST_CONTEXT:
            self.context = context if self.context is None else min(context, self.context)

    def count(self, messages: tuple[Message, ...], prompt_tokens: int) -> None:
        """Keep how many tokens the server has counted in messages."""
        self.tokens.observe(messages, prompt_tokens)


def cured(adjustments: Adjustments, failure: Failure, sent: Sent) -> Adjustments | None:
    """The adjustments with which a refused request is worth sending again, or None when nothing is known to help.

    What is given always differs from what was: the same request is never sent twice. Pure.
    """
    better = _cure(adjustments, failure, sent)
    return None if better == adjustments else better


def _cure(adjustments: Adjustments, failure: Failure, sent: Sent) -> Adjustments | None:
    if failure.kind is not FailureKind.BAD_REQUEST:
        return None
    match failure.code:
        case "system_role_refused":
            return replace(adjustments, fold_system=True)
        case "template_refused" | "roles_must_alternate" if sent.system:
            return replace(adjustments, fold_system=True)
        case "no_chat_template" if sent.can_complete:
            return replace(adjustments, own_template=True)
        case "thinking_unsupported":
            return replace(adjustments, no_thinking_switch=True)
        case "unsupported_param" if failure.param is not None:
            return _without(adjustments, failure.param, sent)
    return None


def _without(adjustments: Adjustments, param: str, sent: Sent) -> Adjustments | None:
    if param in {"response_format", "format", "grammar", "grammar_string"}:
        if sent.json_mode is None:
            return None
        return replace(adjustments, no_json=adjustments.no_json | {sent.json_mode})
    if param in {"think", "thinking", "reasoning", "reasoning_effort", "chat_template_kwargs", "enable_thinking"}:
        return replace(adjustments, no_thinking_switch=True)
    if param in sent.fields:
        return replace(adjustments, without=adjustments.without | {param})
    return None

"""Brings messages into the form that a model takes: canonical roles, harmless control tokens, a template of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from llm.config import ModelConfig
from llm.prompts.canonical import canonical, drop_system, fold_system
from llm.prompts.control_tokens import COMMON_TOKENS, TokenGuard
from llm.prompts.families.base import Family, RenderOptions, SystemRole
from llm.prompts.families.registry import FAMILIES
from llm.prompts.own_template import BadTemplate, OwnTemplate
from llm.prompts.recognise import family_of, family_of_template
from llm.types import Message

PLAIN_FAMILY = "vicuna"
"""For a model without any chat template, of a family that we don't know: words that any text has, no control tokens."""


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """What is known of a model beside its configuration.

    `system_role`: whether its template takes a system message, None: not known. `template`: the text of its chat
    template where the server tells it. `own_template`: the server has none, so that we have to. `trusted`: the server
    itself keeps what people write from being read as control tokens, as clouds do.
    """

    system_role: bool | None = None
    template: str | None = field(default=None, repr=False)
    own_template: bool = False
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class AdaptedPrompt:
    """What goes to the model: `messages`, or with `prompt` a text to be completed that was made of them.

    `stop` are the end marks of that text; on a chat endpoint there are none, since the server knows them
    (servers.md 12). `opens_with_thinking`: the template itself opens the reasoning, so that the answer may lack the
    opening tag.
    """

    messages: tuple[Message, ...] = field(repr=False)
    prompt: str | None = field(default=None, repr=False)
    stop: tuple[str, ...] = ()
    opens_with_thinking: bool = False


class ModelPromptAdapter:
    """Adapts conversations to models; one adapter serves any number of them."""

    def __init__(self) -> None:
        self._guards: dict[str, TokenGuard] = {}

    def adapt_prompt(
        self,
        model: ModelConfig,
        messages: Sequence[Message],
        *,
        facts: PromptFacts = PromptFacts(),
        thinking: bool | None = None,
    ) -> AdaptedPrompt:
        """Give what to send for a conversation.

        The messages become one optional system message and then question and answer by turns, ending with a question.
        Where the system message is refused it goes into the first question. A chat endpoint gets the messages; only
        with the configuration's `prompt_template`, or where the server has no template, a text is made of them.
        Raises NothingToAnswer when nobody has asked anything, and BadTemplate for a `prompt_template` that is none.
        """
        family = self._family(model, facts)
        told = canonical(messages)
        own = self._own(model)
        by_us = own is not None or facts.own_template or model.prompt_template is not None
        tokens = own.control_tokens if own is not None else family.control_tokens if family is not None else ()
        if not facts.trusted or by_us:
            told = self._guard(tokens).messages(told)
        opens = family is not None and family.thinking is not None and family.thinking.opens_in_prompt
        if not by_us:
            return AdaptedPrompt(_for_chat(told, family, facts), opens_with_thinking=opens and thinking is not False)
        if own is not None:
            return AdaptedPrompt(told, own.render(told), own.stop)
        return _rendered(family or FAMILIES[PLAIN_FAMILY], told, thinking)

    def _family(self, model: ModelConfig, facts: PromptFacts) -> Family | None:
        if model.prompt_template is not None and model.prompt_template in FAMILIES:
            return FAMILIES[model.prompt_template]
        by_template = family_of_template(facts.template) if facts.template else None
        return by_template or family_of(model.name)

    def _own(self, model: ModelConfig) -> OwnTemplate | None:
        written = model.prompt_template
        return None if written is None or written in FAMILIES else OwnTemplate.parse(written)

    def _guard(self, tokens: tuple[str, ...]) -> TokenGuard:
        key = "\0".join(tokens)
        if key not in self._guards:
            self._guards[key] = TokenGuard((*COMMON_TOKENS, *tokens))
        return self._guards[key]


def template_problem(written: str) -> str:
    """What is wrong with a `prompt_template`, in words for whoever wrote it; empty when it can be used."""
    if written in FAMILIES:
        return ""
    try:
        OwnTemplate.parse(written)
    except BadTemplate as bad:
        return f"{bad}; or name a family: {', '.join(sorted(FAMILIES))}"
    return ""


def _for_chat(told: tuple[Message, ...], family: Family | None, facts: PromptFacts) -> tuple[Message, ...]:
    """Messages as the server's own template takes them (servers.md 12.2).

    What a publisher's template would do with the system text anyway is done here, since the same template in another
    edition refuses it instead (Gemma, the first Mistral).
    """
    if facts.system_role is False:
        return fold_system(told)
    if facts.system_role is None and family is not None:
        if family.system is SystemRole.IN_FIRST_USER:
            return fold_system(told)
        if family.system is SystemRole.DROPPED:
            return drop_system(told)
    return told


def _rendered(family: Family, messages: tuple[Message, ...], thinking: bool | None) -> AdaptedPrompt:
    if family.system is SystemRole.DROPPED:
        messages = drop_system(messages)
    prompt = family.render(messages, RenderOptions(thinking=thinking))
    opens = family.thinking is not None and family.thinking.opens_in_prompt and thinking is not False
    return AdaptedPrompt(messages, prompt, family.stop, opens_with_thinking=opens)

"""Decides everything about a request before it is sent: what fits, in which form, with which limits; asks nobody."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from llm.config import ModelConfig
from llm.context import ESTIMATE_ERROR, Budget, Fitted, budget_for, fit, shrink
from llm.learned import Learned
from llm.prompts.adapter import AdaptedPrompt, ModelPromptAdapter, PromptFacts
from llm.servers.kinds import FoundModel, ServerKind
from llm.servers.profiles.base import Asking, ServerProfile
from llm.servers.profiles.registry import profile_of
from llm.types import ChatRequest, JsonMode, Message, ModelCapabilities, Role

UNTOLD_CLOUD_CONTEXT = 32_768
"""For a cloud that does not tell: all its models of today hold this, and a loud refusal corrects it."""
SMALLEST_ANSWER = 64
CLOUDS = frozenset({ServerKind.OPENAI, ServerKind.OPENROUTER})


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One model on one server as far as that is known.

    `context` is the length that holds, in tokens, None: nobody has told. `found` is what the server says of it,
    `capabilities` what is configured, else what was found out by asking the model. `version` is the server's.
    """

    kind: ServerKind = ServerKind.GENERIC
    context: int | None = None
    found: FoundModel | None = None
    local: bool = True
    capabilities: ModelCapabilities = ModelCapabilities()  # noqa: RUF009 - frozen
    version: str = ""

    @property
    def profile(self) -> ServerProfile:
        """How servers of its kind are spoken to."""
        return profile_of(self.kind)

    @property
    def drops_silently(self) -> bool:
        """Whether too long a prompt is cut with a good status, as was seen or as is usual for the kind of server."""
        seen = self.capabilities.silent_truncation
        return self.profile.drops_silently if seen is None else seen

    @property
    def continues(self) -> bool:
        """Whether it goes on with an answer whose beginning is the last message."""
        return self.profile.continues and self.capabilities.prefill is not False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request ready to be sent, and what will be needed when it fails or its usage is known.

    `prompt_tokens` is our estimate. `shrunk`: it was made smaller after the server had refused it. `question_cut`: of
    the newest message only the beginning and the end are sent.
    """

    asking: Asking
    fitted: Fitted = field(repr=False)
    budget: Budget
    opening_missing: bool
    question_cut: bool = False
    shrunk: bool = False

    @property
    def prompt_tokens(self) -> int:
        """About how many tokens the prompt has."""
        return self.fitted.prompt_tokens


class Preparation:
    """Prepares requests for one model."""

    def __init__(self, config: ModelConfig, served: ServedModel, learned: Learned, adapter: ModelPromptAdapter) -> None:
        self._config = config
        self._served = served
        self._learned = learned
        self._adapter = adapter

    @property
    def json_modes(self) -> tuple[JsonMode, ...]:
        """The ways to hold an answer to JSON that the server honours and has not refused, the surest first."""
        refused, works = self._learned.adjustments.no_json, self._served.capabilities.json_mode
        offered = self._served.profile.json_modes
        if works in offered:
            offered = offered[offered.index(works) :]
        return tuple(mode for mode in offered if mode not in refused) or (JsonMode.PROMPT,)

    @property
    def context(self) -> int:
        """The length that is reckoned with, in tokens."""
        known = self._known_context()
        if known is None and (self._served.kind in CLOUDS or not self._served.local):
            known = UNTOLD_CLOUD_CONTEXT
        met = self._learned.context
        if known is None:
            known = met or budget_for(None, None).context
        return known if met is None else min(known, met)

    def prepare(self, request: ChatRequest) -> Prepared:
        """Fit a conversation into the model and bring it into its form. Raises as `adapt_prompt` does."""
        budget = self._budget(request)
        # Where a limit was met, or would be in silence, nobody has to be asked whether a long question fits.
        if request.whole:
            whole = Fitted(request.messages, self._learned.tokens.estimate(request.messages), 0)
            return self._put_together(request, whole, budget)
        certain = self._served.drops_silently or self._learned.context is not None
        fitted = fit(request.messages, budget, self._learned.tokens, cut_newest=certain)
        return self._put_together(request, fitted, budget)

    def smaller(self, request: ChatRequest, before: Prepared) -> Prepared | None:
        """The same request with strictly fewer tokens, or None when nothing can be left out; made once only."""
        if before.shrunk or request.whole:
            return None
        budget = self._budget(request)
        fitted = shrink(before.fitted.messages, budget, self._learned.tokens, below=before.prompt_tokens)
        return None if fitted is None else replace(self._put_together(request, fitted, budget), shrunk=True)

    def context_of_prompt(self, request: ChatRequest, prompt_tokens: int) -> int:
        """The context under which a prompt like this gets so many tokens, the room for the answer beside it."""
        wanted = self._wanted_tokens(request)
        return prompt_tokens + (wanted if wanted is not None else prompt_tokens // 3)

    def _budget(self, request: ChatRequest) -> Budget:
        begun = self._learned.tokens.estimate_text(request.continue_from) if request.continue_from else 0
        return budget_for(max(1, self.context - begun), self._wanted_tokens(request))

    def _wanted_tokens(self, request: ChatRequest) -> int | None:
        return request.max_tokens if request.max_tokens is not None else self._config.max_tokens

    def _known_context(self) -> int | None:
        """What is configured, what the server tells, what the name tells."""
        return self._served.context or self._served.profile.context_of(self._config.name)

    def _put_together(self, request: ChatRequest, fitted: Fitted, budget: Budget) -> Prepared:
        config, adjustments = self._config, self._learned.adjustments
        wanted = False if request.continue_from else request.thinking  # reasoning would have to come before
        no_switch = adjustments.no_thinking_switch or self._served.capabilities.thinking_switch is False
        thinking = None if no_switch else wanted
        adapted = self._adapter.adapt_prompt(config, fitted.messages, facts=self._facts(), thinking=thinking)
        mode = self._json_mode(request)
        continued = bool(request.continue_from) and self._served.continues and adapted.prompt is None
        begun = (Message(Role.ASSISTANT, request.continue_from),) if continued else ()
        asking = Asking(
            model=config.name,
            messages=(*adapted.messages, *begun),
            prompt=adapted.prompt,
            max_tokens=self._answer_tokens(request, fitted, budget, adapted),
            temperature=self._temperature(request),
            stop=(*adapted.stop, *request.stop),
            seed=request.seed,
            json_mode=mode,
            json_schema=request.json.schema if request.json is not None else None,
            thinking=thinking,
            context=self._known_context(),
            keep_alive=config.keep_alive,
            without=adjustments.without,
            continued=continued,
            tools=request.tools,
        )
        return Prepared(
            asking=asking,
            fitted=fitted,
            budget=budget,
            opening_missing=self._opening_missing(adapted),
            question_cut=bool(request.messages) and fitted.messages[-1:] != request.messages[-1:],
        )

    def _facts(self) -> PromptFacts:
        found, adjustments = self._served.found, self._learned.adjustments
        told = found.system_role if found is not None else None
        configured = self._served.capabilities.system_role
        if configured is None:
            configured = self._config.capabilities.system_role
        return PromptFacts(
            system_role=False if adjustments.fold_system else configured if configured is not None else told,
            template=found.template if found is not None else None,
            own_template=adjustments.own_template and self._served.profile.has_completions,
            trusted=self._served.kind in CLOUDS,
        )

    def _json_mode(self, request: ChatRequest) -> JsonMode | None:
        if request.json is None:
            return None
        mode = request.json.mode
        if mode is None or mode in self._learned.adjustments.no_json:
            mode = self.json_modes[0]
        if mode is JsonMode.SCHEMA and request.json.schema is None and JsonMode.OBJECT in self.json_modes:
            return JsonMode.OBJECT
        return mode

    def _temperature(self, request: ChatRequest) -> float | None:
        if request.temperature is None:
            return None
        low, high = self._config.temperature_range
        return min(max(request.temperature, low), high)

    def _answer_tokens(
        self, request: ChatRequest, fitted: Fitted, budget: Budget, adapted: AdaptedPrompt
    ) -> int | None:
        """How long the answer may be: never more than is left beside the prompt.

        Where the server would run over its context in silence, or must be told a limit, it is told what is left.
        """
        left = max(SMALLEST_ANSWER, budget.context - math.ceil(fitted.prompt_tokens * (1 + ESTIMATE_ERROR)))
        wanted = self._wanted_tokens(request)
        known = self._known_context() is not None or self._learned.context is not None
        if wanted is not None:
            return min(wanted, left) if known else wanted
        profile = self._served.profile
        if not (profile.limits_answer or self._served.drops_silently or adapted.prompt is not None):
            return None
        return left if known else min(left, budget.reserve)

    def _opening_missing(self, adapted: AdaptedPrompt) -> bool:
        learned = self._learned.opening_missing
        return adapted.opens_with_thinking if learned is None else learned

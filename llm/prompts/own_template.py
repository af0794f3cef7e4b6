"""A prompt template that a person has written into the settings, made to serve a whole conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from llm.prompts.canonical import fold_system
from llm.types import Message, Role

_PLACEHOLDER = re.compile(r"\{([a-z_]{1,20})\}")
_USER = ("user", "prompt")
_KNOWN = frozenset({"system", "history", *_USER})
_SPECIAL = re.compile(
    r"<\|[^|<>\s]{1,60}\|>|<｜[^｜<>]{1,60}｜>|\[/?[A-Z_]{3,20}\]|</?s>|<<?/?[A-Z]{3}>?>|</?[a-z]+_of_turn>"
)
_WORD = re.compile(r"\S+")


class TemplateProblem(StrEnum):
    """Why a text is no template."""

    NO_USER = "no_user"
    TWICE = "twice"
    UNKNOWN = "unknown"
    ORDER = "order"


class BadTemplate(ValueError):
    """A text that is no template; `where` is the placeholder that it is about."""

    def __init__(self, problem: TemplateProblem, where: str) -> None:
        self.problem = problem
        self.where = where
        super().__init__(_WORDS[problem].format(where=f"{{{where}}}"))


_WORDS = {
    TemplateProblem.NO_USER: "must have {where} in the place of what a person says",
    TemplateProblem.TWICE: "has {where} more than once",
    TemplateProblem.UNKNOWN: "has {where}; allowed are {{system}}, {{history}} and {{user}}",
    TemplateProblem.ORDER: "must have {where} before what a person says",
}


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A template in its parts.

    `head` and `turn_end` stand around the system text, `gap` before the first turn; a turn is `before_user`, what the
    person says, `after_user`, and an answer ends with `answer_end`. With `inside` the system text stands inside the
    first turn; without `takes_system` there is no place for it, and it joins the first question.
    """

    head: str
    system_end: str
    before_user: str
    after_user: str
    answer_end: str
    inside: bool
    tokens: tuple[str, ...]
    takes_system: bool = True

    @classmethod
    def parse(cls, text: str) -> OwnTemplate:
        """Read a template with `{system}`, `{user}` (or `{prompt}`) and perhaps `{history}`; raises BadTemplate.

        It is mostly written for a single question. The part that is a turn is found by its first mark: when the text
        before `{system}` begins with one that comes again before `{user}` (`<|im_start|>`, `###`), a turn begins at
        the last of those, and what stands between ends one. Otherwise the whole template without `{system}` is a turn.
        """
        text = text.replace("\\n", "\n")
        user = _check(text)
        before, after_user = text.split(user, 1)
        before = before.replace("{history}", "")
        tokens = tuple(dict.fromkeys(_SPECIAL.findall(text)))
        if "{system}" not in before:
            return cls("", "", before, after_user, "\n", inside=False, tokens=tokens, takes_system=False)
        head, between = before.split("{system}", 1)
        mark = _first_mark(head)
        if mark and (start := between.rfind(mark)) >= 0:
            end = between[:start]
            return cls(head, end, between[start:], after_user, end or "\n", inside=False, tokens=tokens)
        return cls(head, between, head + between.lstrip(), after_user, "\n", inside=True, tokens=tokens)

    @property
    def stop(self) -> tuple[str, ...]:
        """Marks that end an answer: special tokens only, since common words would cut answers (servers.md 12.4)."""
        ends = _SPECIAL.findall(self.answer_end) or [token for token in self.tokens if token in _ENDS]
        begins = _SPECIAL.findall(self.before_user)[:1]
        return tuple(dict.fromkeys(ends + begins))

    @property
    def control_tokens(self) -> tuple[str, ...]:
        """The special tokens of the template, which may not stand in what people write."""
        return self.tokens

    def render(self, messages: Sequence[Message]) -> str:
        """Write canonical messages."""
        if not self.takes_system:
            messages = fold_system(messages)
        system = messages[0].text if messages and messages[0].role is Role.SYSTEM else ""
        written = [self.head + system + self.system_end] if system and not self.inside else []
        first = True
        for message in messages:
            if message.role is Role.USER:
                begin = self.head + system + self.system_end if first and self.inside and system else self.before_user
                written += (begin, message.text, self.after_user)
                first = False
            elif message.role is Role.ASSISTANT:
                written += (message.text, self.answer_end)
        return "".join(written)


_ENDS = frozenset({"</s>", "<|im_end|>", "<|eot_id|>", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "<end_of_turn>"})


def _check(text: str) -> str:
    """The placeholder for what a person says; raises BadTemplate."""
    places: Mapping[str, int] = {}
    found = [match[1] for match in _PLACEHOLDER.finditer(text)]
    for name in found:
        if name not in _KNOWN:
            raise BadTemplate(TemplateProblem.UNKNOWN, name)
    users = [name for name in found if name in _USER]
    if not users:
        raise BadTemplate(TemplateProblem.NO_USER, "user")
    for name in ("system", "history"):
        if found.count(name) > 1:
            raise BadTemplate(TemplateProblem.TWICE, name)
    if len(users) > 1:
        raise BadTemplate(TemplateProblem.TWICE, users[0])
    places = {name: text.index(f"{{{name}}}") for name in found}
    for name in ("system", "history"):
        if places.get(name, -1) > places[users[0]]:
            raise BadTemplate(TemplateProblem.ORDER, name)
    return f"{{{users[0]}}}"


def _first_mark(head: str) -> str:
    stripped = head.strip()
    special = _SPECIAL.match(stripped)
    word = _WORD.match(stripped)
    return special[0] if special else word[0] if word else ""

"""What a simulated model is given, what it answers, and the honest one: it does what it is asked, in general."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.fakes.simulated.base import Call
from tests.fakes.simulated.brain import Said
from tests.fakes.zoo import skills
from tests.fakes.zoo.json_skills import extracted, filled
from tests.fakes.zoo.pictures import colours
from tests.fakes.zoo.speech import is_russian, small_talk


@dataclass(frozen=True, slots=True)
class Prompt:
    """What has reached a model.

    `tools` are functions in OpenAI's form. `held`: the server lets through JSON only, in the form of `schema` (None:
    any object). `continued`: the last message is the beginning of the answer. `thinking` is the wish of who asks, None:
    no wish.
    """

    messages: Sequence[Said]
    tools: Sequence[Mapping[str, object]] = ()
    held: bool = False
    schema: Mapping[str, object] | None = None
    continued: bool = False
    thinking: bool | None = None

    @property
    def question(self) -> Said:
        """The newest message of a person."""
        return next((one for one in reversed(self.messages) if one.role == "user"), Said("user", ""))

    @property
    def system(self) -> str:
        """The instructions of the system, or nothing."""
        return "\n".join(one.text for one in self.messages if one.role == "system")

    @property
    def everything(self) -> str:
        """All texts, in their order."""
        return "\n\n".join(one.text for one in self.messages)


@dataclass(frozen=True, slots=True)
class Thought:
    """What a model writes: its text, its reasoning where that is told apart, functions that it calls."""

    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = field(default=())


Mind = Callable[[Prompt], Thought]


def honest(prompt: Prompt) -> Thought:
    """Does as it is asked, as far as words reach: no probe is known here, only ways of asking."""
    question = prompt.question
    if prompt.continued:
        return Thought(skills.continued(question.text, prompt.messages[-1].text))
    if prompt.held:
        return Thought(filled(prompt.schema, question.text))
    if (call := skills.call_for(question.text, prompt.tools)) is not None:
        return Thought(calls=(call,))
    if (word := skills.only_word(f"{prompt.system}\n{question.text}")) is not None:
        return Thought(word)
    for skill in (skills.exact_word, skills.counted, skills.listed, extracted, skills.reckoned):
        if (answer := skill(question.text)) is not None:
            return Thought(answer)
    if (seen := colours(question.text, question.images)) is not None:
        return Thought(seen)
    if (told := skills.recalled(question.text, prompt.everything)) is not None:
        return Thought(told)
    return Thought(small_talk(question.text, russian=is_russian(question.text)))

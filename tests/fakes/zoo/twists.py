"""What makes a mind another one than the honest: each twist takes a mind and gives one that differs in one thing."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from tests.fakes.simulated.base import without_oldest
from tests.fakes.simulated.brain import Said
from tests.fakes.zoo.json_skills import filled
from tests.fakes.zoo.mind import Mind, Prompt, Thought
from tests.fakes.zoo.speech import beside_the_point, is_russian, small_talk

_LETTERS = re.compile(r"[^\W\d_]")
_CHINESE = "好的我明白了今天天气很好我们去公园散步吧"
_REASONING = "The person wants an answer. Let me see what exactly is asked. That is simple enough."
_ENGLISH_TEXT = (
    " and then he went home, because it was late and the rain had not stopped since the morning. His sister was waiting"
    " at the door with a lamp in her hand, and neither of them spoke of what had been said in the village. "
) * 4
_RUSSIAN_TEXT = (
    " Что нового на работе? Давно не виделись, а время летит. Вчера весь вечер шёл дождь, и мы сидели дома, пили чай"
    " и вспоминали прошлое лето у моря. "
) * 4


def deaf_to_system(mind: Mind) -> Mind:
    """The template leaves system messages out."""

    def answer(prompt: Prompt) -> Thought:
        return mind(replace(prompt, messages=[one for one in prompt.messages if one.role != "system"]))

    return answer


def echo(prompt: Prompt) -> Thought:
    """Says what was said to it."""
    return Thought(filled(prompt.schema, "") if prompt.held else prompt.question.text)


def silence(prompt: Prompt) -> Thought:
    """Says nothing."""
    return Thought()


def base_model(prompt: Prompt) -> Thought:
    """Was never taught to answer: goes on with the text as a book would."""
    if prompt.held:
        return Thought(filled(prompt.schema, ""))
    if prompt.continued:
        return Thought(_continued_numbers(prompt.messages))
    return Thought(_RUSSIAN_TEXT if is_russian(prompt.question.text) else _ENGLISH_TEXT)


def in_english(mind: Mind) -> Mind:
    """Answers in English whatever the language of the question."""

    def answer(prompt: Prompt) -> Thought:
        if is_russian(prompt.question.text) and not prompt.held:
            return Thought(small_talk("hello", russian=False))
        return mind(prompt)

    return answer


def in_chinese(mind: Mind) -> Mind:
    """Understands everything and writes Chinese: letters become characters, numbers and JSON stay."""

    def answer(prompt: Prompt) -> Thought:
        thought = mind(prompt)
        if thought.calls or _is_json(thought.text):
            return thought
        signs = iter(_CHINESE * 20)
        return replace(thought, text=_LETTERS.sub(lambda _: next(signs), thought.text))

    return answer


def wordy_json(mind: Mind) -> Mind:
    """Puts friendly words around JSON wherever nothing keeps it from that."""

    def answer(prompt: Prompt) -> Thought:
        thought = mind(prompt)
        if prompt.held or not _is_json(thought.text):
            return thought
        return replace(thought, text=f"Sure! Here is what you need:\n\n```json\n{thought.text}\n```\n\nAnything else?")

    return answer


def broken_json(mind: Mind) -> Mind:
    """Forgets the quotes around names, and the last brace."""

    def answer(prompt: Prompt) -> Thought:
        thought = mind(prompt)
        if not _is_json(thought.text):
            return thought
        return replace(thought, text=re.sub(r'"(\w+)":', r"\1:", thought.text).rstrip("}"))

    return answer


def sometimes(mind: Mind, *, share: float, seed: int) -> Mind:
    """Does what it is asked in this share of cases only, and speaks beside the point otherwise.

    Going on with a text is no matter of will.
    """
    chance = random.Random(seed)

    def answer(prompt: Prompt) -> Thought:
        if prompt.continued or chance.random() < share:
            return mind(prompt)
        return Thought(filled(prompt.schema, "") if prompt.held else beside_the_point(prompt.question.text))

    return answer


def forgets_the_beginning(mind: Mind, tokens: int) -> Mind:
    """Attends to the newest so many tokens only, although all of them reach it."""

    def answer(prompt: Prompt) -> Thought:
        return mind(replace(prompt, messages=without_oldest(prompt.messages, tokens)))

    return answer


def begins_anew(mind: Mind) -> Mind:
    """A beginning that somebody else made is one more message to it, which it answers."""

    def answer(prompt: Prompt) -> Thought:
        return mind(replace(prompt, continued=False))

    return answer


class Reasoning(Enum):
    """Where reasoning stands."""

    APART = "apart"
    """The server tells it apart."""
    INSIDE = "inside"
    """In the text, between tags."""
    UNOPENED = "unopened"
    """In the text, and the opening tag was a part of the prompt."""


def thinks(mind: Mind, where: Reasoning, *, always: bool) -> Mind:
    """Reasons before it answers; unless `always`, only as long as it is not told to leave that."""

    def answer(prompt: Prompt) -> Thought:
        thought = mind(prompt)
        if prompt.continued or (prompt.thinking is False and not always):
            return thought
        if where is Reasoning.APART:
            return replace(thought, thinking=_REASONING)
        if prompt.held:  # the grammar holds from the first token on
            return thought
        opening = "<think>\n" if where is Reasoning.INSIDE else ""
        return replace(thought, text=f"{opening}{_REASONING}\n</think>\n\n{thought.text}")

    return answer


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _continued_numbers(messages: Sequence[Said]) -> str:
    numbers = [int(number) for number in re.findall(r"\d+", messages[-1].text)]
    if len(numbers) < 2:
        return _ENGLISH_TEXT
    step = numbers[-1] - numbers[-2]
    return "".join(f" {numbers[-1] + step * n}" for n in range(1, 40))

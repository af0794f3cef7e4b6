"""How long answers are: what is expected of a model for a task before it answers."""

from __future__ import annotations

from llm.types import Task

FIRST_TOKENS = {Task.CHAT: 300.0, Task.CLASSIFICATION: 12.0, Task.AUGMENTATION: 200.0, Task.PROBE: 8.0}
MEMORY = 50
"""Of so many answers the mean is formed; older ones lose weight."""


class AnswerLengths:
    """The mean number of tokens of answers, for each model and task."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Task], tuple[float, int]] = {}

    def expected(self, model: str, task: Task, most: int | None = None) -> float:
        """How many tokens an answer will have, at most so many."""
        known = self._known.get((model, task))
        tokens = FIRST_TOKENS[task] if known is None else known[0]
        return tokens if most is None or tokens < most else float(most)

    def learn(self, model: str, task: Task, tokens: int) -> None:
        """Take note of the length of an answer."""
        mean, count = self._known.get((model, task), (0.0, 0))
        count = min(count + 1, MEMORY)
        self._known[model, task] = (mean + (tokens - mean) / count, count)

    def values(self) -> list[tuple[str, Task, float, int]]:
        """All that is known: model, task, tokens, from how many answers."""
        return [(model, task, mean, count) for (model, task), (mean, count) in self._known.items()]

    def set_values(self, values: list[tuple[str, Task, float, int]]) -> None:
        """Take values of `values()` over."""
        self._known.update({(model, task): (mean, count) for model, task, mean, count in values})

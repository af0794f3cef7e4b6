"""Models of single tasks: first for theirs, backed by the others, and no choice for anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llm.errors import FailureKind
from llm.types import ChatRequest, Task, Why
from tests.llm.routing.stage import SILENT, Stage, kinds, play
from tests.llm.routing.virtual import HELLO, OK, REFUSED, Act

CODE = replace(HELLO, kind="code")


def models_of(stage: Stage, request: ChatRequest) -> list[str]:
    return [target.source.name for target in stage.manager.order_for(request)]


def set_tasks(stage: Stage, **tasks: str) -> None:
    for client, target in zip(stage.clients, stage.targets, strict=True):
        target.task = tasks.get(client.name, "")


def test_the_model_of_a_kind_is_asked_first_for_that_kind_only():
    async def scene(stage: Stage) -> None:
        set_tasks(stage, c="code")
        answered = await stage.manager.chat_with_fallback(CODE)
        assert kinds(answered.attempts) == [("c", None)]
        assert (answered.attempts[0].why, stage.rows.rows[0].instead_of) == (Why.OF_TASK, None)
        assert (await stage.ask()).attempts[0].why is Why.FIRST_CHOICE
        assert models_of(stage, HELLO) == ["a", "b"]
        assert models_of(stage, replace(HELLO, kind="maths")) == ["a", "b"]
        assert [target.source.name for target in stage.manager.order] == ["a", "b"]

    play(scene, OK, OK, OK)


def test_a_task_is_told_from_a_kind_of_the_same_name():
    async def scene(stage: Stage) -> None:
        set_tasks(stage, b="classification", c="augmentation", d="chat")
        assert models_of(stage, replace(HELLO, task=Task.CLASSIFICATION)) == ["b", "a"]
        assert models_of(stage, replace(HELLO, task=Task.AUGMENTATION, kind="chat")) == ["c", "a"]
        assert models_of(stage, HELLO) == ["a"], "a message of no known kind is none of the kind chat"
        assert models_of(stage, replace(HELLO, kind="chat")) == ["d", "a"]

    play(scene, OK, OK, OK, OK)


@pytest.mark.parametrize("act", [REFUSED, SILENT, Act(words=(), failure=FailureKind.AUTH, status=401)])
def test_a_dead_model_of_a_task_does_not_stop_the_task(act: Act):
    async def scene(stage: Stage) -> None:
        set_tasks(stage, c="code")
        answered = await stage.manager.chat_with_fallback(CODE)
        assert answered.result.model == "a"
        assert [one.why for one in answered.attempts] == [Why.OF_TASK, Why.NEXT]
        assert stage.rows.rows[-1].instead_of == "c"

    play(scene, OK, OK, act)


def test_a_paused_model_of_a_task_is_passed_over_even_without_fallback():
    async def scene(stage: Stage) -> None:
        set_tasks(stage, b="code")
        assert models_of(stage, CODE) == ["b"]
        stage.targets[1].paused = True
        assert models_of(stage, CODE) == ["a"]

    play(scene, OK, OK, fallback_enabled=False)


def test_what_an_admin_prefers_comes_after_the_model_of_the_task():
    async def scene(stage: Stage) -> None:
        set_tasks(stage, c="code")
        stage.manager.prefer(stage.targets[1])
        assert models_of(stage, CODE) == ["c", "b", "a"]
        stage.manager.prefer(stage.targets[2])
        assert models_of(stage, CODE) == ["c", "a", "b"]
        assert models_of(stage, HELLO) == ["c", "a", "b"]

    play(scene, OK, OK, OK)

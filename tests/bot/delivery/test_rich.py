"""Rich messages are for those who want them, where they are worth it, and never cost an answer."""

from __future__ import annotations

import pytest

from bot.delivery.rich import rich_markdown
from tests.bot.delivery.conftest import CHAT, Stage

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"


@pytest.mark.parametrize("markdown", [TABLE, "# Title\n\ntext", "so $x^2$", "\\[ x \\]", "- [ ] todo", "word " * 1000])
def test_what_gains_by_it_becomes_rich(markdown: str) -> None:
    assert rich_markdown(markdown, "") is not None


@pytest.mark.parametrize("markdown", ["plain **bold** `code`", "```\ncode\n```", "- a\n- b", ""])
def test_what_a_classic_message_shows_as_well_stays_classic(markdown: str) -> None:
    assert rich_markdown(markdown, "") is None


@pytest.mark.parametrize(
    "markdown",
    [
        "# Title\n" + "x" * 32_800,
        "# Title\n" + "a\n\n" * 600,
        "# Title\n" + "> " * 20 + "deep",
        "|" + "a|" * 21 + "\n|" + "-|" * 21 + "\n|" + "b|" * 21,
    ],
)
def test_what_is_over_a_limit_stays_classic(markdown: str) -> None:
    assert rich_markdown(markdown, "") is None


def test_html_is_shown_as_text_and_code_is_left_alone() -> None:
    rich = rich_markdown("# T\n\n<details>x</details> `<b>`\n\n```\n<i>\n```", "a_note_")
    assert rich == "# T\n\n&lt;details>x&lt;/details> `<b>`\n\n```\n<i>\n```\n\na\\_note\\_"


async def test_a_person_who_wants_it_gets_a_rich_message(stage: Stage) -> None:
    ids = await stage.deliver(TABLE, rich=True)
    (message,) = stage.playground.messages(CHAT)
    assert message.blocks
    assert ids == (message.message_id,)
    assert stage.first_messages == list(ids)


async def test_a_person_who_does_not_gets_a_classic_one(stage: Stage) -> None:
    await stage.deliver(TABLE)
    assert stage.calls("sendRichMessage") == []


async def test_a_refused_rich_message_arrives_as_a_classic_one(stage: Stage) -> None:
    stage.playground.faults.fail("sendRichMessage", description="Bad Request: rich message is invalid")
    await stage.deliver(TABLE, rich=True)
    assert len(stage.texts()) == 1
    await stage.deliver(TABLE, rich=True)
    assert len(stage.calls("sendRichMessage")) == 2


async def test_a_server_that_does_not_know_rich_messages_is_asked_once(stage: Stage) -> None:
    stage.playground.faults.unknown("sendRichMessage")
    for _ in range(2):
        await stage.deliver(TABLE, rich=True)
    assert len(stage.calls("sendRichMessage")) == 1
    assert len(stage.texts()) == 2


async def test_the_message_of_the_frames_becomes_the_rich_one(stage: Stage) -> None:
    async with stage.open(private=False, rich=True) as delivery:
        await delivery.show(TABLE)
        await stage.until_called("sendMessage")
        ids = await delivery.finish(TABLE)
    (message,) = stage.playground.messages(CHAT)
    assert message.blocks
    assert ids == (message.message_id,)

"""Code that is too long for a message comes as a file, and the answer says so."""

from __future__ import annotations

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.delivery.answer import deliver_answer
from bot.delivery.code_files import CodeFile, without_long_code
from bot.delivery.formatted import MESSAGE_LIMIT
from tests.bot.delivery.conftest import CHAT, Stage
from tests.bot.delivery.test_answer import Record, Words, completed, told

AGAIN = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Again", callback_data="again")]])
CODE = "\n".join(f"value_{number} = {number}  # '\\* <b> $x$ |" for number in range(300))
ANSWER = f"Here it is:\n\n```python\n{CODE}\n```\n\nThat **was** it."


def in_file(name: str, lines: int) -> str:
    return f"{lines} lines in {name}"


def test_long_code_is_taken_out_and_its_beginning_stays() -> None:
    shown, files = without_long_code(ANSWER, in_file)
    assert files == (CodeFile("code.py", CODE, "python"),)
    assert shown.startswith("Here it is:\n\n```python\nvalue_0 = 0")
    assert "*300 lines in code.py*" in shown
    assert "value_50" not in shown
    assert shown.endswith("That **was** it.")


@pytest.mark.parametrize("length", [MESSAGE_LIMIT, MESSAGE_LIMIT + 1])
def test_the_limit_is_what_one_message_holds(length: int) -> None:
    _, files = without_long_code(f"text\n```\n{'x' * length}\n```", in_file)
    assert len(files) == (length > MESSAGE_LIMIT)


@pytest.mark.parametrize(
    ("opening", "first", "name"),
    [
        ("```rust", "fn main() {}", "code.rs"),
        ("```C++", "int x;", "code.cpp"),
        ("```", "anything", "code.txt"),
        ("~~~ js title=x", "let x", "code.js"),
        ("```python", "# src/app/main.py", "main.py"),
        ("```ts", "// index.d.ts", "index.d.ts"),
        ("```html", "<!-- index.html -->", "index.html"),
        ("```python", "# see main.py for more", "code.py"),
        ("```sh", "# ../../.bashrc", "code.sh"),
    ],
)
def test_the_file_is_named_by_its_first_line_or_by_the_language(opening: str, first: str, name: str) -> None:
    _, files = without_long_code(f"{opening}\n{first}\n{CODE}\n{opening[:3]}", in_file)
    assert [file.name for file in files] == [name]


def test_two_files_have_two_names_and_code_in_a_list_loses_its_indentation() -> None:
    indented = CODE.replace("\n", "\n  ")
    shown, files = without_long_code(f"- one\n\n  ```py\n  {indented}\n  ```\n- two\n\n{ANSWER}", in_file)
    assert [file.name for file in files] == ["code.py", "code-2.py"]
    assert [file.code for file in files] == [CODE, CODE]
    assert "\n- two\n" in shown


def test_code_that_was_never_closed_is_a_file_too() -> None:
    _, files = without_long_code(f"text\n\n```go\n{CODE}", in_file)
    assert [file.code for file in files] == [CODE]


@pytest.mark.parametrize("rich", [True, False])
async def test_the_file_follows_the_answer_without_a_sound_and_carries_the_keyboard(stage: Stage, rich: bool) -> None:
    async with stage.open(rich=rich) as delivery:
        outcome = completed(f"# Title\n\n{ANSWER}")
        delivered = await deliver_answer(told(outcome), delivery, Words(), markup_for=lambda _: AGAIN)
    text, document = stage.playground.messages(CHAT)
    assert delivered.message_ids == (text.message_id, document.message_id)
    assert delivered.outcome == outcome
    assert bool(text.blocks) == rich
    assert "300 lines in code.py" in text.text
    assert document.document is not None
    assert document.document.name == "code.py"
    assert await stage.playground.world.files.content(document.document.file_id) == CODE.encode()
    assert [message.markup is not None for message in (text, document)] == [False, True]
    assert stage.calls("sendDocument")[0].params["disable_notification"] == "true"


async def test_where_files_are_refused_the_code_comes_as_messages(stage: Stage) -> None:
    stage.playground.faults.fail("sendDocument", description="Bad Request: not enough rights to send documents")
    async with stage.open() as delivery:
        await deliver_answer(told(completed(ANSWER)), delivery, Words(), markup_for=lambda _: AGAIN)
    first, *rest = stage.playground.messages(CHAT)
    assert "\n".join(message.text for message in rest) == CODE
    assert [message.markup is not None for message in (first, *rest)] == [False] * len(rest) + [True]


async def test_the_answer_that_is_kept_has_all_of_its_code() -> None:
    record = Record()
    delivered = await deliver_answer(told(completed(ANSWER)), record, Words())
    assert delivered.outcome == completed(ANSWER)
    assert record.files == (CodeFile("code.py", CODE, "python"),)
    assert record.final is not None
    assert CODE not in record.final[0]


async def test_only_the_first_message_of_an_answer_rings(stage: Stage) -> None:
    await stage.deliver("\n".join(f"line {number} " + "x" * 40 for number in range(250)))
    rings = [call.params.get("disable_notification") for call in stage.calls("sendMessage")]
    assert rings == [None, "true", "true", "true"]

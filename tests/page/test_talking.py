"""A talk on the page: sent, streamed, stopped, gone on with by buttons, edited, answered to, valued."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import ME
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Step, Stream
from tests.page.conftest import Sit

pytestmark = pytest.mark.asyncio(loop_scope="session")

SLOW = Stream(tokens=["Once ", "upon ", "a time "], end=Step.HANG)


async def test_an_answer_is_seen_while_it_is_written_and_stop_keeps_what_there_is(
    sit: Sit, models: ModelServer
) -> None:
    models.script(SLOW)
    async with sit() as sitting:
        await sitting.say("Tell me a story")
        await expect(sitting.page.locator(".draft")).to_contain_text("Once upon")
        await sitting.page.get_by_role("button", name="Stop").click()
        await sitting.sees("Once upon a time")
        await expect(sitting.page.locator(".draft")).to_have_count(0)


async def test_the_buttons_below_an_answer_work(sit: Sit, models: ModelServer) -> None:
    models.script(Stream("First answer"), Stream("Second answer"))
    async with sit() as sitting:
        await sitting.say("Hello")
        await sitting.sees("First answer")
        await sitting.answers.last.locator(".key").first.click()
        await sitting.sees("Second answer")


async def test_settings_are_changed_by_their_buttons(sit: Sit) -> None:
    async with sit() as sitting:
        await sitting.say("/settings")
        await expect(sitting.answers.last.locator(".key").first).to_be_visible()
        before = await sitting.answers.last.inner_text()
        await sitting.answers.last.locator(".key").nth(1).click()
        await expect(sitting.answers.last).not_to_have_text(before)


async def test_ones_own_message_is_edited_and_the_bots_answered_to_and_valued(sit: Sit, models: ModelServer) -> None:
    models.script(Stream("About cats"), Stream("About dogs"), Stream("About birds"))
    async with sit() as sitting:
        page = sitting.page
        await sitting.say("cats")
        await sitting.sees("About cats")
        own = page.locator(".message.person").last
        await own.hover()
        await own.get_by_role("button", name="Edit").click()
        await page.locator("#text").fill("dogs")
        await page.keyboard.press("Enter")
        await expect(own).to_contain_text("edited")
        await sitting.sees("About dogs")
        await sitting.answers.last.hover()
        await sitting.answers.last.get_by_role("button", name="Good answer").click()
        await expect(sitting.answers.last.locator(".reaction")).to_have_text("👍")
        await sitting.answers.last.get_by_role("button", name="Reply").click()
        await expect(page.locator("#reply")).to_be_visible()
        await sitting.say("and birds")
        await sitting.sees("About birds")
        await expect(page.locator(".message.person .quoted")).to_have_count(1)


async def test_the_keyboard_alone_is_enough(sit: Sit, models: ModelServer) -> None:
    async with sit() as sitting:
        page, keys = sitting.page, sitting.page.keyboard
        await expect(page.locator("#text")).to_be_focused()
        await keys.type("one")
        await keys.press("Shift+Enter")
        await keys.type("two")
        await keys.press("Enter")
        await sitting.sees("Hello there!")
        assert sitting.house.page.messages(ME)[0].text == "one\ntwo"
        await keys.type("/he")
        await expect(page.locator("#menu")).to_be_visible()
        await keys.press("Escape")
        await expect(page.locator("#menu")).to_be_hidden()
        await page.locator("#text").fill("")
        reached = set()
        for _ in range(40):
            await keys.press("Tab")
            name, outline = await page.evaluate(
                "() => [document.activeElement.id || document.activeElement.className,"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
            reached.add(name)
            assert outline != "none" or name in {"text", ""} or name.startswith("scroller"), f"{name} shows no focus"
        assert {"text", "attach", "slash", "theme"} <= reached
        assert any(name.startswith("key") for name in reached)


async def test_what_a_model_writes_is_never_run(sit: Sit, models: ModelServer) -> None:
    hostile = (
        "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
        "[press](javascript:window.ran=1) <iframe src='https://example.org'></iframe><svg onload='window.ran=1'>"
    )
    models.script(Stream(hostile))
    async with sit() as sitting:
        await sitting.say("Be evil")
        await sitting.sees("window.ran")
        assert await sitting.page.evaluate("window.ran") is None
        assert await sitting.page.locator("#log script, #log iframe, #log [onerror], #log [onload]").count() == 0
        assert await sitting.page.locator("#log a[href^='javascript']").count() == 0

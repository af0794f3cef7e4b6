"""What reaches further than a talk: files, several people, groups with topics, inline mode, the inspector."""

from __future__ import annotations

import base64

import pytest
from playwright.async_api import expect

from bot.parts import PLAYGROUND_TOKEN
from tests.bot.playground.conftest import PNG
from tests.e2e.conftest import ADMIN, ME
from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream
from tests.page.conftest import Sit

pytestmark = pytest.mark.asyncio(loop_scope="session")

DROP = """([name, kind, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: kind }));
  const told = (type) => new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true });
  const area = document.getElementById('scroller');
  area.dispatchEvent(told('dragover'));
  const shown = !document.getElementById('drop').hidden;
  area.dispatchEvent(told('drop'));
  return shown;
}"""
VOICE = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(60)


async def test_files_come_by_the_picker_and_by_dropping_them(sit: Sit) -> None:
    async with sit() as sitting:
        page, told = sitting.page, sitting.house.page
        file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"milk and bread"}
        await page.locator("#file").set_input_files(file)  # type: ignore[arg-type]  # a TypedDict by another name
        await expect(page.locator("#attached")).to_contain_text("notes.txt")
        await sitting.say("What is this?")
        await expect(page.locator(".message.person .document")).to_have_count(1)
        dropped = await page.evaluate(DROP, ["cat.txt", "text/plain", base64.b64encode(b"meow").decode()])
        assert dropped, "the zone is shown while something hovers over it"
        await expect(page.locator("#drop")).to_be_hidden()
        await expect(page.locator("#attached")).to_contain_text("cat.txt")
        await page.locator("#send").click()
        await told.wait_for(lambda: len([one for one in told.messages(ME) if one.document]) == 2)


async def test_a_photo_is_sent_as_one_and_a_recording_as_a_voice_message(sit: Sit) -> None:
    async with sit() as sitting:
        told = sitting.house.page
        for name, kind, content in (("cat.png", "image/png", PNG), ("word.ogg", "audio/ogg", VOICE)):
            file = {"name": name, "mimeType": kind, "buffer": content}
            await sitting.page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
            await expect(sitting.page.locator("#attached")).to_contain_text(name)
            await sitting.page.locator("#send").click()
            await expect(sitting.page.locator("#attached")).to_be_hidden()
        await told.wait_for(lambda: any(one.photo for one in told.messages(ME)))
        await told.wait_for(lambda: any(one.voice for one in told.messages(ME)))


async def test_people_take_turns_and_each_has_a_chat_of_their_own(sit: Sit) -> None:
    async with sit() as sitting:
        page = sitting.page
        await sitting.say("I am me")
        await sitting.sees("Hello there!")
        await page.locator(".peer", has_text="Admin").click()
        await expect(page.locator("#log .message")).to_have_count(0)
        await sitting.say("/health")
        await expect(sitting.answers.last).to_be_visible()
        assert sitting.house.page.messages(ADMIN)
        await page.locator(".peer", has_text="Me").first.click()
        await expect(page.locator(".message.person").first).to_contain_text("I am me")


async def test_a_group_has_topics_and_inline_mode(sit: Sit, models: ModelServer) -> None:
    async with sit() as sitting:
        page, told = sitting.page, sitting.house.page
        await page.locator("#make-group").click()
        await expect(page.locator("#bot-name")).to_have_text("Test group")
        await page.get_by_role("button", name="New topic").click()
        await page.locator("#ask-text").fill("Cooking")
        await page.keyboard.press("Enter")
        topic = page.locator("#topics button", has_text="Cooking")
        await expect(topic).to_have_attribute("aria-pressed", "true")
        await sitting.say("/help")
        await sitting.answers.last.wait_for()
        group_id = next(iter(told.world.groups))
        assert told.messages(group_id)[-1].thread_id in told.world.chats[group_id].topics
        models.script(Stream("Because of the light."))
        await page.locator("#text").press_sequentially("@domovoy_playground_bot why is the sky blue?")
        await page.locator("#offers button").click()
        await expect(page.locator("#log")).to_contain_text("Because of the light.")
        await page.locator("#topics button", has_text="All").click()
        await expect(page.locator("#log .message").first).to_be_visible()


async def test_the_inspector_shows_the_calls_and_the_decision_and_never_the_token(sit: Sit) -> None:
    async with sit() as sitting:
        page = sitting.page
        await sitting.say("Hello")
        await sitting.sees("Hello there!")
        await sitting.answers.last.hover()
        await sitting.answers.last.get_by_role("button", name="What is behind this message").click()
        inspector = page.locator("#inspector")
        await expect(inspector.locator(".decision")).to_contain_text("tiny-1b answered")
        await expect(inspector.locator(".call").last).to_contain_text("sendMessage")
        await inspector.locator(".call summary").last.click()
        await expect(inspector.locator(".call pre").last).to_contain_text("message_id")
        assert PLAYGROUND_TOKEN not in await page.content()
        await page.keyboard.press("Escape")
        await expect(inspector).to_be_hidden()


async def test_on_a_phone_the_inspector_is_a_sheet(sit: Sit) -> None:
    async with sit(viewport={"width": 360, "height": 720}, has_touch=True, is_mobile=True) as sitting:
        await sitting.say("Hello")
        await sitting.sees("Hello there!")
        await expect(sitting.answers.last.locator(".key").first).to_be_visible()
        await sitting.answers.last.locator(".bubble").tap()
        await expect(sitting.answers.last.locator(".reaction")).to_have_count(0)
        await sitting.answers.last.get_by_role("button", name="What is behind this message").tap()
        await expect(sitting.page.locator("#inspector")).to_be_visible()
        box = await sitting.page.locator("#inspector").bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, 360)
        assert box["y"] > 50

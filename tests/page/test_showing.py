"""What the page shows: rich answers, both themes, narrow and wide, in both languages, with a name for each control."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.fakes.model_server import ModelServer
from tests.fakes.replies import Stream
from tests.page.conftest import Sit

pytestmark = pytest.mark.asyncio(loop_scope="session")

RICH = """## Rivers

| River | Length, km | Where |
|---|---:|---|
| Volga | 3530 | Europe |
| Lena | 4294 | Asia |

```python
print("a long line of code that is wider than a phone is, so that it has to be scrolled by itself: " * 2)
```

The area is $A = \\pi r^2$, and

$$\\int_0^1 x^2\\,dx = \\frac{1}{3}$$
"""
GROUND = "getComputedStyle(document.body).backgroundColor"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTROLS = """() => [...document.querySelectorAll('button, a[href], input, textarea, [role=button], [tabindex="0"]')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.tagName !== 'PRE')
  .filter((node) => {
    const name = node.getAttribute('aria-label') || node.getAttribute('aria-labelledby') || node.title;
    return !(name || node.innerText || '').trim();
  })
  .map((node) => node.outerHTML.slice(0, 120))"""


async def unnamed(page: Page) -> list[str]:
    """The controls that are to be seen and have no accessible name."""
    found: list[str] = await page.evaluate(CONTROLS)
    return found


async def test_tables_code_and_formulas_are_drawn_and_code_is_copied(sit: Sit, models: ModelServer) -> None:
    models.script(Stream(RICH))
    async with sit({"RICH_MESSAGES": "always"}, permissions=["clipboard-read", "clipboard-write"]) as sitting:
        await sitting.say("Show me")
        answer = sitting.answers.last
        await expect(answer.locator("table tr")).to_have_count(3)
        await expect(answer.locator("math").first).to_be_visible()
        await answer.get_by_role("button", name="Copy").click()
        await expect(sitting.page.locator(".toast")).to_have_text("Copied")
        assert "a long line of code" in await sitting.page.evaluate("navigator.clipboard.readText()")


async def test_thoughts_are_shown_apart_while_they_last(sit: Sit, models: ModelServer) -> None:
    models.script(Stream("It is four.", thinking=["Two and two ", "make four."]))
    async with sit() as sitting:
        await sitting.say("2+2?")
        await sitting.sees("It is four.")
        await expect(sitting.answers.last).not_to_contain_text("<think>")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_follows_the_system_and_its_own_switch(sit: Sit, scheme: str) -> None:
    async with sit(color_scheme=scheme) as sitting:
        page = sitting.page
        of_system = await page.evaluate(GROUND)
        ground = expect(page.locator("body"))
        await page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
        await ground.not_to_have_css("background-color", of_system)
        await page.locator("#theme").click(click_count=1 if scheme == "light" else 2)
        await ground.to_have_css("background-color", of_system)
        await page.reload()
        await expect(page.locator("#app")).to_have_attribute("data-ready", "true")
        await ground.to_have_css("background-color", of_system)
        sitting.troubles[:] = [one for one in sitting.troubles if "/playground/events" not in one]


@pytest.mark.parametrize("width", [360, 768, 1280])
async def test_nothing_is_wider_than_the_page(sit: Sit, models: ModelServer, width: int) -> None:
    models.script(Stream(RICH))
    async with sit({"RICH_MESSAGES": "always"}, viewport={"width": width, "height": 720}) as sitting:
        await sitting.say("Show me")
        await expect(sitting.answers.last.locator("table")).to_be_visible()
        assert await sitting.page.evaluate(WIDER) <= 0
        assert await sitting.page.locator("#inner").evaluate("(node) => node.scrollWidth - node.clientWidth") <= 0


@pytest.mark.parametrize("locale", ["en-GB", "ru-RU"])
async def test_every_control_has_a_name(sit: Sit, models: ModelServer, locale: str) -> None:
    models.script(Stream(RICH))
    async with sit({"RICH_MESSAGES": "always"}, locale=locale) as sitting:
        assert await unnamed(sitting.page) == []
        await sitting.say("Show me")
        await expect(sitting.answers.last.locator("table")).to_be_visible()
        assert await unnamed(sitting.page) == []
        assert await sitting.page.evaluate("document.documentElement.lang") == locale[:2]

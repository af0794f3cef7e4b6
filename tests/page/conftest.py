"""The real page in headless Chromium, in front of the whole bot and a scriptable model server."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, Response, async_playwright, expect

from tests.e2e.conftest import ADMIN, House, open_house_in
from tests.e2e.talk import served_by
from tests.fakes.model_server import ModelServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# A machine of tests may have no way out and no user but root; Chromium must neither look for updates nor insist.
SWITCHES = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WITHIN_MS = 10_000


@dataclass(eq=False)
class Sitting:
    """Somebody in front of the page; `troubles` are what the console and the network have complained of."""

    house: House
    page: Page
    troubles: list[str] = field(default_factory=list)

    @property
    def answers(self) -> Locator:
        """The bot's messages that are shown, without those that are still being written."""
        return self.page.locator("#log .message.bot")

    async def say(self, text: str) -> None:
        """Write something into the field and send it by its button."""
        await self.page.locator("#text").fill(text)
        await self.page.locator("#send").click()

    async def sees(self, text: str) -> None:
        """Wait until the bot's newest message says something."""
        await expect(self.answers.last).to_contain_text(text)

    def listen(self) -> None:
        """Note from now on what goes wrong."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _console(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.troubles.append(f"console: {said.text}")

    def _failed(self, request: Request) -> None:
        self.troubles.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")


Sit = Callable[..., AbstractAsyncContextManager[Sitting]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium), so the page is not tried")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def models() -> AsyncIterator[ModelServer]:
    """A model server that does as it is told."""
    async with ModelServer() as server:
        yield server


@pytest.fixture
def sit(browser: Browser, models: ModelServer, tmp_path: Path) -> Sit:
    """Opens the bot and its page; at the end nothing may have gone wrong on the page."""

    @asynccontextmanager
    async def opened(settings: dict[str, str] | None = None, **view: object) -> AsyncIterator[Sitting]:
        chosen = {**served_by(models), "ACCESS": "open", "ADMIN_IDS": str(ADMIN), **(settings or {})}
        async with open_house_in(tmp_path, **chosen) as house:
            seen = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "reduced_motion": "reduce", **view}
            context = await browser.new_context(**seen)  # type: ignore[arg-type]  # what a test names is what it takes
            context.set_default_timeout(WITHIN_MS)
            page = await context.new_page()
            sitting = Sitting(house, page)
            sitting.listen()
            await page.goto(house.page.base_url)
            await expect(page.locator("#app")).to_have_attribute("data-ready", "true")
            await expect(page.locator("#bot-status")).to_have_text("online" if seen["locale"] == "en-GB" else "в сети")
            yield sitting
            assert sitting.troubles == []
            await context.close()

    return opened

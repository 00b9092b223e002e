"""The console as an agent meets it: by names, roles and keys, never by how it is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.support.house import Visitor

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """async () => (await axe.run({ resultTypes: ['violations'] })).violations
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | ')}`)"""


def stranger(visitor: Visitor) -> str:
    """Return what the console calls a customer who has not said their name."""
    return f"Visitor {visitor.id[-4:].upper()}"


class Console:
    """A page of the console."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self._url = page, url

    async def goes_to(self, place: str = "") -> None:
        """Open a place, such as ``#/admin/agents``."""
        await self.page.goto(f"{self._url}/console/{place}")

    async def sits_down(self, token: str) -> None:
        """Open the console with a session that was begun before."""
        cookie: Any = {"name": "kefu_session", "value": token, "url": self._url}
        await self.page.context.add_cookies([cookie])
        await self.goes_to()
        await expect(self.page.get_by_role("tab", name="Mine")).to_be_visible()

    async def becomes_available(self) -> None:
        """Take conversations from now on."""
        await self.page.get_by_role("button", name="Start taking conversations").click()
        await expect(self.page.get_by_role("button", name="Available")).to_be_visible()

    async def presses(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def writes(self, text: str) -> None:
        """Type where the focus is, and send."""
        await self.page.keyboard.type(text)
        await self.presses("Enter")

    @property
    def log(self) -> Locator:
        """The thread."""
        return self.page.get_by_role("log")

    @property
    def reply(self) -> Locator:
        """Where one writes a reply."""
        return self.page.get_by_role("textbox", name="Write a reply")

    @property
    def offer(self) -> Locator:
        """The card on top of the list."""
        return self.page.get_by_role("article", name="Offer:")

    async def takes(self, text: str) -> None:
        """Accept the offer by keyboard once it is there; the focus is where the answer goes."""
        await expect(self.offer.get_by_text(text)).to_be_visible()
        await self.presses("Alt+a")
        await expect(self.log.get_by_text(text)).to_be_visible()
        await expect(self.reply).to_be_focused()

    async def is_accessible(self) -> None:
        """Let axe look at the page as it is now."""
        # Chromium shows what is fading in as too pale; judge what stands still.
        await self.page.evaluate(
            "Promise.all(document.getAnimations().filter((a) => a.effect.getTiming().iterations"
            " !== Infinity).map((a) => a.finished.catch(() => null)))"
        )
        await self.page.evaluate(AXE.read_text())
        found = await self.page.evaluate(FINDINGS)
        assert found == [], found

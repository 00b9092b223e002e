"""The widget as a customer meets it: by names and roles, never by how it is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import FrameLocator, Locator, Page, expect

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """async () => (await axe.run({ resultTypes: ['violations'] })).violations
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | ')}`)"""


class Panel:
    """The button on the page and the panel behind it."""

    def __init__(self, page: Page, words: str = "en") -> None:
        self.page = page
        self._open = "Chat with us" if words == "en" else "联系客服"

    @property
    def button(self) -> Locator:
        """The round button, however it is called at the moment."""
        return self.page.locator("#kefu button")

    @property
    def inside(self) -> FrameLocator:
        """What is in the frame."""
        return self.page.frame_locator("#kefu iframe")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.inside.get_by_role("textbox")

    @property
    def log(self) -> Locator:
        """The thread."""
        return self.inside.get_by_role("log")

    async def goes_to(self, url: str) -> None:
        """Load a page and wait for the button."""
        await self.page.goto(url)
        await expect(self.button).to_be_visible()

    async def opens(self) -> None:
        """Press the button and wait until one can write."""
        await self.button.click()
        await expect(self.field).to_be_visible()

    async def says(self, text: str) -> None:
        """Write and press Enter."""
        await self.field.fill(text)
        await self.field.press("Enter")

    async def shows(self, text: str, times: int = 1) -> None:
        """Wait until the thread shows a text so many times."""
        await expect(self.log.get_by_text(text, exact=True)).to_have_count(times)

    async def calls(self, command: str, *arguments: Any) -> Any:
        """Say ``Kefu(command, …)`` on the page."""
        return await self.page.evaluate("(call) => { window.Kefu(...call) }", [command, *arguments])

    async def frame_is_accessible(self) -> None:
        """Let axe look at the panel."""
        frame = next(frame for frame in self.page.frames if "/widget/" in frame.url)
        await frame.evaluate(AXE.read_text("utf-8"))
        assert await frame.evaluate(FINDINGS) == []

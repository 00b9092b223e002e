"""A real browser in front of a whole house."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright
from pytest_asyncio import fixture

from server import pages
from tests.support import browser as system_browser
from tests.support.database import database_template, databases
from tests.support.house import House, open_house
from tests.support.loops import no_failure_goes_unseen
from tests.support.shelf import Shelf
from tests.web.cable import Cable, lay_cable
from tests.web.panel import Panel
from tests.web.site import Site, open_site

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "web"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let these tests share a loop: a browser belongs to the loop it was started in."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@fixture(loop_scope="session", autouse=True)
async def _loop_failures_fail() -> AsyncIterator[None]:
    """Hold the shared loop to what every other test's loop is held to."""
    async with no_failure_goes_unseen():
        yield


@fixture(loop_scope="session")
async def dsn(databases: Shelf) -> AsyncIterator[str]:
    """Address of this test's own database."""
    async with databases.lent() as address:
        yield address


@pytest.fixture(scope="session")
def built() -> None:
    """Build the pages where nobody has built them yet."""
    if not all((WEB / name / "dist").is_dir() for name in ("loader", "widget")):
        assert pages.main() == 0


@fixture(loop_scope="session")
async def house(built: None, dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """Open a house with browser-like beats."""
    quick: dict[str, Any] = {"ping_interval_s": 2.0, "log_level": "warning"}
    async with open_house(dsn, redis_url, tmp_path, **quick) as opened:
        yield opened


@fixture(loop_scope="session")
async def site(house: House) -> AsyncIterator[Site]:
    """Serve a shop whose origin the house knows."""
    async with open_site(house.url, house.shop.key) as opened:
        await house.change_shop(name="Willow & Reed", allowed_origins=(opened.url,))
        yield opened


@fixture(loop_scope="session")
async def cable(house: House) -> AsyncIterator[Cable]:
    """Lay a cable to the node."""
    async with lay_cable(house.url) as laid:
        yield laid


@fixture(scope="session", loop_scope="session")
async def running_chromium() -> AsyncIterator[Browser]:
    """Start the system's Chromium, once: each time takes a second."""
    path = system_browser.chromium()
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=path, args=system_browser.ARGUMENTS
        )
        yield running
        await running.close()


@fixture(loop_scope="session")
async def chromium(running_chromium: Browser) -> AsyncIterator[Browser]:
    """Lend the browser without anybody's profile in it."""
    yield running_chromium
    for context in running_chromium.contexts:
        await context.close()


@fixture(loop_scope="session")
async def tab(chromium: Browser) -> Page:
    """Open one tab of a fresh profile; what it complains of is shown when a test fails."""
    context = await chromium.new_context(viewport={"width": 1200, "height": 800}, locale="en-GB")
    page = await context.new_page()
    page.on("pageerror", lambda error: print("page error:", error))
    page.on("console", lambda said: print(f"console, {said.type}:", said.text))
    page.on("requestfailed", lambda request: print("failed:", request.url, request.failure))
    return page


@pytest.fixture
def panel(tab: Page) -> Panel:
    """Speak of the widget in that tab."""
    return Panel(tab)


__all__ = ["database_template", "databases"]

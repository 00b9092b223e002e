"""A supervisor, an agent and a customer at once: what each of them sees when somebody steps in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.house import House
from tests.web.console import Console
from tests.web.panel import Panel
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PICTURES = os.environ.get("PICTURES_OF_WATCHING")
"""A folder for pictures of the pages, for who wants to look at them."""
SECRET = "Offer him the zephyrous discount"


async def picture(page: Page, name: str) -> None:
    """Take one, if they are wanted: in light and in dark."""
    if PICTURES:
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.wait_for_timeout(300)
            await page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}.png")
        await page.emulate_media(color_scheme="light")


async def another(chromium: Browser, house: House, token: str) -> Console:
    """Let somebody sit down at a machine of their own."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    console = Console(await context.new_page(), house.url)
    await console.sits_down(token)
    return console


async def test_a_supervisor_watches_whispers_takes_over_and_lets_wait_again_as_all_sides_see(
    house: House, site: Site, tab: Page, panel: Panel, chromium: Browser
) -> None:
    lin = await house.agent("Lin Mei", connect=False)
    sue = await house.agent("Sue", role="supervisor", connect=False)
    agent = await another(chromium, house, lin.token)
    await agent.becomes_available()
    lead = await another(chromium, house, sue.token)
    mine, theirs = lead.page, agent.page
    await panel.goes_to(site)
    await panel.opens()
    await panel.says("Where is my parcel? Write to ann.lee@example.com")
    await agent.takes("Where is my parcel?")
    await theirs.keyboard.type("One moment, I look it up.")
    await theirs.keyboard.press("Enter")

    # From the live view she watches; nobody sees it.
    await lead.goes_to("#/live")
    await mine.get_by_role("table", name="Conversations").get_by_role("link").first.click()
    stepping = mine.get_by_role("region", name="Stepping in")
    await expect(stepping).to_contain_text("You watch unseen. Lin Mei does not know.")
    await expect(lead.log.get_by_text("One moment, I look it up.")).to_be_visible()
    await lead.is_accessible()
    await expect(theirs.get_by_text("Sue")).to_have_count(0)

    # She whispers: the agent reads it, the customer does not.
    await mine.get_by_label("Whisper to Lin Mei; no customer reads it").fill(SECRET)
    await mine.keyboard.press("Enter")
    await expect(lead.log.get_by_role("article", name="You whispered to Lin Mei")).to_be_visible()
    heard = agent.log.get_by_role("article", name="Sue whispers to you")
    await expect(heard).to_contain_text(SECRET)
    await expect(heard).to_contain_text("The customer never reads this.")
    await lead.is_accessible()
    await agent.is_accessible()
    await picture(mine, "watching")
    await picture(theirs, "whispered")

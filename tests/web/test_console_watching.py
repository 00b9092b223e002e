"""A supervisor, an agent and a customer at once: what each of them sees when somebody steps in."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from pytest_asyncio import fixture

from storage.database import Record
from tests.support.house import Agent, House
from tests.web.console import Console
from tests.web.panel import Panel
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PICTURES = os.environ.get("PICTURES_OF_WATCHING")
"""A folder for pictures of the pages, for who wants to look at them."""
SECRET = "Offer him the zephyrous discount"
ADDRESS = "ann.lee@example.com"


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
    page = await context.new_page()
    page.on("pageerror", lambda error: print("page error:", error))
    console = Console(page, house.url)
    await console.sits_down(token)
    return console


@dataclass
class Scene:
    """A customer's widget, the console of who serves them, and that of who leads."""

    house: House
    panel: Panel
    agent: Console
    lead: Console
    lin: Agent
    sue: Agent

    @property
    def bar(self) -> Locator:
        """What the one who leads can do."""
        return self.lead.page.get_by_role("region", name="Stepping in")

    async def row(self) -> Record:
        """Read the only conversation from PostgreSQL."""
        [row] = await self.house.db.fetch("SELECT id, state, agent_id FROM conversation")
        return row

    async def steps_in(self, button: str, why: str, go: str | None = None) -> None:
        """Press a button of the bar, say why, and press Enter."""
        page = self.lead.page
        await self.bar.get_by_role("button", name=button, exact=True).click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_label("Reason")).to_be_focused()
        await expect(dialog.get_by_role("button", name=go or button)).to_be_disabled()
        await page.keyboard.type(why)
        await self.lead.is_accessible()
        await page.keyboard.press("Enter")
        await expect(dialog).to_have_count(0)


@fixture(loop_scope="session")
async def scene(house: House, site: Site, panel: Panel, chromium: Browser) -> AsyncIterator[Scene]:
    """Let Lin Mei talk with a customer who has given an address; Sue leads a shop that blurs."""
    await house.change_shop(blurs_watched=True)
    lin = await house.agent("Lin Mei", connect=False)
    sue = await house.agent("Sue", role="supervisor", connect=False)
    agent = await another(chromium, house, lin.token)
    await agent.becomes_available()
    lead = await another(chromium, house, sue.token)
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says(f"Where is my parcel? Write to {ADDRESS}")
    await agent.takes("Where is my parcel?")
    await agent.writes("One moment, I look it up.")
    await panel.shows("One moment, I look it up.")
    yield Scene(house, panel, agent, lead, lin, sue)


async def test_a_supervisor_watches_whispers_takes_over_and_lets_wait_again_as_all_sides_see(
    scene: Scene,
) -> None:
    house, panel, agent, lead, bar = scene.house, scene.panel, scene.agent, scene.lead, scene.bar
    mine, theirs = lead.page, agent.page

    # From the live view she watches; nobody sees it, and what is personal is blurred.
    await lead.goes_to("#/live")
    await mine.get_by_role("table", name="Conversations").get_by_role("link").first.click()
    await expect(bar).to_contain_text("You watch unseen. Lin Mei does not know.")
    await expect(bar).to_contain_text("Personal data is blurred.")
    await expect(lead.log.get_by_text("Write to •••@•••")).to_be_visible()
    await expect(mine.get_by_text(ADDRESS)).to_have_count(0)

    # She whispers: the agent reads it, the customer does not.
    await mine.get_by_label("Whisper to Lin Mei; no customer reads it").fill(SECRET)
    await mine.keyboard.press("Enter")
    await expect(lead.log.get_by_role("article", name="You whispered to Lin Mei")).to_be_visible()
    heard = agent.log.get_by_role("article", name="Sue whispers to you")
    await expect(heard).to_contain_text(SECRET)
    await expect(heard).to_contain_text("The customer never reads this.")
    await expect(theirs.get_by_text("has this open too")).to_have_count(0)
    await lead.is_accessible()
    await agent.is_accessible()
    await picture(mine, "watching")
    await picture(theirs, "whispered")

    # She joins: everybody sees her, and she reads what she needs.
    await bar.get_by_role("button", name="Join").click()
    await expect(panel.log.get_by_text("Sue has joined the conversation")).to_be_visible()
    await expect(theirs.get_by_text("Sue talks with the customer, too")).to_be_visible()
    await expect(lead.log.get_by_text(f"Write to {ADDRESS}")).to_be_visible()
    await expect(lead.reply).to_be_focused()
    await lead.writes("I am Sue, I lead the team.")
    await panel.shows("I am Sue, I lead the team.")
    await expect(agent.log.get_by_text("I am Sue, I lead the team.")).to_be_visible()
    await lead.is_accessible()
    await picture(mine, "joined")
    await bar.get_by_role("button", name="Step out").click()
    await expect(panel.log.get_by_text("Sue has left the conversation")).to_be_visible()
    await expect(bar).to_contain_text("Lin Mei sees that you have this open.")

    # She takes over, and gives it back.
    await scene.steps_in("Take over", "I know this customer")
    await expect(panel.log.get_by_text("Sue has joined the conversation")).to_have_count(2)
    await expect(agent.log.get_by_text("I know this customer")).to_be_visible()
    await expect(theirs.get_by_role("tab", name="Mine", exact=True)).to_be_visible()
    assert (await scene.row())["agent_id"] == scene.sue.row.id
    await expect(lead.reply).to_be_focused()
    await lead.presses("Escape", "Alt+g")
    await mine.get_by_role("option", name="Lin Mei").wait_for()
    await lead.presses("Enter")
    await lead.writes("Back to you")
    await expect(theirs.get_by_role("tab", name="Mine 1")).to_be_visible()
    assert (await scene.row())["agent_id"] == scene.lin.row.id

    # From the live view she sets a status; the agent is told by whom, and why.
    await lead.goes_to("#/live")
    await mine.get_by_role("button", name="Lin Mei").click()
    dialog = mine.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill("Please take a break")
    await lead.is_accessible()
    await picture(mine, "status")
    await dialog.get_by_role("button", name="Set status").click()
    await expect(mine.get_by_text("Lin Mei is now Busy.")).to_be_visible()
    await expect(
        theirs.get_by_text("Sue set your status to Busy: Please take a break")
    ).to_be_visible()
    await expect(theirs.get_by_role("button", name="Busy")).to_be_visible()

    # From the list of what colleagues have she lets it wait again.
    await lead.goes_to("#/")
    await lead.presses("Alt+3")
    await mine.locator("a[data-row]", has_text="Lin Mei").click()
    await expect(bar).to_contain_text("You watch unseen. Lin Mei does not know.")
    await scene.steps_in("Re-queue", "Somebody who knows parcels", "Re-queue")
    await expect(panel.log.get_by_text("Lin Mei has left the conversation")).to_be_visible()
    await expect(theirs.get_by_role("tab", name="Mine", exact=True)).to_be_visible()
    await expect(theirs.get_by_role("tab", name="Waiting 1")).to_be_visible()
    assert (await scene.row())["state"] == "queued"
    await picture(theirs, "taken-away")

    # What happened, and who watched; she goes on watching meanwhile.
    await mine.get_by_role("link", name="Timeline").click()
    await expect(mine.get_by_role("heading", name="What happened here")).to_be_focused()
    for said in (
        "Sue watched unseen for",
        SECRET,
        "Sue joined",
        "Sue took over from Lin Mei",
        "Sue assigned it to Lin Mei",
        "Sue took it from Lin Mei; it waited again",
        "Reason: Somebody who knows parcels",
    ):
        await expect(mine.get_by_text(said).first).to_be_visible()
    await mine.locator("summary").first.click()
    await lead.is_accessible()
    await picture(mine, "timeline")
    await mine.set_viewport_size({"width": 390, "height": 844})
    await lead.is_accessible()
    await picture(mine, "timeline-phone")
    await lead.presses("Escape")
    await expect(bar).to_contain_text("You watch unseen.")
    await lead.is_accessible()
    await picture(mine, "watching-phone")
    await mine.set_viewport_size({"width": 1440, "height": 900})

    # She ends it; and all of it can be read in one list.
    await scene.steps_in("Close", "Written to by e-mail", "Close conversation")
    await expect(panel.inside.get_by_text("Sue ended the conversation")).to_be_visible()
    assert (await scene.row())["state"] == "closed"
    await lead.goes_to("#/admin/steps")
    rows = mine.get_by_role("table", name="Stepping in").get_by_role("row")
    await expect(rows).to_have_count(1 + await written(house))
    await expect(rows.filter(has_text="set Lin Mei to Busy")).to_contain_text("Please take a break")
    await lead.is_accessible()
    await picture(mine, "steps")
    assert SECRET not in await panel.inside.locator("body").inner_text()


async def written(house: House) -> int:
    """Return how many acts are written down."""
    return int(str(await house.db.fetchval("SELECT count(*) FROM step_in")))

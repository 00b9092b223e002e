"""The live view: its figures are PostgreSQL's, a cut line is told of, and it heals."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from storage.queues import NewQueue, Queues
from tests.support.house import House
from tests.web.cable import Cable
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

PICTURES = os.environ.get("PICTURES_OF_LIVE")
"""A folder for pictures of the pages, for who wants to look at them."""


async def picture(page: Page, name: str) -> None:
    """Take one, if they are wanted: in light and in dark."""
    if PICTURES:
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.wait_for_timeout(300)
            await page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}.png")
        await page.emulate_media(color_scheme="light")


async def figure(page: Page, name: str) -> str:
    """Return one of the figures on top."""
    row = page.locator("main dl > div").filter(has=page.get_by_text(name, exact=True))
    return (await row.locator("dd").inner_text()).split("\n")[0].split(" ")[0]


async def shows(house: House, page: Page) -> None:
    """Expect what PostgreSQL says: who waits and who is served, in the figures and the lists."""
    count = "SELECT count(*) FROM conversation WHERE state = ANY ($1)"
    waiting = await house.db.fetchval(count, ["queued", "offered"])
    in_hand = await house.db.fetchval(count, ["active", "wrap_up"])
    open_talks = int(str(waiting)) + int(str(in_hand))
    talks = page.get_by_role("table", name="Conversations")
    if open_talks:
        await expect(talks).to_have_attribute("aria-rowcount", str(1 + open_talks))
    cells = page.get_by_role("row", name="General").get_by_role("cell")
    await expect(cells.nth(0)).to_have_text(str(waiting))
    await expect(cells.nth(4)).to_have_text(str(in_hand))
    assert await figure(page, "Waiting") == str(waiting)
    assert await figure(page, "In hand") == str(in_hand)


async def test_a_supervisor_sees_the_shop_live_and_is_told_when_it_is_not(
    house: House, tab: Page, cable: Cable
) -> None:
    lea = await house.agent("Lea", role="supervisor", connect=False)
    ann, bob = await house.agent("Ann", capacity=1), await house.agent("Bob Ng", status="busy")
    console = Console(tab, cable.url)
    await console.sits_down(lea.token)
    await tab.get_by_role("button", name="Lea").click()
    await tab.get_by_role("button", name="Live view").click()
    await expect(tab.get_by_role("heading", name="Live view")).to_be_focused()
    await shows(house, tab)
    await expect(tab.get_by_text("Nobody waits and nobody talks")).to_be_visible()

    customers = [await house.visitor() for _ in range(4)]
    await house.talk(customers[0], ann)
    for each in customers[1:]:
        await each.begins("Anybody?")
    await shows(house, tab)
    agents = tab.get_by_role("table", name="Agents")
    await expect(agents.get_by_role("row", name="Ann")).to_contain_text("1 of 1 places are taken")
    await expect(agents.get_by_role("row", name="Bob Ng")).to_contain_text("Busy")
    await expect(tab.get_by_role("row", name="General").get_by_text("1 of 3")).to_be_visible()
    await tab.get_by_label("Conversations: Group by").select_option("By status")
    talks = tab.get_by_role("table", name="Conversations")
    await expect(talks.get_by_role("rowheader", name="Waiting 3")).to_be_visible()
    await tab.get_by_role("button", name="Views").click()
    await tab.get_by_label("Name of this view").fill("By what they do")
    await console.is_accessible()
    await tab.get_by_role("button", name="Save view").click()
    await tab.reload()
    await expect(talks).to_have_attribute("aria-rowcount", "5")
    await tab.get_by_role("button", name="Views").click()
    await tab.get_by_role("button", name="By what they do", exact=True).click()
    await expect(talks.get_by_role("rowheader", name="Waiting 3")).to_be_visible()
    await console.is_accessible()
    await picture(tab, "live")
    await tab.get_by_label("Conversations: Group by").select_option("Not grouped")

    await cable.cut()
    await expect(tab.get_by_text("Not up to date")).to_be_visible(timeout=6000)
    await customers[1].does("conversation:end", conversation=customers[1].conversation)
    await bob.leaves()
    cable.mend()
    await expect(tab.get_by_text("Not up to date")).to_have_count(0, timeout=15000)
    await shows(house, tab)

    await tab.get_by_label("Find a customer or an agent").fill("bob")
    await expect(agents).to_have_attribute("aria-rowcount", "2")
    await tab.get_by_label("Find a customer or an agent").fill("")
    await tab.set_viewport_size({"width": 390, "height": 844})
    await console.is_accessible()
    await picture(tab, "live-phone")
    await tab.set_viewport_size({"width": 1920, "height": 1080})
    await tab.get_by_role("link", name="Wallboard").click()
    await expect(tab.get_by_role("link", name="Leave the wallboard")).to_be_visible()
    await console.is_accessible()
    await picture(tab, "live-wall")


async def test_who_comes_back_sees_what_they_chose_until_that_queue_is_archived(
    house: House, tab: Page
) -> None:
    lea = await house.agent("Lea", role="supervisor", connect=False)
    queues = Queues(house.db)
    returns = await queues.create(
        NewQueue(shop_id=house.shop.id, key="returns", name="Returns", target_s=60)
    )
    await (await house.visitor()).begins("Anybody?")
    console = Console(tab, house.url)
    await console.sits_down(lea.token)
    await console.goes_to("#/live/wall")
    await tab.get_by_role("link", name="Leave the wallboard").click()
    chosen = tab.get_by_role("button", name="Returns", exact=True)
    talks = tab.get_by_role("table", name="Conversations")
    await expect(talks).to_have_attribute("aria-rowcount", "2")
    await chosen.click()
    await expect(talks).to_have_count(0)

    await console.goes_to("#/")
    await console.goes_to("#/live")
    await expect(chosen).to_have_attribute("aria-pressed", "true")
    await expect(talks).to_have_count(0)

    assert await queues.archive(house.shop.id, returns.id, datetime.now(UTC))
    await expect(chosen).to_have_count(0, timeout=15000)  # the slow reading has to come by
    await expect(talks).to_have_attribute("aria-rowcount", "2")


async def test_f16_an_agent_who_goes_there_is_told_that_it_is_not_for_them(
    house: House, tab: Page
) -> None:
    ann = await house.agent("Ann", connect=False)
    console = Console(tab, house.url)
    await console.sits_down(ann.token)
    await console.goes_to("#/live")
    await expect(tab.get_by_text("Only supervisors and administrators see")).to_be_visible()

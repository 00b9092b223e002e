"""Closed, nobody ready and nobody able, as customers and agents read them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect
from pytest_asyncio import fixture

from tests.support.house import House
from tests.web.console import Console
from tests.web.panel import Panel
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

SHOP, READER = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


@fixture(loop_scope="session")
async def far_away(chromium: Browser) -> AsyncIterator[Page]:
    """A browser in New York."""
    context = await chromium.new_context(locale="en-US", timezone_id=READER.key)
    yield await context.new_page()
    await context.close()


async def test_c13_after_three_weeks_off_the_opening_is_said_by_the_readers_clock(
    house: House, site: Site, far_away: Page
) -> None:
    today = datetime.now(SHOP).date()
    days_off = [{"date": f"{today + timedelta(days=each)}", "open": []} for each in range(21)]
    weekly = {str(day): [["09:30", "18:00"]] for day in range(1, 8)}
    await house.change_shop(hours={"weekly": weekly, "special": days_off}, time_zone=SHOP.key)
    panel = Panel(far_away)
    await panel.goes_to(site.url)
    await panel.opens()

    opens = datetime.combine(today + timedelta(days=21), time(9, 30), SHOP).astimezone(READER)
    said = f"We open {opens:%b} {opens.day}{year(opens.date())} at {opens:%-I:%M %p} (your time)"
    await expect(panel.inside.get_by_text(said)).to_be_visible()
    await panel.says("Until then")
    await expect(panel.inside.get_by_text(f"{said}.")).to_be_visible()
    await expect(panel.inside.get_by_text("Your message is kept")).to_be_visible()


def year(day: date) -> str:
    """A date of another year is said with it."""
    return "" if day.year == datetime.now(UTC).year else f", {day.year}"


async def test_c15_the_running_talk_goes_on_and_the_waiting_one_learns_when_it_opens(
    house: House, site: Site, panel: Panel, far_away: Page
) -> None:
    agent = await house.agent("Lin", capacity=1)
    ada = await house.agent("Ada", role="admin", status=None, connect=False)
    waiting = Panel(far_away)
    for each in (panel, waiting):
        await each.goes_to(site.url)
        await each.opens()
    await panel.says("First")
    await agent.accepts()
    await waiting.says("Second")
    await expect(waiting.inside.get_by_text("You are next.")).to_be_visible()

    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    special = [{"date": f"{tomorrow}", "open": [["09:00", "10:00"]]}]
    async with house.rest(ada) as rest:
        await rest.ask("PATCH", "/shop", {"hours": {"weekly": {}, "special": special}})

    await expect(waiting.inside.get_by_text("We are closed now.")).to_be_visible()
    await expect(waiting.inside.get_by_text("(your time).")).to_be_visible()
    await waiting.frame_is_accessible()
    await panel.says("Still there?")
    await agent.hears(text="Still there?")
    await agent.says("Yes")
    await panel.shows("Yes")
    await expect(panel.inside.get_by_text("We are closed now.")).to_have_count(0)


async def test_c14_a_customer_of_a_queue_with_hours_of_its_own_reads_nothing_of_the_shops(
    house: House, site: Site, panel: Panel
) -> None:
    await house.agent("Lin", capacity=1)
    await (await house.visitor()).begins("I have the only place")
    night: dict[str, Any] = {"name": "Nights", "queues": ["general"], "weekly": {}}
    ada = await house.agent("Ada", role="admin", status=None, connect=False)
    async with house.rest(ada) as rest:
        assert (await rest.ask("PATCH", "/shop", {"plans": [night]}))[0] == 200
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Hello?")
    await expect(panel.inside.get_by_text("We are closed now.")).to_be_visible()
    await expect(panel.inside.get_by_text("Waiting for an answer")).to_have_count(0)
    await expect(panel.inside.get_by_placeholder("Leave a message")).to_be_visible()

    always: dict[str, Any] = {"hours": {"weekly": {}}, "plans": [night | {"weekly": None}]}
    async with house.rest(ada) as rest:
        assert (await rest.ask("PATCH", "/shop", always))[0] == 200
    await expect(panel.inside.get_by_text("You are number 2 in line.")).to_be_visible()
    await expect(panel.inside.get_by_text("Waiting for an answer")).to_be_visible()
    await expect(panel.inside.get_by_placeholder("Write a message")).to_be_visible()


async def test_whom_nobody_has_the_skills_for_reads_that_nobody_is_free_and_the_list_says_why(
    house: House, site: Site, panel: Panel, chromium: Browser
) -> None:
    await house.agent("Lin", capacity=1)
    ada = await house.agent("Ada", role="admin", status=None, connect=False)
    async with house.rest(ada) as rest:
        skill = {"key": "repairs", "name": "Repairs", "kind": "skill"}
        _, repairs = await rest.ask("POST", "/skills", skill)
        queue: dict[str, Any] = {"key": "workshop", "name": "Workshop", "topics": ["returns"]}
        queue["skills"] = [{"skill": repairs["id"], "level": 3}]
        assert (await rest.ask("POST", "/queues", queue))[0] == 201
    console = Console(await (await chromium.new_context(locale="en-GB")).new_page(), house.url)
    await console.sits_down(ada.token)
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.inside.get_by_role("button", name="Returns").click()
    await panel.says("It is broken")

    await expect(panel.inside.get_by_text("Nobody is free right now.")).to_be_visible()
    await expect(panel.inside.get_by_text("We answer here as soon as")).to_be_visible()
    await console.page.get_by_role("tab", name="Waiting").click()
    await expect(console.page.get_by_text("Nobody has the skills")).to_be_visible()
    await console.is_accessible()

    async with house.rest(ada) as rest:
        lin = next(each for each in (await rest.get("/agents"))["items"] if each["name"] == "Lin")
        skills = {"skills": [{"skill": repairs["id"], "level": 4}]}
        assert (await rest.ask("PATCH", f"/agents/{lin['id']}", skills))[0] == 200
    await expect(console.page.get_by_text("Nobody has the skills")).to_have_count(0)
    await expect(panel.inside.get_by_text("Nobody is free right now.")).to_have_count(0)

"""Wrapping up: finishing frees the place, and what is answered late moves nobody."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect
from pytest_asyncio import fixture

from tests.support.house import Agent, House, Visitor
from tests.web.cable import Cable
from tests.web.console import Console, stranger

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


@fixture(loop_scope="session")
async def mei(house: House) -> Agent:
    """Let Lin Mei have a session, and no console yet."""
    return await house.agent("Lin Mei", capacity=2, connect=False)


@fixture(loop_scope="session")
async def console(cable: Cable, tab: Page, mei: Agent) -> Console:
    """Let Lin Mei sit down and take conversations, at a line that can fall silent."""
    console = Console(tab, cable.url)
    await console.sits_down(mei.token)
    await console.becomes_available()
    return console


async def taken(house: House, console: Console, text: str) -> Visitor:
    """Let her take somebody."""
    visitor = await house.visitor()
    await visitor.begins(text)
    await console.takes(text)
    return visitor


async def wraps_up(console: Console) -> Locator:
    """Close what is looked at; return the button that ends the wrap-up."""
    await console.presses("Alt+c", "2", "Enter")
    finish = console.page.get_by_role("button", name="Finish now")
    await expect(finish).to_be_visible()
    return finish


async def test_finishing_frees_the_place_and_goes_on_to_the_next(
    house: House, console: Console
) -> None:
    other = await taken(house, console, "Where is my parcel?")
    visitor = await taken(house, console, "I need a refund")
    finish = await wraps_up(console)
    await (await house.visitor()).begins("Anybody?")
    await expect(console.page.get_by_role("tab", name="Waiting 1")).to_be_visible()

    await finish.click()

    await expect(console.offer.get_by_text("Anybody?")).to_be_visible()
    events = await house.db.fetch("SELECT kind FROM conversation_event ORDER BY id")
    assert [each["kind"] for each in events[-3:]] == ["queued", "closed", "offered"]
    assert (await house.row(visitor.conversation)).state == "closed"
    await expect(console.page.get_by_role("log", name=stranger(other))).to_be_visible()
    await expect(console.reply).to_be_focused()


async def test_who_looks_elsewhere_when_a_wrap_up_is_finished_stays_there(
    house: House, console: Console, cable: Cable
) -> None:
    await taken(house, console, "Where is my parcel?")
    await taken(house, console, "I need a refund")
    finish = await wraps_up(console)
    await (await house.visitor()).begins("Anybody?")
    tasks = console.page.get_by_role("heading", name="Tasks")
    await console.presses("Alt+5")
    await expect(tasks).to_be_visible()
    await console.page.go_back()

    cable.deafen()
    await finish.click()
    await console.presses("Alt+5")
    await expect(tasks).to_be_visible()
    cable.mend()

    await expect(console.offer.get_by_text("Anybody?")).to_be_visible()
    await expect(tasks).to_be_visible()
    assert console.page.url.endswith("#/tasks")


@pytest.mark.parametrize("by_key", [False, True])
async def test_who_looks_elsewhere_is_told_that_finishing_failed(
    house: House, console: Console, cable: Cable, mei: Agent, by_key: bool
) -> None:
    other = await taken(house, console, "Where is my parcel?")
    visitor = await taken(house, console, "I need a refund")
    finish = await wraps_up(console)
    await mei.connects()

    cable.deafen()  # she does not see yet that she took it back at her other desk
    await mei.does("conversation:resume", conversation=visitor.conversation)
    await (console.presses("Alt+f") if by_key else finish.click())
    await console.page.get_by_role("link", name=stranger(other)).click()
    await expect(console.log.get_by_text("Where is my parcel?")).to_be_visible()
    cable.mend()

    notice = console.page.get_by_text(f"Not done for {stranger(visitor)}")
    await expect(notice).to_be_visible()
    await expect(console.page.get_by_role("main").get_by_role("alert")).to_have_count(0)
    await console.page.get_by_role("link", name="Have a look").click()
    await expect(console.page.get_by_role("log", name=stranger(visitor))).to_be_visible()


async def test_who_looks_elsewhere_is_told_that_closing_failed(
    house: House, console: Console, cable: Cable, mei: Agent
) -> None:
    other = await taken(house, console, "Where is my parcel?")
    visitor = await taken(house, console, "I need a refund")
    await mei.connects()
    await console.presses("Alt+c")
    dialog = console.page.get_by_role("dialog", name="How did it end?")
    await expect(dialog.get_by_role("button", name="Close conversation")).to_be_disabled()
    await expect(dialog).to_contain_text("Nobody has answered yet.")
    await console.presses("5")

    cable.deafen()
    await visitor.does("conversation:end", conversation=visitor.conversation)
    await dialog.get_by_role("button", name="Close conversation").click()
    await console.presses("Escape")
    await console.page.get_by_role("link", name=stranger(other)).click()
    await expect(console.log.get_by_text("Where is my parcel?")).to_be_visible()
    cable.mend()

    await expect(console.page.get_by_text(f"Not done for {stranger(visitor)}")).to_be_visible()

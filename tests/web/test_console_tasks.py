"""A follow-up, from the conversation it was noted in to the one that does it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.support.house import House
from tests.web.console import Console, stranger

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]

SECRET = "Offer the blue kettle instead"
TIME_PASSES = "UPDATE task SET due_at = created_at WHERE state = 'open'"


async def test_a_call_back_is_noted_comes_due_is_offered_and_done_with_the_talk(
    house: House, tab: Page
) -> None:
    mei = await house.agent("Lin Mei", connect=False)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await console.becomes_available()
    visitor = await house.visitor()
    await visitor.does("user:set", name="Otto", phone="+49 30 1234567")
    await visitor.begins("Is the red kettle back?")
    await console.takes("Is the red kettle back?")

    # Noted by keys, for tomorrow at nine, by oneself.
    await tab.keyboard.press("Alt+u")
    form = tab.get_by_role("dialog", name="Add a follow-up")
    await expect(form.get_by_label("What is to be done")).to_be_focused()
    await tab.keyboard.type(SECRET)
    await form.get_by_text("Call-back").click()
    await expect(form.get_by_role("radio", name="Tomorrow")).to_be_checked()
    await console.is_accessible()
    await form.get_by_role("button", name="Add").click()
    strip = tab.get_by_role("region", name="To be done")
    await expect(strip.get_by_text(SECRET)).to_be_visible()
    await console.presses("Alt+c", "3", "Enter")  # nobody has answered: nothing is chosen yet
    await tab.get_by_role("button", name="Finish now").click()
    await expect(tab.get_by_text("Nothing in hand")).to_be_visible()

    # It stands in the list; its time comes; it is offered, and the card says what to do.
    await console.presses("Alt+5")
    await expect(tab.get_by_role("region", name="Tomorrow")).to_contain_text(SECRET)
    await console.is_accessible()
    assert await house.db.execute(TIME_PASSES) == 1
    card = console.offer
    await expect(card.get_by_text(SECRET)).to_be_visible(timeout=20_000)
    await expect(card).to_contain_text("asked by Lin Mei")
    await expect(card.get_by_role("link", name="+49 30 1234567")).to_be_visible()
    await expect(tab.get_by_role("region", name="Overdue")).to_contain_text(SECRET)
    await tab.get_by_role("link", name="Back to the inbox").click()
    await expect(tab.get_by_role("link", name="Tasks, 1 overdue")).to_be_visible()
    await console.presses("Alt+a")
    await expect(strip.get_by_text(SECRET)).to_be_visible()
    await expect(console.log.get_by_text("A call-back is due")).to_be_visible()
    await console.is_accessible()

    # Closing says what is done with it. The customer never read a word of it.
    await console.reply.click()
    await console.writes("Good morning, Otto!")
    await expect(console.log.get_by_text("Good morning, Otto!")).to_be_visible()
    await console.presses("Alt+c")
    popover = tab.get_by_role("dialog", name="How did it end?")
    await expect(popover).to_contain_text(SECRET)
    await expect(popover.get_by_role("radio", name="Resolved")).to_be_checked()
    await console.presses("Enter")
    await expect(strip).to_have_count(0)
    await expect(tab.get_by_role("link", name="Tasks", exact=True)).to_be_visible()
    assert await house.db.fetchval("SELECT state FROM task") == "done"
    assert SECRET not in repr(visitor.line.events)


async def test_a_correction_after_a_lost_answer_changes_what_was_added_and_adds_nothing(
    house: House, tab: Page
) -> None:
    mei = await house.agent("Lin Mei", connect=False)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await console.becomes_available()
    visitor = await house.visitor()
    await visitor.begins("Is the red kettle back?")
    await console.takes("Is the red kettle back?")

    async def loses_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await tab.route("**/api/v1/tasks", loses_the_answer, times=1)
    await tab.keyboard.press("Alt+u")
    form = tab.get_by_role("dialog", name="Add a follow-up")
    text = form.get_by_label("What is to be done")
    await text.fill("Ask Anne")
    await form.get_by_role("button", name="Add").click()
    await expect(form.get_by_role("alert")).to_be_visible()
    assert await house.db.fetchval("SELECT text FROM task") == "Ask Anne"

    await text.fill("Ask Ann")
    await form.get_by_role("button", name="Add").click()
    await expect(form.get_by_role("alert")).to_contain_text("added this already")
    await expect(form).to_contain_text("Follow-up, “Ask Anne”, Tomorrow")
    await console.is_accessible()
    await form.get_by_role("button", name="Change it to this").click()
    await expect(form).to_have_count(0)
    strip = tab.get_by_role("region", name="To be done")
    await expect(strip.get_by_text("Ask Ann", exact=True)).to_be_visible()
    assert await house.db.fetchval("SELECT string_agg(text, '|') FROM task") == "Ask Ann"


@pytest.mark.parametrize("is_cut", [False, True])
async def test_what_is_answered_once_one_looks_elsewhere_is_told_and_closes_nothing_there(
    house: House, tab: Page, is_cut: bool
) -> None:
    mei = await house.agent("Lin Mei", capacity=2, connect=False)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await console.becomes_available()
    other, visitor = await house.visitor(), await house.visitor()
    for each, question in ((other, "Where is my parcel?"), (visitor, "Is the red kettle back?")):
        await each.begins(question)
        await console.takes(question)
    asked, answered = asyncio.Event(), asyncio.Event()

    async def holds(route: Route) -> None:
        asked.set()
        await answered.wait()
        await (route.abort() if is_cut else route.continue_())

    await tab.route("**/api/v1/tasks", holds, times=1)
    await tab.keyboard.press("Alt+u")
    form = tab.get_by_role("dialog", name="Add a follow-up")
    text = form.get_by_label("What is to be done")
    await text.fill("Ask Ann")
    await form.get_by_role("button", name="Add").click()
    await asked.wait()
    await tab.get_by_role("link", name=stranger(other)).click()
    await expect(form).to_have_count(0)
    await expect(console.log.get_by_text("Where is my parcel?")).to_be_visible()
    await tab.keyboard.press("Alt+u")
    await text.fill("Look for the parcel")
    answered.set()

    told = f"Not done for {stranger(visitor)}" if is_cut else "Added for"
    await expect(tab.get_by_text(told)).to_be_visible()
    await expect(text).to_have_value("Look for the parcel")

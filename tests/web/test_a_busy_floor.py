"""Three agents, thirty customers and who leads them: what the live view says is PostgreSQL's."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.house import Agent, House, Visitor
from tests.web.board import Board
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CUSTOMERS = 30
MANY = 15
LOOKS_MS = 15_000
WHISPER = "Offer them the zephyrous discount"


async def takes(agent: Agent, count: int) -> None:
    """Let an agent take what they are offered, so many times."""
    for _ in range(count):
        await agent.accepts()


async def console_of(chromium: Browser, house: House, who: Agent) -> Console:
    """Let somebody sit down at a machine of their own."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    console = Console(await context.new_page(), house.url)
    await console.sits_down(who.token)
    return console


async def in_hand_of(house: House, agent: Agent) -> list[str]:
    """Return the conversations that an agent talks in."""
    found = await house.db.fetch(
        "SELECT id FROM conversation WHERE agent_id = $1 AND state = 'active' ORDER BY id",
        agent.row.id,
    )
    return [str(each["id"]) for each in found]


async def over(house: House, agent: Agent, count: int) -> None:
    """Let an agent end so many of their talks, and their wrap-up."""
    for conversation in (await in_hand_of(house, agent))[:count]:
        await agent.does("conversation:close", conversation=conversation, outcome="resolved")
        await agent.does("conversation:finish", conversation=conversation)


async def heard(customer: Visitor) -> str:
    """Return all that a customer can read."""
    return str(await customer.reads())


async def test_whatever_happens_on_a_busy_floor_the_live_view_says_what_postgresql_says(
    house: House, tab: Page, chromium: Browser
) -> None:
    sue = await house.agent("Sue", role="supervisor", connect=False)
    ann = await house.agent("Ann", capacity=2, connect=False)
    bob, cy = await house.agent("Bob", capacity=4), await house.agent("Cy", capacity=4)
    async with house.rest(sue) as rest:
        rule = {"name": "Many wait", "metric": "waiting", "threshold": MANY}
        status, said = await rest.ask("POST", "/alert_rules", {**rule, "hold_s": 0, "clear_s": 0})
        assert status == 201, said
    await tab.set_viewport_size({"width": 1920, "height": 1080})
    lead = Console(tab, house.url)
    await lead.sits_down(sue.token)
    board = Board(tab, house.db, "Sue")
    await board.opens()
    desk = await console_of(chromium, house, ann)
    await desk.becomes_available()
    await board.agrees({"Agents ready": "3 10 places free"})

    # Thirty come. Three take what they can hold, and who leads is told that many wait.
    customers = [await house.visitor() for _ in range(CUSTOMERS)]
    by_talk = {
        (await each.begins(f"Question {i}"))["conversation"]["id"]: each
        for i, each in enumerate(customers)
    }
    for agent in (bob, cy):
        await takes(agent, 4)
    for mine in (1, 2):
        await expect(desk.offer.first).to_be_visible()
        await desk.presses("Alt+a")
        await expect(desk.page.get_by_role("tab", name=f"Mine {mine}")).to_be_visible()
    await board.agrees({"Waiting": "20", "In hand": "10"})
    strip = tab.get_by_role("region", name="Standing alerts")
    await expect(strip).to_contain_text("15 or more wait", timeout=LOOKS_MS)
    await expect(desk.page.get_by_role("region", name="Standing alerts")).to_have_count(0)

    # Some have no more patience; some are served, and the next are at once.
    waiting = await house.db.fetch("SELECT id FROM conversation WHERE state = 'queued'")
    for row in waiting[:5]:
        await by_talk[str(row["id"])].does("conversation:end", conversation=str(row["id"]))
    await over(house, bob, 2)
    await takes(bob, 2)
    await board.agrees({"Waiting": "13", "In hand": "10"})
    await expect(strip).to_have_count(0, timeout=LOOKS_MS)

    # She whispers to Ann: the customer reads nothing of it.
    [talk, _] = await in_hand_of(house, ann)
    customer = by_talk[talk]
    await lead.goes_to(f"#/c/{talk}/watch")
    bar = tab.get_by_role("region", name="Stepping in")
    await tab.get_by_label("Whisper to Ann; no customer reads it").fill(WHISPER)
    await lead.presses("Enter")
    await desk.goes_to(f"#/c/{talk}")
    whispered = desk.log.get_by_role("article", name="Sue whispers to you")
    await expect(whispered).to_contain_text(WHISPER)
    assert WHISPER not in await heard(customer)

    # She takes over: both are told, and Ann has room for the next.
    await bar.get_by_role("button", name="Take over", exact=True).click()
    await expect(tab.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
    await tab.keyboard.type("I know them")
    await lead.presses("Enter")
    await expect(lead.reply).to_be_focused()
    await customer.hears(notice="agent_joined", text="Sue joined")
    await expect(desk.offer.first).to_be_visible()
    await desk.presses("Alt+a")
    await expect(desk.page.get_by_role("tab", name="Mine 2")).to_be_visible()
    await lead.goes_to("#/live")
    taken = await board.agrees({"Waiting": "12", "In hand": "11"})
    assert taken["agents"]["Sue"][1] == "1 of 3 places are taken"

    # She lets one of Bob's wait again; he takes another, for it was taken from him.
    [talk, *_] = await in_hand_of(house, bob)
    customer = by_talk[talk]
    await lead.goes_to(f"#/c/{talk}/watch")
    await bar.get_by_role("button", name="Re-queue", exact=True).click()
    await expect(tab.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
    await tab.keyboard.type("Somebody who knows parcels")
    await lead.presses("Enter")
    assert (await customer.hears(notice="agent_left"))["text"] == "Bob left"
    await takes(bob, 1)
    await lead.goes_to("#/live")
    await board.agrees({"Waiting": "12", "In hand": "11"})
    assert talk not in await in_hand_of(house, bob)

    # All are served, or leave.
    for row in await house.db.fetch("SELECT id FROM conversation WHERE state = 'queued'"):
        await by_talk[str(row["id"])].does("conversation:end", conversation=str(row["id"]))
    for agent in (bob, cy):
        await over(house, agent, 4)
    await board.agrees({"Waiting": "0", "In hand": "3"})

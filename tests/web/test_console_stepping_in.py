"""People step in at the console: a colleague is asked, a supervisor assigns and prioritises."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from storage.queues import Queues
from tests.support.house import House
from tests.web.console import Console, stranger

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


async def another(chromium: Browser, house: House, token: str) -> Console:
    """Let somebody sit down at a machine of their own."""
    context = await chromium.new_context(viewport={"width": 1200, "height": 800}, locale="en-GB")
    console = Console(await context.new_page(), house.url)
    await console.sits_down(token)
    await console.becomes_available()
    return console


async def test_a_colleague_is_asked_takes_over_and_hands_it_back(
    house: House, tab: Page, chromium: Browser
) -> None:
    mei, bob = [await house.agent(name, connect=False) for name in ("Lin Mei", "Bob")]
    here = Console(tab, house.url)
    await here.sits_down(mei.token)
    await here.becomes_available()
    visitor = await house.visitor()
    await visitor.begins("Can I pay by invoice?")
    await here.takes("Can I pay by invoice?")
    there = await another(chromium, house, bob.token)

    await here.presses("Alt+t")
    await tab.get_by_role("option", name="Bob").wait_for()
    await tab.keyboard.type("Bob")
    await tab.get_by_role("switch", name="Ask first").press("Space")
    await tab.get_by_label("Note for whoever takes it").fill("Wants an invoice, 30 days")
    await here.is_accessible()
    await tab.get_by_role("button", name="Ask Bob").press("Enter")

    waiting = tab.get_by_role("region", name="Handing over")
    await expect(waiting.get_by_text("Waiting for Bob to take over")).to_be_visible()
    await expect(there.offer.get_by_text("Lin Mei asks you to take over.")).to_be_visible()
    await expect(there.offer.get_by_text("Wants an invoice, 30 days")).to_be_visible()
    await here.is_accessible()
    await there.is_accessible()

    await waiting.get_by_role("button", name="Cancel").press("Enter")
    await expect(there.offer).to_have_count(0)
    await expect(waiting).to_have_count(0)
    assert (await house.row(visitor.conversation)).agent_id == mei.row.id

    await here.presses("Alt+t")
    await tab.get_by_role("option", name="Bob").wait_for()
    await tab.keyboard.type("Bob")
    await tab.get_by_role("switch", name="Ask first").press("Space")
    await tab.get_by_role("button", name="Ask Bob").press("Enter")
    await there.takes("Can I pay by invoice?")
    await expect(tab.get_by_text(f"Bob has taken over {stranger(visitor)}.")).to_be_visible()
    assert (await house.row(visitor.conversation)).agent_id == bob.row.id

    await there.presses("Alt+t")
    back = there.page.get_by_role("option", name="Back to Lin Mei")
    await expect(back).to_have_attribute("aria-selected", "true")
    await there.presses("Enter")
    await here.takes("Can I pay by invoice?")
    assert (await house.row(visitor.conversation)).agent_id == mei.row.id


async def test_c10_declined_the_customer_stays_and_a_line_says_so(house: House, tab: Page) -> None:
    mei, bob = await house.agent("Lin Mei", connect=False), await house.agent("Bob", status=None)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await console.becomes_available()
    visitor = await house.visitor()
    await visitor.begins("Hello")
    await console.takes("Hello")
    await bob.becomes("available")

    await console.presses("Alt+t")
    await tab.get_by_role("option", name="Bob").wait_for()
    await tab.keyboard.type("Bob")
    await tab.get_by_role("switch", name="Ask first").press("Space")
    await tab.get_by_role("button", name="Ask Bob").press("Enter")
    offer = await bob.is_offered(visitor.conversation)
    await bob.does("offer:decline", offer=offer["offer"])

    await expect(console.log.get_by_text("Bob has declined to take over")).to_be_visible()
    await expect(tab.get_by_text(f"{stranger(visitor)} stays with you")).to_be_visible()
    await expect(tab.get_by_role("region", name="Handing over")).to_have_count(0)
    await expect(console.reply).to_be_visible()


async def test_a18_b15_a_supervisor_sets_a_priority_and_assigns_beyond_the_capacity(
    house: House, tab: Page
) -> None:
    lea = await house.agent("Lea", role="supervisor", connect=False)
    ann = await house.agent("Ann", capacity=1)
    busy, visitor = await house.visitor(), await house.visitor()
    await house.talk(busy, ann, "First")
    begun = await visitor.begins("Second")
    console = Console(tab, house.url)
    await console.sits_down(lea.token)
    await console.presses("Alt+2")
    await tab.get_by_role("link", name="Visitor").click()
    await expect(console.log.get_by_text("Second")).to_be_visible()

    await console.presses("Escape", "Alt+p")
    await expect(tab.get_by_role("slider", name="Priority")).to_be_focused()
    await console.presses("ArrowRight", "ArrowRight", "ArrowRight")
    await console.is_accessible()
    await console.presses("Enter")
    await expect(tab.get_by_text("Priority is now 3.")).to_be_visible()
    await expect(tab.get_by_title("Priority 3")).to_be_visible()
    assert (await house.row(begun["conversation"]["id"])).priority == 3

    await console.presses("Alt+p")
    await expect(tab.get_by_role("slider", name="Priority")).to_be_focused()
    await console.presses("Alt+g")  # from one to the other
    option = tab.get_by_role("option", name="Ann")
    await expect(option).to_contain_text("1 of 1")
    await tab.keyboard.type("Ann")
    await expect(tab.get_by_text("Ann has no free place: this makes 2 of 1.")).to_be_visible()
    await console.presses("Enter")
    await expect(tab.get_by_label("Reason")).to_be_focused()
    await expect(tab.get_by_role("button", name="Assign to Ann")).to_be_disabled()
    await tab.keyboard.type("She knows this customer")
    await console.is_accessible()
    await console.presses("Enter")

    await expect(tab.get_by_text("Assigned to Ann.")).to_be_visible()
    row = await house.row(begun["conversation"]["id"])
    assert (row.state, row.agent_id) == ("active", ann.row.id)
    await visitor.hears("conversation:changed", state="active")


async def test_a18_who_was_picked_is_meant_and_who_took_it_meanwhile_keeps_it_until_asked_again(
    house: House, tab: Page
) -> None:
    lea = await house.agent("Lea", role="supervisor", connect=False)
    mei, grace = await house.agent("Mei", status="busy"), await house.agent("Grace", status="busy")
    visitor, other = await house.visitor(), await house.visitor()
    begun = await visitor.begins("Is it here?")
    conversation = begun["conversation"]["id"]
    console = Console(tab, house.url)
    await console.sits_down(lea.token)
    await console.presses("Alt+2")
    await tab.get_by_role("link", name="Visitor").click()
    await console.presses("Escape", "Alt+g")
    await tab.get_by_role("option", name="Grace").click()
    await tab.get_by_label("Reason").fill("She knows it")

    # The list is sorted anew, and somebody takes it.
    second = (await other.begins("And mine?"))["conversation"]["id"]
    await grace.does("conversation:pick", conversation=second)
    await mei.does("conversation:pick", conversation=conversation)
    await expect(tab.get_by_role("option", name="Mei")).to_contain_text("Has it now")
    await expect(tab.get_by_role("button", name="Assign to Grace")).to_be_enabled()
    await tab.get_by_role("button", name="Assign to Grace").click()

    await expect(tab.get_by_text("Mei has taken it meanwhile.")).to_be_visible()
    assert (await house.row(conversation)).agent_id == mei.row.id
    await tab.get_by_role("button", name="Assign to Grace").click()
    await expect(tab.get_by_text("Assigned to Grace.")).to_be_visible()
    assert (await house.row(conversation)).agent_id == grace.row.id

    await tab.get_by_role("link", name="Why").click()
    await expect(tab.get_by_role("heading", name="Lea assigned it to Grace")).to_be_visible()
    await expect(tab.get_by_role("heading", name="Mei took it without an offer")).to_be_visible()
    await expect(tab.get_by_text("It was in the hands of Mei.")).to_be_visible()
    await expect(tab.get_by_text("Reason: She knows it")).to_be_visible()
    await console.is_accessible()


async def test_an_agent_who_leads_nobody_has_no_such_buttons(house: House, tab: Page) -> None:
    mei = await house.agent("Lin Mei", connect=False)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await (await house.visitor()).begins("Hello")
    await console.presses("Alt+2")
    await tab.get_by_role("link", name="Visitor").click()
    await expect(tab.get_by_role("button", name="Take it")).to_be_visible()
    await expect(tab.get_by_role("button", name="Assign")).to_have_count(0)
    await expect(tab.get_by_role("button", name="Priority")).to_have_count(0)


async def test_a4_who_missed_too_many_offers_says_that_they_are_back(
    house: House, tab: Page
) -> None:
    mei = await house.agent("Lin Mei", connect=False)
    await house.db.execute(
        "UPDATE agent SET status = 'available', unresponsive_at = now(), misses = 2"
    )
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await expect(tab.get_by_text("You missed offers one after the other.")).to_be_visible()
    await expect(tab.get_by_role("button", name="Not responding")).to_be_visible()
    await console.is_accessible()
    await (await house.visitor()).begins("Hello")
    await expect(tab.get_by_role("tab", name="Waiting 1")).to_be_visible()
    await expect(console.offer).to_have_count(0)

    await tab.get_by_role("button", name="I am back").press("Enter")

    await expect(console.offer.get_by_text("Hello")).to_be_visible()
    await expect(tab.get_by_role("button", name="I am back")).to_have_count(0)
    await expect(tab.get_by_role("button", name="Available")).to_be_visible()


async def test_a4_who_does_not_respond_is_told_apart_from_who_is_available(
    house: House, tab: Page
) -> None:
    lea = await house.agent("Lea", role="supervisor", status="busy", connect=False)
    await house.agent("Ann", skills={"tea": 3})
    bob = await house.agent("Bob")
    await house.db.execute(
        "UPDATE agent SET unresponsive_at = now(), misses = 2 WHERE id = $1", bob.row.id
    )
    console = Console(tab, house.url)
    await console.sits_down(lea.token)

    await console.goes_to("#/admin/agents")
    row = tab.get_by_role("row").filter(has_text="Bob")
    await expect(row).to_contain_text("Not responding")
    await expect(tab.get_by_role("row").filter(has_text="Ann")).to_contain_text("Available")

    await console.goes_to("#/admin/matrix")
    await expect(tab.get_by_role("rowheader", name="Not responding Bob")).to_be_visible()
    await expect(tab.get_by_role("rowheader", name="Available Ann")).to_be_visible()

    await console.goes_to(f"#/admin/queues/{house.queue.id}")
    preview = tab.get_by_role("region", name="Who could take this now")
    mark = preview.locator("li.agent", has_text="Bob").locator("i.not_responding")
    await expect(mark).to_have_css("clip-path", re.compile("polygon"))

    await console.goes_to("#/live")
    await tab.get_by_role("button", name="Bob").click()
    await expect(tab.get_by_role("dialog")).to_contain_text(
        "Now: Not responding; the status chosen is Available."
    )


async def test_b21_who_is_idle_is_told_so_until_anything_is_touched(
    house: House, tab: Page
) -> None:
    lea = await house.agent("Lea", role="supervisor", status="busy", connect=False)
    mei = await house.agent("Lin Mei", connect=False)
    await house.db.execute("UPDATE agent SET status = 'available' WHERE id = $1", mei.row.id)
    await house.db.execute("INSERT INTO shop_idle VALUES ($1, 300)", house.shop.id)
    await house.db.execute("INSERT INTO agent_idle VALUES ($1, now())", mei.row.id)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await expect(tab.get_by_text("You are idle: new conversations go to others.")).to_be_visible()
    await expect(tab.get_by_role("button", name="Idle")).to_be_visible()
    await console.is_accessible()
    await (await house.visitor()).begins("Hello")
    await expect(tab.get_by_role("tab", name="Waiting 1")).to_be_visible()
    await expect(console.offer).to_have_count(0)
    async with house.rest(lea) as rest:
        _, agents = await rest.ask("GET", "/agents")
        assert [each["name"] for each in agents["items"] if "idle_since" in each] == ["Lin Mei"]

    await tab.mouse.move(200, 300, steps=3)

    await expect(console.offer.get_by_text("Hello")).to_be_visible()
    await expect(tab.get_by_text("You are idle")).to_have_count(0)
    await expect(tab.get_by_role("button", name="Available")).to_be_visible()


async def test_an_open_console_shows_the_capacity_as_soon_as_it_was_changed(
    house: House, tab: Page
) -> None:
    lea = await house.agent("Lea", role="supervisor", status=None, connect=False)
    mei = await house.agent("Lin Mei", connect=False)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await expect(tab.get_by_title("0 of 3 places are taken")).to_be_visible()
    await tab.evaluate("window.same = true")
    agent = str(mei.row.id)

    async with house.rest(lea) as rest:
        await rest.ask("PATCH", f"/agents/{agent}", {"capacity": 5})
        await expect(tab.get_by_title("0 of 5 places are taken")).to_be_visible()
        capacities = [{"agent": agent, "capacity": 8, "was": 5}]
        await rest.ask("PATCH", "/skills_matrix", {"capacities": capacities})
        await expect(tab.get_by_title("0 of 8 places are taken")).to_be_visible()

    assert await tab.evaluate("window.same")


async def test_a18_a_call_of_three_units_fills_three_places_and_what_is_over_says_so(
    house: House, tab: Page
) -> None:
    ann = await house.agent("Ann", capacity=3, connect=False)
    await Queues(house.db).update(house.shop.id, house.queue.id, {"units": 3})
    console = Console(tab, house.url)
    await console.sits_down(ann.token)
    await console.becomes_available()
    await (await house.visitor()).begins("Please call me")
    await console.takes("Please call me")

    await expect(tab.get_by_title("3 of 3 places are taken")).to_have_text("3/3")

    second = (await (await house.visitor()).begins("Me too"))["conversation"]["id"]
    lea = await house.agent("Lea", role="supervisor", status=None)
    await lea.does(
        "conversation:assign", conversation=second, agent=str(ann.row.id), reason="She knows it"
    )
    await expect(tab.get_by_title("6 of 3 places are taken")).to_contain_text("over")

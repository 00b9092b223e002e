"""Trying a change on the shop's own past: ask, compare, make it true."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect
from pytest_asyncio import fixture

from storage.agents import Agents
from tests.story.test_simulations import answered
from tests.support.house import Agent, House
from tests.support.past import past
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]

ANSWERED_MS = 60_000


@fixture(loop_scope="session")
async def lin(house: House) -> Agent:
    """Let Lin have served all who came, three at once."""
    return await house.agent("Lin", capacity=3, status=None, connect=False)


@fixture(loop_scope="session")
async def office(house: House, tab: Page) -> Console:
    """Let a supervisor look at the page."""
    qin = await house.agent("Qin", role="supervisor", status=None, connect=False)
    console = Console(tab, house.url)
    await console.sits_down(qin.token)
    await console.goes_to("#/admin/simulate")
    return console


def variant(page: Page, name: str) -> Locator:
    """Return the card of a variant."""
    return page.get_by_role("article", name=name, exact=True)


async def goes_by(page: Page, number: int, policy: str) -> None:
    """Let all queues of a variant go by a policy."""
    card = variant(page, f"Variant {number}")
    await card.get_by_role("button", name="Queue").click()
    await card.get_by_label("Goes by").select_option(policy)
    await expect(card.get_by_text(f"goes by “{policy}”.")).to_be_visible()


async def takes(page: Page, number: int, who: str, capacity: int) -> None:
    """Let somebody take so many at once in a variant."""
    card = variant(page, f"Variant {number}")
    await card.get_by_role("button", name="Agent").click()
    await expect(card.get_by_label("Agent", exact=True)).to_be_focused()
    await card.get_by_label("Agent", exact=True).select_option(who)
    await card.get_by_label("Capacity").fill(str(capacity))
    await expect(card.get_by_text(f"{who} takes {capacity} at once.")).to_be_visible()


async def test_two_policies_and_more_room_are_compared_and_the_room_is_made(
    house: House, office: Console, lin: Agent
) -> None:
    page = office.page
    since, until = await past(house, lin)
    await page.reload()
    await page.get_by_label("Other days").check()
    await page.get_by_label("First day").fill(since.date().isoformat())
    await page.get_by_label("Last day").fill(until.date().isoformat())
    await goes_by(page, 1, "In turn")
    await page.get_by_role("button", name="Duplicate: Variant 1").click()
    await variant(page, "Variant 2").get_by_label("Goes by").select_option("Longest free")
    await page.get_by_role("button", name="Another variant").click()
    await takes(page, 3, "Lin", 10)
    await variant(page, "Variant 3").get_by_label("Name of variant 3").fill("Ten at once")
    await office.is_accessible()
    await page.get_by_role("button", name="Try it").click()

    await expect(page.get_by_text("coming once more. You can leave")).to_be_visible()
    table = page.get_by_role("table", name="Today and the variants")
    await expect(table).to_be_visible(timeout=ANSWERED_MS)
    await expect(table.get_by_role("row")).to_have_count(6)
    was = table.get_by_role("row", name="As it really was")
    await expect(was).to_contain_text("60 customers, as recorded")
    await expect(was.get_by_role("cell").first).to_have_text("20s")
    await expect(was.get_by_text("no queue had a target")).to_be_visible()
    far = page.get_by_role("note", name="What really happened and what is simulated")
    await expect(far).to_contain_text("Mean wait: really 20s, simulated")
    await expect(far).to_contain_text("Likely reasons: whoever was there without anything to do")
    in_turn = table.get_by_role("row", name="General: In turn")
    await expect(in_turn.get_by_role("cell").first).to_contain_text("hardly different")
    room = table.get_by_role("row", name="Ten at once")
    await expect(room.get_by_role("cell").first).to_contain_text("better")
    await page.get_by_label("Show").select_option("General")
    await expect(room.get_by_role("cell").first).to_contain_text("better")
    await office.is_accessible()

    await page.get_by_role("button", name="Apply…: Ten at once").click()
    ask = page.get_by_role("dialog", name="Apply “Ten at once” to the shop")
    await expect(ask.get_by_role("listitem")).to_have_text(["Lin · Capacity 3 → 10"])
    await expect(ask.get_by_role("button", name="Make this change")).to_be_focused()
    await office.is_accessible()
    await office.presses("Enter")
    await expect(page.get_by_text("“Ten at once” is in force: 1 agent and")).to_be_visible()
    row = await Agents(house.db).get(lin.row.id)
    assert row is not None
    assert row.capacity == 10
    trace = page.get_by_role("group").filter(has_text="Applied by Qin")
    await trace.get_by_text("Applied by Qin").click()
    await expect(trace.get_by_role("listitem")).to_have_text("Lin · Capacity 3 → 10")
    await expect(trace.get_by_text("To go back, set")).to_be_visible()
    await office.is_accessible()

    await page.get_by_role("button", name="Apply…: Ten at once").click()
    await expect(ask.get_by_text("The shop is like this already")).to_be_visible()
    await office.presses("Escape")
    await expect(ask).to_have_count(0)
    await page.get_by_role("main").get_by_role("link", name="Try a change").click()
    earlier = page.get_by_role("table", name="Tried before")
    await expect(earlier.get_by_role("row", name="Ten at once")).to_contain_text(
        "applied: Ten at once"
    )


async def test_what_was_changed_meanwhile_is_shown_and_overwritten_only_when_that_is_wanted(
    house: House, office: Console, lin: Agent
) -> None:
    since, until = await past(house, lin, customers=2)
    qin = await house.agent("Wei", role="supervisor", status=None, connect=False)
    async with house.rest(qin) as rest:
        _, tea = await rest.ask("POST", "/skills", {"key": "tea", "name": "Tea"})
        _, cups = await rest.ask("POST", "/skills", {"key": "cups", "name": "Cups"})
        agent = {"agent": str(lin.row.id), "skills": {tea["id"]: 3}}
        asked = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "seeds": 2,
            "variants": [{"name": "Tea for Lin", "agents": [agent]}],
        }
        _, begun = await rest.ask("POST", "/simulations", asked)
        assert (await answered(rest, begun["id"]))["state"] == "done"
        page = office.page
        await office.goes_to(f"#/admin/simulate/{begun['id']}")
        await page.get_by_role("button", name="Apply…: Tea for Lin").click()
        ask = page.get_by_role("dialog", name="Apply “Tea for Lin” to the shop")
        await expect(ask.get_by_role("listitem")).to_have_count(1)

        learnt = [{"skill": cups["id"], "level": 4}]
        assert (await rest.ask("PATCH", f"/agents/{lin.row.id}", {"skills": learnt}))[0] == 200
        await ask.get_by_role("button", name="Make this change").click()

        await expect(ask.get_by_role("alert")).to_contain_text("changed since it was asked")
        mine = ask.get_by_role("listitem").filter(has_text="Cups")
        await expect(mine).to_contain_text("changed meanwhile; it was none")
        await expect(mine.get_by_role("deletion")).to_have_text("Level 4")
        await expect(ask.get_by_role("listitem").filter(has_text="meanwhile")).to_have_count(1)
        await office.is_accessible()
        await expect(ask.get_by_role("button", name="Apply all the same")).to_be_in_viewport()
        assert (await rest.get(f"/agents/{lin.row.id}"))["skills"] == learnt

        await ask.get_by_role("button", name="Apply all the same").click()
        await expect(page.get_by_text("“Tea for Lin” is in force")).to_be_visible()
        skills = (await rest.get(f"/agents/{lin.row.id}"))["skills"]
        assert skills == [{"skill": tea["id"], "level": 3}]


async def test_a_question_is_kept_and_earlier_ones_are_opened_by_their_link(
    office: Console, lin: Agent
) -> None:
    page = office.page
    await page.reload()
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_text("Every variant needs at least one change.")).to_be_visible()
    card = variant(page, "Variant 1")
    await card.get_by_role("button", name="New people").click()
    await card.get_by_label("How many").fill("2")
    await page.get_by_label("Yesterday").check()
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_text("Nobody came on these days")).to_be_visible(timeout=ANSWERED_MS)
    link = page.url
    await office.is_accessible()

    await page.get_by_role("main").get_by_role("link", name="Try a change").click()
    said = "Two more people without skills (3 at once)."
    await expect(card.get_by_text(said)).to_be_visible()
    await expect(page.get_by_label("Yesterday")).to_be_checked()
    await page.reload()
    await expect(card.get_by_text(said)).to_be_visible()
    earlier = page.get_by_role("table", name="Tried before")
    await expect(earlier.get_by_role("row", name="+2 people")).to_contain_text("failed")
    await earlier.get_by_role("link", name="+2 people").click()
    await expect(page).to_have_url(link)
    await page.get_by_role("button", name="Change and try again").click()
    await expect(page.get_by_label("Other days")).to_be_checked()


async def test_p10_an_agent_is_not_shown_the_page(house: House, tab: Page) -> None:
    tom = await house.agent("Tom", status=None, connect=False)
    console = Console(tab, house.url)
    await console.sits_down(tom.token)
    await console.goes_to("#/admin/simulate")
    await expect(tab.get_by_role("heading", name="Prepared replies")).to_be_visible()
    await expect(tab.get_by_role("link", name="Try a change")).to_have_count(0)

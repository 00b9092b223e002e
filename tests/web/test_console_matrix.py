"""The skills matrix: edited from the keyboard, for many agents and skills."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.async_api import Locator, Page, expect
from pytest_asyncio import fixture

from storage.agents import Agents, NewAgent
from storage.skills import Skills
from tests.support.house import House
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

NODES_MAX = 3000
TOUCHED_MAX = 60
"""So much may change in the page for a key that changes one cell: its text, marks, sums, words."""

COUNTED = """() => { window.touched = 0;
    new MutationObserver((all) => (window.touched += all.length)).observe(document.body,
        { subtree: true, childList: true, attributes: true, characterData: true }); }"""


class Desk:
    """The matrix on a supervisor's screen."""

    def __init__(self, house: House, console: Console) -> None:
        self.house, self.console, self.page = house, console, console.page

    @property
    def grid(self) -> Locator:
        """The table."""
        return self.page.get_by_role("grid", name="Skills matrix")

    def cell(self, name: str) -> Locator:
        """A cell by what it is called."""
        return self.page.get_by_role("gridcell", name=name)

    async def opens(self) -> None:
        """Open the page and go into the table."""
        await self.console.goes_to("#/admin/matrix")
        await self.grid.focus()

    async def levels(self, agent: UUID) -> dict[str, int]:
        """Return what is stored of somebody."""
        row = await Agents(self.house.db).get(agent)
        assert row is not None
        names = {skill.id: skill.key for skill in await Skills(self.house.db).of_shop(row.shop_id)}
        return {names[skill]: level for skill, level in row.skills.items()}


async def hired(house: House, name: str, skills: dict[UUID, int] | None = None) -> UUID:
    """Hire somebody who knows these skills."""
    new = NewAgent(
        shop_id=house.shop.id,
        email=f"{name.lower()}@shop.example",
        name=name,
        password_hash="-",
        skills=skills or {},
    )
    return (await Agents(house.db).create(new)).id


@fixture(loop_scope="session")
async def desk(house: House, tab: Page) -> Desk:
    """Let a supervisor sit down in a shop with three skills."""
    for key in ("cups", "refunds", "tea"):
        await Skills(house.db).create(house.shop.id, key, key.title())
    zoe = await house.agent("Zoe", role="supervisor", status=None, connect=False)
    console = Console(tab, house.url)
    await console.sits_down(zoe.token)
    return Desk(house, console)


async def test_levels_are_filled_in_from_the_keyboard_and_saved_at_once(
    house: House, desk: Desk
) -> None:
    ada, bob = await hired(house, "Ada"), await hired(house, "Bob")
    await desk.opens()
    await desk.console.presses("ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "3")
    await desk.console.presses("ArrowDown", "5", "Control+z", "ArrowLeft", "ArrowLeft", "7")
    await expect(desk.page.get_by_text("5 changes for 3 agents, not saved yet")).to_be_visible()
    await expect(desk.cell("Ada, Cups: 3, not saved, was 0")).to_be_visible()
    await desk.console.is_accessible()
    assert await desk.levels(ada) == {}

    await desk.console.presses("Control+s")

    await expect(desk.page.get_by_text("5 changes for 3 agents saved.")).to_be_visible()
    await expect(desk.grid).to_be_focused()
    assert await desk.levels(ada) == await desk.levels(bob) == {"cups": 3, "refunds": 3}
    assert await desk.page.locator("footer").count() == 0


async def test_a_name_in_two_parts_breaks_between_them_and_nowhere_else(
    house: House, desk: Desk
) -> None:
    name = "Refunds · Credit"
    await house.db.execute("UPDATE skill SET name = $1 WHERE key = 'refunds'", name)
    await desk.opens()
    head = desk.page.get_by_role("columnheader", name="Refunds")
    lines = """(all) => { const tops = all.map((one) => [...one.textContent].map((_, at) => {
        const range = document.createRange();
        range.setStart(one.firstChild, at); range.setEnd(one.firstChild, at + 1);
        return Math.round(range.getBoundingClientRect().top); }));
        return tops.map((of) => new Set(of).size).concat(new Set(tops.flat()).size); }"""
    parts = head.locator("b:visible")
    await expect(parts).to_have_count(2)
    assert await parts.evaluate_all(lines) == [1, 1, 2]


async def test_what_is_said_lies_over_nothing_that_is_written_or_pressed(desk: Desk) -> None:
    await desk.opens()
    await desk.console.presses("ArrowRight", "5", "Control+s")
    said = desk.page.get_by_role("paragraph").filter(has_text="1 change for 1 agent saved.")
    await expect(said).to_be_visible()
    words, page = await said.bounding_box(), await desk.grid.bounding_box()
    assert words is not None
    assert page is not None
    assert words["x"] + words["width"] <= page["x"]


async def test_cells_are_copied_and_pasted_as_a_spreadsheet_has_them(
    house: House, desk: Desk
) -> None:
    skills = {skill.key: skill.id for skill in await Skills(house.db).of_shop(house.shop.id)}
    await hired(house, "Ada", {skills["cups"]: 4, skills["tea"]: 2})
    await hired(house, "Bob")
    await desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await desk.opens()
    await desk.console.presses("ArrowRight", "Shift+End", "Control+c")
    assert await desk.page.evaluate("navigator.clipboard.readText()") == "4\t\t2"
    await desk.console.presses("ArrowDown", "Home", "ArrowRight", "Control+v")
    await expect(desk.cell("Bob, Cups: 4")).to_be_visible()
    await expect(desk.cell("Bob, Tea: 2")).to_be_visible()

    await desk.page.evaluate("navigator.clipboard.writeText('9\\t1')")
    await desk.console.presses("Control+v")
    await expect(desk.page.get_by_text("1 cell was no level and stayed as it was.")).to_be_visible()
    await expect(desk.cell("Bob, Refunds: 1")).to_be_visible()


async def test_what_somebody_else_changed_meanwhile_is_shown_and_decided(
    house: House, desk: Desk
) -> None:
    ada = await hired(house, "Ada")
    skills = {skill.key: skill.id for skill in await Skills(house.db).of_shop(house.shop.id)}
    await desk.opens()
    await desk.console.presses("ArrowRight", "5")
    await Agents(house.db).update(house.shop.id, ada, {"skills": {skills["cups"]: 2}})
    await desk.console.presses("Control+s")
    await expect(desk.page.get_by_text("1 cell was changed by somebody else")).to_be_visible()
    await expect(desk.cell("Ada, Cups: 5, somebody else set it to 2")).to_be_visible()
    cell = desk.cell("Ada, Cups: 5, somebody else set it to 2")
    await expect(cell.locator("[data-theirs='2']")).to_be_visible()
    await expect(desk.page.get_by_text("Ada, Cups: they set 2, yours is 5")).to_be_visible()
    await desk.console.is_accessible()

    await desk.console.presses("Control+s")
    await expect(desk.page.get_by_text("Choose theirs or yours first, then save.")).to_be_visible()
    assert await desk.levels(ada) == {"cups": 2}

    await desk.page.get_by_role("button", name="Keep mine").click()
    await expect(desk.grid).to_be_focused()
    await expect(desk.cell("Ada, Cups: 5, not saved, was 2")).to_be_visible()
    await desk.console.presses("Control+s")
    await expect(desk.page.get_by_text("1 change for 1 agent saved.")).to_be_visible()
    assert await desk.levels(ada) == {"cups": 5}


async def test_a_draft_outlives_a_reload_and_the_page_is_narrowed_down(
    house: House, desk: Desk
) -> None:
    for name in ("Ada", "Bob"):
        await hired(house, name)
    await desk.opens()
    await desk.console.presses("ArrowRight", "5")
    await expect(desk.page.get_by_text("1 change for 1 agent, not saved yet")).to_be_visible()
    await desk.page.reload()
    await expect(desk.cell("Ada, Cups: 5, not saved, was 0")).to_be_visible()

    await desk.page.get_by_role("searchbox", name="Find people").fill("bob")
    await desk.page.get_by_role("searchbox", name="Find skills").fill("tea")
    await expect(desk.page.get_by_role("gridcell", name="Bob, Tea: none")).to_be_visible()
    await expect(desk.cell("Ada, Cups")).to_have_count(0)
    await expect(desk.cell("Bob, Cups")).to_have_count(0)


async def test_two_hundred_agents_and_forty_skills_stay_light(house: House, desk: Desk) -> None:
    for number in range(3, 40):
        await Skills(house.db).create(house.shop.id, f"skill-{number}", f"Skill {number}")
    for number in range(200):
        await hired(house, f"Agent-{number}")
    await desk.opens()
    await expect(desk.cell("Agent-0, Skill 3: none")).to_be_visible()
    nodes = await desk.page.evaluate("document.querySelectorAll('*').length")
    assert 1000 < nodes < NODES_MAX

    await desk.console.presses("ArrowRight", "ArrowRight")
    await desk.page.evaluate(COUNTED)
    await desk.console.presses("4")
    await expect(desk.page.get_by_text("1 change for 1 agent, not saved yet")).to_be_visible()
    assert 0 < await desk.page.evaluate("window.touched") < TOUCHED_MAX

    await desk.console.presses("Control+End", "5")
    await expect(desk.cell("Zoe, Tea: 5, not saved, was 0")).to_be_visible()
    assert await desk.page.evaluate("document.querySelectorAll('*').length") < NODES_MAX
    await desk.console.is_accessible()

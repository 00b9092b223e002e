"""The setup leaves as a file, and comes back after one has seen what it would change."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from pytest_asyncio import fixture

from storage.agents import Agents
from storage.skills import Skills
from tests.support.house import Agent, House
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


@fixture(loop_scope="session")
async def lin(house: House) -> Agent:
    """Let there be an agent who knows tea."""
    await Skills(house.db).create(house.shop.id, "cups", "Cups")
    return await house.agent("Lin", skills={"tea": 2}, connect=False)


@fixture(loop_scope="session")
async def office(house: House, tab: Page, lin: Agent) -> Console:
    """Let a supervisor open the page."""
    zoe = await house.agent("Zoe", role="supervisor", status=None, connect=False)
    console = Console(tab, house.url)
    await console.sits_down(zoe.token)
    await console.goes_to("#/admin/exchange")
    return console


async def test_a_matrix_goes_out_is_edited_seen_and_applied(
    house: House, office: Console, lin: Agent, tmp_path: Path
) -> None:
    page = office.page
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="Download CSV: Skills matrix").click()
    download = await begun.value
    assert download.suggested_filename == "kefu-matrix.csv"
    edited = tmp_path / "edited.csv"
    given = Path(await download.path()).read_text("utf-8-sig")
    assert f"{lin.row.email},Lin,3,,2" in given
    edited.write_text(given.replace(f"{lin.row.email},Lin,3,,2", f"{lin.row.email},Lin,5,4,"))

    await page.locator("input[type=file]").set_input_files(edited)

    await expect(page.get_by_text("3 changes", exact=True)).to_be_visible()
    table = page.get_by_role("table", name="What would change")
    await expect(
        table.get_by_role("row", name=f"changed Agent {lin.row.email} Capacity 3 5")
    ).to_be_visible()
    await expect(
        table.get_by_role("row", name=f"added Agent {lin.row.email} Skill cups 4")
    ).to_be_visible()
    await expect(
        table.get_by_role("row", name=f"removed Agent {lin.row.email} Skill tea 2")
    ).to_be_visible()
    await office.is_accessible()
    row = await Agents(house.db).get(lin.row.id)
    assert row is not None
    assert row.capacity == 3

    await page.get_by_role("button", name="Apply 3 changes").click()
    await expect(page.get_by_text("3 changes are applied.")).to_be_visible()
    row = await Agents(house.db).get(lin.row.id)
    assert row is not None
    assert (row.capacity, list(row.skills.values())) == (5, [4])


async def test_mistakes_stand_with_their_place_and_nothing_can_be_applied(
    office: Console, lin: Agent
) -> None:
    page = office.page
    text = f"email,tea,cofee\n{lin.row.email},7,1\nnobody@x,1,\n"
    await page.get_by_role("textbox", name="Paste JSON or a table").fill(text)
    await expect(page.get_by_label("This is")).to_have_value("matrix")
    await page.get_by_role("button", name="See what would change").click()
    alert = page.get_by_role("alert", name="3 things to mend before this can be imported")
    await expect(alert.get_by_role("listitem")).to_have_count(3)
    await expect(alert.get_by_text("Line 2, column 2")).to_be_visible()
    await expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    await office.is_accessible()


async def test_what_was_overtaken_is_shown_anew_instead_of_applied(
    house: House, office: Console, lin: Agent
) -> None:
    page = office.page
    text = f"email,capacity,tea\n{lin.row.email},9,4\n"
    await page.get_by_role("textbox", name="Paste JSON or a table").fill(text)
    await page.get_by_role("button", name="See what would change").click()
    await expect(page.get_by_role("button", name="Apply 2 changes")).to_be_visible()
    await Agents(house.db).update(house.shop.id, lin.row.id, {"capacity": 9})
    await page.get_by_role("button", name="Apply 2 changes").click()
    await expect(page.get_by_text("Somebody has changed the setup meanwhile.")).to_be_visible()
    await page.get_by_role("button", name="Apply 1 change").click()
    await expect(page.get_by_text("1 change is applied.")).to_be_visible()

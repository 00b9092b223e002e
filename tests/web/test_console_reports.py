"""Reports: a supervisor looks at four weeks, sees what a figure is made of, and takes it along."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from pytest_asyncio import fixture

from server.seeding.first import found
from server.seeding.setup import SHOP_KEY
from storage.agents import Agents
from storage.shops import Shops
from tests.reports.books import Books
from tests.reports.test_workbook import read
from tests.support.house import House
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]

ASKED = """
SELECT count(*) FROM conversation
 WHERE shop_id = $1 AND queued_at >= $2 AND ($3::uuid IS NULL OR queue_id = $3)
"""


@fixture(loop_scope="session")
async def office(house: House, tab: Page) -> Console:
    """Let a supervisor of a shop that is weeks old sit down."""
    await found(house.db, "river-and-reed", [], datetime.now(UTC))
    await Books(house.db).job.catch_up()
    shop = await Shops(house.db).by_key(SHOP_KEY)
    assert shop is not None
    lead = next(a for a in await Agents(house.db).of_shop(shop.id) if a.role == "supervisor")
    console = Console(tab, house.url)
    await console.sits_down(await house.token_for(lead))
    return console


async def test_a_supervisor_looks_at_weeks_and_at_what_they_are_made_of(
    house: House, office: Console, tmp_path: Path
) -> None:
    page = office.page
    shop = await Shops(house.db).by_key(SHOP_KEY)
    assert shop is not None
    since = datetime.now(UTC) - timedelta(days=60)
    asked = await house.db.fetchval(ASKED, shop.id, since, None)
    await office.goes_to("#/admin/reports")

    await page.get_by_label("Today").check()
    await page.get_by_label("Other days").check()
    await page.get_by_label("First day").fill(since.date().isoformat())
    total = page.get_by_role("button", name="Asked").first
    await expect(total).to_contain_text(str(asked))
    table = page.get_by_role("table", name="Customers, Queue")
    await expect(table.get_by_role("row", name="All together")).to_contain_text(str(asked))
    await office.is_accessible()

    # By agent, the work of each; one figure is opened and left again.
    await page.get_by_label("By", exact=True).select_option("Agent")
    await page.get_by_label("Work").check()
    table = page.get_by_role("table", name="Work, Agent")
    await expect(table.get_by_role("row", name="Sofia")).to_be_visible()
    together = table.get_by_role("row", name="All together")
    taken = together.get_by_role("button").first
    figure = await taken.inner_text()
    await taken.click()
    behind = page.get_by_role("dialog", name="Taken: All together")
    await expect(behind.get_by_text(f"of {figure} conversations in hand")).to_be_visible()
    await expect(behind.get_by_role("row")).to_have_count(51)
    await behind.get_by_role("button", name="Show more").click()
    await expect(behind.get_by_role("row")).to_have_count(101)
    await office.is_accessible()
    await office.presses("Escape")
    await expect(taken).to_be_focused()

    # What is exported is what is seen.
    await page.get_by_label("Service level").select_option("But for quick leavers")
    await page.get_by_role("switch", name="Compare with the days before").check()
    await expect(page.get_by_text("there is nothing before these days")).to_be_visible()
    await expect(together).not_to_contain_text("was")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Export as CSV").click()
    file = tmp_path / "report.csv"
    await (await download.value).save_as(file)
    head, *lines = csv.reader(io.StringIO(file.read_text("utf-8-sig")))
    assert "level_excluding" in head
    assert "taken_before" in head
    exported = {cells[0]: dict(zip(head, cells, strict=True)) for cells in lines}
    assert exported["total"]["taken"] == figure
    assert set(exported) > {"Sofia Marsh", "total"}

    async with page.expect_download() as download:
        await page.get_by_role("link", name="Export for Excel").click()
    assert (await download.value).suggested_filename.endswith(".xlsx")
    await (await download.value).save_as(tmp_path / "report.xlsx")
    rows, _ = read((tmp_path / "report.xlsx").read_bytes())
    heads = await table.get_by_role("columnheader").all_inner_texts()
    assert {*heads} <= {cell for cell, _ in rows[0]}
    names = await table.get_by_role("rowheader").all_inner_texts()
    assert [cells[0][0] for cells in rows[1:]] == names

    # What it was on the days before is made of rows, too.
    await page.get_by_label("First day").fill((since + timedelta(days=50)).date().isoformat())
    was = together.get_by_role("button", name="was").first
    before = (await was.inner_text()).removeprefix("was ")
    await was.click()
    behind = page.get_by_role("dialog", name="Taken: All together, the days before")
    await expect(behind.get_by_text(f"of {before} conversations in hand")).to_be_visible()
    await office.presses("Escape")
    await page.screenshot(path=tmp_path / "before.png", full_page=True)
    await page.get_by_label("First day").fill(since.date().isoformat())

    # Over time people look rather than read: a curve, and a week by its hours.
    await page.get_by_label("By", exact=True).select_option("Day")
    curve = page.get_by_role("img", name="Taken, as a chart")
    await expect(curve).to_be_visible()
    await curve.hover()
    await page.get_by_label("Customers").check()
    await page.get_by_label("In the chart").select_option("Wait, 9 in 10")
    await expect(page.get_by_text("≈").first).to_be_visible()
    await page.screenshot(path=tmp_path / "curve.png", full_page=True)
    await page.get_by_label("By", exact=True).select_option("Weekday and hour")
    week = page.get_by_role("img", name="Asked, as a chart")
    await expect(week).to_be_visible()
    await office.is_accessible()
    await page.screenshot(path=tmp_path / "week.png", full_page=True)

    # Agents' time is told of a month at most; of today it is.
    await page.get_by_label("Agents’ time").check()
    await expect(page.get_by_text("at most 31 days")).to_be_visible()
    await page.get_by_label("Today").check()
    times = page.get_by_role("table", name="Agents’ time")
    await expect(times.get_by_role("row", name="All together")).to_be_visible()
    await page.screenshot(path=tmp_path / "time.png", full_page=True)
    line = times.get_by_role("row").nth(1)
    present = line.get_by_role("button").first
    connected = await present.inner_text()
    await present.click()
    made = page.get_by_role("dialog", name="Connected")
    await expect(made.get_by_text(connected, exact=True).first).to_be_visible()
    await expect(made.get_by_role("columnheader", name="In hand")).to_be_visible()
    await office.is_accessible()
    await page.screenshot(path=tmp_path / "pieces.png", full_page=True)
    await office.presses("Escape")
    await page.get_by_label("Customers").check()
    await page.get_by_label("Other days").check()

    # A day on which nothing happened, and days that are none.
    await page.get_by_label("Last day").fill("2020-01-02")
    await expect(page.get_by_text("not before the first")).to_be_visible()
    await page.get_by_label("First day").fill("2020-01-01")
    await expect(page.get_by_text("Nothing happened on these days")).to_be_visible()

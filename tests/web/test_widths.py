"""Pages fit the screens they are looked at on: nothing is cut, nothing lies over anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from storage.people import QueueSkill
from storage.queues import NewQueue, Queues
from storage.skills import Skills
from tests.support.house import Agent, House
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

NAMES = (
    "Returns and after-sales · 退换货与售后",
    "Before I buy · 购买前咨询",
    "Orders",
    "Gifts",
    "Trade",
)
ASKED = 2
CUT = """(selector) => [...document.querySelectorAll(selector)]
    .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.innerText)"""
LINES = """(cells) => cells.map((cell) => {
    const range = document.createRange();
    const text = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT,
        (node) => node.data.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP).nextNode();
    range.selectNodeContents(text);
    return Math.round(range.getBoundingClientRect().bottom);
})"""
PLACES = """(rows) => rows.map((row) => [...row.cells].map((cell) => {
    const { left, top, width, height } = cell.getBoundingClientRect();
    return [left, top, width, height].map(Math.round);
}))"""

UNDECIDED = "Object.defineProperty(Notification, 'permission', { value: 'default' })"


async def box(part: Locator) -> dict[str, Any]:
    """Where something is."""
    found = await part.bounding_box()
    assert found is not None
    return {**found, "right": found["x"] + found["width"], "bottom": found["y"] + found["height"]}


async def lead(house: House) -> Agent:
    """A supervisor of a shop whose queues have long names, and lack what nobody here knows."""
    lea = await house.agent("Lea", role="supervisor", connect=False)
    skill = await Skills(house.db).create(house.shop.id, "goods", "Goods · 商品", "skill")
    for number, name in enumerate(NAMES):
        await Queues(house.db).create(
            NewQueue(
                shop_id=house.shop.id,
                key=f"queue-{number}",
                name=name,
                topics=(f"topic-{number}",),
                skills=(QueueSkill(skill.id, 1, required=True),),
            )
        )
    async with house.rest(lea) as rest:
        for metric in ("waiting", "uncovered"):
            body = {"name": metric, "metric": metric, "hold_s": 0}
            status, problem = await rest.ask("POST", "/alert_rules", body)
            assert status == 201, problem
    for number in range(ASKED):
        await (await house.visitor()).begins("Anybody?", topic=f"topic-{number}")
    return lea


async def at(page: Page, width: int, height: int) -> None:
    """Look at it on a screen of that size."""
    await page.set_viewport_size({"width": width, "height": height})


async def test_the_live_view_and_the_wallboard_are_seen_whole_on_every_screen(
    house: House, tab: Page
) -> None:
    lea = await lead(house)
    await house.agent("Ada")  # is ready, and knows nothing of goods
    console = Console(tab, house.url)
    await console.sits_down(lea.token)
    ago = "UPDATE conversation SET queued_at = queued_at - interval '10 minutes'"
    await house.db.execute(ago)  # who waits so long has a clock before the number
    strip = tab.get_by_role("region", name="Standing alerts")
    await expect(strip.get_by_role("button", name="more")).to_be_visible(timeout=15_000)
    await at(tab, 390, 844)
    assert (await box(strip))["height"] < 50

    await console.goes_to("#/live/wall")
    await expect(tab.get_by_role("row", name="Returns and after-sales")).to_be_visible()
    await expect(tab.get_by_role("row", name="退换货")).to_have_count(0)
    assert (await box(strip))["height"] < 50
    for width, height in ((1920, 1080), (1440, 900)):
        await at(tab, width, height)
        assert (
            await tab.evaluate(CUT, "tbody th, .name, .lacks .cut:not(.brief), dd, thead th") == []
        )
        last = await box(tab.locator("main tbody tr").last)
        assert last["bottom"] < height

    await at(tab, 1440, 900)
    await console.goes_to("#/live")
    figures = tab.locator("main dl dd")
    await expect(figures.nth(1)).to_contain_text("10:")
    assert len(set(await figures.evaluate_all(LINES))) == 1
    missing = tab.get_by_text("Missing: Goods")
    for width, height in ((1440, 900), (1024, 768), (820, 1180)):
        await at(tab, width, height)
        await expect(missing.first).to_be_visible()
        assert await tab.evaluate(CUT, "main .frame, .name, .lacks .long, main header") == []
        places = await tab.locator("main table tr").evaluate_all(PLACES)
        await tab.evaluate("document.querySelectorAll('.lacks').forEach((each) => each.remove())")
        assert await tab.locator("main table tr").evaluate_all(PLACES) == places
        await tab.reload()


async def test_in_the_inbox_nothing_is_cut_and_nothing_is_covered(house: House, tab: Page) -> None:
    lea = await lead(house)
    console = Console(tab, house.url)
    await tab.add_init_script(UNDECIDED)
    await at(tab, 1440, 900)
    await console.sits_down(lea.token)
    for _ in range(2):
        await (await house.visitor()).begins("Anybody?")
    await expect(tab.get_by_role("tab", name="Waiting 4")).to_be_visible()

    for height in (900, 650):
        await at(tab, 1440, height)
        await tab.get_by_role("button", name="Lea").click()
        menu = await box(tab.get_by_role("dialog"))
        way_out = await box(tab.get_by_role("button", name="Sign out"))
        assert way_out["bottom"] <= menu["bottom"] <= height
        await console.presses("Escape")

    await console.becomes_available()
    hint = await box(tab.get_by_text("Hear of offers in other windows"))
    assert (await box(tab.locator(".floating")))["bottom"] < hint["y"]
    await expect(console.offer.first).to_be_visible()
    await console.presses("Alt+a")
    await expect(console.reply).to_be_visible()
    await expect(tab.get_by_role("tab", name="Mine 1")).to_be_visible()
    await expect(tab.get_by_role("tab", name="Waiting 3")).to_be_visible()
    assert await tab.evaluate(CUT, "[role=tablist]") == []
    for width in (1180, 1024, 820, 390):
        await at(tab, width, 820)
        assert await tab.evaluate("document.documentElement.scrollWidth") <= width
        name = tab.get_by_role("heading", level=1)
        assert await name.evaluate("(name) => name.scrollWidth <= name.clientWidth")


async def test_nobody_who_first_comes_to_the_sign_in_page_leaves_an_error_in_the_browser(
    house: House, tab: Page
) -> None:
    said: list[str] = []
    tab.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
    await Console(tab, house.url).goes_to()
    await expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    assert said == []


async def test_a_week_fits_a_desk_and_days_are_written_on_one_line(house: House, tab: Page) -> None:
    lea = await house.agent("Lea", role="supervisor", connect=False)
    today = datetime.now(UTC).date()
    monday = today + timedelta(days=7 - today.weekday())
    async with house.rest(lea) as rest:
        for each in range(7):
            day = f"{monday + timedelta(days=each)}"
            shift = {"day": day, "start": 540, "end": 1020, "breaks": [[720, 780]]}
            status, problem = await rest.ask("POST", "/shifts", {"agent": str(lea.row.id), **shift})
            assert status == 201, problem
    console = Console(tab, house.url)
    await console.sits_down(lea.token)
    await at(tab, 1440, 900)
    await console.goes_to(f"#/schedule/{monday}")
    await expect(tab.get_by_role("grid")).to_be_visible()
    assert await tab.evaluate(CUT, "main .frame") == []
    bar = tab.locator("[data-shift]").first
    label, pause = await box(bar.locator(".times")), await box(bar.locator(".break"))
    assert label["bottom"] <= pause["y"] + 1

    await console.goes_to("#/schedule/mine")
    days = tab.locator("main li strong")
    await expect(days).to_have_count(7)
    for width in (1440, 820, 390):
        await at(tab, width, 900)
        heights = await days.evaluate_all("(all) => all.map((each) => each.clientHeight)")
        assert max(heights) < 30


async def test_on_a_phone_all_of_the_demo_shop_is_named(house: House, tab: Page) -> None:
    shop = await house.node(demo=True)
    await at(tab, 390, 844)
    for language in ("", "zh/"):
        await tab.goto(f"{shop}/shop/{language}")
        await expect(tab.locator(".kinds-nav a")).to_have_count(5)
        assert await tab.evaluate(CUT, ".kinds-nav") == []

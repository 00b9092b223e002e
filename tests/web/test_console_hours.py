"""Opening hours as a supervisor edits them: a week, special days, and what comes of both."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect
from pytest_asyncio import fixture

from storage.shops import Shops
from tests.support.house import House
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

WORKING = {str(day): [["09:00", "18:00"]] for day in range(1, 6)}


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@fixture(loop_scope="session")
async def office(house: House, tab: Page) -> Console:
    """Let a supervisor look at the shop, which keeps ordinary hours in UTC."""
    await house.change_shop(hours={"weekly": WORKING}, time_zone="UTC")
    sue = await house.agent("Sue", role="supervisor", status=None, connect=False)
    console = Console(tab, house.url)
    await console.sits_down(sue.token)
    await console.goes_to("#/admin/shop")
    await expect(ahead(tab).get_by_role("listitem")).to_have_count(14)
    return console


def ahead(page: Page) -> Any:
    return page.get_by_role("list", name="The next 14 days")


async def saved(house: House, page: Page) -> Any:
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    shop = await Shops(house.db).get(house.shop.id)
    assert shop is not None
    return shop.hours


async def test_c14_two_plans_are_told_apart_and_a_queue_is_in_one_of_them(
    house: House, office: Console
) -> None:
    page = office.page
    for name in ("Nights", "Early"):
        await page.get_by_role("button", name="Add a plan").click()
        await office.page.keyboard.type(name)
        await page.get_by_role("checkbox", name="General").first.check()
    await expect(page.get_by_role("checkbox", name="General keeps “Nights”")).to_be_disabled()
    await page.get_by_role("button", name="Add special day").last.click()
    await office.is_accessible()
    await page.get_by_label("Date of special day 1").fill(in_days(9))
    await saved(house, page)
    shop = await Shops(house.db).get(house.shop.id)
    assert shop is not None
    assert [(plan["name"], plan["queues"]) for plan in shop.plans] == [
        ("Nights", ["general"]), ("Early", [])
    ]  # fmt: skip


async def test_c11_a_day_past_midnight_is_copied_to_others_by_keyboard(
    house: House, office: Console
) -> None:
    page = office.page
    await page.get_by_role("button", name="Add hours on Monday").focus()
    await office.presses("Enter")
    await expect(page.get_by_label("Monday, opens").nth(1)).to_be_focused()
    await page.get_by_label("Monday, opens").nth(1).fill("21:00")
    await page.get_by_label("Monday, closes").nth(1).fill("02:00")
    await expect(page.get_by_text("next day")).to_be_visible()
    await page.get_by_role("button", name="Remove hours on Tuesday").click()

    await page.get_by_role("button", name="Copy Monday to other days").focus()
    await office.presses("Enter")
    dialog = page.get_by_role("dialog", name="Copy Monday to other days")
    await expect(dialog.get_by_label("Friday")).to_be_checked()
    await expect(dialog.get_by_label("Sunday")).not_to_be_checked()
    await office.is_accessible()
    await dialog.get_by_label("Friday").focus()
    await office.presses("Space")
    await dialog.get_by_role("button", name="Copy", exact=True).focus()
    await office.presses("Enter")

    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="Copy Monday to other days")).to_be_focused()
    hours = await saved(house, page)
    long = [["09:00", "18:00"], ["21:00", "26:00"]]
    expected = {"1": long, "2": long, "3": long, "4": long, "5": WORKING["5"]}
    assert hours == {"weekly": expected}


async def test_c13_a_holiday_stands_in_the_days_ahead_before_it_is_saved(
    house: House, office: Console
) -> None:
    page, day = office.page, in_days(3)
    await page.get_by_role("button", name="Add special day").click()
    await expect(page.get_by_label("Date of special day 1")).to_be_focused()
    await page.get_by_label("Date of special day 1").fill(day)
    await page.get_by_placeholder("Name, such as Christmas").fill("Inventory")
    await page.get_by_role("checkbox", name="Every year Inventory").check()

    row = ahead(page).get_by_role("listitem").filter(has_text="Inventory")
    await expect(row).to_contain_text("Closed")
    await office.is_accessible()
    await page.get_by_label("Closed or open: Inventory").select_option("Open at")
    await page.get_by_label("Inventory, opens").fill("20:00")
    await page.get_by_label("Inventory, closes").fill("03:00")
    await expect(row).to_contain_text("20:00–24:00")
    shop = await Shops(house.db).get(house.shop.id)
    assert shop is not None
    assert shop.hours == {"weekly": WORKING}

    hours = await saved(house, page)
    special = {"date": day, "open": [["20:00", "27:00"]], "name": "Inventory", "yearly": True}
    assert hours == {"weekly": WORKING, "special": [special]}
    await page.reload()
    await expect(page.get_by_label("Date of Inventory")).to_have_value(day)
    await page.get_by_role("button", name="Remove Inventory").click()
    assert await saved(house, page) == {"weekly": WORKING}


async def test_always_open_may_still_have_a_day_off(house: House, office: Console) -> None:
    page = office.page
    await page.get_by_role("switch", name="Always open").check()
    await expect(page.get_by_text("Now: open, round the clock")).to_be_visible()
    await page.get_by_role("button", name="Add special day").click()
    await page.get_by_label("Date of special day 1").fill(in_days(2))

    await expect(page.get_by_text("Now: open until")).to_be_visible()
    assert await saved(house, page) == {
        "weekly": None,
        "special": [{"date": in_days(2), "open": []}],
    }


async def test_what_comes_next_is_said_by_the_clock_of_the_shop(office: Console) -> None:
    page = office.page
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        await page.get_by_role("button", name=f"Remove hours on {day}").click()
    await expect(page.get_by_text("nothing opens in the year ahead")).to_be_visible()
    await page.get_by_role("button", name="Add special day").click()
    await page.get_by_label("Date of special day 1").fill(in_days(60))
    await page.get_by_label("Closed or open:").select_option("Open at")

    far = datetime.now(UTC) + timedelta(days=60)
    opens = re.compile(rf"\b{far.day}\b.* 09:00, until")
    await expect(page.get_by_text(opens)).to_be_visible()
    await page.get_by_label("Time zone").fill("Asia/Shanghai")
    await expect(page.get_by_text("By the clock of Asia/Shanghai, where it is")).to_be_visible()
    await expect(page.get_by_text(opens)).to_be_visible()


async def test_a_mistake_stands_at_its_row(office: Console) -> None:
    page = office.page
    for _ in range(2):
        await page.get_by_role("button", name="Add special day").click()
    for field in await page.get_by_placeholder("Name, such as Christmas").all():
        await field.fill("Fair")
    for field in await page.get_by_label("Date of Fair").all():
        await field.fill(in_days(5))
    await page.get_by_role("button", name="Save changes").click()

    second = page.get_by_role("listitem").filter(has=page.get_by_label("Date of Fair")).nth(1)
    await expect(second.get_by_text("each day only once")).to_be_visible()
    await expect(page.get_by_label("Date of Fair").nth(1)).to_be_focused()
    await office.is_accessible()


async def test_the_editor_fits_a_phone(office: Console) -> None:
    page = office.page
    await page.get_by_role("button", name="Add special day").click()
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.get_by_role("button", name="Copy Sunday to other days").click()

    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    box = await page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    await office.is_accessible()


async def test_hours_with_unsaved_changes_are_not_left_unasked(office: Console) -> None:
    page = office.page
    await page.get_by_role("button", name="Add hours on Monday").click()
    await page.get_by_role("link", name="Agents", exact=True).click()
    question = page.get_by_role("dialog", name="Leave without saving?")
    await question.get_by_role("button", name="Stay").click()
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    await page.get_by_role("link", name="Agents", exact=True).click()
    await expect(page.get_by_role("heading", name="Agents")).to_be_visible()

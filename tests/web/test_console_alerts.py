"""Alerts: set up in the console, seen and heard on every page of who leads, and over again."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.support.house import House
from tests.web.console import Console
from tests.web.test_console_live import picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

LOOKS_MS = 15_000


async def test_a_supervisor_is_told_of_what_they_asked_for_and_when_it_is_over(
    house: House, tab: Page
) -> None:
    lea = await house.agent("Lea", role="supervisor", connect=False)
    console = Console(tab, house.url)
    await console.sits_down(lea.token)
    await console.goes_to("#/admin/alerts")
    await tab.get_by_role("link", name="Add alert").click()
    await tab.get_by_label("Tell supervisors when").select_option("Many wait")
    await tab.get_by_label("From").fill("2")
    await tab.get_by_label("In which queue").select_option("General")
    await tab.get_by_label("Raise after").fill("0")
    await tab.get_by_label("Clear after").fill("0")
    await tab.get_by_label("Webhook").fill("http://127.0.0.1:9/hook")
    await tab.get_by_role("button", name="Add alert").click()
    await expect(tab.get_by_text("Enter a public address")).to_be_visible()
    await tab.get_by_label("Webhook").fill("")
    await tab.get_by_role("button", name="Add alert").click()
    await expect(tab.get_by_role("link", name="Many wait")).to_be_visible()
    await console.is_accessible()

    customers = [await house.visitor() for _ in range(2)]
    for each in customers:
        await each.begins("Anybody?")
    strip = tab.get_by_role("region", name="Standing alerts")
    await expect(strip).to_be_visible(timeout=LOOKS_MS)
    await expect(tab.get_by_role("alert").first).to_contain_text("Alert. General: 2 or more wait.")
    history = tab.get_by_role("region", name="Raised and cleared")
    await expect(history.get_by_role("row", name="General: 2 or more wait")).to_contain_text(
        "Stands"
    )
    await console.is_accessible()
    await picture(tab, "alerts")
    await console.goes_to("#/admin/alerts")
    await tab.set_viewport_size({"width": 390, "height": 844})
    await expect(history).to_be_visible()
    await console.is_accessible()
    await picture(tab, "alerts-phone")
    await tab.set_viewport_size({"width": 1280, "height": 800})
    await console.goes_to("#/live")
    await tab.reload()
    await expect(strip, "it is told to whoever comes").to_be_visible()
    await strip.get_by_role("button", name="Put away").click()
    await expect(strip).to_have_count(0)

    await tab.reload()
    await expect(strip).to_be_visible()
    await customers[0].does("conversation:end", conversation=customers[0].conversation)
    await expect(strip).to_have_count(0, timeout=LOOKS_MS)
    await expect(tab.get_by_role("alert").first).to_contain_text("Over: General: 2 or more wait.")

"""Everybody who could take a customer has declined: all see it, who leads is told (A6)."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.house import House
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


async def test_a6_what_nobody_has_taken_is_marked_and_who_leads_is_told(
    house: House, tab: Page, chromium: Browser
) -> None:
    lea = await house.agent("Lea", role="supervisor", connect=False)
    tom = await house.agent("Tom", connect=False)
    ann = await house.agent("Ann")
    lead = Console(tab, house.url)
    await lead.sits_down(lea.token)
    context = await chromium.new_context(viewport={"width": 1200, "height": 800}, locale="en-GB")
    colleague = Console(await context.new_page(), house.url)
    await colleague.sits_down(tom.token)
    visitor = await house.visitor()
    await visitor.begins("Is anybody there?")

    offer = await ann.is_offered(visitor.conversation)
    await ann.does("offer:decline", offer=offer["offer"])

    told = tab.get_by_text("Everybody who could take Visitor has declined or missed it.")
    await expect(told).to_be_visible()
    await lead.is_accessible()
    await tab.get_by_role("link", name="Have a look").click()
    await expect(lead.log.get_by_text("Is anybody there?")).to_be_visible()
    await expect(told).to_have_count(0)
    for console in (lead, colleague):
        await console.page.get_by_role("tab", name="Waiting").click()
        row = console.page.get_by_role("link", name="Visitor")
        await expect(row.get_by_text("Nobody has taken it")).to_be_visible()
    await expect(colleague.page.get_by_text("Everybody who could take")).to_have_count(0)

    await tab.reload()
    await tab.get_by_role("tab", name="Waiting").click()
    await expect(tab.get_by_role("link", name="Visitor").get_by_text("Nobody")).to_be_visible()
    await expect(told).to_have_count(0)

    await ann.does("conversation:pick", conversation=visitor.conversation)
    await expect(tab.get_by_text("Nobody has taken it")).to_have_count(0)

"""P8 as people see it: why this agent, why not me, why still waiting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.house import Agent, House, Visitor
from tests.web.console import Console
from tests.web.panel import Panel
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PICTURES = os.environ.get("PICTURES_OF_WHY")
"""A folder for pictures of the pages, for who wants to look at them."""


async def picture(page: Page, name: str) -> None:
    """Take one, if they are wanted: in light and in dark."""
    if PICTURES:
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.wait_for_timeout(300)
            await page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}.png")
        await page.emulate_media(color_scheme="light")


async def opens(house: House, tab: Page, who: Agent, conversation: str) -> Console:
    """Let somebody open a conversation at the console."""
    console = Console(tab, house.url)
    await console.sits_down(who.token)
    await console.goes_to(f"#/c/{conversation}")
    await expect(tab.get_by_role("link", name="Why").first).to_be_visible()
    return console


async def a_chat(house: House) -> tuple[Visitor, Agent, Agent]:
    """Let Mei win a conversation before Tom, and others be left out for reasons of their own."""
    mei = await house.agent("Lin Mei", skills={"lang:zh": 5, "returns": 4})
    tom = await house.agent("Tom Baker", skills={"lang:zh": 2, "returns": 3})
    await house.agent("Ada Obi", skills={"lang:zh": 3}, status="busy")
    await house.agent("Kenji Mori", skills={"returns": 2}, status="away")
    visitor = await house.visitor(locale="zh-CN")
    await house.talk(visitor, mei, "我想退货，可以吗？")
    return visitor, mei, tom


async def test_p8_a_supervisor_reads_why_this_agent(house: House, tab: Page) -> None:
    visitor, _, _ = await a_chat(house)
    lead = await house.agent("Sue Park", role="supervisor", connect=False)
    console = await opens(house, tab, lead, visitor.conversation)

    await console.presses("Alt+y")

    page = tab.get_by_role("region", name="Routing of this conversation")
    await expect(page.get_by_role("heading", name="Offered to Lin Mei")).to_be_visible()
    await expect(page.get_by_text("accepted", exact=True)).to_be_visible()
    await expect(page.get_by_text("chosen by: Best on balance")).to_be_visible()
    await expect(
        page.get_by_text("Runner-up Tom Baker, 3 behind in “Language level”")
    ).to_be_visible()
    await expect(
        page.get_by_text("Decided again from this record: the same agents")
    ).to_be_visible()
    winner = page.get_by_role("row", name="Lin Mei")
    await expect(winner.get_by_text("chosen")).to_be_visible()
    await expect(winner.get_by_role("cell", name="5 decided")).to_be_visible()
    await page.get_by_text("busy or away").click()
    await expect(page.get_by_text("Ada Obi, Kenji Mori")).to_be_visible()
    await console.is_accessible()
    await picture(tab, "why-lead")
    await tab.set_viewport_size({"width": 390, "height": 800})
    await console.is_accessible()
    await picture(tab, "why-lead-phone")
    await console.presses("Escape")
    await expect(console.log.get_by_text("我想退货")).to_be_visible()


async def test_p8_an_agent_reads_why_not_them(house: House, tab: Page) -> None:
    visitor, _, tom = await a_chat(house)
    await tom.leaves()
    console = await opens(house, tab, tom, visitor.conversation)

    await tab.get_by_role("link", name="Why").first.click()

    page = tab.get_by_role("region", name="Routing of this conversation")
    await expect(page.get_by_role("heading", name="Why not you")).to_be_visible()
    await expect(page.get_by_text("Lin Mei was ahead in “Language level”")).to_be_visible()
    await expect(page.get_by_role("table")).to_have_count(0)
    await console.is_accessible()
    await picture(tab, "why-agent")


async def test_p8_why_somebody_still_waits_follows_what_happens(house: House, tab: Page) -> None:
    mei = await house.agent("Lin Mei", capacity=1)
    first, second = await house.visitor(), await house.visitor()
    await house.talk(first, mei)
    await second.begins("And me?")
    lead = await house.agent("Sue Park", role="supervisor", connect=False)
    console = await opens(house, tab, lead, second.conversation)

    await tab.get_by_role("link", name="Why still waiting").last.click()

    panel = tab.get_by_role("region", name="Why still waiting")
    await expect(panel.get_by_text("All who could take it have their hands full.")).to_be_visible()
    await expect(panel.get_by_text("hands full").last).to_be_visible()
    await console.is_accessible()
    await picture(tab, "waiting-full")
    tom = await house.agent("Tom Baker")
    offer = await tom.is_offered(second.conversation)
    await expect(panel.get_by_text("On offer to Tom Baker now.")).to_be_visible(timeout=10_000)
    await tom.does("offer:decline", offer=offer["offer"])
    await expect(panel.get_by_text("Tom Baker may be asked again")).to_be_visible(timeout=10_000)
    await picture(tab, "waiting-refused")
    await mei.does("conversation:close", conversation=first.conversation)
    await mei.does("conversation:finish", conversation=first.conversation)
    await mei.accepts(await mei.is_offered(second.conversation))
    await expect(panel).to_have_count(0)
    await expect(tab.get_by_role("heading", name="2 decisions")).to_be_visible()
    await picture(tab, "why-two")
    await console.presses("Control+k")
    await tab.keyboard.type("chinese")
    await console.presses("Enter")
    await expect(tab.get_by_role("heading", name="这个会话是怎么分配的")).to_be_visible()
    await picture(tab, "why-two-zh")


async def test_p8_the_customer_reads_a_kind_word_of_why(
    house: House, site: Site, panel: Panel
) -> None:
    mei = await house.agent("Lin Mei", skills={"lang:en": 4})
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("May I send this back?")
    await mei.accepts()

    await panel.shows("Lin Mei has joined the conversation")
    await panel.shows("Lin Mei speaks English")

    await panel.frame_is_accessible()
    await picture(panel.page, "widget")
    await panel.page.reload()
    await panel.shows("Lin Mei speaks English")

"""Quality in the console: a scorecard is made, a conversation reviewed, and the agent answers it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect
from pytest_asyncio import fixture

from storage.agents import Agents
from tests.support.house import Agent, House
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(120)]


async def ended(house: House, lin: Agent) -> str:
    """Return a conversation that Lin has answered and ended."""
    ann = await house.visitor()
    conversation = await house.talk(ann, lin)
    await ann.says("Where is my order?")
    await lin.asks("message:send", conversation=conversation, client_id="an-answer", text="Let me look.")
    await lin.asks("conversation:close", conversation=conversation)
    return conversation


async def test_a_conversation_is_reviewed_and_the_agent_disputes_it(
    house: House, tab: Page
) -> None:
    lin = await house.agent("Lin Mei")
    conversation = await ended(house, lin)
    lea = await house.agent("Lea", role="supervisor", status=None)
    console = Console(tab, house.url)
    await console.sits_down(await house.token_for(lea.row))
    page = console.page

    await console.goes_to(f"#/quality/begin/{conversation}")
    await page.get_by_role("link", name="Add a scorecard").click()
    await page.get_by_label("Name").fill("Chat")
    await page.get_by_label("Question", exact=True).fill("Solves it")
    await page.get_by_role("button", name="Add a question").click()
    await page.get_by_label("Question", exact=True).nth(1).fill("Keeps data private")
    await page.get_by_label("Scale").nth(1).select_option("2")
    await page.get_by_label("Critical").nth(1).check()
    await console.is_accessible()
    await page.get_by_role("button", name="Add a scorecard").click()
    await expect(page.get_by_role("heading", name="Chat")).to_be_visible()
    await page.screenshot(path="/tmp/q/card.png")
    await console.goes_to(f"#/quality/begin/{conversation}")
    await expect(page.get_by_role("heading", name="Review of Lin Mei")).to_be_visible()
    await page.screenshot(path="/tmp/q/draft.png")

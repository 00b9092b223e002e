"""A customer asks in the widget, an agent answers."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.support.house import House
from tests.web.cable import Cable
from tests.web.panel import Panel
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


async def test_a_question_is_answered_read_ended_and_rated(
    house: House, site: Site, panel: Panel
) -> None:
    agent = await house.agent("Lin Mei")
    await panel.goes_to(site.url)
    await panel.opens()
    await expect(panel.inside.get_by_text("Lin Mei is here to answer")).to_be_visible()

    await panel.inside.get_by_role("button", name="Order and delivery").click()
    await panel.says("我的订单什么时候发货？")
    await agent.accepts()
    await panel.shows("Lin Mei has joined the conversation")
    await agent.says("Let me look: https://shop.example/orders/1. One moment.")

    link = panel.log.get_by_role("link", name="https://shop.example/orders/1", exact=True)
    await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    await agent.does("read:set", conversation=agent.conversation, seq=1)
    await expect(panel.log.get_by_title("Read")).to_be_visible()
    row = await house.row(agent.conversation)
    assert row.topic == "order_delivery"

    await panel.inside.get_by_role("button", name="More").click()
    await panel.inside.get_by_role("button", name="End this conversation").click()
    await panel.inside.get_by_role("button", name="End it").click()
    await panel.inside.get_by_title("Very good").click()
    await panel.inside.get_by_role("textbox").fill("Quick and kind")
    await panel.inside.get_by_role("button", name="Send").click()
    await expect(panel.inside.get_by_text("Thank you.")).to_be_visible()
    rated = await house.row(agent.conversation)
    assert (rated.score, rated.score_comment) == (5, "Quick and kind")
    assert rated.read_customer >= 2


async def test_what_comes_while_it_is_closed_is_counted_on_the_button(
    house: House, site: Site, panel: Panel
) -> None:
    agent = await house.agent()
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Hello?")
    await agent.accepts()
    await panel.shows("Lin has joined the conversation")
    await panel.button.click()
    await agent.says("Are you still there?")
    await expect(panel.button).to_have_accessible_name("Chat with us, 1 unread")

    await panel.goes_to(f"{site.url}/other")
    await expect(panel.button).to_have_accessible_name("Chat with us, 1 unread")
    await panel.button.click()
    await panel.shows("Are you still there?")
    await panel.button.click()
    await expect(panel.button).to_have_accessible_name("Chat with us")


async def test_d1_what_is_said_offline_survives_a_reload_and_is_sent_once(
    house: House, site: Site, cable: Cable, panel: Panel
) -> None:
    site.node = cable.url
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("First")
    await expect(panel.log.get_by_title("Sent")).to_be_visible()

    await cable.cut()
    for text in ("Second", "Third"):
        await panel.says(text)
    await expect(panel.log.get_by_title("Sending")).to_be_visible()
    await expect(panel.inside.get_by_text("Reconnecting… your messages are kept")).to_be_visible()
    cable.mend()
    await panel.page.reload()

    await panel.shows("Third")
    await expect(panel.log.get_by_title("Sending")).to_have_count(0)
    (only,) = await house.db.fetch("SELECT id FROM conversation")
    said = await house.transcript(str(only["id"]))
    assert [row.text for row in said if row.sender_kind == "customer"] == [
        "First",
        "Second",
        "Third",
    ]


async def test_d7_a_line_that_went_deaf_is_found_and_what_was_missed_is_read(
    house: House, site: Site, cable: Cable, panel: Panel
) -> None:
    site.node = cable.url
    agent = await house.agent()
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Hello?")
    await agent.accepts()
    await panel.shows("Lin has joined the conversation")

    cable.deafen()
    await agent.says("You do not hear this")
    await expect(panel.inside.get_by_text("Reconnecting…")).to_be_visible(timeout=12_000)
    await cable.cut()
    cable.mend()

    await expect(panel.log.get_by_text("You do not hear this")).to_have_count(1, timeout=15_000)


async def test_an_enter_that_ends_a_chinese_word_does_not_send(
    house: House, site: Site, panel: Panel
) -> None:
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.field.focus()
    session = await panel.page.context.new_cdp_session(panel.page)
    await session.send(
        "Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6}
    )
    await panel.field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await session.send("Input.insertText", {"text": "你好"})
    await expect(panel.field).to_have_value("你好")
    await panel.field.press("Enter")
    await panel.shows("你好")

"""Two tabs of one browser, and the ends of conversations that cross each other."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.support.house import House
from tests.web.cable import Cable
from tests.web.panel import Panel
from tests.web.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

NO_WEBSOCKETS = """window.WebSocket = class {
    constructor() { setTimeout(() => this.onerror(new Event('error'))); }
    close() {}
};"""
CORPUS = (
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "[here](javascript:window.pwned=1) javascript:window.pwned=1",
    '"><svg onload=window.pwned=1>',
    "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1}",
    "\u202egpj.exe\u202c zero\u200bwidth \U0001f469\u200d\U0001f4bb مرحبا",
    '=HYPERLINK("http://evil.example";"click")',
)


async def second_tab(panel: Panel, url: str) -> Panel:
    """Open another tab of the same browser with the panel in it."""
    other = Panel(await panel.page.context.new_page())
    await other.goes_to(url)
    await other.opens()
    return other


async def test_d13_what_one_tab_says_and_starts_anew_the_other_shows(
    house: House, site: Site, panel: Panel
) -> None:
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("From the first tab")
    other = await second_tab(panel, site.url)
    await other.shows("From the first tab")
    await other.says("From the second tab")
    await panel.shows("From the second tab")

    await panel.inside.get_by_role("button", name="More").click()
    await panel.inside.get_by_role("button", name="End this conversation").click()
    await panel.inside.get_by_role("button", name="End it").click()
    await panel.inside.get_by_role("button", name="Start a new conversation").click()
    await panel.says("Something new")
    await other.shows("Something new")
    await other.shows("From the first tab", times=0)


async def test_d14_two_tabs_that_both_begin_have_one_conversation(
    house: House, site: Site, panel: Panel
) -> None:
    await panel.goes_to(site.url)
    await panel.opens()
    await expect(panel.inside.get_by_text("What is it about?")).to_be_visible()
    other = await second_tab(panel, site.url)
    await asyncio.gather(panel.says("One"), other.says("Two"))
    for tab in (panel, other):
        await tab.shows("One")
        await tab.shows("Two")
    assert await house.db.fetchval("SELECT count(*) FROM conversation") == 1


async def test_d10_what_comes_after_the_end_is_kept_and_may_begin_a_new_talk(
    house: House, site: Site, panel: Panel
) -> None:
    agent = await house.agent()
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Hello")
    await agent.accepts()
    await panel.shows("Lin has joined the conversation")
    await panel.field.fill("One more thing")
    await agent.does("conversation:close", conversation=agent.conversation, outcome="resolved")
    await panel.shows("Lin ended the conversation")
    await panel.inside.get_by_role("button", name="Start a new conversation").click()
    await expect(panel.field).to_have_value("One more thing")
    await panel.inside.get_by_role("button", name="Complaint").click()
    await panel.says("One more thing")
    await panel.shows("One more thing")
    await expect(panel.log.get_by_title("Sent")).to_be_visible()
    topics = await house.db.fetch("SELECT topic FROM conversation ORDER BY created_at")
    assert [topic for (topic,) in topics] == [None, "complaint"]


async def test_f10_whatever_is_said_is_shown_and_never_run(
    house: House, site: Site, panel: Panel
) -> None:
    agent = await house.agent("<b>Lin</b>")
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says(CORPUS[0])
    await agent.accepts()
    for text in CORPUS[1:]:
        await panel.says(text)
    await agent.hears(text=CORPUS[-1])
    for text in CORPUS:
        await agent.says(text)
    await expect(panel.log.locator("p.bubble")).to_have_count(2 * len(CORPUS))

    assert await panel.log.locator("p.bubble").all_text_contents() == [*CORPUS, *CORPUS]
    assert await panel.log.locator("script, img, b").count() == 0
    hrefs = await panel.log.get_by_role("link").evaluate_all("all => all.map((a) => a.protocol)")
    assert set(hrefs) <= {"http:", "https:"}
    for frame in panel.page.frames:
        assert await frame.evaluate("() => window.pwned") is None


async def test_where_no_websocket_can_be_opened_long_polling_carries_the_talk(
    house: House, site: Site, panel: Panel
) -> None:
    await panel.page.context.add_init_script(NO_WEBSOCKETS)
    agent = await house.agent()
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("Through the proxy")
    await agent.accepts()
    await agent.says("We hear you.")
    await panel.shows("We hear you.")


async def test_new_messages_wait_behind_a_pill_while_one_reads_further_up(
    house: House, site: Site, panel: Panel
) -> None:
    agent = await house.agent()
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("A long story")
    await agent.accepts()
    for number in range(30):
        await agent.says(f"Line {number}")
    await expect(panel.log.get_by_text("Line 29")).to_be_in_viewport()
    await panel.log.hover()
    await panel.page.mouse.wheel(0, -5_000)
    await expect(panel.log.get_by_text("A long story")).to_be_in_viewport()
    await agent.says("The newest")
    pill = panel.inside.get_by_role("button", name="1 new message")
    await expect(pill).to_be_visible()
    assert await panel.log.evaluate("(log) => log.scrollTop") == 0
    await pill.click()
    await expect(panel.log.get_by_text("The newest")).to_be_in_viewport()
    await expect(pill).to_have_count(0)


async def test_what_was_said_being_stored_moves_nobody_who_reads_further_up(
    house: House, site: Site, cable: Cable, panel: Panel
) -> None:
    site.node = cable.url
    agent = await house.agent()
    await panel.goes_to(site.url)
    await panel.opens()
    await panel.says("A long story")
    await agent.accepts()
    for number in range(30):
        await agent.says(f"Line {number}")
    await expect(panel.log.get_by_text("Line 29")).to_be_in_viewport()
    await cable.cut()
    await panel.says("Wait, what?")
    await panel.log.hover()
    await panel.page.mouse.wheel(0, -5_000)
    await expect(panel.log.get_by_text("A long story")).to_be_in_viewport()
    cable.mend()
    await expect(panel.log.get_by_title("Sending")).to_have_count(0)
    assert await panel.log.evaluate("(log) => log.scrollTop") == 0


async def test_closed_and_nobody_there_say_different_things_and_both_take_a_message(
    house: House, site: Site, panel: Panel
) -> None:
    await panel.goes_to(site.url)
    await panel.opens()
    await expect(panel.inside.get_by_text("Nobody is free right now")).to_be_visible()
    await panel.says("Are you there?")
    kept = "Your message is kept. We answer here as soon as somebody is back."
    await expect(panel.inside.get_by_text(kept)).to_be_visible()

    weekday = (datetime.now(UTC) + timedelta(days=3)).isoweekday()
    await house.change_shop(hours={"weekly": {str(weekday): [["09:00", "18:00"]]}}, time_zone="UTC")
    await panel.page.reload()
    await expect(panel.log.get_by_text("We are closed now.")).to_be_visible(timeout=10_000)
    await panel.says("Then I leave this here")
    await panel.shows("Then I leave this here")

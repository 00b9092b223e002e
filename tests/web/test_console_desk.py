"""An agent's day at the console, mostly from the keyboard."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from pytest_asyncio import fixture

from server.services.passwords import Passwords
from storage.agents import Agents, NewAgent
from storage.canned_replies import CannedReplies
from storage.queues import NewQueue, Queues
from tests.support.house import Agent, House
from tests.web.cable import Cable
from tests.web.console import Console, stranger

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

PASSWORD = "correct horse battery"


@fixture(loop_scope="session")
async def mei(house: House) -> Agent:
    """Let Lin Mei have a session, and no console yet."""
    return await house.agent("Lin Mei", connect=False)


@fixture(loop_scope="session")
async def console(house: House, tab: Page, mei: Agent) -> AsyncIterator[Console]:
    """Let Lin Mei sit down and take conversations; no error of the page goes unseen."""
    failures: list[str] = []
    tab.on("pageerror", lambda error: failures.append(str(error)))
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await console.becomes_available()
    yield console
    assert failures == []


async def test_a_conversation_from_offer_to_finish_without_the_mouse(
    house: House, console: Console
) -> None:
    page = console.page
    visitor = await house.visitor(locale="zh-CN")
    await visitor.begins("我的订单还没有收到", topic="order_delivery")
    await expect(console.offer.get_by_text("Order and delivery · Chinese")).to_be_visible()
    await expect(console.offer.get_by_text("You are the only one free")).to_be_visible()
    await console.presses("Enter")
    await expect(console.reply).to_be_focused()

    await console.writes("您好，我来查一下。")
    assert (await visitor.hears(text="您好，我来查一下。"))["sender"]["name"] == "Lin Mei"
    await visitor.does("read:set", conversation=visitor.conversation, seq=3)
    await expect(console.log.get_by_title("Read")).to_be_visible()

    await console.presses("Alt+n")
    await console.writes("Courier has it in Hangzhou.")
    await expect(console.log.get_by_text("Your note")).to_be_visible()
    [note] = await house.transcript(visitor.conversation, private=True)
    assert (note.text, note.after) == ("Courier has it in Hangzhou.", 3)
    await console.presses("Alt+n")

    await console.presses("Alt+c", "2", "Enter")
    await expect(page.get_by_role("region", name="Wrapping up")).to_be_visible()
    await console.presses("Alt+z")
    await expect(console.reply).to_be_visible()
    assert (await house.row(visitor.conversation)).state == "active"

    await console.presses("Alt+c", "2", "Enter")
    await expect(page.get_by_role("button", name="Finish now")).to_be_visible()
    await console.presses("Alt+f")
    await expect(page.get_by_text("Closed: Question answered.")).to_be_visible()
    row = await house.row(visitor.conversation)
    assert (row.state, row.outcome, row.closed_by) == ("closed", "answered", "agent")


async def test_an_offer_names_the_key_that_takes_it_where_the_focus_is(
    house: House, console: Console
) -> None:
    accept = console.offer.get_by_role("button", name="Accept")
    heard = console.page.locator(".only-heard[aria-live=assertive]")
    await (await house.visitor()).begins("The first")
    await expect(accept).to_have_text("Accept⏎")
    await expect(heard).to_contain_text("Press Enter to accept.")
    await console.presses("Enter")
    await expect(console.reply).to_be_focused()

    second = await house.visitor()
    await second.begins("The second")
    await expect(heard).to_contain_text("Press Alt A to accept.")
    await expect(accept).to_have_text("AcceptAlt A")
    await console.presses("Escape")
    await expect(accept).to_have_text("Accept⏎")
    await expect(heard).to_contain_text("Press Alt A to accept.")
    await console.presses("Enter")
    await expect(console.log.get_by_text("The second")).to_be_visible()


async def test_no_key_is_named_where_there_are_none(
    house: House, chromium: Browser, mei: Agent
) -> None:
    phone = await chromium.new_context(locale="en-GB", has_touch=True, is_mobile=True)
    console = Console(await phone.new_page(), house.url)
    await console.sits_down(mei.token)
    await console.becomes_available()
    await (await house.visitor()).begins("Hello")
    await expect(console.offer.get_by_role("button", name="Accept")).to_have_text("Accept")
    heard = console.page.locator(".only-heard[aria-live=assertive]")
    await expect(heard).not_to_contain_text("Press")


async def test_a2_a_reload_shows_the_same_offer_with_the_time_that_is_left(
    house: House, console: Console
) -> None:
    await (await house.visitor()).begins("Still there?")
    await expect(console.offer.get_by_role("timer")).to_be_visible()
    await console.page.reload()
    await expect(console.offer.get_by_text("Still there?")).to_be_visible()
    left_s = int(await console.offer.get_by_role("timer").inner_text())
    assert 0 < left_s <= 30


async def test_a8_the_card_of_a_customer_who_leaves_disappears(
    house: House, console: Console
) -> None:
    visitor = await house.visitor()
    await visitor.begins("Never mind")
    await expect(console.offer).to_be_visible()
    await visitor.does("conversation:end", conversation=visitor.conversation)
    await expect(console.offer).to_have_count(0)
    await expect(console.page.get_by_text("has left before anybody answered")).to_be_visible()


async def test_an_offer_taken_in_another_tab_is_in_hand_in_this_one(
    house: House, console: Console, mei: Agent
) -> None:
    visitor = await house.visitor()
    await visitor.begins("Anybody?")
    await expect(console.offer).to_be_visible()
    await mei.connects()
    [offer] = mei.started["offers"]
    await mei.accepts(offer)
    await expect(console.offer).to_have_count(0)
    await expect(console.page.get_by_role("tab", name="Mine 1")).to_be_visible()


async def test_who_waits_can_be_taken_without_an_offer(house: House, tab: Page, mei: Agent) -> None:
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    visitor = await house.visitor()
    await visitor.begins("Anybody?")
    await console.presses("Alt+2")
    name = stranger(visitor)
    await tab.get_by_role("link", name=name).click()
    await expect(tab.get_by_role("heading", level=1, name=name)).to_be_visible()
    await tab.get_by_role("button", name="Take it").click()
    await expect(tab.get_by_role("log", name=name)).to_be_visible()
    await expect(console.reply).to_be_focused()
    assert (await house.row(visitor.conversation)).state == "active"


async def test_who_may_not_pick_sees_no_button(house: House, tab: Page, mei: Agent) -> None:
    await house.change_shop(agents_may_pick=False)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    visitor = await house.visitor()
    await visitor.begins("Anybody?")
    await console.presses("Alt+2")
    await tab.get_by_role("link", name="Visitor").click()
    await expect(tab.get_by_text("will be offered to somebody")).to_be_visible()
    await expect(tab.get_by_role("button", name="Take it")).to_have_count(0)


async def test_p8_why_you_is_still_there_after_a_reload(house: House, console: Console) -> None:
    await console.page.set_viewport_size({"width": 1400, "height": 800})
    visitor = await house.visitor()
    await visitor.begins("Hello")
    await console.takes("Hello")
    beside = console.page.get_by_role("complementary", name="Customer")
    await expect(beside.get_by_text("You are the only one free")).to_be_visible()
    await console.page.reload()
    await expect(beside.get_by_text("You are the only one free")).to_be_visible()


async def test_how_fast_one_answers_stands_beside_as_soon_as_one_has(
    house: House, console: Console
) -> None:
    await console.page.set_viewport_size({"width": 1400, "height": 800})
    visitor = await house.visitor()
    await visitor.begins("Hello")
    await console.takes("Hello")
    beside = console.page.get_by_role("complementary", name="Customer")
    await expect(beside.get_by_text("First reply")).to_have_count(0)
    await console.writes("Good morning")
    await expect(beside.get_by_text("First reply")).to_be_visible()


async def test_a_wait_turns_red_when_the_shop_says_so(house: House, tab: Page, mei: Agent) -> None:
    await house.change_shop(wait_notice_s=1, wait_urgent_s=2)
    console = Console(tab, house.url)
    await console.sits_down(mei.token)
    await (await house.visitor()).begins("Anybody?")
    await console.presses("Alt+2")
    await expect(tab.locator("#inbox-list .urgent")).to_be_visible()


async def test_a_link_to_a_conversation_works_through_the_sign_in(house: House, tab: Page) -> None:
    email = f"deep.{secrets.token_hex(4)}@shop.example"
    await Agents(house.db).create(
        NewAgent(
            shop_id=house.shop.id,
            email=email,
            name="Deep",
            password_hash=await Passwords().hash(PASSWORD),
        )
    )
    visitor, lin = await house.visitor(), await house.agent("Lin")
    conversation = await house.talk(visitor, lin, "Where is it?")

    console = Console(tab, house.url)
    await console.goes_to(f"#/c/{conversation}")
    await tab.get_by_label("E-mail").fill(email)
    await tab.get_by_label("Password").fill(PASSWORD)
    await console.presses("Enter")

    await expect(console.log.get_by_text("Where is it?")).to_be_visible()
    assert tab.url.endswith(f"#/c/{conversation}")


async def test_the_title_counts_what_is_unread(house: House, console: Console, mei: Agent) -> None:
    page, visitor = console.page, await house.visitor()
    await visitor.begins("Hello")
    await expect(page).to_have_title("(1) Kefu console")
    await console.takes("Hello")
    await expect(page).to_have_title("Kefu console")
    await console.goes_to("#/")
    await expect(console.log).to_have_count(0)
    await visitor.says("Are you there?")
    await expect(page).to_have_title("(1) Kefu console")
    async with house.rest(mei) as rest:
        await rest.ask("DELETE", "/sessions/current")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await expect(page).to_have_title("Kefu console")


async def test_c2_a_status_chosen_by_hand_outlives_a_reload(
    house: House, console: Console, mei: Agent
) -> None:
    await console.page.get_by_role("button", name="Available").click()
    await console.page.get_by_role("radio", name="Busy").click()
    await console.page.reload()
    await expect(console.page.get_by_role("button", name="Lin Mei Busy")).to_be_visible()


async def test_signed_out_elsewhere_one_is_told_and_drafts_stay(
    house: House, console: Console, mei: Agent
) -> None:
    visitor = await house.visitor()
    await visitor.begins("Hello")
    await console.takes("Hello")
    await console.page.keyboard.type("Half a sen")
    again = await house.token_for(mei.row)  # signed in elsewhere, so she keeps her customer
    async with house.rest(mei) as rest:
        await rest.ask("DELETE", "/sessions/current")
    await expect(console.page.get_by_text("You were signed out. Drafts")).to_be_visible()
    await console.sits_down(again)
    await console.page.get_by_role("link", name="Visitor").click()
    await expect(console.reply).to_have_value("Half a sen")


async def test_who_holds_customers_is_asked_before_signing_out(
    house: House, console: Console
) -> None:
    page, visitor = console.page, await house.visitor()
    begun = await visitor.begins("Hello")
    await console.takes("Hello")
    await page.get_by_role("button", name="Lin Mei").first.click()
    await page.get_by_role("button", name="Sign out").click()
    asked = page.get_by_role("dialog", name="Sign out")
    await expect(page.get_by_role("dialog")).to_have_count(1)
    await expect(asked).to_contain_text("You have 1 open conversation. Signing out hands it back")
    await console.is_accessible()
    await expect(page.get_by_role("button", name="Stay")).to_be_focused()
    await console.presses("Enter")
    await expect(asked).to_have_count(0)
    assert (await house.row(begun["conversation"]["id"])).state == "active"

    await page.get_by_role("button", name="Lin Mei").first.click()
    await page.get_by_role("button", name="Sign out").click()
    await console.presses("Tab", "Enter")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await visitor.hears("message:created", notice="agent_left")
    assert (await house.row(begun["conversation"]["id"])).state == "queued"


async def test_a_prepared_reply_is_called_with_a_slash(house: House, console: Console) -> None:
    replies = CannedReplies(house.db)
    await replies.create(house.shop.id, "hello", "en", "Hello {name}, how can I help?")
    await replies.create(house.shop.id, "late", "en", "It is on its way.")
    await console.page.reload()
    visitor = await house.visitor()
    await visitor.begins("Good morning")
    await console.takes("Good morning")
    await console.page.keyboard.type("/la")
    await expect(console.page.get_by_role("option")).to_have_count(1)
    await console.is_accessible()
    await console.presses("Enter")
    await expect(console.reply).to_have_value("It is on its way.")
    await console.presses("Enter")
    await visitor.hears(text="It is on its way.")


async def test_handing_over_takes_two_keys_and_keeps_the_note(
    house: House, console: Console
) -> None:
    visitor = await house.visitor()
    await visitor.begins("I need a refund")
    await console.takes("I need a refund")
    colleague = await house.agent("Tom")
    await console.presses("Alt+t")
    await console.page.keyboard.type("Tom")
    await expect(console.page.get_by_role("option", name="Tom")).to_be_visible()
    await console.is_accessible()
    await console.page.get_by_label("Note for whoever takes it").fill("Order WR-1, damaged")
    await console.page.get_by_role("button", name="Hand over to Tom").click()
    await expect(console.page.get_by_text("Handed over to Tom.")).to_be_visible()
    await colleague.accepts()
    [note] = await house.transcript(visitor.conversation, private=True)
    assert note.text == "Order WR-1, damaged"


async def test_nobody_is_handed_to_a_queue_that_was_not_chosen(
    house: House, console: Console
) -> None:
    await Queues(house.db).create(NewQueue(shop_id=house.shop.id, key="returns", name="Returns"))
    visitor = await house.visitor()
    await visitor.begins("I need a refund")
    await console.takes("I need a refund")
    await console.presses("Alt+t")
    dialog = console.page.get_by_role("dialog", name="Hand over to")
    await expect(dialog.get_by_role("option").first).to_contain_text("nobody free")
    await expect(dialog.get_by_role("option", selected=True)).to_have_count(0)
    await expect(dialog.get_by_role("button", name="Hand over")).to_be_disabled()
    await console.presses("Enter")
    assert (await house.row(visitor.conversation)).state == "active"
    await console.presses("ArrowDown")
    await expect(dialog.get_by_role("option", selected=True)).to_have_count(1)
    await console.presses("ArrowUp", "ArrowDown")
    first = dialog.get_by_role("option").first
    await expect(first).to_have_attribute("aria-selected", "true")
    await console.presses("Enter")
    await expect(console.page.get_by_text("Handed over to").first).to_be_visible()


async def test_the_newest_words_stay_in_view_while_the_field_grows_and_after_one_spoke(
    house: House, console: Console
) -> None:
    visitor = await house.visitor()
    await visitor.begins("The oldest words")
    await console.takes("The oldest words")
    for number in range(20):
        await console.writes(f"Line {number}")
    await expect(console.log.get_by_text("Line 19", exact=True)).to_be_in_viewport()
    await console.presses(*["Shift+Enter"] * 5)
    rest = "(log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)"
    await expect(console.reply).to_have_value("\n" * 5)
    assert await console.log.evaluate(rest) == 0
    await console.log.evaluate("(log) => log.scrollTo(0, 0)")
    await expect(console.log.get_by_text("The oldest words")).to_be_in_viewport()
    await console.reply.fill("And this")
    await console.presses("Enter")
    await expect(console.log.get_by_text("And this")).to_be_in_viewport()


async def test_what_was_begun_for_one_customer_never_happens_to_the_next(
    house: House, console: Console, mei: Agent
) -> None:
    visitors = [await house.visitor() for _ in range(2)]
    for visitor, text in zip(visitors, ("I need a refund", "Where is my parcel?"), strict=True):
        await visitor.begins(text)
        await console.takes(text)
    dialog = console.page.get_by_role("dialog")
    for keys in ("Alt+t", "Alt+c"):
        await console.presses(keys)
        await expect(dialog).to_be_visible()
        for visitor in visitors:
            await visitor.says(f"While {keys} is open")
        await expect(console.log.get_by_text(f"While {keys} is open")).to_be_visible()
        await expect(dialog).to_be_visible()
        await console.presses("Alt+ArrowDown")
        await expect(dialog).to_have_count(0)


async def test_a_draft_outlives_a_reload_and_what_was_refused_keeps_its_text(
    house: House, console: Console
) -> None:
    visitor = await house.visitor()
    await visitor.begins("Hello")
    await console.takes("Hello")
    await console.page.keyboard.type("Half a sen")
    await console.page.reload()
    await expect(console.reply).to_have_value("Half a sen")
    await visitor.does("conversation:end", conversation=visitor.conversation)
    await expect(
        console.page.get_by_text("The customer has ended the conversation.")
    ).to_be_visible()


async def test_one_sees_who_else_has_it_open(house: House, console: Console) -> None:
    visitor = await house.visitor()
    await visitor.begins("Hello")
    await console.takes("Hello")
    colleague = await house.agent("Tom", status=None)
    await colleague.does("conversation:open", conversation=visitor.conversation)
    await expect(console.page.get_by_text("Tom has this open too")).to_be_visible()
    await colleague.leaves()
    await expect(console.page.get_by_text("Tom has this open too")).to_have_count(0)


async def test_d5_what_is_written_without_a_line_is_kept_and_sent_after_catching_up(
    house: House, cable: Cable, tab: Page, mei: Agent
) -> None:
    console = Console(tab, cable.url)
    await console.sits_down(mei.token)
    await console.becomes_available()
    visitor = await house.visitor()
    await visitor.begins("Hello")
    await console.takes("Hello")

    await cable.cut()
    await expect(tab.get_by_text("Reconnecting… Your messages are kept.")).to_be_visible(
        timeout=12_000
    )
    await console.writes("Said in the tunnel")
    await visitor.says("Are you there?")
    await expect(console.log.get_by_text("Not sent yet.")).to_be_visible()
    cable.mend()

    await visitor.hears(text="Said in the tunnel")
    await expect(tab.get_by_text("Reconnecting…")).to_have_count(0)
    await expect(console.log.get_by_text("Are you there?")).to_be_visible()
    said = [m.text for m in await house.transcript(visitor.conversation) if m.notice is None]
    assert said == ["Hello", "Are you there?", "Said in the tunnel"]


async def test_what_customers_write_is_shown_as_it_is_and_never_run(
    house: House, console: Console
) -> None:
    hostile = "<img src=x onerror=\"document.title='run'\"> javascript:alert(1) 🙏\u202e"
    visitor = await house.visitor()
    await visitor.begins(hostile)
    await expect(console.offer).to_be_visible()
    await console.presses("Alt+a")
    await expect(console.log.get_by_text("<img src=x")).to_be_visible()
    assert await console.log.get_by_role("link").count() == 0
    assert "run" not in await console.page.title()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_part_of_the_desk_is_accessible(
    house: House, chromium: Browser, mei: Agent, scheme: str
) -> None:
    context = await chromium.new_context(locale="en-GB", color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    console = Console(await context.new_page(), house.url)
    await console.goes_to()
    await expect(console.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await console.is_accessible()
    await console.sits_down(mei.token)
    await console.is_accessible()
    await console.becomes_available()
    await (await house.visitor()).begins("Hello", topic="returns")
    await expect(console.offer).to_be_visible()
    await console.is_accessible()
    await console.takes("Hello")
    await console.is_accessible()
    for keys in ("Alt+t", "Alt+c", "Control+k"):
        await console.presses(keys)
        await console.is_accessible()
        await console.presses("Escape")
        await expect(console.reply).to_be_focused()
    await console.presses("Escape", "Shift+?")
    await expect(console.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await console.is_accessible()

"""Signing in, and setting up the shop."""

from __future__ import annotations

import pytest
from playwright.async_api import Dialog, Page, expect
from pytest_asyncio import fixture

from storage.agents import Agents
from storage.queues import NewQueue, Queues
from storage.shops import Shops
from tests.support.house import House
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

PASSWORD = "correct horse battery"


@fixture(loop_scope="session")
async def office(house: House, tab: Page) -> Console:
    """Let an administrator sit down."""
    admin = await house.agent("Ada", role="admin", status=None, connect=False)
    console = Console(tab, house.url)
    await console.sits_down(admin.token)
    return console


async def test_a_new_agent_is_made_and_signs_in(house: House, office: Console) -> None:
    page = office.page
    await office.goes_to("#/admin/agents")
    await page.get_by_role("link", name="Add agent").click()
    await page.get_by_label("Name").fill("Grace Holt")
    await page.get_by_label("E-mail").fill("grace@shop")
    await page.get_by_label("Password").fill("short")
    await page.get_by_label("Capacity").fill("5")
    await page.get_by_role("button", name="Add agent").click()
    await expect(page.get_by_text("Please use at least 10 characters.")).to_be_visible()
    await expect(page.get_by_label("Name")).to_have_value("Grace Holt")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_label("E-mail").fill("grace@shop.example")
    await page.get_by_role("button", name="Add agent").click()
    await expect(page.get_by_role("heading", name="Grace Holt")).to_be_visible()
    row = await Agents(house.db).by_email("grace@shop.example")
    assert row is not None
    assert (row.name, row.capacity, row.role) == ("Grace Holt", 5, "agent")

    await page.context.clear_cookies()
    await page.goto("about:blank")
    await office.goes_to()
    await page.get_by_label("E-mail").fill("grace@shop.example")
    await page.get_by_label("Password").fill("not the password")
    await office.presses("Enter")
    await expect(page.get_by_role("alert")).to_have_text("E-mail or password is not right.")
    await page.get_by_label("Password").fill(PASSWORD)
    await office.presses("Enter")
    await expect(page.get_by_role("button", name="Grace Holt")).to_be_visible()


async def test_a_queue_is_made_with_a_skill_that_it_needs(house: House, office: Console) -> None:
    page = office.page
    await office.goes_to("#/admin/skills/new")
    await page.get_by_label("Name").fill("Refunds")
    await page.get_by_label("Key").fill("refunds")
    await page.get_by_role("button", name="Add skill").click()
    await expect(page.get_by_role("heading", name="Refunds")).to_be_visible()

    await office.goes_to("#/admin/queues/new")
    await page.get_by_label("Name").fill("Returns")
    await page.get_by_label("Key").fill("returns")
    await page.get_by_label("Returns and after-sales").check()
    await page.get_by_label("Add a skill…").select_option("Refunds")
    await page.get_by_label("Level of Refunds").select_option("Level 4 up")
    await page.get_by_role("heading", name="How urgent it is").click()
    await page.get_by_label("Priority").fill("3")
    await page.get_by_role("button", name="Add queue").click()
    await expect(page.get_by_role("heading", name="Returns")).to_be_visible()
    queue = next(q for q in await Queues(house.db).of_shop(house.shop.id) if q.key == "returns")
    assert (queue.topics, queue.priority) == (["returns"], 3)


async def test_a_queue_is_shaped_while_one_sees_who_could_take_from_it(
    house: House, office: Console
) -> None:
    await house.agent("Mei", skills={"tea": 5})
    await house.agent("Tom", skills={"tea": 2})
    await house.agent("Ida", skills={"tea": 5}, connect=False)
    page = office.page
    await office.goes_to(f"#/admin/queues/{house.queue.id}")
    preview = page.get_by_role("region", name="Who could take this now")
    await expect(preview.get_by_text("At any time")).to_be_visible()
    await expect(preview.get_by_role("listitem").filter(has_text="Tom")).not_to_have_count(0)

    await page.get_by_label("Add a skill…").select_option("tea")
    await page.get_by_label("Level of tea").select_option("Level 4 up")
    await expect(preview.get_by_text("Tom")).to_have_count(0)
    await expect(preview.locator("li.agent", has_text="Mei")).to_contain_text("next")
    await expect(preview.locator("li.agent", has_text="Ida")).to_contain_text("offline")

    await page.get_by_role("button", name="Ask for less later: tea").click()
    await expect(preview.get_by_text("From 20 s on")).to_be_visible()
    await expect(preview.get_by_text("Tom")).to_be_visible()
    await page.get_by_role("button", name="Ask for less later: tea").click()
    await page.get_by_label("Step 2 of tea: after how many seconds").fill("10")
    await page.get_by_role("button", name="Save changes").click()
    await expect(
        page.get_by_role("alert").filter(has_text="Each step has to come later")
    ).to_be_visible()
    await expect(preview.get_by_text("This cannot be saved as it is")).to_be_visible()

    await page.get_by_label("Step 2 of tea: after how many seconds").fill("60")
    await page.get_by_role("heading", name="Who gets it").click()
    await page.get_by_role("radio", name="Best on balance min_cost").focus()
    await office.presses("ArrowDown", "ArrowDown")
    await expect(page.get_by_role("radio", name="Longest free")).to_be_checked()
    await page.get_by_role("heading", name="How urgent it is").click()
    await page.get_by_label("Answer within").fill("45")
    await office.is_accessible()
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    (queue,) = await Queues(house.db).of_shop(house.shop.id)
    assert (queue.policy, queue.target_s) == ("longest_idle", 45)
    assert queue.skills[0].steps == ((20, 2), (60, 1))


async def test_nobody_for_a_queue_is_told_before_it_is_saved(house: House, office: Console) -> None:
    await house.agent("Mei", skills={"tea": 2})
    page = office.page
    await office.goes_to(f"#/admin/queues/{house.queue.id}")
    await page.get_by_label("Add a skill…").select_option("tea")
    warning = page.get_by_text("Nobody in the shop has what this queue asks for.")
    await expect(warning).to_be_visible()
    await page.get_by_label("How tea is needed").select_option("preferred")
    await expect(warning).to_have_count(0)
    assert all(not queue.skills for queue in await Queues(house.db).of_shop(house.shop.id))


async def test_the_shop_says_what_becomes_of_the_lost(house: House, office: Console) -> None:
    page = office.page
    await office.goes_to("#/admin/shop")
    await page.get_by_label("Their conversations wait for a colleague").check()
    await page.get_by_label("Gone for").fill("5")
    await page.get_by_label("Missed offers").fill("3")
    await page.get_by_label("Idle after").fill("30")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("From 10 to 86,400 seconds.")).to_be_visible()
    await page.get_by_label("Gone for").fill("90")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("From 60 to 14,400 seconds, or nothing.")).to_be_visible()
    await page.get_by_label("Idle after").fill("600")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    shop = await Shops(house.db).get(house.shop.id)
    assert shop is not None
    assert (shop.lost_agent, shop.lost_agent_s, shop.misses_max) == ("requeue", 90, 3)
    assert shop.idle_after_s == 600

    await page.get_by_label("Idle after").fill("")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    await page.wait_for_function(
        "fetch('/api/v1/shop').then(async (a) => !('idle_after_s' in await a.json()))"
    )


async def test_the_shop_is_changed_and_mistakes_stand_at_their_field(
    house: House, office: Console
) -> None:
    page = office.page
    await office.goes_to("#/admin/shop")
    await page.get_by_label("Shop name").fill("Willow & Reed")
    await page.get_by_label("Time zone").fill("Asia/Shanghai")
    await page.get_by_label("Allowed origins").fill("shop.example")
    await page.get_by_role("switch", name="Always open").uncheck()
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Only scheme and host")).to_be_visible()
    await page.get_by_label("Allowed origins").fill("https://shop.example")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    shop = await Shops(house.db).get(house.shop.id)
    assert shop is not None
    assert (shop.name, shop.time_zone) == ("Willow & Reed", "Asia/Shanghai")
    assert list(shop.allowed_origins) == ["https://shop.example"]
    assert shop.hours is not None


async def test_how_long_is_too_long_and_who_may_pick_is_set_for_the_shop(
    house: House, office: Console
) -> None:
    page = office.page
    await office.goes_to("#/admin/shop")
    await page.get_by_label("A wait is long after").fill("200")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("more than the other")).to_be_visible()
    await page.get_by_label("A wait is too long after").fill("300")
    await page.get_by_role("switch", name="Agents may take who waits").uncheck()
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    shop = await Shops(house.db).get(house.shop.id)
    assert shop is not None
    assert (shop.wait_notice_s, shop.wait_urgent_s, shop.agents_may_pick) == (200, 300, False)


async def test_who_was_deactivated_is_hidden_until_asked_for_and_taken_back(
    house: House, office: Console
) -> None:
    tom = await house.agent("Tom", connect=False)
    page = office.page
    await office.goes_to(f"#/admin/agents/{tom.row.id}")
    await page.get_by_role("button", name="Deactivate").click()
    await page.get_by_role("button", name="Deactivate").click()
    await expect(page.get_by_role("button", name="Activate again", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Dismiss").click()
    table = page.get_by_role("table", name="Agents")
    await expect(table.get_by_role("link", name="Ada")).to_be_visible()
    await expect(table.get_by_role("link", name="Tom")).to_have_count(0)

    await page.get_by_role("switch", name="Show deactivated agents").check()
    await office.is_accessible()
    await table.get_by_role("button", name="Activate again: Tom").click()

    await expect(page.get_by_text("Tom is back.")).to_be_visible()
    await expect(page.get_by_role("switch", name="Show deactivated agents")).to_have_count(0)
    row = await Agents(house.db).get(tom.row.id)
    assert row is not None
    assert row.deactivated_at is None


async def test_an_archived_queue_is_hidden_until_asked_for_and_restored(
    house: House, office: Console
) -> None:
    queues, page = Queues(house.db), office.page
    vip = await queues.create(NewQueue(shop_id=house.shop.id, key="vip", name="VIP"))
    await queues.archive(house.shop.id, vip.id, house.now())
    await office.goes_to("#/admin/queues")
    table = page.get_by_role("table", name="Queues")
    await expect(table.get_by_role("link", name="General")).to_be_visible()
    await expect(table.get_by_role("link", name="VIP")).to_have_count(0)

    await page.get_by_role("switch", name="Show archived queues").check()
    await table.get_by_role("button", name="Restore: VIP").click()

    await expect(page.get_by_text("is back.")).to_be_visible()
    await expect(table.get_by_role("link", name="VIP", exact=True)).to_be_visible()
    assert "vip" in {queue.key for queue in await queues.of_shop(house.shop.id)}


async def test_a_prepared_reply_is_made_and_taken_away(office: Console) -> None:
    page = office.page
    await office.goes_to("#/admin/replies/new")
    await page.get_by_label("Shortcut").fill("hello")
    await page.get_by_label("Text").fill("Hello {name}")
    await page.get_by_role("button", name="Add reply").click()
    await expect(page.get_by_role("heading", name="/hello")).to_be_visible()
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("No prepared replies yet")).to_be_visible()


async def test_an_agent_may_only_edit_replies(house: House, tab: Page) -> None:
    agent = await house.agent("Tom", connect=False)
    console = Console(tab, house.url)
    await console.sits_down(agent.token)
    await console.goes_to("#/admin/agents")
    navigation = tab.get_by_role("navigation", name="Administration")
    await expect(navigation.get_by_role("link", name="Prepared replies")).to_be_visible()
    await expect(navigation.get_by_role("link", name="Agents")).to_have_count(0)


@pytest.mark.parametrize(
    "place", ["agents", "agents/new", "skills/new", "queues/new", "replies/new", "shop", "install"]
)
async def test_every_page_of_the_administration_is_accessible(office: Console, place: str) -> None:
    await office.goes_to(f"#/admin/{place}")
    await expect(office.page.get_by_role("heading", level=1)).to_be_visible()
    await expect(office.page.locator("[aria-hidden] .skeleton")).to_have_count(0)
    await office.is_accessible()


async def test_two_who_change_a_queue_at_the_same_time_both_keep_what_they_changed(
    house: House, office: Console
) -> None:
    page = office.page
    await office.goes_to(f"#/admin/queues/{house.queue.id}")
    await page.get_by_role("heading", name="How urgent it is").click()
    await page.get_by_label("Answer within").fill("45")
    await Queues(house.db).update(house.shop.id, house.queue.id, {"priority": 7, "wrap_up_s": 90})

    await page.get_by_role("button", name="Save changes").click()

    await expect(page.get_by_text("Saved")).to_be_visible()
    (queue,) = await Queues(house.db).of_shop(house.shop.id)
    assert (queue.target_s, queue.priority, queue.wrap_up_s) == (45, 7, 90)


async def test_a_queue_with_unsaved_changes_is_not_left_unasked(
    house: House, office: Console
) -> None:
    page = office.page
    queue = f"#/admin/queues/{house.queue.id}"
    await office.goes_to("#/admin/queues")
    await page.get_by_role("link", name="General").click()
    question = page.get_by_role("dialog", name="Leave without saving?")
    await page.get_by_role("link", name="Queues", exact=True).first.click()
    await expect(question).to_have_count(0)
    await page.get_by_role("link", name="General").click()
    await page.get_by_label("Name").fill("Everything")

    await page.get_by_role("link", name="Agents", exact=True).click()
    await expect(question.get_by_role("button", name="Stay")).to_be_focused()
    await office.is_accessible()
    await office.presses("Escape")
    await expect(question).to_have_count(0)
    await page.go_back()
    await question.get_by_role("button", name="Stay").click()
    await expect(page.get_by_label("Name")).to_have_value("Everything")
    assert page.url.endswith(queue)

    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    await page.get_by_label("Name").fill("Nothing")
    await page.get_by_role("link", name="Back to the inbox").click()
    await question.get_by_role("button", name="Leave without saving").press("Enter")
    await expect(page.get_by_role("tab", name="Mine")).to_be_visible()
    await expect(question).to_have_count(0)
    (row,) = await Queues(house.db).of_shop(house.shop.id)
    assert row.name == "Everything"


async def test_a_new_queue_is_saved_and_left_without_a_question(office: Console) -> None:
    page = office.page
    await office.goes_to("#/admin/queues/new")
    await page.get_by_label("Key").fill("vip")
    await page.get_by_role("link", name="Agents", exact=True).click()
    question = page.get_by_role("dialog", name="Leave without saving?")
    await question.get_by_role("button", name="Stay").click()
    await page.get_by_label("Name").fill("VIP")
    await page.get_by_role("button", name="Add queue").click()
    await expect(page.get_by_role("heading", name="VIP")).to_be_visible()
    await page.get_by_role("link", name="Agents", exact=True).click()
    await expect(page.get_by_role("heading", name="Agents")).to_be_visible()


@pytest.mark.parametrize(
    ("section", "field"), [("agents", "Name"), ("skills", "Name"), ("replies", "Text")]
)
async def test_what_is_typed_into_a_new_one_is_not_lost_unasked(
    office: Console, section: str, field: str
) -> None:
    page = office.page
    await office.goes_to(f"#/admin/{section}/new")
    await page.get_by_label(field, exact=True).fill("Half of it")
    await page.get_by_role("link", name="Back to the inbox").click()
    await page.get_by_role("dialog").get_by_role("button", name="Stay").click()
    await expect(page.get_by_label(field, exact=True)).to_have_value("Half of it")


async def test_closing_the_tab_with_unsaved_changes_is_asked_about(
    house: House, office: Console
) -> None:
    page = office.page
    asked: list[str] = []

    async def hear(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    page.on("dialog", hear)
    await office.goes_to(f"#/admin/queues/{house.queue.id}")
    await page.get_by_label("Name").click()
    await page.reload()
    assert asked == []
    await page.get_by_label("Name").click()
    await page.keyboard.type("!")
    await page.reload()
    await expect(page.get_by_label("Name")).to_have_value("General")
    assert asked == ["beforeunload"]

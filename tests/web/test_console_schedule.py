"""A week is planned by pointer and by keys, a gap is found and filled, a shift changes hands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from pytest_asyncio import fixture

from storage.schedule.rows import ShiftRow, Times
from storage.schedule.shifts import Author, Shifts, Wanted
from storage.states import StateLog
from tests.support.house import Agent, House
from tests.support.past import Talk, had
from tests.web.console import Console

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]


def next_monday(now: datetime) -> date:
    return now.date() + timedelta(days=7 - now.weekday())


WRITTEN = """days => days.map((day) => new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' }).format(Date.parse(day)))"""


@fixture(loop_scope="session")
async def people(house: House) -> tuple[Agent, Agent, Agent]:
    """Let Mondays have been busy from 9 to 11; return the lead and two agents."""
    lead = await house.agent("Lea", role="supervisor", status=None, connect=False, capacity=1)
    ann = await house.agent("Ann", status=None, connect=False, capacity=1)
    bob = await house.agent("Bob", status=None, connect=False, capacity=1)
    await house.change_shop(hours={"weekly": {str(n): [["08:00", "18:00"]] for n in range(1, 8)}})
    monday = datetime.combine(next_monday(house.now()), datetime.min.time(), UTC)
    for week in range(1, 5):
        for half in range(4):
            at = monday - timedelta(weeks=week) + timedelta(hours=9 + half / 2)
            talks = [Talk(agent=lead.row.id, handle_s=400)] * 3
            await had(house.db, house.shop.id, house.queue.id, at, talks)
    return lead, ann, bob


async def stored(house: House, day: date) -> list[ShiftRow]:
    return await Shifts(house.db).between(house.shop.id, day, day + timedelta(days=6))


def share(said: str) -> float:
    """Return 0.84 for "84% ± 3"."""
    found = re.fullmatch(r"(\d+)% ± \d+", said)
    assert found is not None, said
    return int(found[1]) / 100


async def pulled(page: Page, one: Locator, x: float, to: float) -> None:
    """Drag within a cell or bar, from a share of its width to another."""
    box = await one.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + x * box["width"], y)
    await page.mouse.down()
    await page.mouse.move(box["x"] + (x + to) / 2 * box["width"], y, steps=4)
    await page.mouse.move(box["x"] + to * box["width"], y, steps=4)
    await page.mouse.up()


async def test_a_week_is_planned_a_gap_is_filled_and_a_shift_changes_hands(
    house: House, people: tuple[Agent, Agent, Agent], tab: Page, chromium: Browser
) -> None:
    lead, ann, bob = people
    monday = next_monday(house.now())
    tuesday = monday + timedelta(days=1)
    console, page = Console(tab, house.url), tab
    on_monday, on_tuesday = await page.evaluate(WRITTEN, [str(monday), str(tuesday)])
    await console.sits_down(lead.token)
    await console.goes_to(f"#/schedule/{monday}")

    # The gap is told in words before anybody is planned.
    gaps = page.get_by_role("region", name="Where somebody is missing")
    await expect(gaps).to_contain_text("General: nobody from 9:00")
    await console.is_accessible()

    # By keys: a new shift of Ann's, longer by a quarter, moved to Bob's Tuesday; that is undone.
    grid = page.get_by_role("grid", name="Shifts of the week")
    await grid.get_by_role("gridcell", name=f"Ann, {on_monday}").focus()
    await console.presses("n")
    bar = grid.get_by_role("button", name=f"Ann: {on_monday}")
    of_ann = f"Ann: {on_monday}, {{}}, break 12:45–13:15"
    await expect(bar).to_be_focused()
    await expect(bar).to_have_accessible_name(of_ann.format("9:00–17:00"))
    await console.presses("Alt+ArrowRight")
    await expect(bar).to_have_accessible_name(of_ann.format("9:00–17:15"))
    await expect(gaps).to_contain_text("General: 1 short 9:00–11:00")
    await console.presses("Shift+PageDown", "Shift+ArrowDown")
    moved = grid.get_by_role("button", name=f"Bob: {on_tuesday}")
    await expect(moved).to_be_focused()
    await expect(gaps).to_contain_text("General: nobody from 9:00")
    await console.presses("Control+z")
    await expect(bar).to_be_visible()
    await expect(gaps).to_contain_text("General: 1 short 9:00–11:00")
    assert [(each.agent_id, each.day) for each in await stored(house, monday)] == [
        (ann.row.id, monday)
    ]

    # What filling it would be worth is tried: with everything filled more are answered in time.
    await gaps.get_by_role("button", name="Try it").click()
    tried = gaps.get_by_role("table", name="Simulated with")
    await expect(tried).to_be_visible(timeout=60_000)
    planned, filled = [
        await tried.get_by_role("row", name=name).get_by_role("cell").first.inner_text()
        for name in ("As planned", "Everything filled")
    ]
    assert share(filled) > share(planned) + 0.1
    more = tried.get_by_role("row", name="Difference").get_by_role("cell").first
    await expect(more).to_have_text(re.compile(r"^\+\d+ ± \d+ points$"))
    await console.is_accessible()

    # By pointer, on a day of its own: Bob's Monday is drawn, and pulled until nobody is missing.
    await page.get_by_label("Day", exact=True).check()
    await pulled(page, grid.get_by_role("gridcell", name=f"Bob, {on_monday}"), 0.1, 0.2)
    drawn = grid.get_by_role("button", name=f"Bob: {on_monday}")
    await expect(drawn).to_be_focused()
    await expect(drawn).to_have_accessible_name(f"Bob: {on_monday}, 9:00–10:00")
    await expect(gaps).to_contain_text("General: 1 short 10:00–11:00")
    await pulled(page, drawn, 0.99, 1.99)
    await expect(drawn).to_have_accessible_name(f"Bob: {on_monday}, 9:00–11:00")
    await expect(gaps).to_contain_text("Nobody is missing")

    # Dragged to Tuesday it is missed on Monday; undone it is back, and a click opens its fields.
    await page.get_by_label("Week", exact=True).check()
    target = await grid.get_by_role("gridcell", name=f"Bob, {on_tuesday}").bounding_box()
    box = await drawn.bounding_box()
    assert box is not None
    assert target is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 10, steps=8)
    await page.mouse.up()
    await expect(grid.get_by_role("button", name=f"Bob: {on_tuesday}")).to_be_focused()
    await expect(gaps).to_contain_text("General: 1 short 9:00–11:00")
    await page.get_by_role("button", name="Undo").click()
    await expect(gaps).to_contain_text("Nobody is missing")
    await drawn.click()
    fields = page.get_by_role("dialog", name="Change a shift")
    await fields.get_by_label("To", exact=True).fill("12:00")
    await fields.get_by_role("button", name="Add a break").click()
    await fields.get_by_role("button", name="Save").click()
    await expect(fields.get_by_text("A break lies inside its shift")).to_be_visible()
    await console.is_accessible()
    await fields.get_by_role("button", name="Remove this break").click()
    await fields.get_by_role("button", name="Save").click()
    await expect(drawn).to_have_accessible_name(f"Bob: {on_monday}, 9:00–12:00")
    await expect(drawn).to_be_focused()

    # Another supervisor was quicker: what was done is put back, and told.
    await expect(page.get_by_text("Saving…")).to_be_hidden()
    [of_bob] = [each for each in await stored(house, monday) if each.agent_id == bob.row.id]
    await moved_by_another(house, lead, of_bob)
    await drawn.focus()
    await console.presses("Shift+ArrowRight")
    await expect(page.get_by_text("Put back: Somebody else has changed this")).to_be_visible()
    await expect(drawn).to_have_accessible_name(f"Bob: {on_monday}, 13:00–14:00")

    # The week after is planned as this one, and emptied again.
    await page.get_by_role("button", name="Week after").click()
    await page.get_by_role("button", name="Copy last week").click()
    await expect(page.get_by_text("2 shifts were copied.")).to_be_visible()
    assert len(await stored(house, monday + timedelta(days=7))) == 2
    await page.get_by_role("button", name="Undo").click()
    await expect(grid.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_text("Saving…")).to_be_hidden()
    assert await stored(house, monday + timedelta(days=7)) == []

    # Today she is planned and not there; she comes, and takes a break that nobody planned.
    await on_shift_since_an_hour(house, lead, ann)
    await console.goes_to("#/schedule")
    now = page.get_by_role("region", name="Now,")
    await expect(now).to_contain_text("Ann is late, since", timeout=15_000)
    await ann.connects()
    await ann.becomes("available")
    await expect(now).to_contain_text("Who is planned is at work.", timeout=15_000)
    await ann.becomes("away")
    await expect(now).to_contain_text("Ann is on an unplanned break, since", timeout=15_000)
    await page.get_by_role("link", name="Plan and reality").click()
    row = page.get_by_role("row", name="Ann Planned")
    await expect(row).to_contain_text("Late ")
    await console.is_accessible()

    # Ann cannot come, on her phone; Bob takes her shift over; the supervisor approves.
    context = await page.context.browser.new_context(
        locale="en-GB", viewport={"width": 390, "height": 844}
    )  # type: ignore[union-attr]
    phone = Console(await context.new_page(), house.url)
    await phone.sits_down(ann.token)
    await phone.goes_to("#/schedule/adherence")
    await expect(phone.page.get_by_role("row", name="Ann Planned")).to_contain_text("Late ")
    await expect(phone.page.get_by_text("Lea", exact=True)).to_be_hidden()
    await phone.is_accessible()
    await phone.goes_to("#/schedule")
    await phone.page.get_by_role("button", name=f"Give away: {on_monday}").click()
    await phone.page.get_by_label("Who takes it over?").select_option("Bob")
    await phone.page.get_by_role("button", name="Ask", exact=True).click()
    await expect(phone.page.get_by_text("You asked Bob")).to_be_visible()
    await phone.page.get_by_role("button", name="Ask for time off").click()
    off = phone.page.get_by_role("dialog", name="Ask for time off")
    await off.get_by_label("First day").fill(str(monday))
    await off.get_by_role("button", name="Ask", exact=True).click()
    await expect(phone.page.get_by_role("button", name=f"Withdraw: {on_monday}")).to_be_visible()
    await phone.is_accessible()
    async with phone.page.expect_download() as download:
        await phone.page.get_by_role("link", name="Add to calendar").click()
    assert (await (await download.value).path()).read_text().count("BEGIN:VEVENT") == 2
    await moved_by_another(house, lead, of_bob, 18)  # else he works already
    async with house.rest(bob) as rest:
        [swap] = (await rest.get("/schedule/mine"))["swaps"]
        status, _ = await rest.ask("PATCH", f"/swaps/{swap['id']}", {"state": "accepted"})
        assert status == 200
    await console.goes_to(f"#/schedule/{monday}")
    asked = page.get_by_role("region", name="Asked of you")
    await expect(asked).to_contain_text("Ann\u00a0→ Bob")
    await asked.get_by_role("button", name="Approve").last.click()
    await expect(grid.get_by_role("button", name=f"Bob: {on_monday}")).to_have_count(2)
    await asked.get_by_role("button", name="Approve").click()
    await expect(asked.get_by_text("Nobody waits for an answer.")).to_be_visible()
    await expect(grid.get_by_role("gridcell", name=f"Ann, {on_monday}: Time off")).to_be_visible()


async def moved_by_another(house: House, lead: Agent, row: ShiftRow, hour: int = 13) -> None:
    """Move a shift as a colleague would meanwhile."""
    begin = row.starts_at.replace(hour=hour, minute=0)
    times = Times(day=row.day, starts_at=begin, ends_at=begin + timedelta(hours=1))
    author = Author(house.shop.id, lead.row.id, house.now())
    await Shifts(house.db).change(author, row.id, Wanted(row.agent_id, times), None)


async def on_shift_since_an_hour(house: House, lead: Agent, who: Agent) -> None:
    """Plan somebody around now; what was is known, for the lead was here before."""
    now = house.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begin = max(midnight, now - timedelta(hours=1))
    times = Times(day=now.date(), starts_at=begin, ends_at=now + timedelta(hours=2))
    author = Author(house.shop.id, lead.row.id, now - timedelta(days=1))
    await Shifts(house.db).create(author, Wanted(who.row.id, times))
    before = now - timedelta(hours=4)
    lead_id = lead.row.id
    await StateLog(house.db).vouch(
        house.shop.id, [lead_id], "n", before, before + timedelta(minutes=1)
    )

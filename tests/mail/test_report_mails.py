"""Reports by e-mail: on time, once, as the page shows them, to those who lead and nobody else."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from server.protocol.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from server.protocol.reports import ReportQuery
from server.protocol.scheduled_reports import NewScheduledReport, ScheduledReportPatch
from server.reports.due import days_before, last_due, next_due
from server.services.report_sending import LOOK_S, ReportSending
from server.services.seats import AgentSeat
from storage.reports.scheduled import ScheduledReports, ScheduledRow
from tests.assignment.office import Office
from tests.mail.conftest import SENDS_MAX, OtherServer, Room, Shelf
from tests.reports.books import Books

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


async def test_a_report_comes_every_morning_as_the_page_shows_it(
    office: Office, shelf: Shelf, room: Room, mail_server: OtherServer
) -> None:
    lea = await room.seat("lea")
    for _ in range(3):
        await office.customer(turn=False)
    await Books(office.db).job.catch_up()
    new = NewScheduledReport(
        name="Morning\r\nBcc: all@demo.kefu", mail_to=[str(lea.agent_id)], compare=True
    )
    made = await shelf.desk.create(lea, new)
    assert made.next_at == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)

    await shelf.passes(22 * HOUR_S)
    assert mail_server.taken == []
    await shelf.passes(HOUR_S)
    [letter] = mail_server.letters
    assert letter["Subject"] == "Morning Bcc: all@demo.kefu: 2026-03-02"
    assert "Asked: 3\n" in mail_server.text()
    assert "https://chat.shop.example/console/#/admin/reports" in mail_server.text()
    [book] = letter.iter_attachments()
    assert book.get_filename() == "kefu-queue-2026-03-02-2026-03-02.xlsx"
    day = date(2026, 3, 2)
    shown = await shelf.reports.sheet(lea, ReportQuery(first=day, last=day, compare=True))
    assert book.get_content() == shown.content, "byte for byte"

    await shelf.desk.update(lea, UUID(made.id), ScheduledReportPatch(compare=False))
    await shelf.passes(DAY_S - HOUR_S)
    assert len(mail_server.taken) == 1
    await shelf.passes(HOUR_S)
    assert mail_server.letters[-1]["Subject"].endswith("2026-03-03")
    assert "Nothing happened on these days." in mail_server.text()
    kept = await office.db.fetchval("SELECT count(*) FROM mail WHERE sheet IS NOT NULL")
    assert kept == 0, "what has arrived is not kept twice"


async def test_what_was_missed_comes_once_for_the_newest_day(
    office: Office, shelf: Shelf, room: Room, mail_server: OtherServer
) -> None:
    """Nothing ran from Monday on; it is back on Friday, an hour before the next is due."""
    lea = await room.seat("lea")
    await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=[str(lea.agent_id)]))
    await office.clock.advance(4 * DAY_S - 2 * HOUR_S)
    nodes = [shelf.another_node() for _ in range(3)]
    await asyncio.gather(*(each.turn() for each in nodes))
    await room.job.turn()
    assert [each["Subject"] for each in mail_server.letters] == ["All: 2026-03-04"]
    await shelf.passes(HOUR_S)
    assert [each["Subject"] for each in mail_server.letters][1:] == ["All: 2026-03-05"]


async def test_a_node_that_dies_while_it_makes_one_is_replaced(
    office: Office, shelf: Shelf, room: Room, mail_server: OtherServer
) -> None:
    lea = await room.seat("lea")
    await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=[str(lea.agent_id)]))
    await office.clock.advance(DAY_S)
    now = office.clock.now()
    assert await shelf.scheduled.take(now, now.replace(minute=2))
    assert not await shelf.node.turn(), "another node has it"
    await shelf.passes(121)
    assert len(mail_server.taken) == 1


class Surprising(ScheduledReports):
    """A list that once holds something that nobody thought of."""

    surprises = 1

    async def take(self, now: datetime, until: datetime) -> ScheduledRow | None:
        self.surprises -= 1
        if self.surprises >= 0:
            raise TypeError("nobody thought of this")
        return await super().take(now, until)


async def test_a_surprise_ends_no_node_and_the_next_look_sends_what_is_due(
    office: Office, shelf: Shelf, room: Room, mail_server: OtherServer
) -> None:
    lea = await room.seat("lea")
    await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=[str(lea.agent_id)]))
    job = ReportSending(Surprising(office.db), shelf.reports, office.stores, office.clock)
    await office.clock.advance(DAY_S)
    task = asyncio.create_task(job.run())
    await office.clock.advance(2 * LOOK_S)
    while not await room.count():
        await asyncio.sleep(0)
        assert not task.done()
    task.cancel()
    assert await room.count() == 1


async def test_it_is_sent_now_to_who_asks_and_to_nobody_who_does_not_lead(
    office: Office, shelf: Shelf, room: Room, mail_server: OtherServer
) -> None:
    lea, max_ = await room.seat("lea"), await room.seat("max")
    lin, stranger = await room.lead("lin", "agent"), await room.strangers()
    for who in ([lin], [stranger], []):
        with pytest.raises(Invalid) as refused:
            await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=who))
        assert refused.value.field == "mail_to"
    agent = AgentSeat(UUID(lin), office.shop.id, "lin", "agent")
    with pytest.raises(Forbidden):
        await shelf.desk.list(agent)

    both = [str(lea.agent_id), str(max_.agent_id)]
    made = await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=both))
    await shelf.desk.send(max_, UUID(made.id))
    await room.job.turn()
    assert [to for to, _ in mail_server.taken] == ["max@demo.kefu"]

    await office.stores.agents.update(office.shop.id, max_.agent_id, {"role": "agent"})
    await shelf.passes(DAY_S)
    assert [to for to, _ in mail_server.taken][1:] == ["lea@demo.kefu"]
    paused = ScheduledReportPatch(active=False)
    assert (await shelf.desk.update(lea, UUID(made.id), paused)).next_at is None
    await shelf.passes(3 * DAY_S)
    again = await shelf.desk.update(lea, UUID(made.id), ScheduledReportPatch(active=True))
    assert again.next_at is not None
    await shelf.passes(0)
    assert len(mail_server.taken) == 2, "what it missed while it was paused is not made up for"
    await shelf.desk.delete(lea, UUID(made.id))
    await shelf.passes(3 * DAY_S)
    assert len(mail_server.taken) == 2
    with pytest.raises(NotFound):
        await shelf.desk.send(lea, UUID(made.id))


async def test_reports_are_sent_at_once_only_so_often(shelf: Shelf, room: Room) -> None:
    """Each makes a report of a month; a button that is hammered must cost others nothing."""
    lea = await room.seat("lea")
    made = await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=[str(lea.agent_id)]))
    for _ in range(SENDS_MAX):
        await shelf.desk.send(lea, UUID(made.id))
    with pytest.raises(TooMany) as refused:
        await shelf.desk.send(lea, UUID(made.id))
    assert refused.value.details["setting"] == "reports_sent_per_minute"
    assert await room.count() == SENDS_MAX


async def test_without_a_mail_server_nothing_is_sent_now(shelf: Shelf, room: Room) -> None:
    lea = await room.seat("lea")
    made = await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=[str(lea.agent_id)]))
    with pytest.raises(Conflict) as refused:
        await shelf.administration(mails=False).send(lea, UUID(made.id))
    assert refused.value.details == {"reason": "no_mail"}
    assert await room.count() == 0


async def test_moved_to_later_on_a_day_it_was_sent_it_waits_for_the_next(
    office: Office, shelf: Shelf, room: Room, mail_server: OtherServer
) -> None:
    lea = await room.seat("lea")
    made = await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=[str(lea.agent_id)]))
    await shelf.passes(DAY_S)
    later = await shelf.desk.update(lea, UUID(made.id), ScheduledReportPatch(at_minute=720))
    assert later.next_at == datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    assert len(mail_server.taken) == 1


def test_a_day_on_which_the_clock_is_moved_has_one_report() -> None:
    """In Berlin 02:30 is skipped on 29 March 2026, and comes twice on 25 October."""
    spring = next_due("day", 150, BERLIN, datetime(2026, 3, 28, 12, 0, tzinfo=UTC))
    assert spring.astimezone(BERLIN).isoformat() == "2026-03-29T03:00:00+02:00"
    assert next_due("day", 150, BERLIN, spring).astimezone(BERLIN).day == 30
    autumn = next_due("day", 150, BERLIN, datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    assert autumn.astimezone(BERLIN).isoformat() == "2026-10-25T02:30:00+02:00"
    assert next_due("day", 150, BERLIN, autumn).astimezone(BERLIN).day == 26


def test_weeks_and_months_are_whole_ones() -> None:
    wednesday = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    assert next_due("week", 480, BERLIN, wednesday).astimezone(BERLIN).day == 9
    assert next_due("month", 0, BERLIN, wednesday).astimezone(BERLIN).date() == date(2026, 4, 1)
    since = next_due("week", 480, BERLIN, datetime(2026, 2, 1, tzinfo=UTC))
    assert last_due("week", 480, BERLIN, since, wednesday).astimezone(BERLIN).day == 2
    assert days_before("last_week", date(2026, 3, 4)) == (date(2026, 2, 23), date(2026, 3, 1))
    assert days_before("last_week", date(2026, 3, 2)) == (date(2026, 2, 23), date(2026, 3, 1))
    assert days_before("last_month", date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert days_before("days_7", date(2026, 3, 4)) == (date(2026, 2, 25), date(2026, 3, 3))
    assert days_before("yesterday", date(2026, 3, 1)) == (date(2026, 2, 28),) * 2

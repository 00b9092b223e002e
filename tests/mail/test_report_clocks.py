"""What is sent at eight is sent at eight by the shop's clock, also once that is another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.wall import moment
from server.protocol.scheduled_reports import NewScheduledReport
from storage.database import Database
from tests.assignment.office import Office
from tests.mail.conftest import OtherServer, Room, Shelf

DAY_S = 86_400.0
NIGHTS = [date(2026, 3, 29), date(2026, 10, 25)]
"""In Berlin 02:30 is skipped in the one and comes twice in the other."""

MOVED = {
    "Europe/Berlin": NIGHTS,
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "America/Nuuk": [date(2026, 3, 28), date(2026, 10, 24)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],
    "Antarctica/Troll": NIGHTS,
    "Pacific/Apia": [date(2011, 12, 29), date(2011, 12, 30)],
    "Asia/Kathmandu": NIGHTS,
}
"""When clocks are moved: by half an hour, by two, over midnight, over a whole day, or never."""


async def test_a_report_at_eight_stays_at_eight_when_the_shop_moves(
    office: Office, shelf: Shelf, room: Room
) -> None:
    lea = await room.seat("lea")
    mail_to = [str(lea.agent_id)]
    made = await shelf.desk.create(
        lea, NewScheduledReport(name="All", at_minute=480, mail_to=mail_to)
    )
    for zone in ("America/New_York", "Asia/Shanghai", "UTC"):
        await office.stores.shops.update(office.shop.id, {"time_zone": zone}, office.clock.now())
        [shown] = (await shelf.desk.list(lea)).items
        assert shown.next_at is not None
        there = shown.next_at.astimezone(ZoneInfo(zone))
        assert (there.hour, there.minute) == (8, 0), zone
    assert shown.next_at == made.next_at, "and back again"


@pytest.mark.parametrize(
    ("night", "there"),
    [(date(2026, 3, 29), "2026-03-29T01:00"), (date(2026, 10, 25), "2026-10-25T00:30")],
)
async def test_a_shop_that_moves_has_its_report_when_its_new_clock_first_shows_the_time(
    office: Office, shelf: Shelf, room: Room, night: date, there: str
) -> None:
    """In the night in which that clock is moved, and after a mistake in which it comes back."""
    lea = await room.seat("lea")
    await shelf.desk.create(
        lea, NewScheduledReport(name="All", at_minute=150, mail_to=[str(lea.agent_id)])
    )
    await office.db.execute("UPDATE scheduled_report SET next_at = $1", _utc(night, 150))
    for zone, at in (("Europe/Berlin", there), ("UTC", f"{night}T02:30")) * 2:
        await office.stores.shops.update(office.shop.id, {"time_zone": zone}, office.clock.now())
        [shown] = (await shelf.desk.list(lea)).items
        assert shown.next_at == datetime.fromisoformat(at).replace(tzinfo=UTC), zone


async def test_a_time_that_is_jumped_over_to_the_next_day_stays_of_its_day(
    office: Office, shelf: Shelf, room: Room
) -> None:
    """In Nuuk Saturday ends at eleven that night: half past is when Sunday begins."""
    lea = await room.seat("lea")
    await office.stores.shops.update(
        office.shop.id, {"time_zone": "America/Nuuk"}, office.clock.now()
    )
    await shelf.desk.create(
        lea, NewScheduledReport(name="All", at_minute=1410, mail_to=[str(lea.agent_id)])
    )
    saturday = moment(date(2026, 3, 28), 1410, ZoneInfo("America/Nuuk"))
    await office.db.execute("UPDATE scheduled_report SET next_at = $1", saturday)
    await office.stores.shops.update(office.shop.id, {"time_zone": "UTC"}, office.clock.now())
    [shown] = (await shelf.desk.list(lea)).items
    assert shown.next_at == datetime(2026, 3, 28, 23, 30, tzinfo=UTC)


async def test_a_report_of_a_time_that_is_jumped_over_is_of_its_day_and_the_next_has_its_own(
    office: Office, shelf: Shelf, room: Room, mail_server: OtherServer
) -> None:
    """In Nuuk Saturday's half past eleven comes as Sunday begins; Sunday's own comes, too."""
    lea, nuuk = await room.seat("lea"), ZoneInfo("America/Nuuk")
    await office.stores.shops.update(office.shop.id, {"time_zone": nuuk.key}, office.clock.now())
    saturday = moment(date(2026, 3, 28), 1410, nuuk)
    assert saturday.astimezone(nuuk).date() == date(2026, 3, 29)
    await office.clock.advance((saturday - office.clock.now()).total_seconds() - DAY_S)
    await shelf.desk.create(
        lea, NewScheduledReport(name="All", at_minute=1410, mail_to=[str(lea.agent_id)])
    )
    for _ in range(4):
        await shelf.passes(DAY_S / 2)
    days = [each["Subject"] for each in mail_server.letters]
    assert days == ["All: 2026-03-26", "All: 2026-03-27", "All: 2026-03-28"]


async def test_a_shop_that_moves_east_misses_no_day_and_has_none_twice(
    office: Office, shelf: Shelf, room: Room, mail_server: OtherServer
) -> None:
    """At nine in London eight has passed in Shanghai, where the day has had its report."""
    lea = await room.seat("lea")
    await shelf.desk.create(lea, NewScheduledReport(name="All", mail_to=[str(lea.agent_id)]))
    await shelf.passes(86_400)
    await office.stores.shops.update(
        office.shop.id, {"time_zone": "Asia/Shanghai"}, office.clock.now()
    )
    await shelf.passes(0)
    assert len(mail_server.taken) == 1
    for _ in range(4):
        await shelf.passes(43_200)
    days = [each["Subject"] for each in mail_server.letters]
    assert days == ["All: 2026-03-02", "All: 2026-03-03", "All: 2026-03-04"]


@pytest.mark.parametrize("zone", MOVED)
async def test_the_database_reads_the_clock_as_the_program_does(
    database: Database, zone: str
) -> None:
    days = [day + timedelta(days=n) for day in MOVED[zone] for n in (0, 1)]
    asked = [(day, minutes) for day in days for minutes in range(0, 1440, 15)]
    rows = await database.fetch(
        READ_THERE,
        *([each[part] for each in asked] for part in (0, 1)),
        zone,
    )
    there = ZoneInfo(zone)
    found = dict(zip(asked, (row["at"] for row in rows), strict=True))
    assert found == {each: moment(*each, there) for each in asked}


READ_THERE = """
SELECT wall_moment(day, minutes, $3) AS at
  FROM unnest($1::date[], $2::integer[]) WITH ORDINALITY AS u (day, minutes, n) ORDER BY n
"""


def _utc(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)

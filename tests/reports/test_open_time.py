"""Waits within opening hours: by the hours that a queue kept then, on the shop's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from server.reports.open_time import OpenTime
from storage.reports.rows import HoursSince, ShopHours
from storage.shops import Shops
from tests.reports.books import Books
from tests.storage.floor import Floor, at

HOUR = 3_600_000
NINE_TO_SIX = {"weekly": {str(day): [["09:00", "18:00"]] for day in range(1, 8)}}
NIGHTS = {"weekly": {str(day): [["00:00", "06:00"]] for day in range(1, 8)}}
RETURNS = uuid4()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def kept(*log: HoursSince) -> OpenTime:
    return OpenTime(ShopHours(log, {RETURNS: "returns"}))


def since(
    text: str, hours: dict[str, object] | None, plans: list[dict[str, object]] | None = None
) -> HoursSince:
    return HoursSince(utc(text), "Europe/Berlin", hours, plans or [])


def test_a_shop_that_is_always_open_counts_by_the_clock() -> None:
    open_ms = kept(since("2026-01-01T00:00", None))
    assert open_ms(None, utc("2020-01-01T00:00"), utc("2020-01-01T00:00:01.0005")) == 1001


def test_a_night_does_not_count() -> None:
    open_ms = kept(since("2026-01-01T00:00", NINE_TO_SIX))
    # From 17:00 to 10:00 of the next day in Berlin (UTC + 1): an hour in the evening, one next day.
    assert open_ms(None, utc("2026-02-02T16:00"), utc("2026-02-03T09:00")) == 2 * HOUR


def test_a_night_in_which_the_clock_is_changed() -> None:
    open_ms = kept(since("2026-01-01T00:00", NIGHTS))
    spring = open_ms(None, utc("2026-03-28T20:00"), utc("2026-03-29T20:00"))
    autumn = open_ms(None, utc("2026-10-24T20:00"), utc("2026-10-25T20:00"))
    assert (spring, autumn) == (5 * HOUR, 7 * HOUR)


def test_the_past_keeps_the_hours_of_then() -> None:
    open_ms = kept(since("2026-01-01T00:00", None), since("2026-02-02T12:00", {"weekly": {}}))
    assert open_ms(None, utc("2026-02-02T10:00"), utc("2026-02-02T20:00")) == 2 * HOUR
    assert open_ms(None, utc("2026-02-03T10:00"), utc("2026-02-03T20:00")) == 0


def test_queues_may_have_kept_hours_of_their_own() -> None:
    plan = {"name": "Late", "queues": ["returns"], "weekly": {"1": [["18:00", "20:00"]]}}
    open_ms = kept(since("2026-01-01T00:00", NINE_TO_SIX, [plan]))
    monday = utc("2026-02-02T16:00"), utc("2026-02-02T22:00")  # 17:00 to 23:00
    assert open_ms(RETURNS, *monday) == 2 * HOUR
    assert open_ms(uuid4(), *monday) == 1 * HOUR


async def test_changes_of_hours_are_remembered(floor: Floor, books: Books) -> None:
    shops, shop = Shops(floor.db), floor.shop.id
    closed = {"weekly": {str(day): [["00:00", "00:30"]] for day in range(1, 8)}}
    await shops.update(shop, {"name": "Tea"})
    await shops.update(shop, {"hours": closed})
    await shops.update(shop, {"hours": closed, "plans": [{"name": "x", "queues": ["general"]}]})
    log = await floor.db.fetch("SELECT * FROM shop_hours_log ORDER BY since")
    assert [(row["hours"], len(row["plans"])) for row in log] == [
        (None, 0),
        (closed, 0),
        (closed, 1),
    ]

    # It closed a second after noon: only that second was waited while it was open.
    await floor.db.execute("UPDATE shop_hours_log SET since = $1 WHERE hours IS NULL", at(-1))
    await floor.db.execute(
        "UPDATE shop_hours_log SET since = $1 WHERE hours IS NOT NULL AND plans = '[]'", at(1)
    )
    await floor.db.execute("DELETE FROM shop_hours_log WHERE plans <> '[]'")
    row = await floor.asked(seconds=0)
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(10))
    fact = (await books.of(row)).fact
    assert (fact.wait_ms, fact.wait_open_ms) == (10_000, 1_000)

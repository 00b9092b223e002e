"""Demand as it is counted out of conversations."""

from datetime import UTC, datetime, timedelta

from storage.demand import DemandRow, DemandStore
from storage.queues import NewQueue, Queues
from storage.shops import Shops
from tests.storage.floor import NOON, Floor, at
from tests.storage.past import answer, leave

DAY = timedelta(days=1)
HALF_HOUR_S = 1800


async def counted(floor: Floor, seen_s: float = HALF_HOUR_S) -> list[DemandRow]:
    """What was asked in the day from noon on, as seen so many seconds after noon."""
    return await DemandStore(floor.db).of_shop(floor.shop.id, NOON, NOON + DAY, at(seen_s))


async def test_a_half_hour_is_arrivals_handling_and_waits(floor: Floor) -> None:
    agent = await floor.agent()
    await answer(floor, agent, asked_s=10, waits_s=5, takes_s=200)
    await answer(floor, agent, asked_s=20, waits_s=15, takes_s=400)
    await leave(floor, asked_s=30, waits_s=60)
    await floor.asked(seconds=1700)  # still waits

    (row,) = await counted(floor)

    assert (row.queue, row.start) == ("general", NOON)
    assert (row.arrivals, row.handled, row.abandoned) == (4, 2, 1)
    assert row.handle_ms_sum == 600_000
    assert row.wait_ms_sum == (5 + 15 + 60 + 100) * 1000


async def test_who_was_answered_and_ended_it_themselves_did_not_abandon(floor: Floor) -> None:
    row = await floor.answered(await floor.agent(), seconds=5)
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(100))
    assert [(row.arrivals, row.handled, row.abandoned) for row in await counted(floor)] == [
        (1, 0, 0)  # the wrap-up goes on: not handled yet
    ]


async def test_a_customer_counts_in_the_half_hour_in_which_they_asked(floor: Floor) -> None:
    for seconds in (0, HALF_HOUR_S - 0.001, HALF_HOUR_S, 3 * HALF_HOUR_S):
        await floor.asked(seconds=seconds)
    rows = await counted(floor, 4 * HALF_HOUR_S)
    assert [(row.start, row.arrivals) for row in rows] == [
        (NOON, 2),
        (at(HALF_HOUR_S), 1),
        (at(3 * HALF_HOUR_S), 1),
    ]


async def test_only_the_time_asked_for_only_who_asked_and_only_this_shop(floor: Floor) -> None:
    other = await Floor.open(floor.db, "coffee")
    await other.asked()
    await floor.asked(seconds=-1)
    await floor.asked(seconds=DAY.total_seconds())
    await floor.asked(text=None)  # opened the chat and said nothing
    assert await counted(floor) == []


async def test_queues_are_told_apart_by_key(floor: Floor) -> None:
    tasting = await Queues(floor.db).create(
        NewQueue(shop_id=floor.shop.id, key="tasting", name="Tasting")
    )
    await floor.asked()
    floor.queue = tasting
    await floor.asked()
    assert [row.queue for row in await counted(floor)] == ["general", "tasting"]


async def test_half_hours_are_those_of_the_shops_clock(floor: Floor) -> None:
    """Kathmandu is 5:45 ahead: noon in London is 17:45 there."""
    await Shops(floor.db).update(floor.shop.id, {"time_zone": "Asia/Kathmandu"}, NOON)
    await floor.asked(seconds=0)
    await floor.asked(seconds=15 * 60)
    assert [row.start for row in await counted(floor)] == [at(-15 * 60), at(15 * 60)]


async def test_the_hour_that_comes_twice_is_two_hours(floor: Floor) -> None:
    await Shops(floor.db).update(floor.shop.id, {"time_zone": "Europe/Berlin"}, NOON)
    night = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)  # 02:10 summer time, and in an hour again
    for moment in (night, night + timedelta(hours=1)):
        await floor.asked(seconds=(moment - NOON).total_seconds())
    rows = await DemandStore(floor.db).of_shop(floor.shop.id, night - DAY, night + DAY, night + DAY)
    assert [row.start for row in rows] == [
        datetime(2026, 10, 25, 0, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    ]

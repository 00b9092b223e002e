"""A shop corrects its zone: the clock on the wall is kept, and nobody is in two places at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from server.protocol.schedule import NewTimeOff, Shift, TimeOffDecision
from server.services.seats import AgentSeat
from tests.schedule.rota import FIVE, MONDAY, NINE, NOON, Rota

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
SHANGHAI = "Asia/Shanghai"
"""Seven hours ahead of Berlin in winter: nine o'clock comes seven hours sooner."""

CLASHES = """
SELECT count(*) FROM shift one
 WHERE EXISTS (SELECT FROM shift other WHERE other.agent_id = one.agent_id AND other.id <> one.id
                  AND other.starts_at < one.ends_at AND one.starts_at < other.ends_at)
    OR EXISTS (SELECT FROM time_off o WHERE o.agent_id = one.agent_id AND o.state = 'approved'
                  AND o.starts_at < one.ends_at AND one.starts_at < o.ends_at)
"""


async def moved(rota: Rota, *shifts: Shift) -> list[float]:
    """Return by how many hours the beginnings of shifts have moved; nobody has two at once."""
    rows = await rota.db.fetch("SELECT id, starts_at FROM shift")
    now = {row["id"]: row["starts_at"] for row in rows}
    assert await rota.db.fetchval(CLASHES) == 0
    return [(now[UUID(each.id)] - each.starts_at) / timedelta(hours=1) for each in shifts]


async def is_off(rota: Rota, who: AgentSeat, day: date) -> tuple[UUID, datetime]:
    """Let somebody have a day off; return which, and when it begins."""
    asked = await rota.mine.ask_time_off(who, NewTimeOff(first=day, last=day))
    await rota.decisions.time_off(rota.lead, UUID(asked.id), TimeOffDecision(approve=True))
    return UUID(asked.id), await off_since(rota, UUID(asked.id))


async def off_since(rota: Rota, time_off_id: UUID) -> datetime:
    """Return when days off begin."""
    begins = await rota.db.fetchval("SELECT starts_at FROM time_off WHERE id = $1", time_off_id)
    assert isinstance(begins, datetime)
    return begins


async def test_who_is_at_work_has_no_second_shift_by_the_new_clock(rota: Rota) -> None:
    lin, tom = await rota.agent("Lin"), await rota.agent("Tom")
    begun = await rota.plans(lin, MONDAY, NINE, 20 * 60)
    soon = await rota.plans(lin, MONDAY, 22 * 60, 30 * 60)  # by the new clock at 15:00 of Berlin
    later = await rota.plans(lin, WEDNESDAY)
    free = await rota.plans(tom, MONDAY, 22 * 60, 30 * 60)

    await rota.moves_to(SHANGHAI)

    assert await moved(rota, begun, soon, later, free) == [0, 0, -7, -7]
    row = await rota.db.fetchrow("SELECT day FROM shift WHERE id = $1", UUID(soon.id))
    assert row is not None
    assert row["day"] == TUESDAY, "it stays, at 05:00 of Shanghai"


async def test_what_stays_is_met_by_nothing_that_moves(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    begun = await rota.plans(lin, MONDAY, NINE, 20 * 60)
    second = await rota.plans(lin, MONDAY, 22 * 60, 34 * 60)
    third = await rota.plans(lin, TUESDAY, NOON, 20 * 60)  # by the new clock in the second
    fourth = await rota.plans(lin, WEDNESDAY)

    await rota.moves_to(SHANGHAI)

    assert await moved(rota, begun, second, third, fourth) == [0, 0, 0, -7]


async def test_days_off_begin_after_the_shift_that_has_begun(rota: Rota) -> None:
    lin, tom = await rota.agent("Lin"), await rota.agent("Tom")
    night = await rota.plans(lin, MONDAY, NINE, 22 * 60)
    hers, she_begins = await is_off(rota, lin, TUESDAY)
    his, he_begins = await is_off(rota, tom, TUESDAY)

    await rota.moves_to(SHANGHAI)

    assert await moved(rota, night) == [0]
    assert await off_since(rota, hers) == she_begins
    assert await off_since(rota, his) == he_begins - timedelta(hours=7)


async def test_no_shift_is_moved_into_days_off_that_stay(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    begun = await rota.plans(lin, MONDAY, NINE, 22 * 60)
    await is_off(rota, lin, TUESDAY)
    after = await rota.plans(lin, WEDNESDAY, 0, 8 * 60)

    await rota.moves_to(SHANGHAI)

    assert await moved(rota, begun, after) == [0, 0]


async def test_hours_that_the_new_clock_jumps_over_do_not_push_shifts_together(rota: Rota) -> None:
    """In New York there is no half past two on March 8: what ends then ends at half past three."""
    lin, sunday = await rota.agent("Lin"), date(2026, 3, 8)
    sooner = await rota.plans(lin, sunday, 60, 2 * 60 + 30)
    later = await rota.plans(lin, sunday, 3 * 60, NINE)
    other = await rota.plans(lin, sunday, NOON, FIVE)

    await rota.moves_to("America/New_York")

    assert await moved(rota, sooner, later, other) == [0, 0, 5]


async def test_what_is_to_come_is_known_by_the_clock_that_is_passed_down(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    begun = await rota.plans(lin, MONDAY, NINE + 60)  # at the moment that it is
    coming = await rota.plans(lin, TUESDAY)

    await rota.moves_to("America/New_York")

    assert await moved(rota, begun, coming) == [0, 6]

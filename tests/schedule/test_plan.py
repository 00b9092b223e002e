"""Shifts: by the clock on the wall, never two at once, and of two who plan one wins."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from server.protocol.errors import Forbidden, Invalid
from server.protocol.schedule import (
    CopyWeek,
    NewShift,
    NewTimeOff,
    RemoveShifts,
    Seen,
    SeenShift,
    Shift,
    ShiftPatch,
    TimeOffDecision,
    WeekQuery,
)
from server.protocol.shapes import Role
from server.services.seats import AgentSeat
from storage.errors import Changed, Clash, Missing
from tests.schedule.rota import FIVE, MONDAY, NINE, NOON, Rota

SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)
"""Saturdays; in the nights after them Berlin's clocks are changed."""


@pytest.mark.parametrize(
    ("day", "hours"), [(SPRING, 7), (AUTUMN, 9), (SPRING - timedelta(days=7), 8)]
)
async def test_a_night_is_as_long_as_it_is(rota: Rota, day: date, hours: int) -> None:
    lin = await rota.agent("Lin")

    shift = await rota.plans(lin, day, 22 * 60, 30 * 60)

    assert (shift.start, shift.end) == (22 * 60, 30 * 60)
    assert shift.ends_at - shift.starts_at == timedelta(hours=hours)
    assert shift.worked_min == hours * 60
    assert shift.ends_at.astimezone(ZoneInfo("Europe/Berlin")).hour == 6


async def test_a_shift_in_the_hour_that_there_is_not_is_refused(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    with pytest.raises(Invalid, match="jumps over") as refused:
        await rota.plans(lin, SPRING + timedelta(days=1), 2 * 60, 3 * 60)
    assert refused.value.field == "start"


@pytest.mark.parametrize(
    ("start", "end", "breaks", "field"),
    [
        (NINE + 7, FIVE, [], "start"),
        (NINE, FIVE + 1, [], "end"),
        (NINE, NINE, [], "end"),
        (0, 17 * 60, [], "end"),
        (25 * 60, 26 * 60, [], "start"),
        (NINE, FIVE, [(NINE - 15, NINE + 15)], "breaks"),
        (NINE, FIVE, [(FIVE - 15, FIVE + 15)], "breaks"),
        (NINE, FIVE, [(NOON, NOON)], "breaks"),
        (NINE, FIVE, [(NOON, NOON + 30), (NOON + 30, NOON + 45)], "breaks"),
        (NINE, FIVE, [(NOON, NOON + 5)], "breaks"),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_its_field(
    rota: Rota, start: int, end: int, breaks: list[tuple[int, int]], field: str
) -> None:
    lin = await rota.agent("Lin")
    with pytest.raises(Invalid) as refused:
        await rota.plans(lin, MONDAY, start, end, breaks)
    assert refused.value.field == field


async def test_nobody_works_twice_at_once_but_one_after_the_other(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    await rota.plans(lin, MONDAY, 22 * 60, 30 * 60)

    with pytest.raises(Clash) as refused:  # Monday's night goes on into Tuesday
        await rota.plans(lin, MONDAY + timedelta(days=1), 5 * 60, NINE)
    assert refused.value.reason == "overlap"

    await rota.plans(lin, MONDAY + timedelta(days=1), 6 * 60, NINE)
    await rota.plans(mei, MONDAY, 22 * 60, 30 * 60)


async def test_two_supervisors_plan_the_same_hour_and_one_of_them_is_told(rota: Rota) -> None:
    lin = await rota.agent("Lin")

    answers = await asyncio.gather(
        *(rota.plans(lin, MONDAY, NINE + 15 * n, FIVE) for n in range(4)), return_exceptions=True
    )

    assert sum(isinstance(each, Clash) for each in answers) == 3
    week = await rota.plan.week(rota.lead, WeekQuery(day=MONDAY))
    assert len(week.shifts) == 1


async def test_two_move_the_same_shift_and_the_second_is_told(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    shift = await rota.plans(lin)

    def to(who: AgentSeat) -> ShiftPatch:
        return ShiftPatch(
            agent=str(who.agent_id), day=MONDAY, start=NOON, end=FIVE, seen=shift.version
        )

    moved = await rota.plan.change(rota.lead, UUID(shift.id), to(mei))
    assert (moved.agent, moved.start, moved.version) == (str(mei.agent_id), NOON, 2)
    with pytest.raises(Changed):
        await rota.plan.change(rota.lead, UUID(shift.id), to(lin))


async def test_a_shift_may_be_moved_over_where_it_was(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    shift = await rota.plans(lin, breaks=[(NOON, NOON + 30)])
    patch = ShiftPatch(agent=shift.agent, day=MONDAY, start=NINE + 30, end=FIVE + 30)

    moved = await rota.plan.change(rota.lead, UUID(shift.id), patch)

    assert (moved.start, moved.end, moved.breaks) == (NINE + 30, FIVE + 30, [])


async def test_the_night_before_is_there_on_its_second_day(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    await rota.plans(lin, MONDAY - timedelta(days=1), 12 * 60, 20 * 60)
    night = await rota.plans(lin, MONDAY - timedelta(days=1), 22 * 60, 30 * 60)

    week = await rota.plan.week(rota.lead, WeekQuery(day=MONDAY))

    assert (week.shifts, [each.id for each in week.carried]) == ([], [night.id])


async def test_what_has_happened_of_a_plan_stays(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    tuesday = MONDAY + timedelta(days=1)
    half_past_ten = 10 * 60 + 30
    shift = await rota.plans(lin, MONDAY, half_past_ten, FIVE, [(NOON, NOON + 30)])
    coming = await rota.plans(lin, tuesday)

    async def becomes(who: AgentSeat, start: int, end: int, *breaks: tuple[int, int]) -> Shift:
        patch = ShiftPatch(
            agent=str(who.agent_id), day=MONDAY, start=start, end=end, breaks=list(breaks)
        )
        return await rota.plan.change(rota.lead, UUID(shift.id), patch)

    await rota.clock.advance(2.75 * 3600)  # 12:45: it runs, and its break is over
    lunch = (NOON, NOON + 30)
    for touched in (
        becomes(mei, half_past_ten, FIVE, lunch),
        becomes(lin, half_past_ten + 30, FIVE, lunch),
        becomes(lin, half_past_ten, FIVE, (NOON, NOON + 15)),
        becomes(lin, half_past_ten, NOON + 30, lunch),
        rota.plan.remove(rota.lead, UUID(shift.id), Seen()),
    ):
        with pytest.raises(Clash) as refused:
            await touched
        assert refused.value.reason == "runs"
    longer = await becomes(lin, half_past_ten, FIVE + 60, lunch, (FIVE, FIVE + 15))
    assert (longer.end, longer.breaks) == (FIVE + 60, [lunch, (FIVE, FIVE + 15)])
    shorter = await becomes(lin, half_past_ten, NOON + 45, lunch)
    assert shorter.end == NOON + 45

    patch = ShiftPatch(agent=coming.agent, day=MONDAY, start=NINE, end=NOON)
    with pytest.raises(Clash) as refused:  # what is to come does not become what was
        await rota.plan.change(rota.lead, UUID(coming.id), patch)
    assert refused.value.reason == "gone_by"

    await rota.clock.advance(3600)
    for touched in (
        becomes(lin, half_past_ten, FIVE, lunch),
        rota.plan.remove(rota.lead, UUID(shift.id), Seen()),
    ):
        with pytest.raises(Clash) as refused:
            await touched
        assert refused.value.reason == "over"
    seen = [SeenShift(id=each.id, version=each.version) for each in (shorter, coming)]
    assert (await rota.plan.remove_many(rota.lead, RemoveShifts(shifts=seen))).count == 1
    week = await rota.plan.week(rota.lead, WeekQuery(day=MONDAY))
    assert [each.id for each in week.shifts] == [shift.id]


async def test_what_was_noted_only_afterwards_can_be_corrected(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    noted = await rota.plans(lin, MONDAY - timedelta(days=1))
    assert noted.noted_late
    await rota.plan.remove(rota.lead, UUID(noted.id), Seen())


async def test_nobody_is_planned_on_days_off(rota: Rota) -> None:
    lin, tuesday = await rota.agent("Lin"), MONDAY + timedelta(days=1)
    begun, planned = await rota.plans(lin), await rota.plans(lin, tuesday)
    off = await rota.mine.ask_time_off(lin, NewTimeOff(first=MONDAY, last=tuesday))

    yes = TimeOffDecision(approve=True)
    with pytest.raises(Clash) as refused:
        await rota.decisions.time_off(rota.lead, UUID(off.id), yes)
    assert refused.value.reason == "planned"
    decided = await rota.decisions.time_off(
        rota.lead, UUID(off.id), TimeOffDecision(approve=True, release=True)
    )

    assert (decided.released, decided.time_off.state) == (1, "approved")
    with pytest.raises(Clash) as refused:
        await rota.plans(lin, tuesday)
    assert refused.value.reason == "time_off"
    week = await rota.plan.week(rota.lead, WeekQuery(day=MONDAY))
    assert [shift.id for shift in week.shifts] == [begun.id], "what has begun was worked"
    with pytest.raises(Missing):
        await rota.plan.remove(rota.lead, UUID(planned.id), Seen())
    with pytest.raises(Changed):  # another supervisor has decided meanwhile
        await rota.decisions.time_off(rota.lead, UUID(off.id), yes)


async def test_a_week_is_copied_by_the_clock_and_what_cannot_be_is_told(rota: Rota) -> None:
    lin, mei, gone = [await rota.agent(name) for name in ("Lin", "Mei", "Gone")]
    before = SPRING - timedelta(days=5)  # the Monday of the week that ends with the change
    await rota.plans(lin, before, NINE, FIVE, [(NOON, NOON + 30)])
    await rota.plans(mei, before, NINE, FIVE)
    await rota.plans(gone, before, NINE, FIVE)
    there = await rota.plans(mei, before + timedelta(days=7), NOON, FIVE)
    await rota.db.execute("UPDATE agent SET deactivated_at = now() WHERE id = $1", gone.agent_id)

    copied = await rota.plan.copy(rota.lead, CopyWeek(day=before + timedelta(days=9)))

    [shift] = copied.shifts
    assert (shift.agent, shift.start, shift.breaks) == (
        str(lin.agent_id),
        NINE,
        [(NOON, NOON + 30)],
    )
    assert shift.starts_at.hour == 7, "summer has begun: nine is two hours before UTC"
    assert {(each.agent, each.reason) for each in copied.left_out} == {
        (str(mei.agent_id), "overlap"),
        (str(gone.agent_id), "gone"),
    }
    # Undone: what somebody has changed since stays.
    seen = [SeenShift(id=shift.id, version=1), SeenShift(id=there.id, version=7)]
    removed = await rota.plan.remove_many(rota.lead, RemoveShifts(shifts=seen))
    assert removed.count == 1


async def test_a_copy_of_the_short_night_is_what_was_meant(rota: Rota) -> None:
    lin, half_past_two = await rota.agent("Lin"), 26 * 60 + 30
    night = await rota.plans(lin, SPRING, 18 * 60, half_past_two, [(26 * 60, half_past_two)])
    assert (night.end, night.breaks) == (27 * 60, []), "the clock jumps over both"

    copied = await rota.plan.copy(rota.lead, CopyWeek(day=SPRING + timedelta(days=7)))

    [shift] = copied.shifts
    assert (shift.start, shift.end) == (18 * 60, half_past_two)
    assert shift.breaks == [(26 * 60, half_past_two)]


async def test_a_break_of_the_long_night_is_as_long_as_it_was_meant(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    night = await rota.plans(lin, AUTUMN, 22 * 60, 30 * 60, [(26 * 60 + 30, 27 * 60)])
    assert night.worked_min == 9 * 60 - 30


async def test_who_takes_a_shift_out_that_was_moved_is_told(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    shift = await rota.plans(lin)
    patch = ShiftPatch(agent=shift.agent, day=MONDAY, start=NOON, end=FIVE, seen=1)
    moved = await rota.plan.change(rota.lead, UUID(shift.id), patch)

    with pytest.raises(Changed):
        await rota.plan.remove(rota.lead, UUID(shift.id), Seen(seen=shift.version))
    await rota.plan.remove(rota.lead, UUID(shift.id), Seen(seen=moved.version))


async def test_nine_stays_nine_when_the_shop_corrects_its_zone(rota: Rota) -> None:
    lin, tuesday = await rota.agent("Lin"), MONDAY + timedelta(days=1)
    begun = await rota.plans(lin, date(2020, 6, 1), 30, NINE)
    far = date(2100, 6, 1)
    coming = await rota.plans(lin, far, NINE, FIVE, [(NOON, NOON + 30)])
    off = await rota.mine.ask_time_off(lin, NewTimeOff(first=tuesday, last=tuesday))

    await rota.moves_to("America/New_York")

    [shift] = (await rota.plan.week(rota.lead, WeekQuery(day=far))).shifts
    assert (shift.day, shift.start, shift.end, shift.breaks) == (
        far,
        NINE,
        FIVE,
        [(NOON, NOON + 30)],
    )
    assert shift.starts_at - coming.starts_at == timedelta(hours=6)
    [shift] = (await rota.plan.week(rota.lead, WeekQuery(day=date(2020, 5, 31)))).shifts
    assert (shift.starts_at, shift.day, shift.start) == (
        begun.starts_at,
        date(2020, 5, 31),
        18 * 60 + 30,
    )
    row = await rota.db.fetchrow("SELECT * FROM time_off WHERE id = $1", UUID(off.id))
    assert row is not None
    assert row["starts_at"].astimezone(ZoneInfo("America/New_York")).hour == 0


@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_a_plan_is_for_those_who_lead_its_shop(rota: Rota, role: Role) -> None:
    lin = await rota.agent("Lin")
    shift = await rota.plans(lin)
    other = await Rota.open(rota.db, "coffee")
    spy = await other.agent("Spy", role=role)
    refusal = Forbidden if role == "agent" else Missing
    patch = ShiftPatch(agent=shift.agent, day=MONDAY, start=NINE, end=NOON)

    with pytest.raises(refusal):
        await rota.plan.change(spy, UUID(shift.id), patch)
    with pytest.raises(refusal):
        await rota.plan.remove(spy, UUID(shift.id), Seen())
    with pytest.raises(refusal):  # nobody plans the people of another shop
        await rota.plan.create(spy, NewShift(agent=shift.agent, day=MONDAY, start=NINE, end=NOON))
    if role == "supervisor":
        assert (await rota.plan.week(spy, WeekQuery(day=MONDAY))).shifts == []

"""A week of the shop: looked at, planned, copied. For those who lead."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.errors import Invalid, NotFound
from server.protocol.schedule import (
    Copied,
    CopyWeek,
    LeftOut,
    LeftOutReason,
    NewShift,
    Planner,
    Removed,
    RemoveShifts,
    Seen,
    Shift,
    ShiftPatch,
    Swap,
    WeekPlan,
    WeekQuery,
)
from server.schedule.expected import open_minutes
from server.schedule.times import check_day, days_span, monday, times_of, wall_of
from server.services.clock import Clock
from server.services.hours import read_plan
from server.services.ids import uuid_at
from server.services.schedule.faces import Names, shift_face, swap_face, time_off_face
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.people import AgentRow, ShopRow
from storage.schedule.rows import ShiftRow, SwapRow
from storage.schedule.shifts import Author, Shifts, Wanted
from storage.schedule.swaps import Swaps
from storage.schedule.time_off import TimeOff

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)
DAYS = range(7)


class ScheduleStores(NamedTuple):
    """Where the plan is kept."""

    shifts: Shifts
    time_off: TimeOff
    swaps: Swaps


class PlanDesk:
    """What supervisors do with the plan."""

    def __init__(self, kept: ScheduleStores, stores: Stores, clock: Clock) -> None:
        self._kept, self._stores, self._clock = kept, stores, clock

    async def week(self, seat: AgentSeat, query: WeekQuery) -> WeekPlan:
        """Return a week: who is planned, who is away, and what waits for an answer."""
        seat.must_lead()
        shop = await shop_of(self._stores, seat)
        zone, now = ZoneInfo(shop.time_zone), self._clock.now()
        first = first_day(query.day, now.astimezone(zone).date())
        last = first + ONE_WEEK - ONE_DAY
        agents = await self._stores.agents.of_shop(seat.shop_id)
        names = {each.id: each.name for each in agents}
        hours = read_plan(shop.hours, shop.time_zone)
        since, until = days_span(first, last, zone)
        off = await self._kept.time_off.touching(seat.shop_id, since, until)
        asked = await self._kept.time_off.asked(seat.shop_id, now)
        swaps = await self._kept.swaps.open(seat.shop_id, now)
        shifts = await self._kept.shifts.between(seat.shop_id, first - ONE_DAY, last)
        return WeekPlan(
            first=first,
            today=now.astimezone(zone).date(),
            time_zone=shop.time_zone,
            open=[open_minutes(first + timedelta(days=n), hours) for n in DAYS],
            agents=await self._planners(seat, agents),
            shifts=[shift_face(row, zone) for row in shifts if row.day >= first],
            carried=[
                shift_face(row, zone) for row in shifts if row.day < first and row.ends_at > since
            ],
            time_off=[time_off_face(row, names) for row in off],
            asked_off=[time_off_face(row, names) for row in asked],
            asked_swaps=await swap_faces(self._kept, seat.shop_id, swaps, names, zone),
        )

    async def create(self, seat: AgentSeat, given: NewShift) -> Shift:
        """Plan somebody."""
        seat.must_lead()
        zone = await self._zone(seat)
        row = await self._kept.shifts.create(self._author(seat), _wanted(given, zone))
        return shift_face(row, zone)

    async def change(self, seat: AgentSeat, shift_id: UUID, given: ShiftPatch) -> Shift:
        """Move a shift, or give it to somebody else."""
        seat.must_lead()
        zone = await self._zone(seat)
        row = await self._kept.shifts.change(
            self._author(seat), shift_id, _wanted(given, zone), given.seen
        )
        return shift_face(row, zone)

    async def remove(self, seat: AgentSeat, shift_id: UUID, given: Seen) -> None:
        """Take a shift out of the plan; refused when somebody has changed it since it was seen."""
        seat.must_lead()
        await self._kept.shifts.remove(self._author(seat), shift_id, given.seen)

    async def remove_many(self, seat: AgentSeat, given: RemoveShifts) -> Removed:
        """Take several out, as far as they are as they were seen."""
        seat.must_lead()
        seen = [(uuid_at(each.id, "shifts"), each.version) for each in given.shifts]
        return Removed(count=await self._kept.shifts.remove_many(self._author(seat), seen))

    async def copy(self, seat: AgentSeat, given: CopyWeek) -> Copied:
        """Plan a week as the week before, by the clock; leave out what cannot be."""
        seat.must_lead()
        check_day(given.day, "day")
        zone, first = await self._zone(seat), monday(given.day)
        before = await self._kept.shifts.between(seat.shop_id, first - ONE_WEEK, first - ONE_DAY)
        wanted: list[Wanted] = []
        skipped: list[LeftOut] = []
        for row in before:
            try:
                wanted.append(_a_week_later(row, zone))
            except Invalid:  # the clock jumps over it
                skipped.append(_left_out(row.agent_id, row.day + ONE_WEEK, "skipped"))
        made, left = await self._kept.shifts.create_many(self._author(seat), wanted)
        return Copied(
            shifts=[shift_face(row, zone) for row in made],
            left_out=[
                *skipped,
                *(_left_out(each.agent_id, each.times.day, _reason(why)) for each, why in left),
            ],
        )

    async def _planners(self, seat: AgentSeat, agents: Iterable[AgentRow]) -> list[Planner]:
        skills = {each.id: each.name for each in await self._stores.skills.of_shop(seat.shop_id)}
        return [
            Planner(
                id=str(each.id),
                name=each.name,
                skills=sorted(skills[skill] for skill in each.skills if skill in skills),
            )
            for each in agents
            if each.deactivated_at is None
        ]

    def _author(self, seat: AgentSeat) -> Author:
        return Author(seat.shop_id, seat.agent_id, self._clock.now())

    async def _zone(self, seat: AgentSeat) -> ZoneInfo:
        return ZoneInfo((await shop_of(self._stores, seat)).time_zone)


async def shop_of(stores: Stores, seat: AgentSeat) -> ShopRow:
    """Return the shop of whoever asks."""
    shop = await stores.shops.get(seat.shop_id)
    if shop is None:
        raise NotFound
    return shop


def first_day(day: date | None, today: date) -> date:
    """Return the Monday of the week that is asked for."""
    if day is not None:
        check_day(day, "day")
    return monday(day or today)


async def swap_faces(
    kept: ScheduleStores, shop_id: UUID, swaps: Sequence[SwapRow], names: Names, zone: ZoneInfo
) -> list[Swap]:
    """Return swaps with the shifts that they are about."""
    shifts = await kept.shifts.get_many(shop_id, [each.shift_id for each in swaps])
    return [
        swap_face(each, shifts[each.shift_id], names, zone)
        for each in swaps
        if each.shift_id in shifts
    ]


def _wanted(given: NewShift | ShiftPatch, zone: ZoneInfo) -> Wanted:
    times = times_of(given.day, given.start, given.end, given.breaks, zone)
    return Wanted(uuid_at(given.agent, "agent"), times)


def _a_week_later(row: ShiftRow, zone: ZoneInfo) -> Wanted:
    """Return what was meant, a week on; Invalid where the clock jumps over all of it."""
    start, end, breaks = row.wall or wall_of(row, zone)
    return Wanted(row.agent_id, times_of(row.day + ONE_WEEK, start, end, breaks, zone))


def _left_out(agent_id: UUID, day: date, reason: LeftOutReason) -> LeftOut:
    return LeftOut(agent=str(agent_id), day=day, reason=reason)


def _reason(clash: str) -> LeftOutReason:
    return "time_off" if clash == "time_off" else "gone" if clash == "gone" else "overlap"

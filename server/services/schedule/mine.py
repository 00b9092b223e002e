"""One's own plan: looked at, taken along, and what one asks about it."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.errors import Invalid, NotFound
from server.protocol.schedule import NewSwap, NewTimeOff, OwnPlan, Swap, SwapAnswer, TimeOff
from server.protocol.shapes import Person
from server.schedule.calendar import Entry, calendar
from server.schedule.times import check_day, days_span, monday
from server.services.clock import Clock
from server.services.ids import uuid_at
from server.services.schedule.faces import shift_face, swap_face, time_off_face
from server.services.schedule.plan import ScheduleStores, shop_of, swap_faces
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.schedule.rows import SwapRow
from storage.schedule.shifts import Author
from storage.schedule.time_off import Days

SHOWN = timedelta(weeks=4)
ONE_DAY = timedelta(days=1)
OFF_MAX = 60
"""Days that can be asked for at once."""

TAKEN_ALONG = (timedelta(days=28), timedelta(days=366))
"""What a calendar holds: so much of the past, so much to come."""


class OwnDesk:
    """What everybody does with their own plan."""

    def __init__(self, kept: ScheduleStores, stores: Stores, clock: Clock) -> None:
        self._kept, self._stores, self._clock = kept, stores, clock

    async def look(self, seat: AgentSeat) -> OwnPlan:
        """Return four weeks from Monday on, and questions of one's own and to oneself."""
        zone, now = await self._zone(seat), self._clock.now()
        today = now.astimezone(zone).date()
        first = monday(today)
        people = await self._stores.agents.of_shop(seat.shop_id)
        names = {each.id: each.name for each in people}
        shifts = await self._kept.shifts.between(
            seat.shop_id, first - ONE_DAY, first + SHOWN - ONE_DAY, seat.agent_id
        )
        off = await self._kept.time_off.of_agent(seat.agent_id, now)
        swaps = await self._kept.swaps.of_agent(seat.shop_id, seat.agent_id, now)
        return OwnPlan(
            first=first,
            today=today,
            time_zone=zone.key,
            # A night's shift that began on Sunday may be going on.
            shifts=[
                shift_face(row, zone) for row in shifts if row.day >= first or row.ends_at > now
            ],
            time_off=[time_off_face(row, names) for row in off],
            swaps=await swap_faces(self._kept, seat.shop_id, swaps, names, zone),
            colleagues=[
                Person(id=str(each.id), name=each.name)
                for each in people
                if each.deactivated_at is None and each.id != seat.agent_id
            ],
        )

    async def calendar(self, seat: AgentSeat) -> str:
        """Return one's own plan as an iCalendar file."""
        shop = await shop_of(self._stores, seat)
        zone, now = ZoneInfo(shop.time_zone), self._clock.now()
        today = now.astimezone(zone).date()
        first, last = today - TAKEN_ALONG[0], today + TAKEN_ALONG[1]
        shifts = await self._kept.shifts.between(seat.shop_id, first, last, seat.agent_id)
        since, until = days_span(first, last, zone)
        off = await self._kept.time_off.touching(seat.shop_id, since, until, seat.agent_id)
        entries = [Entry.of_shift(row, shop.name, zone, shop.locale) for row in shifts]
        entries += [
            Entry.of_time_off(row, shop.name, shop.locale) for row in off if row.state == "approved"
        ]
        return calendar(entries, shop.name, now)

    async def ask_time_off(self, seat: AgentSeat, given: NewTimeOff) -> TimeOff:
        """Ask for days off."""
        zone = await self._zone(seat)
        days = _days(given.first, given.last, zone)
        if days.ends_at <= self._clock.now():
            raise Invalid("These days are over.", field="last", reason="days_over")
        row = await self._kept.time_off.ask(self._author(seat), seat.agent_id, days, given.note)
        return time_off_face(row, {seat.agent_id: seat.name})

    async def withdraw_time_off(self, seat: AgentSeat, time_off_id: UUID) -> TimeOff:
        """Take days back, approved or not."""
        row = await self._kept.time_off.withdraw(self._author(seat), time_off_id)
        return time_off_face(row, {seat.agent_id: seat.name})

    async def ask_swap(self, seat: AgentSeat, given: NewSwap) -> Swap:
        """Ask somebody to take a shift of one's own over."""
        to = None if given.to is None else uuid_at(given.to, "to")
        if to == seat.agent_id:
            raise Invalid("This is yourself.", field="to", reason="yourself")
        row = await self._kept.swaps.ask(self._author(seat), uuid_at(given.shift, "shift"), to)
        return await self._face(seat, row)

    async def answer_swap(self, seat: AgentSeat, swap_id: UUID, given: SwapAnswer) -> Swap:
        """Accept, decline or withdraw."""
        row = await self._kept.swaps.answer(self._author(seat), swap_id, given.state)
        return await self._face(seat, row)

    async def _face(self, seat: AgentSeat, row: SwapRow) -> Swap:
        zone = await self._zone(seat)
        shifts = await self._kept.shifts.get_many(seat.shop_id, [row.shift_id])
        people = await self._stores.agents.get_many(
            [each for each in (row.from_id, row.to_id) if each is not None]
        )
        names = {each.id: each.name for each in people.values()}
        if row.shift_id not in shifts:  # taken out of the plan just now, and the swap with it
            raise NotFound
        return swap_face(row, shifts[row.shift_id], names, zone)

    def _author(self, seat: AgentSeat) -> Author:
        return Author(seat.shop_id, seat.agent_id, self._clock.now())

    async def _zone(self, seat: AgentSeat) -> ZoneInfo:
        return ZoneInfo((await shop_of(self._stores, seat)).time_zone)


def _days(first: date, last: date, zone: ZoneInfo) -> Days:
    for field, day in (("first", first), ("last", last)):
        check_day(day, field)
    if last < first:
        raise Invalid("The last day is before the first.", field="last", reason="ends_first")
    if (last - first).days >= OFF_MAX:
        raise Invalid(
            f"At most {OFF_MAX} days can be asked for at once.", field="last", reason="many_days"
        )
    starts_at, ends_at = days_span(first, last, zone)
    return Days(first=first, last=last, starts_at=starts_at, ends_at=ends_at)

"""A day as it was planned beside how it was, of everybody for those who lead, else one's own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.adherence import Adherence, AdherenceLine, DayQuery
from server.schedule.adherence import Day, Kept, kept, of_day
from server.schedule.attended import Attended
from server.schedule.exceptions import exceptions
from server.schedule.times import check_day, days_span
from server.services.clock import Clock
from server.services.schedule.adherence_faces import as_table, figures_face, line_face
from server.services.schedule.plan import shop_of
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.schedule.rows import ShiftRow
from storage.schedule.shifts import Shifts
from storage.states import Logged

ONE_DAY = timedelta(days=1)
AROUND = timedelta(hours=4)
"""So long before and after a day is looked for work that goes on without a break."""


class Log(Protocol):
    """What is known of agents."""

    async def since(self, shop_id: UUID, /) -> datetime | None:
        """Return from when on it is known who was connected."""
        ...

    async def logged(
        self, shop_id: UUID, since: datetime, until: datetime, agent_id: UUID | None = None, /
    ) -> list[Logged]:
        """Return what is known of a time, of all or of one."""
        ...


@dataclass(frozen=True, slots=True)
class _Sheet:
    """All that is known of a day. ``others``: shifts that begin on the days around it."""

    date: date
    zone: ZoneInfo
    day: Day
    shifts: Mapping[UUID, Sequence[ShiftRow]]
    others: Mapping[UUID, Sequence[ShiftRow]]
    attended: Mapping[UUID, Attended]
    names: Mapping[UUID, str]


class AdherenceDesk:
    """Compares plans with what was."""

    def __init__(self, shifts: Shifts, log: Log, stores: Stores, clock: Clock) -> None:
        self._shifts, self._log, self._stores, self._clock = shifts, log, stores, clock

    async def of_shop(self, seat: AgentSeat, query: DayQuery) -> Adherence:
        """Return everybody who was planned or at work, by name."""
        seat.must_lead()
        sheet = await self._read(seat, query.day, None)
        agents = sheet.shifts.keys() | sheet.attended.keys()
        measured = {agent: _kept(sheet, agent) for agent in agents}
        return _told(
            sheet,
            {
                agent: found
                for agent, found in measured.items()
                if agent in sheet.shifts or found.worked
            },
        )

    async def mine(self, seat: AgentSeat, query: DayQuery) -> Adherence:
        """Return one's own day."""
        sheet = await self._read(seat, query.day, seat.agent_id)
        return _told(sheet, {seat.agent_id: _kept(sheet, seat.agent_id)})

    async def table(self, seat: AgentSeat, query: DayQuery) -> str:
        """Return the day of the shop as CSV."""
        return as_table(await self.of_shop(seat, query))

    async def _read(self, seat: AgentSeat, asked: date | None, agent_id: UUID | None) -> _Sheet:
        shop = await shop_of(self._stores, seat)
        zone, now = ZoneInfo(shop.time_zone), self._clock.now()
        day = asked or now.astimezone(zone).date()
        check_day(day, "day")
        begins_at, ends_at = days_span(day, day, zone)
        found = await self._shifts.between(shop.id, day - ONE_DAY, day + ONE_DAY, agent_id)
        shifts, others = _by_agent(found, day, is_it=True), _by_agent(found, day, is_it=False)
        last = max([ends_at, *(row.ends_at for rows in shifts.values() for row in rows)])
        logged = await self._log.logged(
            shop.id, begins_at - AROUND, min(last + AROUND, now), agent_id
        )
        people = await self._stores.agents.of_shop(shop.id)
        return _Sheet(
            date=day,
            zone=zone,
            day=Day(
                begins_at=begins_at,
                ends_at=ends_at,
                known=await self._log.since(shop.id),
                now=now,
            ),
            shifts=shifts,
            others=others,
            attended=attended_of(logged),
            names={each.id: each.name for each in people},
        )


def attended_of(logged: Iterable[Logged]) -> dict[UUID, Attended]:
    """Return what everybody did of whom there is anything."""
    by_agent: dict[UUID, list[Logged]] = defaultdict(list)
    for each in logged:
        by_agent[each.agent_id].append(each)
    return {
        agent: Attended.of((each.word, each.since, each.until) for each in those)
        for agent, those in by_agent.items()
    }


def _told(sheet: _Sheet, measured: Mapping[UUID, Kept]) -> Adherence:
    now = sheet.day.now
    planned = [found for agent, found in measured.items() if agent in sheet.shifts]
    lines = [_line(sheet, agent, found) for agent, found in measured.items()]
    return Adherence(
        day=sheet.date,
        today=now.astimezone(sheet.zone).date(),
        time_zone=sheet.zone.key,
        at=now,
        begins_at=sheet.day.begins_at,
        ends_at=sheet.day.ends_at,
        lines=sorted(lines, key=lambda line: (line.agent.name.casefold(), line.agent.id)),
        total=figures_face(sum(planned, Kept())),
        since=sheet.day.known,
    )


def _kept(sheet: _Sheet, agent: UUID) -> Kept:
    attended = sheet.attended.get(agent, Attended())
    return kept(
        sheet.day, sheet.shifts.get(agent, ()), sheet.others.get(agent, ()), attended.at_work
    )


def _line(sheet: _Sheet, agent: UUID, found: Kept) -> AdherenceLine:
    shifts, attended = sheet.shifts.get(agent, ()), sheet.attended.get(agent, Attended())
    others = sheet.others.get(agent, ())
    return line_face(
        (agent, sheet.names.get(agent, "")),
        shifts,
        attended.within(of_day(sheet.day, shifts, others, attended.at_work)),
        exceptions(sheet.day, shifts, attended.at_work),
        found,
    )


def _by_agent(rows: Iterable[ShiftRow], day: date, *, is_it: bool) -> dict[UUID, list[ShiftRow]]:
    found: dict[UUID, list[ShiftRow]] = defaultdict(list)
    for row in rows:
        if (row.day == day) is is_it:
            found[row.agent_id].append(row)
    return dict(found)

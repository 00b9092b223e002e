"""How agents spent some days, from the log of their states and of when they were connected."""

from datetime import date, datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.errors import NotFound
from server.protocol.reports import (
    AgentPiece,
    AgentPieces,
    AgentPiecesQuery,
    AgentTimes,
    DaysQuery,
    ReportPeriod,
)
from server.reports.agent_spans import Of, Piece, pieces_of, spent_in
from server.reports.attendance import time_of, together
from server.services.clock import Clock
from server.services.report_days import days_of
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.states import Logged, Spent

DAYS_MAX = 31


class Log(Protocol):
    """What is known of agents."""

    async def since(self, shop_id: UUID, /) -> datetime | None:
        """Return from when on it is known who was connected."""
        ...

    async def spent(
        self, shop_id: UUID, since: datetime, until: datetime, now: datetime, /
    ) -> list[Spent]:
        """Return how each agent who was there spent a time."""
        ...

    async def logged(
        self, shop_id: UUID, since: datetime, until: datetime, agent_id: UUID | None = None, /
    ) -> list[Logged]:
        """Return what is known of a time, of all or of one."""
        ...


class AttendanceDesk:
    """For supervisors and administrators, of their own shop."""

    def __init__(self, log: Log, stores: Stores, clock: Clock) -> None:
        self._log, self._stores, self._clock = log, stores, clock

    async def spent(self, seat: AgentSeat, query: DaysQuery) -> AgentTimes:
        """Return the time of each agent who was connected, by name, and of all together."""
        period, now = await self._period(seat, query.first, query.last)
        found: list[Spent] = []
        if period.since < now:
            found = await self._log.spent(seat.shop_id, period.since, period.until, now)
        agents = await self._stores.agents.of_shop(seat.shop_id)
        names = {each.id: each.name for each in agents}
        lines = [time_of(each, names.get(each.agent_id)) for each in found]
        return AgentTimes(
            period=period,
            lines=sorted(lines, key=lambda line: ((line.name or "").casefold(), line.agent)),
            total=together(found),
            since=await self._log.since(seat.shop_id),
        )

    async def pieces(self, seat: AgentSeat, agent_id: UUID, query: AgentPiecesQuery) -> AgentPieces:
        """Return what a figure of an agent's time is made of; NotFound unless they were there."""
        period, now = await self._period(seat, query.first, query.last)
        until = min(period.until, now)
        logged: list[Logged] = []
        if period.since < until:
            logged = await self._log.logged(seat.shop_id, period.since, until, agent_id)
        pieces = pieces_of(logged)
        if not any(each.is_present for each in pieces):
            raise NotFound
        found = [each for each in pieces if each.belongs_to(query.figure)][::-1]
        rest = [each for each in found if query.before is None or each.since < query.before]
        page = rest[: query.limit]
        return AgentPieces(
            time=time_of(spent_in(pieces, agent_id), None),
            items=[_face(each, query.figure) for each in page],
            count=len(found),
            next=page[-1].since if len(page) < len(rest) else None,
        )

    async def _period(
        self, seat: AgentSeat, first: date | None, last: date | None
    ) -> tuple[ReportPeriod, datetime]:
        """Return which days are meant, and the time by now."""
        seat.must_lead()
        shop = await self._stores.shops.get(seat.shop_id)
        if shop is None:
            raise NotFound
        now = self._clock.now()
        return days_of(first, last, now, ZoneInfo(shop.time_zone), DAYS_MAX), now


def _face(piece: Piece, figure: Of) -> AgentPiece:
    return AgentPiece(
        since=piece.since,
        until=piece.until,
        adds_s=piece.adds(figure).total_seconds(),
        in_hand=piece.in_hand,
        present=piece.is_present,
        state=piece.state,
    )

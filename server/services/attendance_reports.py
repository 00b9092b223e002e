"""How agents spent some days, from the log of their states and of when they were connected."""

from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.errors import NotFound
from server.protocol.reports import AgentTimes, DaysQuery
from server.reports.attendance import time_of, together
from server.services.clock import Clock
from server.services.report_days import days_of
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.states import Spent

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


class AttendanceDesk:
    """For supervisors and administrators, of their own shop."""

    def __init__(self, log: Log, stores: Stores, clock: Clock) -> None:
        self._log, self._stores, self._clock = log, stores, clock

    async def spent(self, seat: AgentSeat, query: DaysQuery) -> AgentTimes:
        """Return the time of each agent who was connected, by name, and of all together."""
        seat.must_lead()
        shop = await self._stores.shops.get(seat.shop_id)
        if shop is None:
            raise NotFound
        now = self._clock.now()
        period = days_of(query.first, query.last, now, ZoneInfo(shop.time_zone), DAYS_MAX)
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

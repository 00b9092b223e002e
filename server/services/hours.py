"""Whether anybody answers now: open, nobody there inside opening hours, or closed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast
from uuid import UUID

from routing import hours as opening
from routing.timetable import SpecialTimes, parse
from server.protocol.errors import NotFound
from server.protocol.shapes import Hours, Person, Service
from server.services.clock import Clock
from storage.people import AgentRow, ShopRow

REMEMBERED_S = 0.5
SHOPS_MAX = 1000
TRUSTED = timedelta(days=1)
"""A plan that says nothing of the next change is asked again after so long."""


class Shops(Protocol):
    """Where shops are read."""

    async def get(self, shop_id: UUID, /) -> ShopRow | None:
        """Return a shop."""
        ...


class Agents(Protocol):
    """Where agents are read."""

    async def of_shop(self, shop_id: UUID, /) -> list[AgentRow]:
        """Return the agents of a shop."""
        ...


class Online(Protocol):
    """Who is here."""

    async def online(self, shop_id: UUID) -> set[UUID]:
        """Return the agents of a shop who are here, on any node."""
        ...


@dataclass(frozen=True, slots=True)
class _Seen:
    at_s: float
    hours: Hours
    agents: list[Person]


class Opening:
    """Answers for every shop, remembering an answer for half a second."""

    def __init__(self, shops: Shops, agents: Agents, presence: Online, clock: Clock) -> None:
        self._shops, self._agents, self._presence, self._clock = shops, agents, presence, clock
        self._seen: dict[UUID, _Seen] = {}
        self._reading: dict[UUID, asyncio.Task[_Seen]] = {}
        self._plans = Plans()

    async def hours(self, shop_id: UUID) -> Hours:
        """Return the state of a shop, and when it opens if it is closed."""
        return (await self._look(shop_id)).hours

    async def agents(self, shop_id: UUID) -> list[Person]:
        """Return the agents who are available and here now."""
        return (await self._look(shop_id)).agents

    async def _look(self, shop_id: UUID) -> _Seen:
        now_s = self._clock.monotonic()
        seen = self._seen.get(shop_id)
        if seen is not None and now_s - seen.at_s < REMEMBERED_S:
            return seen
        reading = self._reading.get(shop_id)
        if reading is None:  # everybody who asks meanwhile waits for the same answer
            reading = self._reading[shop_id] = asyncio.create_task(self._read(shop_id, now_s))
            reading.add_done_callback(lambda done: self._have_read(shop_id, done))
        return await asyncio.shield(reading)

    def _have_read(self, shop_id: UUID, done: asyncio.Task[_Seen]) -> None:
        del self._reading[shop_id]
        if not done.cancelled():
            done.exception()  # seen, also when nobody waits any more

    async def _read(self, shop_id: UUID, now_s: float) -> _Seen:
        shop = await self._shops.get(shop_id)
        if shop is None:
            raise NotFound
        online = await self._presence.online(shop_id)
        agents = [
            Person(id=str(agent.id), name=agent.name)
            for agent in await self._agents.of_shop(shop_id)
            if agent.status == "available"
            and agent.id in online
            and agent.deactivated_at is None
            and agent.unresponsive_at is None
        ]
        state = self._plans.state(shop, self._clock.now())
        seen = _Seen(now_s, shop_hours(shop, state, bool(agents)), agents)
        if len(self._seen) >= SHOPS_MAX:
            self._seen.clear()
        self._seen[shop_id] = seen
        return seen


class Plans:
    """What the plan of each shop says, remembered until it says something else."""

    def __init__(self) -> None:
        self._read: dict[UUID, _Read] = {}

    def state(self, shop: ShopRow, now: datetime) -> opening.State:
        """Tell whether a shop is open by its plan, and when that changes."""
        read = self._read.get(shop.id)
        if read is None or not read.holds(shop, now):
            state = opening.state(plan_of(shop), now)
            read = _Read(shop.hours, shop.time_zone, state, now, state.changes_at or now + TRUSTED)
            if len(self._read) >= SHOPS_MAX:
                self._read.clear()
            self._read[shop.id] = read
        return read.state


@dataclass(frozen=True, slots=True)
class _Read:
    plan: object
    time_zone: str
    state: opening.State
    since: datetime
    until: datetime

    def holds(self, shop: ShopRow, now: datetime) -> bool:
        is_same = self.time_zone == shop.time_zone and self.plan == shop.hours
        return is_same and self.since <= now < self.until


def shop_hours(shop: ShopRow, state: opening.State, is_staffed: bool) -> Hours:
    """Tell the state of a shop from its plan and whether an agent is ready."""
    service: Service = "closed"
    if state.is_open:
        service = "open" if is_staffed else "nobody"
    return Hours(
        service=service,
        opens_at=None if state.is_open else state.changes_at,
        time_zone=shop.time_zone,
    )


def plan_of(shop: ShopRow) -> opening.Hours:
    """Read a shop's hours as they are stored: ``{"weekly": {…}, "special": […]}``, or none."""
    return read_plan(shop.hours, shop.time_zone)


def read_plan(stored: Mapping[str, object] | None, time_zone: str) -> opening.Hours:
    """Read hours as they are stored, in a time zone; raise routing.timetable.Senseless."""
    weekly, special = (stored or {}).get("weekly"), (stored or {}).get("special", ())
    return parse(
        cast("Mapping[str, Sequence[Sequence[str]]] | None", weekly),
        time_zone,
        cast("Sequence[SpecialTimes]", special),
    )

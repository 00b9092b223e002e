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
    of_queues: Mapping[str, Hours]


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

    async def of_queues(self, shop_id: UUID) -> Mapping[str, Hours]:
        """Return by key the state of the queues that keep hours of their own."""
        return (await self._look(shop_id)).of_queues

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
            and agent.idle_at is None
        ]
        now, is_staffed = self._clock.now(), bool(agents)
        state = self._plans.state(shop, now)
        of_queues = {
            key: shop_hours(shop, each, is_staffed)
            for key, each in self._plans.of_queues(shop, now).items()
        }
        seen = _Seen(now_s, shop_hours(shop, state, is_staffed), agents, of_queues)
        if len(self._seen) >= SHOPS_MAX:
            self._seen.clear()
        self._seen[shop_id] = seen
        return seen


class Plans:
    """What the plan of each shop says, remembered until it says something else."""

    def __init__(self) -> None:
        self._read: dict[tuple[UUID, int], _Read] = {}

    def state(self, shop: ShopRow, now: datetime) -> opening.State:
        """Tell whether a shop is open by its plan, and when that changes."""
        return self._state(shop, -1, shop.hours, now)

    def of_queues(self, shop: ShopRow, now: datetime) -> dict[str, opening.State]:
        """Tell the same of the queues, by key, that keep hours of their own."""
        found: dict[str, opening.State] = {}
        for number, plan in enumerate(shop.plans):
            state = self._state(shop, number, plan, now)
            found.update(dict.fromkeys(cast("Sequence[str]", plan["queues"]), state))
        return found

    def _state(
        self, shop: ShopRow, number: int, plan: Mapping[str, object] | None, now: datetime
    ) -> opening.State:
        read = self._read.get((shop.id, number))
        if read is None or not read.holds(plan, shop.time_zone, now):
            state = opening.state(read_plan(plan, shop.time_zone), now)
            read = _Read(plan, shop.time_zone, state, now, state.changes_at or now + TRUSTED)
            if len(self._read) >= SHOPS_MAX:
                self._read.clear()
            self._read[shop.id, number] = read
        return read.state


@dataclass(frozen=True, slots=True)
class _Read:
    plan: object
    time_zone: str
    state: opening.State
    since: datetime
    until: datetime

    def holds(self, plan: object, time_zone: str, now: datetime) -> bool:
        is_same = self.time_zone == time_zone and self.plan == plan
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


def read_plan(stored: Mapping[str, object] | None, time_zone: str) -> opening.Hours:
    """Read hours as they are stored, ``{"weekly": {…}, "special": […]}`` or none, in a time zone.

    Raises routing.timetable.Senseless.
    """
    weekly, special = (stored or {}).get("weekly"), (stored or {}).get("special", ())
    return parse(
        cast("Mapping[str, Sequence[Sequence[str]]] | None", weekly),
        time_zone,
        cast("Sequence[SpecialTimes]", special),
    )

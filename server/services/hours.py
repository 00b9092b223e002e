"""Whether anybody answers now: open, nobody there inside opening hours, or closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast
from uuid import UUID

from routing import hours as opening
from server.protocol.errors import NotFound
from server.protocol.shapes import Hours, Person, Service
from server.services.clock import Clock
from storage.people import AgentRow, ShopRow

REMEMBERED_S = 0.5
COVERAGE_S = 5.0
SHOPS_MAX = 1000


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


class Queues(Protocol):
    """Where queues are read."""

    async def uncovered(self, shop_id: UUID, /) -> set[UUID]:
        """Return those that nobody in service has the skills for."""
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
    """Answers for every shop, remembering an answer for half a second, or a few."""

    def __init__(
        self, shops: Shops, agents: Agents, queues: Queues, presence: Online, clock: Clock
    ) -> None:
        self._shops, self._agents, self._queues = shops, agents, queues
        self._presence, self._clock = presence, clock
        self._seen: dict[UUID, _Seen] = {}
        self._uncovered: dict[UUID, tuple[float, set[UUID]]] = {}

    async def hours(self, shop_id: UUID) -> Hours:
        """Return the state of a shop, and when it opens if it is closed."""
        return (await self._look(shop_id)).hours

    async def uncovered(self, shop_id: UUID) -> set[UUID]:
        """Return the queues that nobody who works here has the skills for."""
        now_s = self._clock.monotonic()
        at_s, found = self._uncovered.get(shop_id, (-COVERAGE_S, set[UUID]()))
        if now_s - at_s >= COVERAGE_S:
            found = await self._queues.uncovered(shop_id)
            if len(self._uncovered) >= SHOPS_MAX:
                self._uncovered.clear()
            self._uncovered[shop_id] = (now_s, found)
        return found

    async def agents(self, shop_id: UUID) -> list[Person]:
        """Return the agents who are available and here now."""
        return (await self._look(shop_id)).agents

    async def _look(self, shop_id: UUID) -> _Seen:
        now_s = self._clock.monotonic()
        seen = self._seen.get(shop_id)
        if seen is not None and now_s - seen.at_s < REMEMBERED_S:
            return seen
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
        seen = _Seen(now_s, shop_hours(shop, bool(agents), self._clock.now()), agents)
        if len(self._seen) >= SHOPS_MAX:
            self._seen.clear()
        self._seen[shop_id] = seen
        return seen


def shop_hours(shop: ShopRow, is_staffed: bool, now: datetime) -> Hours:
    """Tell the state of a shop from its hours and whether an agent is ready."""
    plan = plan_of(shop)
    service: Service = "closed"
    if opening.is_open(plan, now):
        service = "open" if is_staffed else "nobody"
    return Hours(
        service=service,
        opens_at=opening.next_opening(plan, now),
        time_zone=shop.time_zone,
    )


def plan_of(shop: ShopRow) -> opening.Hours:
    """Read a shop's hours as they are stored: ``{"weekly": {…}}``, or none."""
    weekly = None if shop.hours is None else shop.hours.get("weekly")
    return opening.parse(
        cast("Mapping[str, Sequence[Sequence[str]]] | None", weekly), shop.time_zone
    )

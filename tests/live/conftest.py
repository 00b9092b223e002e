"""A small shop that somebody watches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from server.protocol.live import LiveBoard, LiveChanged, LiveQueue
from server.services.live.reading import Reading, Sources
from server.services.live.view import LiveView
from server.services.rooms import live_room
from server.services.seats import AgentSeat
from storage.database import Database
from storage.live import Live
from storage.live_agents import LiveAgents
from storage.routing_facts import RoutingFacts
from tests.assignment.office import Office
from tests.support.database import another, database, database_template, dsn
from tests.support.house import house

__all__ = ["another", "database", "database_template", "dsn", "house", "office", "watch"]

NODE = "the-node"


@dataclass(eq=False)
class Session:
    """Somebody's console, as far as rooms go."""

    id: str = field(default_factory=lambda: uuid4().hex)
    rooms: set[str] = field(default_factory=set[str])
    veil: Callable[[str, bytes], bytes] | None = None

    def join(self, room: str) -> None:
        self.rooms.add(room)

    def leave(self, room: str) -> None:
        self.rooms.discard(room)


class Watch:
    """A live view, who watches, and what they know by what they were told."""

    def __init__(self, office: Office) -> None:
        self.office, self.session = office, Session()
        sources = Sources(
            talks=Live(office.db),
            agents=LiveAgents(office.db),
            rules=RoutingFacts(office.db),
            shops=office.stores.shops,
            lines=office.node.presence,
            places=office.node.places,
            clock=office.clock,
        )
        self.view = LiveView(Reading(sources), office.ears, office.clock, NODE)
        self.lead = AgentSeat(uuid4(), office.shop.id, "Lea", "supervisor")
        self.known: dict[str, object] = {}
        self.version = 0

    async def begins(self) -> LiveBoard:
        """Look for the first time."""
        board = await self.view.watch(self.lead, self.session)
        self.known = {each.id: each for each in (*board.queues, *board.agents, *board.talks)}
        self.version = board.version
        self.told()
        return board

    def told(self) -> list[LiveChanged]:
        """Return what was told since this was asked last, and take it in."""
        room = live_room(self.office.shop.id, NODE)
        news = self.office.ears.of(room, "live:changed")
        self.office.ears.heard = [each for each in self.office.ears.heard if each.room != room]
        changes = [each for each in news if isinstance(each, LiveChanged)]
        for each in changes:
            if each.version <= self.version:
                continue
            assert each.version == self.version + 1, "a version is missing"
            self.version = each.version
            self.known.update({one.id: one for one in (*each.queues, *each.agents, *each.talks)})
            for gone in each.gone:
                del self.known[gone]
        return changes

    @property
    def queue(self) -> LiveQueue:
        """The only queue."""
        [queue] = [each for each in self.known.values() if isinstance(each, LiveQueue)]
        return queue

    async def ticks(self, count: int = 1) -> list[LiveChanged]:
        """Look so often, and once more for what was read beside; return what was told."""
        for _ in range(count):
            await self.view.tick()
            await self.view.settle()
        await self.view.tick()
        return self.told()


@pytest.fixture
async def office(database: Database, redis_url: str) -> AsyncIterator[Office]:
    """An open shop with one node and nobody at work yet."""
    async with Office.open(database, redis_url) as opened:
        yield opened


@pytest.fixture
def watch(office: Office) -> Watch:
    """The live view of that shop."""
    return Watch(office)

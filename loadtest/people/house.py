"""A throw-away Kefu of our own: its nodes, its shops and who works there, and what it costs."""

import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from loadtest.bench import nodes
from loadtest.bench.nodes import Served
from loadtest.bench.processes import cpu_s, family_cpu_s, machine_cpu_s
from loadtest.people.record import Cpu
from server.services.passwords import Passwords
from storage.agents import Agents, NewAgent
from storage.database import Database, Limits
from storage.queues import NewQueue, Queues
from storage.shops import ShopChanges, Shops

CAPACITY = 3
SITES = ("calm", "noisy")
LIMITS = Limits(connections_min=0, connections_max=2)
ONE_ADDRESS = {
    "KEFU_CONNECTIONS_PER_ADDRESS": "1000000",
    "KEFU_CONNECTIONS_MAX": "1000000",
    "KEFU_SIGN_INS_PER_MINUTE": "1000",
    "KEFU_LOG_LEVEL": "error",
}
"""Everybody comes from one address here; what one person may do stays as it is by default."""


@dataclass(frozen=True, slots=True)
class House:
    """What the people need to know: nodes, shops, and the password of all who work there."""

    served: Sequence[Served]
    sites: Sequence[str]

    @property
    def urls(self) -> list[str]:
        """Return where the nodes answer."""
        return [each.url for each in self.served]

    @property
    def password(self) -> str:
        """Return the password of everybody who works there."""
        return self.served[0].password

    @property
    def database_url(self) -> str:
        """Return how to reach PostgreSQL."""
        return self.served[0].database_url


@asynccontextmanager
async def open_house(count: int, sites: Sequence[str], agents: int) -> AsyncGenerator[House]:
    """Start ``count`` nodes with their own PostgreSQL and Valkey, and hire for each shop."""
    async with nodes.cluster(count, 0, ONE_ADDRESS) as served:
        house = House(served, sites)
        database = await Database.connect(house.database_url, LIMITS)
        try:
            password_hash = await Passwords().hash(house.password)
            for site in sites:
                await _make_shop(database, site, agents, password_hash)
        finally:
            await database.close()
        yield house


async def _make_shop(db: Database, site: str, agents: int, password_hash: str) -> None:
    """Make a shop with one queue; its agents are ``agent1@SITE.kefu`` …, each takes three."""
    shop = await Shops(db).create(site, site.title(), secrets.token_hex(20))
    await Shops(db).update(shop.id, ShopChanges(misses_max=10))
    await Queues(db).create(
        NewQueue(shop_id=shop.id, key="general", name="General", match_language=False)
    )
    boxes = [*(f"agent{number + 1}" for number in range(agents)), "supervisor"]
    for box in boxes:
        await Agents(db).create(
            NewAgent(
                shop_id=shop.id,
                email=f"{box}@{site}.kefu",
                name=box.title(),
                password_hash=password_hash,
                role="supervisor" if box == "supervisor" else "agent",
                capacity=CAPACITY,
            )
        )


class Meter:
    """Reads what the processes use: parts of a core since the last look."""

    def __init__(self, served: Sequence[Served], people: int) -> None:
        self._served, self._people = served, people
        self._at, self._before = time.time(), self._spent()

    def look(self) -> Cpu:
        """Return what was used since the last look; the time is seconds since 1970."""
        now, spent = time.time(), self._spent()
        took = max(now - self._at, 0.001)
        used = [(late - early) / took for late, early in zip(spent, self._before, strict=True)]
        self._at, self._before = now, spent
        *each, postgres, valkey, people, machine = used
        return Cpu(
            at=now, nodes=each, postgres=postgres, valkey=valkey, people=people, machine=machine
        )

    def _spent(self) -> list[float]:
        shared = self._served[0] if self._served else None
        return [
            *(cpu_s(each.pid) for each in self._served),
            family_cpu_s(shared.postgres) if shared and shared.postgres else 0.0,
            cpu_s(shared.valkey) if shared and shared.valkey else 0.0,
            family_cpu_s(self._people),
            machine_cpu_s(),
        ]

"""How a server is found: it stays where it is, or Sentinels know which one is the primary."""

import asyncio
from contextlib import suppress
from typing import Protocol

from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from storage.bus.wire import PLAIN, Verbs
from storage.sentinels import Sentinels
from storage.servers import Address, Servers

LOOK_S = 2.0


class Door(Protocol):
    """The way to a server."""

    @property
    def verbs(self) -> Verbs:
        """How to publish and subscribe there."""
        ...

    @property
    def place(self) -> str:
        """Which server it is, for people."""
        ...

    async def find(self) -> ConnectionPool:
        """Return what makes connections to it; asked before every connecting."""
        ...

    async def moved(self) -> None:
        """Return when another server has taken its place."""
        ...


class Fixed:
    """A server that stays where it is."""

    def __init__(self, pool: ConnectionPool, place: str, verbs: Verbs = PLAIN) -> None:
        self._pool, self.place, self.verbs = pool, place, verbs

    async def find(self) -> ConnectionPool:
        """Return what makes connections to it."""
        return self._pool

    async def moved(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


class Watched:
    """The primary that Sentinels name.

    They cut our connections when they make it a replica; if they cannot reach it, nobody would.
    """

    verbs = PLAIN

    def __init__(self, servers: Servers, look_s: float = LOOK_S) -> None:
        self._servers, self._sentinels, self._look_s = servers, Sentinels(servers), look_s
        self._address: Address | None = None

    @property
    def place(self) -> str:
        """Where the primary was last."""
        return str(self._address or f"a primary of {self._servers.service}")

    async def find(self) -> ConnectionPool:
        """Ask the Sentinels."""
        self._address = (await self._sentinels.primary()).address
        return self._servers.pool(self._address)

    async def moved(self) -> None:
        """Keep asking; while no Sentinel answers we stay."""
        while True:
            await asyncio.sleep(self._look_s)
            with suppress(OSError, RedisError):
                if (await self._sentinels.primary()).address != self._address:
                    return

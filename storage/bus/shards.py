"""Which server carries which channel: one carries all, or those of a cluster each carry slots."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from itertools import count
from typing import Protocol

import structlog
from redis.exceptions import RedisError

from storage.bus.door import Door, Fixed, Watched
from storage.bus.link import Ear, Link, Pace
from storage.bus.wire import SHARDED
from storage.servers import Address, Servers
from storage.slots import SLOTS, ClusterMap, key_slot, look

LOOK_S = 5.0
AWRY_S = (0.1, 1.0)

log = structlog.stdlib.get_logger()


class Shards(Protocol):
    """The links that the bus speaks and listens through."""

    @property
    def links(self) -> Collection[Link]:
        """All of them."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether every channel has a server."""
        ...

    def of(self, name: bytes, /) -> Link | None:
        """Return the link that carries a channel, None while nobody is known to."""
        ...

    def listen(self, name: bytes) -> None:
        """Subscribe."""
        ...

    def unlisten(self, name: bytes) -> None:
        """Unsubscribe."""
        ...

    def look_again(self) -> None:
        """Look who carries what: something is not where it was."""
        ...

    async def run(self) -> None:
        """Stay connected, for ever."""
        ...


def shards(servers: Servers, echo: str, ear: Ear, pace: Pace) -> Shards:
    """Return what fits the servers; ``echo`` begins the names of channels that are ours alone."""
    match servers.kind:
        case "one":
            return OneServer(Link(Fixed(servers.pool(), servers.place), echo.encode(), ear, pace))
        case "sentinel":
            return OneServer(Link(Watched(servers), echo.encode(), ear, pace))
        case "cluster":
            return Cluster(servers, echo, ear, pace)


async def door_to(servers: Servers, name: bytes) -> Door:
    """Return the way to the server that carries a channel now; OSError when nobody does."""
    match servers.kind:
        case "one":
            return Fixed(servers.pool(), servers.place)
        case "sentinel":
            return Watched(servers)
        case "cluster":
            found, slot = await look(servers), key_slot(name)
            for address, parts in found.owners.items():
                if any(slot in part for part in parts):
                    return Fixed(servers.pool(address), str(address), SHARDED)
            raise ConnectionError("no server of the cluster has that slot")


class OneServer:
    """One server carries everything."""

    is_whole = True

    def __init__(self, link: Link) -> None:
        self.links: Sequence[Link] = (link,)
        self._link = link
        self.listen, self.unlisten, self.run = link.listen, link.unlisten, link.run

    def of(self, _name: bytes, /) -> Link:
        """Return the only link."""
        return self._link

    def look_again(self) -> None:
        """Do nothing: connecting again is all there is to it."""


class Cluster:
    """A link to every primary. Follows slots that move and replicas that take over."""

    def __init__(self, servers: Servers, echo: str, ear: Ear, pace: Pace) -> None:
        self._servers, self._echo, self._ear, self._pace = servers, echo, ear, pace
        self._map: ClusterMap | None = None
        self._links: dict[Address, Link] = {}
        self._by_slot: list[Link | None] = [None] * SLOTS
        self._tasks: dict[Link, asyncio.Task[None]] = {}
        self._homes: dict[bytes, Link | None] = {}
        self._awry = asyncio.Event()

    @property
    def links(self) -> Collection[Link]:
        """One for each primary."""
        return self._links.values()

    @property
    def is_whole(self) -> bool:
        """Whether every slot has a primary."""
        return self._map is not None and self._map.covered == SLOTS

    def of(self, name: bytes) -> Link | None:
        """Return the link to the primary that has the channel's slot."""
        return self._by_slot[key_slot(name)]

    def listen(self, name: bytes) -> None:
        """Subscribe, as soon as it is known where."""
        link = self._homes[name] = self.of(name)
        if link is not None:
            link.listen(name)

    def unlisten(self, name: bytes) -> None:
        """Unsubscribe."""
        link = self._homes.pop(name, None)
        if link is not None:
            link.unlisten(name)

    def look_again(self) -> None:
        """Look soon."""
        self._awry.set()

    async def run(self) -> None:
        """Look who has which slots, when something is not where it was and every now and then."""
        wait_s = AWRY_S[0]
        try:
            while True:
                wait_s = min(2 * wait_s, AWRY_S[1]) if self._awry.is_set() else AWRY_S[0]
                self._awry.clear()
                for task in self._tasks.values():
                    if task.done():
                        task.result()
                try:
                    await self._follow(await look(self._servers, self._map))
                except (OSError, RedisError) as trouble:
                    log.warning("cluster_not_found", error=repr(trouble))
                await asyncio.sleep(wait_s)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._awry.wait()
        finally:
            await self._close(tuple(self._tasks))

    async def _follow(self, found: ClusterMap) -> None:
        """Open links to new primaries, move the channels, close links to those that are none."""
        before, self._links = self._links, {}
        by_slot: list[Link | None] = [None] * SLOTS
        for address, parts in found.owners.items():
            link = before.pop(address, None) or self._open(address, parts)
            self._links[address] = link
            for part in parts:
                by_slot[part.start : part.stop] = [link] * len(part)
        self._map, self._by_slot = found, by_slot
        self._move_channels()
        for address, parts in found.owners.items():
            link = self._links[address]
            link.regain(link.echo if _is_in(link.echo, parts) else _name_in(self._echo, parts))
        await self._close(before.values())

    def _open(self, address: Address, parts: Sequence[range]) -> Link:
        """Begin a link; one that replaces another begins with a gap."""
        log.info("cluster_link", server=str(address))
        door = Fixed(self._servers.pool(address), str(address), SHARDED)
        echo = _name_in(self._echo, parts)
        link = Link(door, echo, self._ear, self._pace, has_gap=self._map is not None)
        task = self._tasks[link] = asyncio.create_task(link.run())
        task.add_done_callback(lambda _: self.look_again())
        return link

    async def _close(self, links: Iterable[Link]) -> None:
        tasks = [self._tasks.pop(link) for link in links]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _move_channels(self) -> None:
        for name, home in self._homes.items():
            link = self.of(name)
            if link is home:
                continue
            self._homes[name] = link
            if home is not None:
                home.forget(name)
            if link is not None and link.is_connected:
                link.take_over(name)
            elif link is not None:
                link.listen(name)


def _is_in(name: bytes, parts: Iterable[range]) -> bool:
    slot = key_slot(name)
    return any(slot in part for part in parts)


def _name_in(beginning: str, parts: Iterable[range]) -> bytes:
    """Return a name in one of these slots."""
    slots = frozenset(slot for part in parts for slot in part)
    names = (f"{beginning}:{number}".encode() for number in count())
    return next(name for name in names if key_slot(name) in slots)

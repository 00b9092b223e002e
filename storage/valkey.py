"""The client of Valkey (or Redis) that presence, places and rosters share.

It is made for one server, for the primary that Sentinels name, or for a cluster. In a cluster each
key is where its slot is, so nothing here asks for two keys in one command.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

from redis.asyncio import ConnectionPool, Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import SSLConnection
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.exceptions import ConnectionError, RedisClusterException, RedisError  # noqa: A004

from storage.errors import Away
from storage.sentinels import Sentinels
from storage.servers import Servers

__all__ = ["TROUBLE", "Redis", "asking", "connect", "within"]

WAIT_S = 0.5
LEARN_S = 3.0
CONNECTIONS_MAX = 16
TROUBLE = (RedisError, RedisClusterException, OSError)  # the second is none of the first


def connect(url: str, *, decode: bool = True) -> Redis:
    """Make the client; it connects when it is first used. Calls are bounded with ``within``.

    Not with redis-py's socket_timeout: on Python 3.11 that can swallow a cancellation.
    """
    servers = Servers.named(url)
    wanted: dict[str, Any] = {
        "socket_timeout": None,
        "socket_connect_timeout": WAIT_S,
        "max_connections": CONNECTIONS_MAX,
        "decode_responses": decode,
    }
    options = wanted | servers.options
    match servers.kind:
        case "one":
            return Redis.from_pool(_Pool(**options))
        case "sentinel":
            return Redis.from_pool(_following(servers, options))
        case "cluster":
            return _clustered(servers, options)


def _following(servers: Servers, options: dict[str, Any]) -> ConnectionPool:
    """Return a pool that asks the Sentinels with every new connection."""
    is_tls = options.pop("connection_class", None) is SSLConnection
    return _SentinelPool(servers.service, Sentinels(servers), ssl=is_tls, **options)


def _clustered(servers: Servers, options: dict[str, Any]) -> Redis:
    """Return a client that has the same methods, as far as they are used here."""
    is_tls = options.pop("connection_class", None) is SSLConnection
    nodes = [ClusterNode(*host) for host in servers.hosts]
    client = _Cluster(startup_nodes=nodes, require_full_coverage=False, ssl=is_tls, **options)
    return cast("Redis", client)


class _Pool(ConnectionPool):
    """Connects no more once it is closed; redis-py's would, for whoever asks a moment too late."""

    _is_closed = False

    async def get_connection(self, *args: Any, **named: Any) -> Any:
        """Lend a connection; ConnectionError after the end."""
        if self._is_closed:
            raise ConnectionError("the client is closed")
        return await super().get_connection(*args, **named)

    async def release(self, connection: Any) -> None:
        """Take one back; what was under way at the end may have connected anew."""
        await super().release(connection)
        if self._is_closed:
            await connection.disconnect(nowait=True)

    async def aclose(self) -> None:
        """Close all connections, for good."""
        self._is_closed = True
        await super().aclose()


class _SentinelPool(_Pool, SentinelConnectionPool):
    """Follows the primary that Sentinels name."""


class _Cluster(RedisCluster):
    """Gets to know the cluster once, though whoever asked first may have given up waiting.

    It reads the map and all commands, which takes a busy node longer than ``WAIT_S``. Begun anew by
    everybody who asks, it would never end.
    """

    _learning: asyncio.Task[None] | None = None

    async def initialize(self, *args: Any, **named: Any) -> RedisCluster:
        """Wait until the cluster is known."""
        if self._learning is None or self._learning.done():
            self._learning = asyncio.create_task(self._learn(*args, **named))
            self._learning.add_done_callback(_overlook)
        learning, us = self._learning, asyncio.current_task()
        try:
            await asyncio.shield(learning)
        except asyncio.CancelledError as error:
            if learning.cancelled() and us is not None and not us.cancelling():
                raise ConnectionError("the client was closed meanwhile") from error  # not we were
            raise
        return self

    async def aclose(self) -> None:
        """Stop, and close all connections."""
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.wait([self._learning])
        await super().aclose()

    async def _learn(self, *args: Any, **named: Any) -> None:
        async with asyncio.timeout(LEARN_S):
            await super().initialize(*args, **named)


def _overlook(learning: asyncio.Task[None]) -> None:
    """Take note of an error that nobody waits for any more; whoever asks next begins anew."""
    if not learning.cancelled():
        learning.exception()


def within() -> asyncio.Timeout:
    """Bound a call: TimeoutError, which is an OSError, after ``WAIT_S``."""
    return asyncio.timeout(WAIT_S)


@asynccontextmanager
async def asking(url: str, *, decode: bool = True) -> AsyncGenerator[Redis]:
    """Have a client for a few questions; Away when Valkey is not there, or refuses us."""
    try:
        valkey = connect(url, decode=decode)
    except ValueError as error:  # the address is none
        raise Away from error
    try:
        yield valkey
    except TROUBLE as error:
        raise Away from error
    finally:
        await valkey.aclose()

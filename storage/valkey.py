"""The client of Valkey (or Redis) that presence, places and rosters share."""

import asyncio

from redis.asyncio import Redis

__all__ = ["Redis", "connect", "within"]

WAIT_S = 0.5
CONNECTIONS_MAX = 16


def connect(url: str) -> Redis:
    """Make the client; it connects when it is first used. Calls are bounded with ``within``.

    Not with redis-py's socket_timeout: on Python 3.11 that can swallow a cancellation.
    """
    return Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        url,
        socket_timeout=None,
        socket_connect_timeout=WAIT_S,
        max_connections=CONNECTIONS_MAX,
        decode_responses=True,
    )


def within() -> asyncio.Timeout:
    """Bound a call: TimeoutError, which is an OSError, after ``WAIT_S``."""
    return asyncio.timeout(WAIT_S)

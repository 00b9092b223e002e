"""The client of Valkey (or Redis) that presence, places and rosters share."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.errors import Away

__all__ = ["Redis", "asking", "connect", "within"]

WAIT_S = 0.5
CONNECTIONS_MAX = 16


def connect(url: str, *, decode: bool = True) -> Redis:
    """Make the client; it connects when it is first used. Calls are bounded with ``within``.

    Not with redis-py's socket_timeout: on Python 3.11 that can swallow a cancellation.
    """
    return Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        url,
        socket_timeout=None,
        socket_connect_timeout=WAIT_S,
        max_connections=CONNECTIONS_MAX,
        decode_responses=decode,
    )


def within() -> asyncio.Timeout:
    """Bound a call: TimeoutError, which is an OSError, after ``WAIT_S``."""
    return asyncio.timeout(WAIT_S)


@asynccontextmanager
async def asking(url: str, *, decode: bool = True) -> AsyncGenerator[Redis]:
    """Have a client for a few questions; Away when Valkey is not there, or refuses us."""
    valkey = connect(url, decode=decode)
    try:
        yield valkey
    except (RedisError, OSError, ValueError) as error:  # ValueError: the address is none
        raise Away from error
    finally:
        await valkey.aclose()

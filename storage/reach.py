"""Whether the servers that somebody named are there at all; for `kefu check`."""

import redis.asyncio as redis
from redis.exceptions import RedisError

TIMEOUT_S = 2.0


async def valkey_answers(url: str) -> bool:
    """Whether the Valkey at ``url`` takes us."""
    client = redis.Redis.from_url(url, socket_connect_timeout=TIMEOUT_S, socket_timeout=TIMEOUT_S)  # pyright: ignore[reportUnknownMemberType]
    try:
        await client.ping()  # pyright: ignore
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()
    return True

"""The client of Valkey (or Redis) that presence, places and rosters share."""

from redis.asyncio import Redis

WAIT_S = 0.5
CONNECTIONS_MAX = 16


def connect(url: str) -> Redis:
    """Make the client; it connects when it is first used and never waits longer than ``WAIT_S``."""
    return Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        url,
        socket_timeout=WAIT_S,
        socket_connect_timeout=WAIT_S,
        max_connections=CONNECTIONS_MAX,
        decode_responses=True,
    )

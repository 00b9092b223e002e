"""Who closes the client leaves no connection behind, whatever was under way."""

from uuid import uuid4

import pytest
import redis.asyncio as redis
from redis.exceptions import ConnectionError  # noqa: A004

from storage import valkey


async def names(url: str) -> set[str]:
    async with redis.Redis.from_url(url, decode_responses=True) as other:
        return {each["name"] for each in await other.client_list()}


async def test_who_asks_after_the_end_is_refused_and_connects_nothing(redis_url: str) -> None:
    client, name = valkey.connect(redis_url), f"late-{uuid4()}"
    client.connection_pool.connection_kwargs["client_name"] = name
    await client.ping()
    assert name in await names(redis_url)
    await client.aclose()

    with pytest.raises(ConnectionError, match="closed"):
        await client.ping()

    assert name not in await names(redis_url)


async def test_what_was_connecting_at_the_end_stays_not_connected(redis_url: str) -> None:
    client, name = valkey.connect(redis_url), f"amid-{uuid4()}"
    pool = client.connection_pool
    pool.connection_kwargs["client_name"] = name
    lent = await pool.get_connection()
    await client.aclose()
    await lent.connect()  # as a command does that is tried again
    assert name in await names(redis_url)

    await pool.release(lent)

    assert not lent.is_connected

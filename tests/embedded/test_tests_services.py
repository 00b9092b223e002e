"""The servers that all other tests use."""

import asyncpg
import redis.asyncio


async def test_postgres_is_real_and_current(postgres_dsn: str) -> None:
    connection = await asyncpg.connect(postgres_dsn)
    try:
        assert (
            await connection.fetchval("SELECT current_setting('server_version_num')::int / 10000")
            == 18
        )
        assert await connection.fetchval("SELECT uuidv7() IS NOT NULL")
    finally:
        await connection.close()


async def test_valkey_is_real_and_current(redis_url: str) -> None:
    client = redis.asyncio.Redis.from_url(redis_url)
    try:
        assert (await client.info("server"))["valkey_version"].startswith("9.")
    finally:
        await client.aclose()

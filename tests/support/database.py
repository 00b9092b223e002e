"""A fresh, migrated database for each test: one template a worker, copied in about 150 ms of CPU."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from storage.database import Database, Limits
from storage.migrate import migrate

Another = Callable[[], Awaitable[Database]]
LIMITS = Limits(
    connections_min=0, connections_max=8, wait_s=20.0, command_s=20.0, statement_s=20.0, lock_s=20.0
)
"""Patient: a machine that is busy is no fault. Tests of bounds bring their own."""


def renamed(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


async def administer(url: str, *statements: str) -> None:
    """Execute statements that cannot run inside a transaction."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def database_template(postgres_dsn: str) -> Iterator[str]:
    """Name of a migrated database that nobody is connected to."""
    name = f"template_{os.getpid()}_{uuid4().hex[:8]}"

    async def make() -> None:
        await administer(postgres_dsn, f"CREATE DATABASE {name}")
        await migrate(renamed(postgres_dsn, name))

    asyncio.run(make())
    yield name
    asyncio.run(administer(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)"))


@asynccontextmanager
async def lent_database(server: str, template: str) -> AsyncIterator[str]:
    """Make a database from the template; yield its address; drop it."""
    name = f"test_{uuid4().hex}"
    await administer(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG")
    yield renamed(server, name)
    await administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def dsn(postgres_dsn: str, database_template: str) -> AsyncIterator[str]:
    """Address of this test's own database."""
    async with lent_database(postgres_dsn, database_template) as address:
        yield address


@pytest.fixture
async def another(dsn: str) -> AsyncIterator[Another]:
    """Open further pools on this test's database, as other nodes would."""
    opened: list[Database] = []

    async def connect() -> Database:
        opened.append(await Database.connect(dsn, LIMITS))
        return opened[-1]

    yield connect
    for database in opened:
        await database.close()


@pytest.fixture
async def database(another: Another) -> Database:
    """Return a pool on this test's database."""
    return await another()

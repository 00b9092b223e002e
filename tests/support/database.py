"""A migrated database for each test, which nobody else uses: one template a worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from uuid import uuid4

import pytest

from storage.database import Database, Limits
from storage.migrate import migrate
from tests.support.shelf import Shelf, administer, renamed

__all__ = ["administer", "another", "database", "database_template", "databases", "dsn", "renamed"]

Another = Callable[[], Awaitable[Database]]
LIMITS = Limits(
    connections_min=0, connections_max=8, wait_s=20.0, command_s=20.0, statement_s=20.0, lock_s=20.0
)
"""Patient: a machine that is busy is no fault. Tests of bounds bring their own."""


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


@pytest.fixture(scope="session")
def databases(postgres_dsn: str, database_template: str) -> Shelf:
    """Where the tests of this worker borrow their databases."""
    return Shelf(postgres_dsn, database_template)


@pytest.fixture
async def dsn(databases: Shelf) -> AsyncIterator[str]:
    """Address of a database that is empty, and this test's own meanwhile."""
    async with databases.lent() as address:
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

"""The one door to PostgreSQL: a pool, jsonb through orjson, and one error when it is away."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, LiteralString, Protocol
from uuid import UUID

import asyncpg
import orjson

from storage.errors import Busy, StorageUnavailable, Unstorable
from storage.primary import Hosts

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]

Record = asyncpg.Record

REALM_CHARS = 12
STATEMENTS_MAX = 500
"""Prepared on a connection: more than there are, so that none is ever prepared a second time."""
UNSTORABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
# Rolled back because of others; PostgreSQL itself is well.
CONTENDED = (
    asyncpg.TransactionRollbackError,  # deadlock
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,  # statement_timeout
    asyncpg.InvalidCachedStatementError,  # a migration went by, within a transaction of ours
)
# Trouble that passes: trying again later helps.
PASSING = (
    OSError,  # TimeoutError among them
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up
    asyncpg.InsufficientResourcesError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby during fail-over
    asyncpg.InternalClientError,
)


class Queries(Protocol):
    """What a repository needs: the pool for single statements, or one open transaction."""

    async def fetch(self, query: LiteralString, *args: object) -> list[Record]:
        """Return all rows."""
        ...

    async def fetchrow(self, query: LiteralString, *args: object) -> Record | None:
        """Return the first row, or None."""
        ...

    async def fetchval(self, query: LiteralString, *args: object) -> object:
        """Return the first column of the first row, or None."""
        ...

    async def execute(self, query: LiteralString, *args: object) -> int:
        """Return how many rows were touched."""
        ...


class Store(Queries, Protocol):
    """What a repository stands on that does several things at once: the pool, or a transaction."""

    def transaction(self) -> "AbstractAsyncContextManager[Transaction]":
        """Commit at the end, roll back when anything is raised; within another, a savepoint."""
        ...


class Transaction:
    """Statements that are committed together, or not at all."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    async def fetch(self, query: LiteralString, *args: object) -> list[Record]:
        """Return all rows."""
        return await self._connection.fetch(query, *args)

    async def fetchrow(self, query: LiteralString, *args: object) -> Record | None:
        """Return the first row, or None."""
        return await self._connection.fetchrow(query, *args)

    async def fetchval(self, query: LiteralString, *args: object) -> object:
        """Return the first column of the first row, or None."""
        return await self._connection.fetchval(query, *args)

    async def execute(self, query: LiteralString, *args: object) -> int:
        """Return how many rows were touched."""
        return _touched(await self._connection.execute(query, *args))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator["Transaction", None]:
        """Set a savepoint: undo only what was done since when anything is raised."""
        async with self._connection.transaction():
            yield self


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many connections, and how long anything may take, in seconds."""

    connections_min: int = 1
    connections_max: int = 10
    wait_s: float = 2.0  # for a free or a new connection
    command_s: float = 5.0  # for one statement, seen from here
    statement_s: float = 5.0  # for one statement, seen from PostgreSQL
    lock_s: float = 2.0
    idle_in_transaction_s: float = 5.0  # a node that was cut off gives its locks back


@dataclass(frozen=True, slots=True)
class Connections:
    """How many connections are in use, and how many more could be used at this moment."""

    used: int
    free: int


class Database:
    """A pool of connections. Every method answers within bounds or raises StorageUnavailable."""

    def __init__(self, pool: "asyncpg.Pool[Record]", limits: Limits) -> None:
        self._pool = pool
        self._limits = limits

    @classmethod
    async def connect(cls, url: str, limits: Limits | None = None) -> "Database":
        """Open a pool; StorageUnavailable when PostgreSQL does not answer, or refuses us."""
        limits = limits or Limits()
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=limits.connections_min,
                max_size=limits.connections_max,
                connect=Hosts(url).connect,
                timeout=limits.wait_s,
                command_timeout=limits.command_s,
                server_settings=_session(limits),
                init=_speak_json,
                reset=_leave_as_is,
                statement_cache_size=STATEMENTS_MAX,
                max_cached_statement_lifetime=0,
            )
        except (*PASSING, asyncpg.PostgresError) as error:
            raise StorageUnavailable(f"PostgreSQL: {error}") from error
        return cls(pool, limits)

    @property
    def connections(self) -> Connections:
        """How full the pool is. One that is not open yet, but may be opened, is free."""
        used = self._pool.get_size() - self._pool.get_idle_size()
        return Connections(used, self._pool.get_max_size() - used)

    @property
    def connections_max(self) -> int:
        """How many connections there may be."""
        return self._pool.get_max_size()

    async def close(self, timeout_s: float = 5.0) -> None:
        """Let running statements end, then close; cut them off after ``timeout_s``."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._pool.close()
        except (TimeoutError, *PASSING):
            self._pool.terminate()

    async def fetch(self, query: LiteralString, *args: object) -> list[Record]:
        """Return all rows."""
        async with self._connection() as connection:
            return await connection.fetch(query, *args)

    async def fetchrow(self, query: LiteralString, *args: object) -> Record | None:
        """Return the first row, or None."""
        async with self._connection() as connection:
            return await connection.fetchrow(query, *args)

    async def fetchval(self, query: LiteralString, *args: object) -> object:
        """Return the first column of the first row, or None."""
        async with self._connection() as connection:
            return await connection.fetchval(query, *args)

    async def execute(self, query: LiteralString, *args: object) -> int:
        """Return how many rows were touched."""
        async with self._connection() as connection:
            return _touched(await connection.execute(query, *args))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        """Commit at the end, roll back when anything is raised."""
        async with self._connection() as connection, connection.transaction():
            yield Transaction(connection)

    async def realm(self) -> str:
        """Return what tells this database from any other, on this server or elsewhere."""
        if await self.fetchval("SELECT has_function_privilege('pg_control_system()', 'execute')"):
            server = await self.fetchval("SELECT system_identifier FROM pg_control_system()")
        else:
            server = await self.fetchval(
                "SELECT oid::bigint FROM pg_database WHERE datname = current_database()"
            )
        name = await self.fetchval("SELECT current_database()")
        return hashlib.sha256(f"{server} {name}".encode()).hexdigest()[:REALM_CHARS]

    async def clock(self) -> datetime:
        """Return the time by PostgreSQL's clock, which all nodes share."""
        now = await self.fetchval("SELECT clock_timestamp()")
        assert isinstance(now, datetime)
        return now

    @asynccontextmanager
    async def _connection(self) -> "AsyncGenerator[Connection, None]":
        try:
            async with self._pool.acquire(timeout=self._limits.wait_s) as connection:
                yield connection
        except UNSTORABLE as error:
            raise Unstorable from error
        except CONTENDED as error:
            raise Busy from error
        except PASSING as error:
            raise StorageUnavailable from error
        except asyncpg.PostgresError as error:
            error.detail = None  # tells what a row holds, which belongs in no log
            raise
        except asyncpg.InterfaceError as error:
            if isinstance(error, ValueError):  # an argument of ours that cannot be encoded
                raise
            raise StorageUnavailable from error


def fields(record: Record, **instead: object) -> dict[str, Any]:
    """Return the columns by name, some of them replaced."""
    return {**dict(record.items()), **instead}


def _session(limits: Limits) -> dict[str, str]:
    """Return the session settings; times are milliseconds there."""
    return {
        "application_name": "kefu",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "jit": "off",
        "statement_timeout": str(round(limits.statement_s * 1000)),
        "lock_timeout": str(round(limits.lock_s * 1000)),
        "idle_in_transaction_session_timeout": str(round(limits.idle_in_transaction_s * 1000)),
    }


def _text(value: object) -> str:
    """Write the ids that asyncpg hands out, which are no plain UUIDs."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError


async def _speak_json(connection: "asyncpg.Connection[Record]") -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + orjson.dumps(value, default=_text),
        decoder=lambda raw: orjson.loads(raw[1:]),
    )


async def _leave_as_is(_connection: object) -> None:
    """Save the round trip of RESET ALL: no statement of ours leaves anything behind."""


def _touched(status: str) -> int:
    """Read the row count from a command tag such as ``UPDATE 3``."""
    count = status.rpartition(" ")[2]
    return int(count) if count.isdecimal() else 0

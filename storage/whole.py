"""One connection for work on the whole database, and the catalogue of what is in it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from storage.archive import Column, Counter
from storage.database import PASSING
from storage.errors import BackupRefused, StorageUnavailable
from storage.primary import connect

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

NAME = "kefu backup"
CLOSE_S = 5.0
SESSION = {
    "application_name": NAME,
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": "10s",
    # Rows come in the order in which they lie: what is read back can be compared.
    "synchronize_seqscans": "off",
    "max_parallel_workers_per_gather": "0",
}


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A constraint as it is dropped and added again. All parts are quoted."""

    table: str
    name: str
    definition: str


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator["Connection"]:
    """Open a connection on which statements may take as long as they take."""
    try:
        connection = await connect(url, server_settings=SESSION)
    except (*PASSING, asyncpg.PostgresError) as error:
        raise StorageUnavailable(f"PostgreSQL: {error}") from error
    try:
        yield connection
    except PASSING as error:
        raise StorageUnavailable(f"PostgreSQL: {error}") from error
    except asyncpg.PostgresError as error:  # its first line; the others may tell what a row holds
        why = str(error.args[0]) if error.args else type(error).__name__
        raise BackupRefused("database_refuses", f"PostgreSQL refuses: {why}.") from error
    finally:
        with suppress(asyncpg.InterfaceError, OSError):
            await connection.close(timeout=CLOSE_S)


async def tables(connection: "Connection") -> dict[str, list[Column]]:
    """Return what Kefu keeps, by table. Which revision it is, is no part of it."""
    found: dict[str, list[Column]] = {}
    for table, name, type_ in await connection.fetch(COLUMNS):
        found.setdefault(table, []).append(Column(name, type_))
    return found


async def foreign_keys(connection: "Connection") -> list[ForeignKey]:
    """Return all foreign keys."""
    return [ForeignKey(**dict(row.items())) for row in await connection.fetch(FOREIGN_KEYS)]


async def counters(connection: "Connection") -> list[Counter]:
    """Return where each sequence stands, now: a snapshot does not hold them still."""
    found: list[Counter] = []
    for (name,) in await connection.fetch(SEQUENCES):
        row = await connection.fetchrow(f"SELECT last_value, is_called FROM {quoted(name)}")
        assert row is not None
        found.append(Counter(name=name, **dict(row.items())))
    return found


def quoted(name: str) -> str:
    """Return a name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Sequence[str]) -> str:
    """Return names as SQL takes them."""
    return ", ".join(map(quoted, names))


def rows_of(status: str) -> int:
    """Read how many rows a COPY was of."""
    return int(status.rpartition(" ")[2])


COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT c.relispartition AND c.relname <> 'alembic_version'
   AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 ORDER BY c.relname, a.attnum
"""

FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name,
       pg_get_constraintdef(oid) AS definition
  FROM pg_constraint
 WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0
 ORDER BY conrelid::regclass::text, conname
"""

SEQUENCES = """
SELECT relname FROM pg_class
 WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""

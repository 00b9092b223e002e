"""Copies the whole database as it is at one moment, while nodes go on writing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from storage import whole
from storage.archive import FORMAT, Column, Manifest, TableCopy, Writer
from storage.errors import BackupRefused
from storage.whole import listed, quoted, rows_of

if TYPE_CHECKING:
    from storage.whole import Connection

Told = Callable[[TableCopy], None]


async def back_up(
    url: str, path: Path, kefu: str, told: Told, snapshot: str | None = None
) -> Manifest:
    """Write a copy to ``path``; return what is in it. ``told`` hears of each table.

    Everything is read in one snapshot: a new one, or one that another transaction has exported.
    Readers and writers are not held up; a migration would have to wait, and gives up instead.
    """
    with Writer(path).open() as writer:
        async with whole.connected(url) as connection:
            known = await whole.tables(connection)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                if snapshot is not None:
                    await connection.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
                await _hold_still(connection, known)
                manifest = await _copy(connection, writer, known, kefu, told)
        writer.finish(manifest)
    return manifest


async def _hold_still(connection: "Connection", known: dict[str, list[Column]]) -> None:
    """Keep every table as it is defined; the snapshot begins after that."""
    if not known:
        raise BackupRefused("schema_missing", "The database is empty: there is nothing to copy.")
    await connection.execute(f"LOCK TABLE {listed(list(known))} IN ACCESS SHARE MODE")
    if await whole.tables(connection) != known:
        raise BackupRefused("schema_changed", "The database was just migrated; please try again.")


async def _copy(
    connection: "Connection",
    writer: Writer,
    known: dict[str, list[Column]],
    kefu: str,
    told: Told,
) -> Manifest:
    about = await connection.fetchrow(ABOUT)
    assert about is not None
    copies: list[TableCopy] = []
    for table, columns in known.items():
        stream = writer.table(table)
        names = listed([column.name for column in columns])
        status = await connection.copy_from_query(
            f"SELECT {names} FROM {quoted(table)}",
            output=stream.take,
            format="binary",
        )
        copies.append(stream.close(table, columns, rows_of(status)))
        told(copies[-1])
    return Manifest(
        format=FORMAT,
        kefu=kefu,
        tables=copies,
        counters=await whole.counters(connection),
        **dict(about.items()),
    )


ABOUT = """
SELECT version_num AS revision, now() AS taken_at, current_setting('server_version') AS postgres
  FROM alembic_version
"""

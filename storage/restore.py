"""Loads a copy into an empty database: all of it, compared with what was copied, or nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from storage import whole
from storage.archive import Fingerprint, Manifest, Reader, TableCopy
from storage.errors import BackupRefused
from storage.migrate import known_revisions, migrate
from storage.whole import ForeignKey, listed, quoted, rows_of

if TYPE_CHECKING:
    from storage.whole import Connection

Told = Callable[[TableCopy], None]


async def restore(url: str, path: Path, told: Told) -> Manifest:
    """Load the copy at ``path``; return what was in it. ``told`` hears of each table.

    The schema becomes the one of the copy, which may be older than ours. Raises BackupRefused when
    the file is damaged or newer than this program, or the database is not empty.
    """
    with Reader.open(path) as reader:
        manifest = reader.manifest
        _refuse_unknown(manifest)
        await reader.verify()
        async with whole.connected(url) as connection:
            await _refuse_other_schema(connection, manifest)
        await migrate(url, manifest.revision)
        async with whole.connected(url) as connection:
            async with connection.transaction():
                await _make_room(connection, manifest)
                await _load(connection, reader, told)
                await _compare(connection, manifest)
            await connection.execute(f"VACUUM (ANALYZE) {_tables(manifest)}")
    return manifest


def _refuse_unknown(manifest: Manifest) -> None:
    known = known_revisions()
    if manifest.revision not in known:
        raise BackupRefused(
            "backup_newer",
            f"The copy was made by Kefu {manifest.kefu} and has the schema {manifest.revision}; "
            f"this version knows {known[-1]} at most. Restore it with that version.",
        )


async def _refuse_other_schema(connection: "Connection", manifest: Manifest) -> None:
    """Refuse what is not empty, before a migration touches it. It may have been migrated."""
    relations = await connection.fetchval(RELATIONS)
    if not relations:
        return
    revision = None
    if await connection.fetchval("SELECT to_regclass('public.alembic_version') IS NOT NULL"):
        revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    if revision is None:
        raise _not_empty(f"it holds {relations} tables or other things that are not Kefu's")
    await _refuse_rows(connection)
    if str(revision) > manifest.revision:
        raise _not_empty(f"its schema is {revision}, newer than {manifest.revision} of the copy")


async def _refuse_rows(connection: "Connection") -> None:
    for table in await whole.tables(connection):
        if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {quoted(table)})"):
            raise _not_empty(f"table {table} holds rows")


def _not_empty(why: str) -> BackupRefused:
    return BackupRefused(
        "database_not_empty",
        f"The database is not empty: {why}. Make a new one for the copy (CREATE DATABASE), stop "
        "the nodes that use it, and try again.",
    )


async def _make_room(connection: "Connection", manifest: Manifest) -> None:
    """See that what was copied fits, and have the database for ourselves."""
    there = await whole.tables(connection)
    if there != {table.name: table.columns for table in manifest.tables}:
        raise BackupRefused(
            "schema_differs",
            f"The schema {manifest.revision} of the copy is not as this version makes it: "
            "somebody changed tables by hand.",
        )
    await connection.execute(f"LOCK TABLE {_tables(manifest)} IN ACCESS EXCLUSIVE MODE")
    await _refuse_rows(connection)
    await connection.execute(f"TRUNCATE {_tables(manifest)}")  # rows lie in order in new files


async def _load(connection: "Connection", reader: Reader, told: Told) -> None:
    """Load every table. Foreign keys come back at the end, each checked once as a whole."""
    keys = await whole.foreign_keys(connection)
    for table in reader.manifest.tables:  # what triggers wrote then is in the copy
        await connection.execute(f"ALTER TABLE {quoted(table.name)} DISABLE TRIGGER USER")
    for key in keys:
        await connection.execute(f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}")
    for table in reader.manifest.tables:
        status = await connection.copy_to_table(
            table.name,
            schema_name="public",
            columns=[column.name for column in table.columns],
            source=reader.table(table),
            format="binary",
        )
        _refuse_count(table, rows_of(status))
        told(table)
    for table in reader.manifest.tables:
        await connection.execute(f"ALTER TABLE {quoted(table.name)} ENABLE TRIGGER USER")
    for key in keys:
        await _add(connection, key)
    for counter in reader.manifest.counters:
        await connection.execute(
            "SELECT setval($1::text::regclass, $2, $3)",
            quoted(counter.name),
            counter.last_value,
            counter.is_called,
        )


async def _add(connection: "Connection", key: ForeignKey) -> None:
    await connection.execute(f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}")


async def _compare(connection: "Connection", manifest: Manifest) -> None:
    """Read everything back, and refuse the whole when it is not what was copied."""
    for table in manifest.tables:
        found = Fingerprint()
        names = listed([column.name for column in table.columns])
        status = await connection.copy_from_query(
            f"SELECT {names} FROM {quoted(table.name)}", output=found.take, format="binary"
        )
        _refuse_count(table, rows_of(status))
        if found.sha256 != table.sha256:
            raise BackupRefused("copy_differs", f"Table {table.name} did not arrive as it was.")


def _refuse_count(table: TableCopy, rows: int) -> None:
    if rows != table.rows:
        raise BackupRefused(
            "copy_differs", f"Table {table.name} has {rows} rows instead of {table.rows}."
        )


def _tables(manifest: Manifest) -> str:
    return listed([table.name for table in manifest.tables])


RELATIONS = """
SELECT count(*) FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
"""

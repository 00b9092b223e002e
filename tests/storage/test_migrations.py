"""The schema we review is the schema that migrations make, and a strange schema is refused."""

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from storage.database import Database
from storage.errors import SchemaTooNew, SchemaTooOld
from storage.migrate import check_schema, known_revisions, migrate
from tests.support.database import administer, renamed

STORAGE = Path(__file__).parents[2] / "storage"
LANDED = {
    "0001_pre_first.sql": "1a715937f1acca25badbc488d2fb638ccd8db7d54473e19c5386ef27d3f9f27e",
    "0002_pre_routing.sql": "6575d30704a7ed947271299fd1165a06c7dd392cf15ea07153a8fe7a716810ff",
    "0003_pre_search.sql": "e26a2dd645e00ee9163454b66f74fbf0acaadb254d7bab167daa82ddbd217d9c",
}
"""Revisions that somebody's database has run already, by their sha256."""

CATALOGUE = (
    """SELECT table_name, column_name, ordinal_position, data_type, udt_name, is_nullable,
              column_default, is_identity, is_generated
         FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 3""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    """SELECT tablename, indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' ORDER BY 1, 2""",
    """SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2""",
    """SELECT relname, relkind, reloptions FROM pg_class
        WHERE relnamespace = 'public'::regnamespace ORDER BY 1""",
    """SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal ORDER BY 1, 2""",
)


async def catalogue(url: str) -> list[list[tuple[object, ...]]]:
    connection = await asyncpg.connect(url)
    try:
        found = [[tuple(row) for row in await connection.fetch(query)] for query in CATALOGUE]
    finally:
        await connection.close()
    return [[row for row in rows if "alembic_version" not in str(row[:2])] for rows in found]


async def test_schema_sql_is_the_sum_of_the_migrations(dsn: str, postgres_dsn: str) -> None:
    reviewed = [STORAGE / "schema.sql", *sorted((STORAGE / "sql").glob("*.sql"))]
    name = urlsplit(dsn).path[1:] + "_reviewed"
    await administer(postgres_dsn, f"CREATE DATABASE {name}")
    try:
        await administer(renamed(dsn, name), *(path.read_text() for path in reviewed))
        assert await catalogue(renamed(dsn, name)) == await catalogue(dsn)
    finally:
        await administer(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)")


def test_revisions_say_whether_they_run_before_or_after_the_new_program() -> None:
    for revision in known_revisions():
        assert re.fullmatch(r"\d{4}_(pre|post)_[a-z_]+", revision)
        assert len(revision) <= 32, "alembic keeps 32 characters"
        assert (STORAGE / "migrations" / "versions" / f"{revision}.py").exists()


async def test_migrating_twice_changes_nothing(dsn: str, database: Database) -> None:
    before = await catalogue(dsn)
    await migrate(dsn)
    await check_schema(database)
    assert await catalogue(dsn) == before


async def test_a_newer_schema_is_refused_and_left_alone(dsn: str, database: Database) -> None:
    await database.execute("UPDATE alembic_version SET version_num = '9999_pre_future'")
    with pytest.raises(SchemaTooNew):
        await check_schema(database)
    with pytest.raises(SchemaTooNew):
        await migrate(dsn)


async def test_an_empty_database_is_told_to_migrate(database: Database) -> None:
    await database.execute("DROP TABLE alembic_version")
    with pytest.raises(SchemaTooOld):
        await check_schema(database)


@pytest.mark.parametrize("name", sorted(LANDED))
def test_a_revision_that_has_landed_stays_as_it_is(name: str) -> None:
    sql = (STORAGE / "migrations" / "versions" / name).read_bytes()
    found = hashlib.sha256(sql).hexdigest()
    assert found == LANDED[name], "this revision has landed; write a new one"

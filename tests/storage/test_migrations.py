"""The schema we review is the schema that migrations make, and a strange schema is refused."""

import hashlib
import re
from pathlib import Path

import asyncpg
import pytest

from storage.database import Database
from storage.errors import NodesInTheWay, SchemaTooNew, SchemaTooOld
from storage.migrate import check_schema, known_revisions, migrate, revision_of
from storage.migrations import upgrade
from storage.revisions import oldest_program
from tests.support.database import administer

STORAGE = Path(__file__).parents[2] / "storage"
LANDED = {
    "0001_pre_first.sql": "1a715937f1acca25badbc488d2fb638ccd8db7d54473e19c5386ef27d3f9f27e",
    "0002_pre_routing.sql": "6575d30704a7ed947271299fd1165a06c7dd392cf15ea07153a8fe7a716810ff",
    "0003_pre_search.sql": "47ae45c2d33f5ddcd172867c49b200a9cc757d301010b30b81c7638a2f8bc327",
}
"""Revisions that somebody's database has run already, by their sha256."""

FUTURE = """
UPDATE alembic_version SET version_num = '9999_pre_future';
COMMENT ON TABLE alembic_version IS 'works with 9998_post_future';
"""

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


async def test_schema_sql_is_the_sum_of_the_migrations(dsn: str, empty: str) -> None:
    reviewed = [STORAGE / "schema.sql", *sorted((STORAGE / "sql").glob("*.sql"))]
    await administer(empty, *(path.read_text() for path in reviewed))
    assert await catalogue(empty) == await catalogue(dsn)


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
    await administer(dsn, FUTURE)
    with pytest.raises(SchemaTooNew):
        await check_schema(database)
    with pytest.raises(SchemaTooNew):
        await migrate(dsn)


async def test_a_newer_schema_that_promises_to_work_with_us_is_worked_on(
    dsn: str, database: Database
) -> None:
    ours = known_revisions()[-1]
    await administer(dsn, FUTURE, f"COMMENT ON TABLE alembic_version IS 'works with {ours}'")

    await check_schema(database)
    assert await migrate(dsn) == "9999_pre_future"


async def test_a_migration_leaves_word_for_programs_that_do_not_know_it(
    database: Database,
) -> None:
    said = await database.fetchval("SELECT obj_description('alembic_version'::regclass)")
    assert said == f"works with {oldest_program(known_revisions()[-1])}"


async def test_what_running_nodes_could_not_survive_is_not_done_to_them(
    empty: str,
) -> None:
    await migrate(empty, "0001_pre_first")
    node = await Database.connect(empty)
    try:
        with pytest.raises(NodesInTheWay):
            await migrate(empty, "0002_pre_routing")
        assert await revision_of(node) == "0001_pre_first"
    finally:
        await node.close()

    assert await migrate(empty, "0002_pre_routing") == "0002_pre_routing"


async def test_a_migration_stands_aside_while_a_table_is_held(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade, "LOCK_TIMEOUT", "20ms")
    await migrate(empty, "0001_pre_first")
    holder = await asyncpg.connect(empty)
    tries = iter(range(3))

    async def next_try() -> None:
        if next(tries) == 2:
            await holder.close()

    monkeypatch.setattr(upgrade, "stand_aside", next_try)
    await holder.execute("BEGIN; LOCK TABLE shop IN ACCESS SHARE MODE")

    assert await migrate(empty, "0002_pre_routing") == "0002_pre_routing"
    assert list(tries) == []


async def test_an_empty_database_is_told_to_migrate(database: Database) -> None:
    await database.execute("DROP TABLE alembic_version")
    with pytest.raises(SchemaTooOld):
        await check_schema(database)


@pytest.mark.parametrize("name", sorted(LANDED))
def test_a_revision_that_has_landed_stays_as_it_is(name: str) -> None:
    sql = (STORAGE / "migrations" / "versions" / name).read_bytes()
    found = hashlib.sha256(sql).hexdigest()
    assert found == LANDED[name], "this revision has landed; write a new one"

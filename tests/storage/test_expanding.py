"""Migrations leave programs at work that do not know them: they add, and take nothing away."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import LiteralString, NoReturn

from storage.database import Database
from storage.migrate import known_revisions, migrate
from storage.revisions import VERSIONS, works_with
from tests.storage.expanding import Catalogue, catalogue, reviewed, taken

BEFORE_THE_RULE = {"0001_pre_first", "0002_pre_routing"}

HARM: dict[LiteralString, str] = {
    "DROP TABLE simulation": "simulation.id",
    "ALTER TABLE shop DROP COLUMN greeting": "shop.greeting",
    "ALTER TABLE shop RENAME COLUMN greeting TO hello": "shop.greeting",
    "ALTER TABLE skill RENAME TO ability": "skill.key",
    "ALTER TABLE queue ALTER COLUMN weight TYPE double precision": "queue.weight",
    "ALTER TABLE shop ADD COLUMN tax text NOT NULL": "shop.tax",
    "ALTER TABLE visitor ALTER COLUMN locale SET NOT NULL": "visitor.locale",
    "ALTER TABLE agent ALTER COLUMN name DROP NOT NULL": "agent.name",
    "ALTER TABLE agent ALTER COLUMN misses DROP DEFAULT": "agent.misses",
    "ALTER TABLE shop ADD CONSTRAINT short CHECK (length(name) < 10)": "short",
    "ALTER TABLE agent DROP CONSTRAINT agent_capacity_check": "agent_capacity_check",
    "CREATE UNIQUE INDEX one_name ON agent (shop_id, name)": "one_name",
    "ALTER TABLE shop ADD COLUMN tier text UNIQUE DEFAULT 'a'": "shop_tier_key",
    "DROP INDEX offer_live": "offer_live",
    "DROP INDEX simulation_of_shop": "simulation_of_shop",
    "ALTER FUNCTION elapsed_ms RENAME TO ms_between": "elapsed_ms",
    "CREATE OR REPLACE FUNCTION elapsed_ms(since timestamptz, until timestamptz) RETURNS bigint "
    "LANGUAGE sql RETURN 0": "elapsed_ms",
    "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
    "CREATE TRIGGER no BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION no()": "no",
}

EXPANSION: LiteralString = """
ALTER TABLE shop
    ADD COLUMN tier text NOT NULL DEFAULT 'plain' CHECK (tier IN ('plain', 'gold')),
    ADD COLUMN code text UNIQUE,
    ADD COLUMN chosen_by uuid REFERENCES agent;
CREATE TABLE ticket (id uuid PRIMARY KEY, shop_id uuid NOT NULL REFERENCES shop, no int UNIQUE);
CREATE INDEX agent_by_name ON agent (shop_id, name);
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql RETURN n * 2;
"""


async def changed(database: Database, sql: LiteralString) -> tuple[Catalogue, Catalogue]:
    """Return the catalogue before and after; the change itself is undone."""
    before = await catalogue(database)
    with suppress(LookupError):
        async with database.transaction() as tx:
            await tx.execute(sql)
            after = await catalogue(tx)
            undo()
    return before, after


def undo() -> NoReturn:
    """Leave a transaction so that nothing of it remains."""
    raise LookupError


async def read(url: str) -> Catalogue:
    """Read the catalogue, and be gone before anything is migrated."""
    database = await Database.connect(url)
    try:
        return await catalogue(database)
    finally:
        await database.close()


async def test_what_takes_something_away_is_found(database: Database) -> None:
    for sql, name in HARM.items():
        before, after = await changed(database, sql)
        assert name in taken(before, after), sql


async def test_what_only_adds_takes_nothing(database: Database) -> None:
    before, after = await changed(database, EXPANSION)
    assert taken(before, after) == {}


async def test_each_migration_takes_only_what_it_says(empty: str) -> None:
    """One that says it works with earlier programs is held to it; what is named was reviewed."""
    await migrate(empty, known_revisions()[0])
    for revision in known_revisions()[1:]:
        before = await read(empty)
        await migrate(empty, revision)
        sql = (VERSIONS / f"{revision}.sql").read_text()
        if works_with(revision) < revision and "_pre_" in revision:
            found = taken(before, await read(empty))
            assert {name: why for name, why in found.items() if name not in reviewed(sql)} == {}


def test_a_migration_says_which_programs_it_leaves_at_work() -> None:
    for revision in set(known_revisions()) - BEFORE_THE_RULE:
        sql = (VERSIONS / f"{revision}.sql").read_text()
        assert re.search(r"^-- works with: ", sql, re.MULTILINE), f"{revision}: see docs/adr/0007"
        assert works_with(revision) in known_revisions()
        assert works_with(revision) <= revision

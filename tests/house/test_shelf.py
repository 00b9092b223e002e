"""Tests that borrow a database find it as if it were new."""

import asyncpg

from storage.shops import Shops
from tests.support.database import Another
from tests.support.shelf import Shelf, administer

COUNTS = "SELECT (SELECT count(*) FROM shop) + (SELECT count(*) FROM shop_hours_log)"


async def borrowed(shelf: Shelf, *statements: str) -> tuple[str, int]:
    """Borrow a database, do something in it; return its address, and how much was in it before."""
    async with shelf.lent() as address:
        connection = await asyncpg.connect(address)
        found: int = await connection.fetchval(COUNTS)
        await connection.close()
        await administer(address, *statements)
    return address, found


async def test_it_is_lent_again_and_empty(postgres_dsn: str, database_template: str) -> None:
    shelf = Shelf(postgres_dsn, database_template)
    shop = "INSERT INTO shop (key, name, identity_secret) VALUES ('tea', 'Tea', 's')"
    first, _ = await borrowed(shelf, shop)
    second, found = await borrowed(shelf)
    assert (second, found) == (first, 0)


async def test_who_changed_it_is_the_last_to_have_had_it(
    postgres_dsn: str, database_template: str
) -> None:
    shelf = Shelf(postgres_dsn, database_template)
    for change in (
        "CREATE TABLE spare (id integer)",
        "ALTER TABLE shop ADD COLUMN spare integer",
        "ALTER TABLE shop DISABLE TRIGGER USER",
        "UPDATE alembic_version SET version_num = '9999_pre_future'",
        "INSERT INTO tag (shop_id, name) SELECT uuidv7(), n::text FROM generate_series(1, 9) n",
        "ANALYZE shop",
    ):
        before, _ = await borrowed(shelf, "SET session_replication_role = replica; " + change)
        after, found = await borrowed(shelf)
        is_lent_again = before == after
        assert is_lent_again == change.startswith("INSERT"), change
        assert found == 0


async def test_a_test_that_leaves_connections_open_hurts_nobody(
    databases: Shelf, another: Another
) -> None:
    shops = Shops(await another())
    assert await shops.by_key("nobody") is None
    _, found = await borrowed(databases)
    assert found == 0

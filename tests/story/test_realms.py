"""Installations that share a Valkey, even copies with the same ids, do not hear each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from storage.database import Database
from tests.support.database import administer, renamed
from tests.support.house import House, open_house


@pytest.fixture
async def copy(dsn: str, postgres_dsn: str, database_template: str) -> AsyncIterator[str]:
    """Address of a second installation's database."""
    name = f"test_{uuid4().hex}"
    await administer(postgres_dsn, f"CREATE DATABASE {name} TEMPLATE {database_template}")
    yield renamed(postgres_dsn, name)
    await administer(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)")


async def test_each_database_is_a_realm_of_its_own(dsn: str, copy: str) -> None:
    realms: list[str] = []
    for address in (dsn, dsn, copy):
        db = await Database.connect(address)
        realms.append(await db.realm())
        await db.close()

    assert realms[0] == realms[1] != realms[2]


async def test_a_copy_of_the_shop_does_not_hear_the_original(
    house: House, copy: str, redis_url: str, tmp_path: Path
) -> None:
    """As after restoring a backup for a trial: same ids, same Valkey, another database."""
    agent = await house.agent()
    async with open_house(copy, redis_url, tmp_path / "copy") as other:
        await other.db.execute("DELETE FROM queue")
        await other.db.execute("DELETE FROM shop_hours_log")
        await other.db.execute("UPDATE shop SET id = $1", house.shop.id)
        spy = await other.agent(shop=house.shop)
        assert spy.row.shop_id == agent.row.shop_id
        customer = await house.visitor()
        await house.talk(customer, agent)

        async with other.rest(spy) as rest:
            [only] = (await rest.get("/agents"))["items"]
        assert only["id"] == str(spy.row.id)
        assert spy.line.heard("conversation:changed") == []
        assert spy.line.heard("offer:made") == []

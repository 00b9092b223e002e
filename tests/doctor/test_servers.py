"""`kefu doctor` on servers and shops that are not as they should be; no node is needed for that."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from storage.database import Database
from storage.migrate import known_revisions
from storage.shops import ShopChanges, Shops
from tests.doctor.ask import doctor
from tests.storage.floor import Floor
from tests.support.database import administer

pytestmark = [pytest.mark.timeout(60), pytest.mark.slow]
WITHOUT_NODES = {"no_nodes", "lease_missing"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE alembic_version SET version_num = '0001_pre_first'", "schema_behind"),
        (
            "UPDATE alembic_version SET version_num = '9999_pre_future';"
            "COMMENT ON TABLE alembic_version IS 'works with 9998_post_future'",
            "schema_newer",
        ),
        ("DROP TABLE alembic_version", "schema_missing"),
    ],
)
async def test_another_schema_is_told_and_nothing_is_read_of_it(
    dsn: str, redis_url: str, tmp_path: Path, database: Database, change: str, code: str
) -> None:
    before = await doctor(dsn, redis_url, tmp_path, "--json", "--listen", "0.3")
    await administer(dsn, change)
    told = await doctor(dsn, redis_url, tmp_path, "--json", "--listen", "0.3")

    assert before.found("schema")["mark"] == "well"
    assert before.codes == WITHOUT_NODES
    assert told.code == 1
    assert told.codes == {"no_nodes", code}
    assert told.report["shops"] == []
    if code == "schema_behind":
        assert known_revisions()[-1] in told.found("schema")["found"]
        assert "kefu migrate" in told.found("schema")["todo"]


async def test_a_newer_schema_that_works_with_this_version_is_only_looked_at(
    dsn: str, redis_url: str, tmp_path: Path
) -> None:
    await administer(dsn, "UPDATE alembic_version SET version_num = '9999_pre_future'")
    told = await doctor(dsn, redis_url, tmp_path, "--json", "--listen", "0.3")

    assert told.found("schema")["mark"] == "look"
    assert told.found("schema")["code"] == "schema_ahead"
    assert told.codes == WITHOUT_NODES


async def test_commits_that_need_not_reach_the_disk_are_not_well(
    dsn: str, redis_url: str, tmp_path: Path, postgres_dsn: str
) -> None:
    await administer(postgres_dsn, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    try:
        told = await doctor(dsn, redis_url, tmp_path, "--json", "--listen", "0.3")
    finally:
        await administer(postgres_dsn, "ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()")
    assert told.codes == {*WITHOUT_NODES, "not_durable"}
    assert told.found("durable")["found"] == "synchronous_commit on, fsync off"


async def test_the_oldest_transaction_is_named(dsn: str, redis_url: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "a long look"})
    try:
        async with connection.transaction():
            told = await doctor(dsn, redis_url, tmp_path, "--json", "--listen", "0.3")
    finally:
        await connection.close()
    assert "a long look" in told.found("oldest transaction")["found"]


async def test_what_should_have_ended_is_overdue(
    dsn: str, redis_url: str, tmp_path: Path, database: Database
) -> None:
    floor = await Floor.open(database)
    agent = await floor.agent()
    await floor.offered(await floor.asked(), agent)

    told = await doctor(dsn, redis_url, tmp_path, "--json", "--listen", "0.3")
    [shop] = told.report["shops"]
    assert told.codes == {*WITHOUT_NODES, "overdue"}
    assert told.doubts == {"waits_long"}
    assert (shop["waiting"], shop["offers_overdue"], shop["wrap_ups_overdue"]) == (1, 1, 0)
    assert shop["longest_wait_s"] > 1000


@pytest.mark.parametrize(("setting", "is_late"), [("stay", False), ("requeue", True)])
async def test_conversations_of_agents_who_are_gone_are_counted(
    dsn: str, redis_url: str, tmp_path: Path, database: Database, setting: str, is_late: bool
) -> None:
    floor = await Floor.open(database)
    await Shops(database).update(
        floor.shop.id,
        ShopChanges(lost_agent=setting),  # type: ignore[typeddict-item]
    )
    await floor.answered(await floor.agent())

    told = await doctor(dsn, redis_url, tmp_path, "--json", "--listen", "0.3")
    [shop] = told.report["shops"]
    assert (shop["agents_here"], shop["in_hand"], shop["in_hand_of_gone"]) == (0, 1, 1)
    assert ("left_behind" in told.codes) is is_late
    assert ("in_hand_of_gone" in told.doubts) is not is_late

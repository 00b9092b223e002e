"""`kefu doctor` beside real nodes on real servers: what is well is well, what is not is named."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import valkey
from storage.bus import BYE, HELLO, NODES
from storage.database import Database
from tests.cluster.stage import Stage, open_stage
from tests.doctor.ask import doctor
from tests.support.proxy import before_valkey
from tests.support.serve import free_port

pytestmark = [pytest.mark.timeout(90), pytest.mark.slow]


@pytest.fixture
async def stage(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A shop that two processes serve, and a talk in it."""
    async with open_stage(dsn, redis_url, tmp_path) as opened:
        await opened.opens()
        agent, customer = await opened.agent("lin", 0), await opened.visitor(1)
        await customer.begins("Hello?")
        await agent.accepts()
        yield opened


async def test_two_nodes_and_a_talk_are_well(
    stage: Stage, dsn: str, redis_url: str, tmp_path: Path
) -> None:
    before = set(tmp_path.iterdir())
    told = await doctor(dsn, redis_url, tmp_path)
    as_json = await doctor(dsn, redis_url, tmp_path, "--json")

    assert told.code == 0, told.text + told.complaints
    assert told.last_line == "All is well."
    assert as_json.code == 0
    assert as_json.found("goes out")["found"].startswith("no: KEFU_SMTP_URL is not set")
    report = as_json.report
    assert (report["is_well"], as_json.codes, as_json.doubts) == (True, set(), set())
    assert [node["heard"] for node in report["nodes"]] == [True, True]
    assert {node["version"] for node in report["nodes"]} == {report["version"]}
    ports = {int(node["place"].rpartition(":")[2]) for node in report["nodes"]}
    assert ports == {node.port for node in stage.nodes}
    assert sorted(node["hosts"] for node in report["nodes"]) == [[], [0]]
    assert sorted(node["agents"] for node in report["nodes"]) == [0, 1]
    [shop] = report["shops"]
    assert (shop["shop"], shop["agents_here"], shop["waiting"]) == ("the-shop", 1, 0)
    assert (shop["in_hand"], shop["in_hand_of_gone"], shop["decisions_last_hour"]) == (1, 0, 1)
    assert set(tmp_path.iterdir()) == before, "it left something behind"


async def test_who_looks_is_no_neighbour(
    stage: Stage, dsn: str, redis_url: str, tmp_path: Path, database: Database
) -> None:
    """Nobody hears the doctor: a node that is alone stays so, and publishes for nobody."""
    client = valkey.connect(redis_url, decode=False)
    async with client.pubsub(ignore_subscribe_messages=True) as heard:
        await heard.subscribe(f"{await database.realm()}:{NODES}")
        tags: set[bytes] = set()

        async def listen() -> None:
            async for said in heard.listen():
                tags.add(said["data"][:8])

        listening = asyncio.create_task(listen())
        await doctor(dsn, redis_url, tmp_path)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    await client.aclose()
    assert len(tags) == len(stage.nodes)


async def test_when_all_nodes_were_killed_nobody_holds_the_routing(
    stage: Stage, dsn: str, redis_url: str, tmp_path: Path, database: Database
) -> None:
    for node in stage.nodes:
        await node.kill()
    left_s = await database.fetchval(
        "SELECT extract(epoch FROM expires_at - clock_timestamp())::float8 FROM partition_lease"
    )
    await database.execute("SELECT pg_sleep($1)", left_s)

    told = await doctor(dsn, redis_url, tmp_path, "--json")
    assert told.code == 1
    assert told.codes == {"no_nodes", "lease_expired"}
    assert "ran out" in told.found("partition 0")["found"]
    text = await doctor(dsn, redis_url, tmp_path)
    assert text.last_line.startswith("Not well: 2 things are to be put right.")
    assert "lease_expired: Nobody new is offered. Start a node" in text.text


async def test_a_holder_that_is_not_heard_is_named(
    stage: Stage, dsn: str, redis_url: str, tmp_path: Path, database: Database
) -> None:
    await database.execute(
        "UPDATE partition_lease SET node = 'frozen', epoch = epoch + 1,"
        " expires_at = clock_timestamp() + interval '1 hour'"
    )
    told = await doctor(dsn, redis_url, tmp_path, "--json")
    assert (told.code, told.codes) == (1, {"holder_silent"})
    assert "frozen" in told.found("partition 0")["found"]
    [frozen] = [node for node in told.report["nodes"] if node["node"] == "frozen"]
    assert (frozen["heard"], frozen["hosts"]) == (False, [0])


async def test_a_node_of_an_older_version_is_heard_though_it_says_no_name(
    stage: Stage, dsn: str, redis_url: str, tmp_path: Path, database: Database
) -> None:
    client = valkey.connect(redis_url, decode=False)
    channel = f"{await database.realm()}:{NODES}"

    async def beat() -> None:
        while True:
            await client.publish(channel, b"12345678" + HELLO + b"17.25")
            await client.publish(channel, b"87654321" + HELLO + b"17.25")
            await client.publish(channel, b"87654321" + BYE)  # it is no longer there
            await asyncio.sleep(0.2)

    beating = asyncio.create_task(beat())
    told = await doctor(dsn, redis_url, tmp_path, "--json")
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    await client.aclose()

    assert (told.code, told.codes, told.doubts) == (0, set(), {"versions_differ"})
    assert told.found("heard")["found"].startswith(f"{len(stage.nodes) + 1} in ")
    assert told.found("heard")["found"].endswith("and older")


async def test_valkey_away_is_told_beside_what_postgresql_still_knows(
    stage: Stage, dsn: str, redis_url: str, tmp_path: Path
) -> None:
    proxy, address = await before_valkey(redis_url)
    well = await doctor(dsn, address, tmp_path, "--json")
    await proxy.cut()
    told = await doctor(dsn, address, tmp_path, "--json")
    await proxy.close()

    assert well.codes == set()
    assert (told.code, told.codes) == (1, {"valkey_away"})
    [shop] = told.report["shops"]
    assert (shop["in_hand"], shop["agents_here"], shop["in_hand_of_gone"]) == (1, None, None)
    secret = redis_url.rpartition("=")[2]
    assert secret not in told.text + told.complaints


async def test_postgresql_away_is_told_and_no_secret_with_it(
    redis_url: str, tmp_path: Path
) -> None:
    nowhere = f"postgresql://me:hunter2@127.0.0.1:{free_port()}/kefu"
    told = await doctor(nowhere, redis_url, tmp_path, "--json")
    assert (told.code, told.codes) == (1, {"database_away"})
    assert "hunter2" not in told.text + told.complaints

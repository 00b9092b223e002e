"""What nodes keep in Valkey, on a cluster; and what people see who look at it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest

from server.doctor.valkey import judge
from storage import valkey
from storage.beats import Card, listen, written
from storage.bus import Bus
from storage.places import PlaceStore
from storage.presence import PresenceLeases
from storage.reach import valkey_answers
from storage.rosters import Rosters
from storage.shelf import Shelf
from storage.valkey import Redis
from storage.vitals import of_valkey
from tests.bus.ears import PACE, nodes, running
from tests.bus.valkeys import Cluster
from tests.sockets.waiting import until

pytestmark = pytest.mark.timeout(60)


async def test_leases_places_rosters_and_files_are_kept_on_every_shard(
    client: Redis, realm: str
) -> None:
    shops, agents = [uuid4() for _ in range(12)], [uuid4(), uuid4()]
    leases = PresenceLeases(client, realm)
    for shop in shops:
        await leases.vouch(shop, agents, "one", 100.0)
    kept = {(agent, "one"): 100.0 for agent in agents}
    assert [await leases.vouched(shop) for shop in shops] == [kept] * len(shops)

    places = PlaceStore(client, realm)
    waiting = {uuid4(): (number, (1, 60), "open") for number in range(1, 25)}
    gone, *others = waiting
    await places.write(waiting)
    await places.write({}, gone=waiting)
    assert await places.read(list(waiting)) == {}
    await places.write(waiting)
    await places.write({}, gone=[gone])
    assert await places.read(list(waiting)) == {each: waiting[each] for each in others}

    rosters = Rosters(client, realm)
    entries = [(f"conversation:{number}", "ann") for number in range(24)]
    assert await rosters.enter(entries, 0.0)
    assert await rosters.leave(entries[:1])
    names = [roster for roster, _ in entries]
    assert await rosters.members(names, 0.0) == [[], *[["ann"]] * 23]

    shelf = Shelf(client, realm)
    files = {f"console/{number}.js": b"%d" % number for number in range(24)}
    await shelf.lay_out(files)
    assert {name: await shelf.find(name) for name in files} == files
    assert await shelf.find("console/none.js") is None


async def test_who_gave_up_waiting_did_not_ask_in_vain(cluster: Cluster) -> None:
    client = valkey.connect(cluster.url)
    try:
        with cluster.frozen(), suppress(TimeoutError):
            async with valkey.within():
                await client.get("anything")
        await until(lambda: not client._initialize)  # without being asked again
        assert await client.get("anything") is None
    finally:
        await client.aclose()


async def test_closing_cancels_nobody_who_waits(cluster: Cluster) -> None:
    client = valkey.connect(cluster.url)
    with cluster.frozen():
        asked = asyncio.create_task(client.get("anything"))
        await until(lambda: client._learning is not None)
        await client.aclose()
        with pytest.raises(valkey.TROUBLE):
            await asked
    await client.aclose()


async def test_who_looks_sees_every_primary_and_the_nodes(cluster: Cluster, realm: str) -> None:
    assert await valkey_answers(cluster.url)
    standing = await of_valkey(cluster.url)
    assert {each.place for each in standing.servers} == {each.place for each in cluster.servers}
    found = list(judge(standing))
    assert [each.found for each in found if each.subject == "slots"] == ["16384 of 16384"]
    assert [each.code for each in found if each.mark != "well"] == ["no_replica"]

    card = Card("n1", "0.1.0", "east:8080")
    bus = Bus(cluster.url, realm=realm, card=written(card), pace=PACE)
    async with nodes(cluster.url, realm, 1) as (one,), running(bus):
        await until(lambda: one.bus.neighbours == 1)
        heard = await listen(cluster.url, realm, 0.3)
        assert [each.card for each in heard] == [Card(), card]
        assert one.bus.neighbours == 1, "who looks is no neighbour"

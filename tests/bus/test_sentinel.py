"""The bus and the keys behind a Sentinel: when the primary dies, its replica is found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest

from storage import valkey
from storage.bus.door import Watched as Door
from storage.errors import Away
from storage.presence import PresenceLeases
from storage.servers import Servers, ask
from tests.bus.ears import eventually, nodes, passes
from tests.bus.valkeys import Watched, folder, running
from tests.sockets.waiting import until

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def watched() -> Iterator[Watched]:
    with folder() as root:
        watched = Watched(root)
        with running(watched.servers):
            watched.start()
            yield watched


async def test_after_a_fail_over_nodes_hear_each_other_again(watched: Watched) -> None:
    shop, agent = uuid4(), uuid4()
    client = valkey.connect(watched.url)
    leases = PresenceLeases(client)

    async def is_vouched() -> bool:
        try:
            await leases.vouch(shop, [agent], "one", 100.0)
            return await leases.vouched(shop) == {(agent, "one"): 100.0}
        except Away:
            return False

    async with nodes(watched.url, "ours:") as (one, other):
        other.listen("kefu:room:x")
        await other.hears("kefu:room:x")
        await passes(one, other, "kefu:room:x")
        assert [link.place for link in one.bus.links] == [watched.primary.place]
        assert await is_vouched()

        before = other.recovered
        watched.primary.kill()
        await until(lambda: one.bus.health.deaf and other.bus.health.deaf)
        await until(lambda: not one.bus.health.deaf and not other.bus.health.deaf)

        assert [link.place for link in one.bus.links] == [watched.replica.place]
        assert other.recovered > before
        await passes(one, other, "kefu:room:x")
        await eventually(is_vouched)
    await client.aclose()


async def test_nodes_leave_a_primary_that_the_sentinels_left(watched: Watched) -> None:
    """Though it goes on answering: what is said there would not be heard by those who come new."""
    door = Door(Servers.named(watched.url), look_s=0.05)
    await door.find()
    assert door.place == watched.primary.place
    moved = asyncio.create_task(door.moved())

    watched.sentinel.ask("SENTINEL FAILOVER", watched.SERVICE)
    async with asyncio.timeout(8):
        await moved

    pool = await door.find()
    assert door.place == watched.replica.place
    assert await ask(pool, "PING") == [b"PONG"]

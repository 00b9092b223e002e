"""The bus on a cluster of real servers: every shard carries its channels, and each may be lost."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.crc import key_slot

from tests.bus.ears import nodes, passes
from tests.bus.valkeys import Cluster, folder, running
from tests.sockets.waiting import until

pytestmark = pytest.mark.timeout(60)

CHANNELS = [f"kefu:room:conversation:{number}" for number in range(24)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Three primaries, and a replica of the last."""
    with folder() as root:
        cluster = Cluster(root)
        with running([*cluster.servers, cluster.replica]):
            cluster.start()
            yield cluster


@pytest.fixture
def realm() -> str:
    return f"{uuid4().hex}:"


def _on(shard: int, realm: str, channels: list[str] = CHANNELS) -> list[str]:
    """Return the channels that a primary carries as the cluster began."""
    share = SLOTS // 3
    return [
        each for each in channels if min(key_slot((realm + each).encode()) // share, 2) == shard
    ]


async def test_what_is_said_is_heard_on_every_shard(cluster: Cluster, realm: str) -> None:
    async with nodes(cluster.url, realm) as (one, other):
        assert [link.place for link in one.bus.links] == [each.place for each in cluster.servers]
        assert all(_on(shard, realm) for shard in range(3))
        other.listen(*CHANNELS)
        await other.hears(*CHANNELS)
        for number, channel in enumerate(CHANNELS):
            one.bus.publish(channel, str(number).encode())
        await until(lambda: len(other.heard) == len(CHANNELS))

        said = {(channel, str(number).encode()) for number, channel in enumerate(CHANNELS)}
        assert set(other.heard) == said
        other.bus.unlisten(CHANNELS[0])
        await until(lambda: not other.bus.hears(CHANNELS[0]))
        assert other.bus.health.lag_s is not None


async def test_deafness_to_one_shard_is_noticed_and_heals(cluster: Cluster, realm: str) -> None:
    lost = cluster.servers[0]
    async with nodes(cluster.url, realm) as (one, other):
        other.listen(*CHANNELS)
        await other.hears(*CHANNELS)
        before = other.recovered
        lost.kill()
        try:
            await until(lambda: one.bus.health.deaf and other.bus.health.deaf)
            assert other.bus.health.deaf_to == (lost.place,)
            await passes(one, other, *_on(1, realm), *_on(2, realm))
            assert other.recovered == before
        finally:
            lost.start()
        await until(lambda: not one.bus.health.deaf and not other.bus.health.deaf)
        assert other.recovered > before
        await other.hears(*CHANNELS)
        await passes(one, other, *_on(0, realm))


async def test_a_shard_that_only_seems_alive_is_found_out(cluster: Cluster, realm: str) -> None:
    async with nodes(cluster.url, realm, 1) as (one,):
        with cluster.servers[1].frozen():
            await until(lambda: one.bus.health.deaf_to == (cluster.servers[1].place,))
        await until(lambda: not one.bus.health.deaf)


async def test_a_channel_is_followed_to_where_its_slot_goes(cluster: Cluster, realm: str) -> None:
    channel = _on(0, realm)[0]
    slot = key_slot((realm + channel).encode())
    async with nodes(cluster.url, realm) as (one, other):
        other.listen(channel)
        await other.hears(channel)
        before = one.recovered, other.recovered
        cluster.move(slot, *cluster.servers[:2])
        try:
            await passes(one, other, channel)
            await until(lambda: one.recovered > before[0] and other.recovered > before[1])
            assert not one.bus.health.deaf
        finally:
            cluster.move(slot, *cluster.servers[1::-1])
        await passes(one, other, channel)


async def test_a_replica_that_takes_over_is_heard(cluster: Cluster, realm: str) -> None:
    async with nodes(cluster.url, realm) as (one, other):
        other.listen(*CHANNELS)
        await other.hears(*CHANNELS)
        before = other.recovered
        cluster.servers[2].kill()
        try:
            await until(lambda: one.bus.health.deaf and other.bus.health.deaf)
            await until(lambda: not one.bus.health.deaf and not other.bus.health.deaf)
            assert cluster.replica.place in [link.place for link in one.bus.links]
            assert other.recovered > before
            await passes(one, other, *CHANNELS)
        finally:
            cluster.swap()

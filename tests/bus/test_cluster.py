"""The bus on a cluster of real servers: every shard carries its channels, and each may be lost."""

from __future__ import annotations

from uuid import uuid4

import pytest
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.crc import key_slot

from server.doctor.valkey import judge
from storage.errors import Away
from storage.presence import PresenceLeases
from storage.reach import valkey_answers
from storage.valkey import Redis
from storage.vitals import of_valkey
from tests.bus.ears import eventually, nodes, passes
from tests.bus.valkeys import Cluster
from tests.sockets.waiting import until

pytestmark = pytest.mark.timeout(60)

CHANNELS = [f"kefu:room:conversation:{number}" for number in range(24)]


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
            found = judge(await of_valkey(cluster.url))
            assert {(each.part, each.code) for each in found if each.mark == "unwell"} >= {
                (f"Valkey {lost.place}", "valkey_away")
            }
            assert not await valkey_answers(cluster.url)
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


async def test_looking_who_has_which_slots_is_no_gap(cluster: Cluster, realm: str) -> None:
    async with nodes(cluster.url, realm) as (one, other):
        before = one.recovered, other.recovered
        other.listen(*CHANNELS)
        for link in other.bus.links:
            link.regain(link.echo)  # as after every look; nothing is confirmed yet
        await other.hears(*CHANNELS)
        await passes(one, other, *CHANNELS)
        assert (one.recovered, other.recovered) == before


async def test_a_replica_that_takes_over_is_heard_and_keeps(
    cluster: Cluster, client: Redis, realm: str
) -> None:
    leases, shops = PresenceLeases(client, realm), [uuid4() for _ in range(12)]

    async def are_vouched() -> bool:
        try:
            for shop in shops:
                await leases.vouch(shop, shops[:1], "one", 100.0)
            return all([await leases.vouched(shop) for shop in shops])
        except Away:
            return False

    assert await are_vouched()
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
            await eventually(are_vouched)
        finally:
            cluster.swap()

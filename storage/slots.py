"""Who has which slots of a cluster: asked of several servers, the newest answer counts.

One server alone may be cut off from the others and believe in a cluster that is no more.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.crc import key_slot

from storage.servers import Address, Servers, ask, text

__all__ = ["SLOTS", "ClusterMap", "key_slot", "look"]


@dataclass(frozen=True, slots=True)
class ClusterMap:
    """The primaries with their slots, and the replicas. ``epoch`` grows with every change."""

    owners: Mapping[Address, Sequence[range]]
    replicas: frozenset[Address] = field(default=frozenset())
    is_ok: bool = False
    epoch: int = 0

    @property
    def covered(self) -> int:
        """How many slots somebody has."""
        return sum(len(part) for parts in self.owners.values() for part in parts)


async def look(servers: Servers, known: ClusterMap | None = None) -> ClusterMap:
    """Ask the primaries that are known, else everybody; OSError when nobody answers."""
    if known is not None:
        found = await _newest(servers, known.owners)
        if found is not None and found.is_ok:
            return found
    others = {*servers.hosts, *(known.owners if known else ()), *(known.replicas if known else ())}
    found = await _newest(servers, others)
    if found is None:
        raise ConnectionError("no server of the cluster answers")
    return found


async def _newest(servers: Servers, addresses: Collection[Address]) -> ClusterMap | None:
    answers = await asyncio.gather(
        *(_asked(servers, each) for each in addresses), return_exceptions=True
    )
    maps = [answer for answer in answers if isinstance(answer, ClusterMap)]
    return max(maps, key=lambda each: (each.is_ok, each.epoch), default=None)


async def _asked(servers: Servers, address: Address) -> ClusterMap:
    slots, info = await ask(servers.pool(address), "CLUSTER SLOTS", "CLUSTER INFO")
    said = dict(line.split(":", 1) for line in text(info).split("\r\n") if line)
    owners: dict[Address, list[range]] = {}
    replicas: set[Address] = set()
    for first, last, primary, *others in cast("list[list[Any]]", slots):
        owners.setdefault(_address(primary, address), []).append(range(first, last + 1))
        replicas.update(_address(each, address) for each in others)
    return ClusterMap(
        owners,
        frozenset(replicas),
        said["cluster_state"] == "ok",
        int(said["cluster_current_epoch"]),
    )


def _address(told: Sequence[Any], asked: Address) -> Address:
    """Return a server's address; who does not know its own is where it was asked."""
    return Address(text(told[0]) or asked.host, int(told[1]))

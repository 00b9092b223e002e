"""Whether Valkey is well, and who is heard through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.doctor.findings import Finding, duration, look, unwell, well
from storage.beats import Heard
from storage.sentinels import Primary
from storage.slots import SLOTS, ClusterMap
from storage.vitals import ValkeyStanding, ValkeyVitals

PART = "Valkey"
NODES = "Nodes"
MAJOR_MIN = {"Valkey": 8, "Redis": 7}
MEMORY_RATIO = 0.9
MB = 2**20


def away() -> Finding:
    """Say that it cannot be reached."""
    return unwell(
        PART,
        "answers",
        "no",
        "valkey_away",
        "Start it, or correct KEFU_REDIS_URL. Until then nodes do not hear each other: messages "
        "between them come with the head beat, and nobody new is seen to come.",
    )


def judge(standing: ValkeyStanding) -> Iterator[Finding]:
    """Judge what Valkey said of itself: each server, and what holds them together."""
    if standing.primary is not None:
        yield from _sentinels(standing.primary)
    if standing.cluster is not None:
        yield from _cluster(standing.cluster)
    for place in standing.silent:
        todo = "Start it. Until then nodes are not ready: they do not hear what goes through it."
        yield unwell(_part(place), "answers", "no", "valkey_away", todo)
    for vitals in standing.servers:
        yield from judge_server(vitals)


def judge_server(vitals: ValkeyVitals) -> Iterator[Finding]:
    """Judge one server."""
    part = _part(vitals.place)
    yield well(part, "answers", f"in {duration(vitals.answered_s)}")
    named = f"{vitals.program} {vitals.version}"
    if int(vitals.version.partition(".")[0]) >= MAJOR_MIN[vitals.program]:
        yield well(part, "version", named)
    else:
        yield unwell(part, "version", named, "valkey_old", "Valkey 8 or Redis 7 is needed.")
    yield _memory(part, vitals)
    yield _policy(part, vitals)


def _part(place: str) -> str:
    return f"{PART} {place}" if place else PART


def _sentinels(primary: Primary) -> Iterator[Finding]:
    found = f"{primary.sentinels} of {primary.sentinels_named} answer"
    if primary.sentinels == primary.sentinels_named:
        yield well(PART, "Sentinels", found)
    else:
        todo = "Start the others, or correct KEFU_REDIS_URL: it takes a majority to fail over."
        yield look(PART, "Sentinels", found, "sentinels_away", todo)
    yield _replicas(primary.replicas, 1)


def _cluster(cluster: ClusterMap) -> Iterator[Finding]:
    covered = f"{cluster.covered} of {SLOTS}"
    if cluster.covered == SLOTS and cluster.is_ok:
        yield well(PART, "slots", covered)
    else:
        found = covered if cluster.is_ok else f"{covered}, and the cluster says that it failed"
        yield unwell(
            PART,
            "slots",
            found,
            "slots_lost",
            "Nodes are not ready until every slot has a server: start what is missing, or see "
            "CLUSTER NODES.",
        )
    yield _replicas(len(cluster.replicas), len(cluster.owners))


def _replicas(replicas: int, primaries: int) -> Finding:
    found = f"{replicas} for {'one primary' if primaries == 1 else f'{primaries} primaries'}"
    if replicas >= primaries:
        return well(PART, "replicas", found)
    todo = "When a primary without a replica dies, nobody takes over until it is back."
    return look(PART, "replicas", found, "no_replica", todo)


def _memory(part: str, vitals: ValkeyVitals) -> Finding:
    used = f"{vitals.memory_bytes / MB:.0f} MB"
    if not vitals.memory_max_bytes:
        return well(part, "memory", f"{used}, without a limit")
    found = f"{used} of {vitals.memory_max_bytes / MB:.0f} MB"
    if vitals.memory_bytes < MEMORY_RATIO * vitals.memory_max_bytes:
        return well(part, "memory", found)
    todo = "Raise maxmemory, or find who else fills it; Kefu needs a few MB."
    return unwell(part, "memory", found, "valkey_full", todo)


def _policy(part: str, vitals: ValkeyVitals) -> Finding:
    if not vitals.memory_max_bytes or vitals.policy == "noeviction":
        return well(part, "maxmemory-policy", vitals.policy)
    return look(
        part,
        "maxmemory-policy",
        vitals.policy,
        "valkey_evicts",
        "When memory is short it would throw away who is connected. Set noeviction, and enough "
        "maxmemory.",
    )


def heard(nodes: Sequence[Heard], for_s: float) -> Finding:
    """Judge who is heard on the bus."""
    if not nodes:
        return unwell(
            NODES,
            "heard",
            f"none in {duration(for_s)}",
            "no_nodes",
            "Start one with `kefu serve`. If nodes do run: do they use this PostgreSQL and this "
            "Valkey, and what does their /health/ready say?",
        )
    versions = sorted({each.card.version or "older" for each in nodes})
    found = f"{len(nodes)} in {duration(for_s)}, version {' and '.join(versions)}"
    if len(versions) == 1:
        return well(NODES, "heard", found)
    todo = "During an upgrade this is as it should be; afterwards exchange the old ones."
    return look(NODES, "heard", found, "versions_differ", todo)

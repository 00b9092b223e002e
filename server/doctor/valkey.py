"""Whether Valkey is well, and who is heard through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.doctor.findings import Finding, duration, look, unwell, well
from storage.beats import Heard
from storage.vitals import ValkeyVitals

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


def judge(vitals: ValkeyVitals) -> Iterator[Finding]:
    """Judge what Valkey said of itself."""
    yield well(PART, "answers", f"in {duration(vitals.answered_s)}")
    named = f"{vitals.program} {vitals.version}"
    if int(vitals.version.partition(".")[0]) >= MAJOR_MIN[vitals.program]:
        yield well(PART, "version", named)
    else:
        yield unwell(PART, "version", named, "valkey_old", "Valkey 8 or Redis 7 is needed.")
    yield _memory(vitals)
    yield _policy(vitals)


def _memory(vitals: ValkeyVitals) -> Finding:
    used = f"{vitals.memory_bytes / MB:.0f} MB"
    if not vitals.memory_max_bytes:
        return well(PART, "memory", f"{used}, without a limit")
    found = f"{used} of {vitals.memory_max_bytes / MB:.0f} MB"
    if vitals.memory_bytes < MEMORY_RATIO * vitals.memory_max_bytes:
        return well(PART, "memory", found)
    todo = "Raise maxmemory, or find who else fills it; Kefu needs a few MB."
    return unwell(PART, "memory", found, "valkey_full", todo)


def _policy(vitals: ValkeyVitals) -> Finding:
    if not vitals.memory_max_bytes or vitals.policy == "noeviction":
        return well(PART, "maxmemory-policy", vitals.policy)
    return look(
        PART,
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

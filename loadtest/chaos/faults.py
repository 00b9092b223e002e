"""What can go wrong: who is hit, how it is mended, how long it lasts, how healing is told."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadtest.chaos import healing
from loadtest.chaos.cluster import ORDINARY, Premises
from loadtest.chaos.deeds import (
    Deed,
    Scene,
    all_of_them,
    another,
    clear_disk,
    cut,
    door,
    fill_disk,
    go_deaf,
    go_on,
    jump,
    jump_back,
    keep_acks,
    kill,
    kill_keeper,
    kill_postgres,
    kill_valkey,
    lose_acks,
    mend,
    mend_partition,
    nobody,
    partition,
    postgres,
    slow,
    start,
    stop,
    the_host,
    valkey,
)
from loadtest.chaos.healing import Strike
from loadtest.chaos.history import History
from loadtest.chaos.link import Direction
from server.services.clock import FOLLOW_S

STILL_S = (4.0, 8.0)
SMALL_DISK_MB = 300

Healed = Callable[[Sequence[History], Strike], float | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """``strike`` follows ``choose`` at once; ``mend`` comes after ``lasts_s``.

    ``ends`` are the servers that it ends; nodes that it ends it ends itself.
    """

    name: str
    choose: Deed
    strike: Deed
    mend: Deed
    healed: Healed
    lasts_s: tuple[float, float]
    premises: Premises = ORDINARY
    ends: frozenset[str] = frozenset()


HOSTS = Premises(are_hosts=True)
WAYS: tuple[Direction, ...] = ("in", "out")
AT_ONCE, SOON, LONG = (0.0, 0.0), (1.0, 2.0), (8.0, 8.0)
FAULTS = {
    fault.name: fault
    for fault in (
        Fault("kill-node", another, kill, start, healing.answers, SOON),
        Fault("kill-host", the_host, kill, start, healing.assignment, SOON),
        Fault("stop-node", another, stop, go_on, healing.answers, STILL_S),
        Fault("stop-host", the_host, stop, go_on, healing.assignment, STILL_S),
        Fault(
            "kill-postgres",
            all_of_them,
            kill_postgres,
            nobody,
            healing.answers,
            AT_ONCE,
            ends=frozenset({"postgres"}),
        ),
        Fault(
            "kill-valkey",
            all_of_them,
            kill_valkey,
            nobody,
            healing.news,
            AT_ONCE,
            ends=frozenset({"valkey"}),
        ),
        Fault(
            "kill-keeper",
            all_of_them,
            kill_keeper,
            nobody,
            healing.answers,
            AT_ONCE,
            ends=frozenset({"keeper", "postgres", "valkey"}),
        ),
        Fault("cut-postgres", another, cut(postgres, "in", "out"), mend, healing.answers, STILL_S),
        Fault("half-postgres-in", the_host, cut(postgres, "in"), mend, healing.answers, STILL_S),
        Fault("half-postgres-out", the_host, cut(postgres, "out"), mend, healing.answers, STILL_S),
        Fault("cut-valkey", another, cut(valkey, "in", "out"), mend, healing.news, STILL_S),
        Fault("half-valkey-in", another, cut(valkey, "in"), mend, healing.news, STILL_S),
        Fault("half-valkey-out", another, cut(valkey, "out"), mend, healing.news, STILL_S),
        Fault("cut-clients", another, cut(door, "in", "out"), mend, healing.answers, STILL_S),
        Fault("half-clients-in", another, cut(door, "in"), mend, healing.answers, STILL_S),
        Fault("half-clients-out", another, cut(door, "out"), mend, healing.answers, STILL_S),
        Fault("slow-links", another, slow, mend, healing.answers, LONG),
        Fault("deaf-client", all_of_them, go_deaf, nobody, healing.answers, AT_ONCE),
        Fault("lost-acks", all_of_them, lose_acks, keep_acks, healing.answers, LONG),
        Fault(
            "clock-jump",
            all_of_them,
            jump,
            jump_back,
            healing.answers,
            (FOLLOW_S + 2, FOLLOW_S + 4),
            Premises(("loadtest.chaos.odd_clock",)),
        ),
        Fault(
            "disk-full",
            all_of_them,
            fill_disk,
            clear_disk,
            healing.answers,
            STILL_S,
            Premises(disk_mb=SMALL_DISK_MB),
            ends=frozenset({"postgres"}),
        ),
        *(
            Fault(
                name,
                hit,
                partition(*ways),
                mend_partition,
                healing.answers,
                STILL_S,
                HOSTS,
            )
            for name, hit, ways in (
                ("partition-host", the_host, WAYS),
                ("partition-node", another, WAYS),
                ("half-partition-in", the_host, WAYS[:1]),
                ("half-partition-out", the_host, WAYS[1:]),
            )
        ),
    )
}


async def wait(scene: Scene, fault: Fault) -> None:
    """Let the fault last."""
    await asyncio.sleep(scene.chance.uniform(*fault.lasts_s))

"""What can go wrong, how it is brought about and mended, and how healing is told."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random

from loadtest.chaos import healing
from loadtest.chaos.cluster import ORDINARY, Cluster, Premises
from loadtest.chaos.deaf import DeafConsole
from loadtest.chaos.healing import Strike
from loadtest.chaos.history import History
from loadtest.chaos.link import Direction, Link
from loadtest.chaos.node import Links, Node
from loadtest.chaos.odd_clock import set_clock
from loadtest.chaos.wire import Weather
from server.services.clock import FOLLOW_S

STILL_S = (4.0, 8.0)
ACKS_LOST_RATIO, IMPATIENT_S = 0.2, 2.0
SLOW_S = 0.2
JUMP_S = 30.0
SMALL_DISK_MB = 300

Healed = Callable[[Sequence[History], Strike], float | None]


@dataclass(slots=True)
class Scene:
    """What faults are done to. ``hit`` is the node that one of them has chosen."""

    cluster: Cluster
    weather: Weather
    deaf: DeafConsole
    chance: Random
    hit: Node | None = None

    @property
    def node(self) -> Node:
        """The node that was hit."""
        assert self.hit is not None
        return self.hit

    async def choose(self, *, is_host: bool) -> Node:
        """Choose the routing host, or any other node."""
        host = await self.cluster.host()
        others = [node for node in self.cluster.nodes if node is not host]
        self.hit = host if is_host or not others else self.chance.choice(others)
        return self.hit


Deed = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """``strike`` follows ``choose`` at once; ``mend`` comes after ``lasts_s``."""

    name: str
    choose: Deed
    strike: Deed
    mend: Deed
    healed: Healed
    lasts_s: tuple[float, float]
    premises: Premises = ORDINARY

    @property
    def is_possible(self) -> bool:
        """Whether we may do it here: a small disk is mounted, which only root can."""
        return self.premises.disk_mb is None or os.geteuid() == 0


async def nobody(scene: Scene) -> None:
    """Hit no single node, or leave it to others to mend."""
    scene.hit = scene.hit


async def all_of_them(scene: Scene) -> None:
    """Hit what all nodes depend on."""
    scene.hit = None


async def the_host(scene: Scene) -> None:
    """Hit the node that hosts the routing."""
    await scene.choose(is_host=True)


async def another(scene: Scene) -> None:
    """Hit a node that does not host the routing."""
    await scene.choose(is_host=False)


async def kill(scene: Scene) -> None:
    """Kill a node."""
    await scene.node.kill()


async def start(scene: Scene) -> None:
    """Start it again."""
    await scene.cluster.start(scene.node)


async def stop(scene: Scene) -> None:
    """Let a node stand still."""
    scene.node.stop()


async def go_on(scene: Scene) -> None:
    """Let it go on."""
    scene.node.go_on()


async def kill_postgres(scene: Scene) -> None:
    """Kill PostgreSQL."""
    await scene.cluster.kill_postgres()


async def kill_valkey(scene: Scene) -> None:
    """Kill Valkey."""
    await scene.cluster.kill_valkey()


async def kill_keeper(scene: Scene) -> None:
    """Kill both at once, with their keeper."""
    await scene.cluster.kill_keeper()


async def lose_acks(scene: Scene) -> None:
    """Lose a share of all answers on their last metre; people grow impatient."""
    scene.weather.acks_lost_ratio, scene.weather.patience_s = ACKS_LOST_RATIO, IMPATIENT_S


async def keep_acks(scene: Scene) -> None:
    """Let all answers arrive again."""
    scene.weather.acks_lost_ratio, scene.weather.patience_s = 0.0, Weather().patience_s


async def fill_disk(scene: Scene) -> None:
    """Fill the disk of PostgreSQL and Valkey."""
    scene.cluster.fill_disk()


async def clear_disk(scene: Scene) -> None:
    """Give the room back."""
    scene.cluster.clear_disk()


async def jump(scene: Scene) -> None:
    """Let PostgreSQL's clock jump, forwards or back."""
    set_clock(scene.cluster.root, scene.chance.choice((-JUMP_S, JUMP_S)))


async def jump_back(scene: Scene) -> None:
    """Let it be right again."""
    set_clock(scene.cluster.root, 0.0)


async def go_deaf(scene: Scene) -> None:
    """Let a console take nothing any more, until it is cut off."""
    await scene.deaf.stay_until_cut_off(await scene.choose(is_host=False))


async def slow(scene: Scene) -> None:
    """Make all links of a node slow."""
    for link in scene.node.links.all:
        link.delay_s = SLOW_S


async def mend(scene: Scene) -> None:
    """Mend all links of a node."""
    for link in scene.node.links.all:
        link.mend()


def cut(which: Callable[[Links], Link], *directions: Direction) -> Deed:
    """Return the deed that lets a link of a node go dead in these directions."""

    async def deed(scene: Scene) -> None:
        which(scene.node.links).cut(*directions)

    return deed


def door(links: Links) -> Link:
    """Return how clients reach the node."""
    return links.door


def postgres(links: Links) -> Link:
    """Return how the node reaches PostgreSQL."""
    return links.postgres


def valkey(links: Links) -> Link:
    """Return how the node reaches Valkey."""
    return links.valkey


AT_ONCE, SOON, LONG = (0.0, 0.0), (1.0, 2.0), (8.0, 8.0)
FAULTS = {
    fault.name: fault
    for fault in (
        Fault("kill-node", another, kill, start, healing.answers, SOON),
        Fault("kill-host", the_host, kill, start, healing.assignment, SOON),
        Fault("stop-node", another, stop, go_on, healing.answers, STILL_S),
        Fault("stop-host", the_host, stop, go_on, healing.assignment, STILL_S),
        Fault("kill-postgres", all_of_them, kill_postgres, nobody, healing.answers, AT_ONCE),
        Fault("kill-valkey", all_of_them, kill_valkey, nobody, healing.news, AT_ONCE),
        Fault("kill-keeper", all_of_them, kill_keeper, nobody, healing.answers, AT_ONCE),
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
        ),
    )
}


async def wait(scene: Scene, fault: Fault) -> None:
    """Let the fault last."""
    await asyncio.sleep(scene.chance.uniform(*fault.lasts_s))

"""How things are broken and mended: each deed is done to a scene."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from loadtest.chaos.cluster import Cluster
from loadtest.chaos.deaf import DeafConsole
from loadtest.chaos.link import Direction, Link
from loadtest.chaos.node import Links, Node
from loadtest.chaos.odd_clock import set_clock
from loadtest.chaos.wire import Weather

ACKS_LOST_RATIO, IMPATIENT_S = 0.2, 2.0
SLOW_S = 0.2
JUMP_S = 30.0


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


def partition(*directions: Direction) -> Deed:
    """Return the deed that loses every packet to or from a node's host."""

    async def deed(scene: Scene) -> None:
        await scene.node.host.cut(*directions)

    return deed


async def mend_partition(scene: Scene) -> None:
    """Lose none any more."""
    await scene.node.host.mend()


def door(links: Links) -> Link:
    """Return how clients reach the node."""
    return links.door


def postgres(links: Links) -> Link:
    """Return how the node reaches PostgreSQL."""
    return links.postgres


def valkey(links: Links) -> Link:
    """Return how the node reaches Valkey."""
    return links.valkey

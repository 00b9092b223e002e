"""People talk, faults strike, then it is quiet, then comes the comparison."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import aiohttp

from loadtest.chaos.checker import Finding, acked, check
from loadtest.chaos.cluster import Cluster
from loadtest.chaos.deaf import DeafConsole
from loadtest.chaos.deeds import Scene
from loadtest.chaos.faults import Fault, wait
from loadtest.chaos.healing import Strike
from loadtest.chaos.history import History
from loadtest.chaos.node import Unanswered
from loadtest.chaos.people import Agent, Customer
from loadtest.chaos.person import World
from loadtest.chaos.shop import Shop, look_around, make_shop, read_stored
from loadtest.chaos.stored import Look
from loadtest.chaos.watch import Watch
from loadtest.chaos.wire import Weather

WARM_S = 30.0
HEAL_MAX_S = 30.0
SETTLE_S = 45.0
CALM_S = 5.0  # after a fault P3 and P5 promise no more than this
QUIET_S = 6.0
LOOK_EVERY_S = 0.2
BETWEEN_S = (1.0, 2.0)
LAG_BEAT_S = 0.1


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many play."""

    customers: int = 14
    agents: int = 4


@dataclass(slots=True)
class Outcome:
    """What came of one fault. ``heals_s`` holds None where it did not heal in time."""

    fault: str
    acked: int = 0
    assigned: int = 0
    heals_s: list[float | None] = field(default_factory=list[float | None])
    findings: list[Finding] = field(default_factory=list[Finding])
    is_settled: bool = True
    lag_s: float = 0.0
    """How late our own loop was at worst: where the machine is too busy, times say little."""

    @property
    def is_well(self) -> bool:
        """Whether every promise was kept."""
        return not self.findings and None not in self.heals_s and self.is_settled


@dataclass(slots=True)
class Cast:
    """Who plays."""

    customers: list[Customer]
    agents: list[Agent]
    deaf: DeafConsole
    visits: list[asyncio.Task[None]]
    until: asyncio.Event

    @property
    def histories(self) -> list[History]:
        """What everybody can testify."""
        return [person.history for person in (*self.customers, *self.agents, self.deaf.loud)]

    def spread(self, chance: Random) -> None:
        """Let half of them lose their line and hop: else all stay where nothing was killed."""
        for person in (*self.customers, *self.agents):
            if person.wire is not None and chance.random() < 0.5:
                person.wire.cut()

    def taken(self) -> int:
        """Return how many conversations agents were told are theirs."""
        takings = (taking for agent in self.agents for taking in agent.history.takings)
        return sum(taking.acked_s is not None for taking in takings)


async def play(cluster: Cluster, faults: Sequence[Fault], chance: Random, crowd: Crowd) -> Outcome:
    """Let people talk while the faults strike, one after the other; return what came of it."""
    shop, watch = await make_shop(cluster.db, crowd.agents), Watch(cluster)
    outcome, weather = Outcome(", ".join(sorted({fault.name for fault in faults}))), Weather()
    async with _lagging(outcome), _cast(cluster, shop, weather, chance, crowd) as cast:
        scene = Scene(cluster, weather, cast.deaf, chance)
        await _until(lambda: cast.taken() >= crowd.agents, WARM_S)
        for fault in faults:
            cast.spread(chance)
            await asyncio.sleep(chance.uniform(*BETWEEN_S))
            outcome.heals_s.append(await _strike(scene, fault, cast.histories))
        await asyncio.sleep(CALM_S)
        looks, outcome.is_settled = await _quiet(cluster, shop, cast)
    stored = await read_stored(cluster.db, shop)
    outcome.acked, outcome.assigned = len(acked(cast.histories)), cast.taken()
    conduct = await watch.conduct(frozenset[str]().union(*(fault.ends for fault in faults)))
    outcome.findings = check(cast.histories, stored, looks, conduct)
    return outcome


async def _strike(scene: Scene, fault: Fault, histories: list[History]) -> float | None:
    """Break it, mend it, and return how long healing took; None when it took too long."""
    try:
        await fault.choose(scene)
        number = None if scene.hit is None else scene.hit.number
        strike = Strike(time.monotonic(), time.time(), number)
        await fault.strike(scene)
    except (TimeoutError, Unanswered):  # nobody hosts, or what is waited for does not come
        return None

    async def mend() -> None:
        await wait(scene, fault)
        began_s = time.monotonic()
        await fault.mend(scene)
        strike.mended_s = began_s

    mending = asyncio.create_task(mend())
    try:
        await _until(lambda: fault.healed(histories, strike) is not None, HEAL_MAX_S)
    except TimeoutError:
        return None
    finally:
        await mending
    return fault.healed(histories, strike)


async def _quiet(cluster: Cluster, shop: Shop, cast: Cast) -> tuple[list[Look], bool]:
    """Let everybody finish, then look for a while who waits beside a free hand.

    Tell too whether everybody has finished: nobody may wait for an answer for ever.
    """
    cast.until.set()
    _, unfinished = await asyncio.wait(cast.visits, timeout=SETTLE_S)
    looks: list[Look] = []
    end_s = time.monotonic() + QUIET_S
    while (now_s := time.monotonic()) < end_s:
        looks.append(await look_around(cluster.db, shop, now_s))
        await asyncio.sleep(LOOK_EVERY_S)
    return looks, not unfinished


@asynccontextmanager
async def _cast(
    cluster: Cluster, shop: Shop, weather: Weather, chance: Random, crowd: Crowd
) -> AsyncGenerator[Cast]:
    until = asyncio.Event()
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        world = World(http, [node.url for node in cluster.nodes], weather)
        agents = [
            Agent(world, agent_id, token, Random(chance.random()))
            for agent_id, token in shop.tokens.items()
        ]
        customers = [
            Customer(world, f"customer{number}", shop.key, Random(chance.random()))
            for number in range(crowd.customers)
        ]
        deaf = DeafConsole(world, shop.onlooker, shop.key, Random(chance.random()))
        for person in (*agents, *customers, deaf.loud):
            await stack.enter_async_context(person)
        visits = [asyncio.create_task(customer.visit(until)) for customer in customers]
        try:
            yield Cast(customers, agents, deaf, visits, until)
        finally:
            for visit in visits:
                visit.cancel()
            ends = await asyncio.gather(*visits, return_exceptions=True)
            world.troubles += [end for end in ends if isinstance(end, Exception)]
    if world.troubles:
        raise BaseExceptionGroup("the play itself went wrong", world.troubles)


@asynccontextmanager
async def _lagging(outcome: Outcome) -> AsyncGenerator[None]:
    async def look() -> None:
        while True:
            due_s = time.monotonic() + LAG_BEAT_S
            await asyncio.sleep(LAG_BEAT_S)
            outcome.lag_s = max(outcome.lag_s, time.monotonic() - due_s)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()


async def _until(happened: Callable[[], bool], within_s: float) -> None:
    """Return once it has happened; TimeoutError when it does not."""
    async with asyncio.timeout(within_s):
        while not happened():
            await asyncio.sleep(0.05)

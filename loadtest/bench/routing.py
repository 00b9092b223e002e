"""What a routing decision costs: many agents, many skills, nobody or a hundred thousand waiting.

One process, CPU time. A *decision* is what the engine makes of one customer who comes, or of one
slot that is freed, its acceptance included; the two alternate. *Explained* is the same with a
record made for each assignment, as production does. The naive figure is that of somebody who asks
every agent for each customer who comes.
"""

import gc
import time
from collections.abc import Sequence
from random import Random

from msgspec import Struct

from routing.engine import Engine
from routing.facts import AgentFacts, QueueFacts, Ring, TaskFacts, covers

CAPACITY = 3
LOAD = 0.9
SEED = 20260101
BAR_PER_S, BAR_RATIO = 100_000, 1.5


class Shop(Struct, frozen=True):
    """How large: ``waiting`` customers are there before it is measured."""

    agents: int
    skills: int
    profiles: int
    queues: int
    waiting: int


class Cost(Struct, frozen=True):
    """What decisions cost in CPU time; percentiles in microseconds."""

    shop: Shop
    per_s: float
    p50_us: float
    p99_us: float
    explained_per_s: float
    naive_per_s: float | None = None


SHOPS = (
    Shop(1_000, 50, 60, 126, 0),
    Shop(1_000, 200, 300, 500, 0),
    Shop(10_000, 50, 299, 130, 0),
    Shop(10_000, 200, 300, 500, 0),
    Shop(10_000, 200, 1_980, 500, 0),
    Shop(1_000, 50, 60, 126, 100_000),
    Shop(1_000, 200, 300, 500, 100_000),
    Shop(10_000, 50, 299, 130, 100_000),
    Shop(10_000, 200, 300, 500, 100_000),
)


class Floor:
    """A shop in full swing: who holds what, and who comes next."""

    def __init__(self, shop: Shop, *, explains: bool = False) -> None:
        self.engine = Engine(explains=explains)
        self._chance, self._now, self._count = Random(SEED), 1000.0, 0
        self.queues = self._furnish(shop)
        self.held: list[tuple[str, str]] = []
        self._coming, self._going = list[TaskFacts](), list[float]()
        full = shop.agents * CAPACITY
        while len(self.held) < (full if shop.waiting else full * LOAD):
            before = len(self.held) + sum(self.engine.queueing.counts.values())
            self.comes()
            if before > 2 * full:
                break
        while sum(self.engine.queueing.counts.values()) < shop.waiting:
            self.comes()

    def comes(self) -> None:
        """Let a customer come."""
        self._now += 0.001
        self.engine.put_task(self._coming.pop() if self._coming else self._next())
        self._decide()

    def prepare(self, customers: int) -> None:
        """Think up who comes and who goes next, so that it is not measured."""
        self._going = [self._chance.random() for _ in range(customers)]
        coming = [self._next(0.001 * ahead) for ahead in range(1, customers + 1)]
        self._coming = coming[::-1]

    def frees(self) -> None:
        """Let somebody finish."""
        drawn = self._going.pop() if self._going else self._chance.random()
        at = int(drawn * len(self.held))
        self.held[at], self.held[-1] = self.held[-1], self.held[at]
        agent, queue = self.held.pop()
        self._now += 0.001
        self.engine.freed(agent, queue, self._now)
        self._decide()

    def _next(self, ahead_s: float = 0.0) -> TaskFacts:
        self._count += 1
        queue = self.queues[self._count * 7919 % len(self.queues)]
        return TaskFacts(id=f"t{self._count}", queue=queue, queued_at=self._now + ahead_s)

    def _decide(self) -> None:
        engine = self.engine
        for decision in engine.decide(self._now):
            self.held.append((decision.agent, engine.tasks[decision.task].queue))
            engine.took(decision.task, decision.agent, self._now)

    def _furnish(self, shop: Shop) -> list[str]:
        chance = self._chance
        names = [f"s{number}" for number in range(shop.skills)]
        profiles = [
            dict.fromkeys(chance.sample(names, chance.randint(2, 8)), 1)
            for _ in range(shop.profiles)
        ]
        queues: list[str] = []
        for number in range(shop.queues):
            known = sorted(chance.choice(profiles))
            needs = dict.fromkeys(chance.sample(known, 1 if chance.random() < 0.7 else 2), 1)
            queues.append(f"q{number}")
            self.engine.put_queue(
                QueueFacts(id=queues[-1], rings=(Ring(needs=needs),), load=1.0, mean_s=300.0)
            )
        for number in range(shop.agents):
            skills = profiles[number % shop.profiles]
            self.engine.put_agent(
                AgentFacts(
                    id=f"a{number:05}", skills=skills, capacity=CAPACITY, idle_since=number / 1000
                )
            )
        self.engine.decide(0.0)
        return queues


def measure(shop: Shop, decisions: int = 30_000) -> Cost:
    """Return what decisions cost in a shop of this size."""
    floor, samples = Floor(shop), list[int]()
    clock = time.thread_time_ns
    for _ in range(decisions // 2):
        for act in (floor.frees, floor.comes):
            began = clock()
            act()
            samples.append(clock() - began)
    samples.sort()
    return Cost(
        shop=shop,
        per_s=_rate(floor, decisions),
        explained_per_s=_rate(Floor(shop, explains=True), decisions // 10),
        p50_us=samples[len(samples) // 2] / 1000,
        p99_us=samples[len(samples) * 99 // 100] / 1000,
        naive_per_s=None if shop.waiting else _naive(floor),
    )


def _rate(floor: Floor, decisions: int) -> float:
    """Return decisions a second, without looking at the clock for each."""
    floor.prepare(decisions // 2)
    gc.collect()
    began = time.thread_time_ns()
    for _ in range(decisions // 2):
        floor.frees()
        floor.comes()
    return decisions / ((time.thread_time_ns() - began) / 1e9)


def _naive(floor: Floor, decisions: int = 40) -> float:
    """Return decisions a second of somebody who asks every agent, least loaded, longest idle."""
    engine, began = floor.engine, time.thread_time_ns()
    for number in range(decisions):
        needs = engine.queues[floor.queues[number % len(floor.queues)]].rings[0].needs
        able = (agent for agent in engine.pool.agents.values() if covers(agent.skills, needs))
        free = ((agent.in_hand, agent.idle_since, agent.id) for agent in able if agent.free)
        min(free, default=None)
    return decisions / ((time.thread_time_ns() - began) / 1e9)


def report(costs: Sequence[Cost]) -> str:
    """Return the table that people read."""
    lines = [
        f"{'agents':>8}{'skills':>8}{'profiles':>10}{'queues':>8}{'waiting':>9}"
        f"{'decisions/s':>13}{'p50 µs':>8}{'p99 µs':>8}{'explained/s':>13}{'naive/s':>9}"
    ]
    for cost in costs:
        shop = cost.shop
        naive = "" if cost.naive_per_s is None else f"{cost.naive_per_s:,.0f}"
        lines.append(
            f"{shop.agents:>8,}{shop.skills:>8}{shop.profiles:>10,}{shop.queues:>8}"
            f"{shop.waiting:>9,}{cost.per_s:>13,.0f}{cost.p50_us:>8.1f}{cost.p99_us:>8.1f}"
            f"{cost.explained_per_s:>13,.0f}{naive:>9}"
        )
    return "\n".join(lines)


def of_shop(costs: Sequence[Cost], agents: int, skills: int, profiles: int) -> Cost | None:
    """Return what decisions cost in such a shop, where many wait."""
    wanted = (agents, skills, profiles, True)
    for cost in costs:
        shop = cost.shop
        if (shop.agents, shop.skills, shop.profiles, shop.waiting > 0) == wanted:
            return cost
    return None

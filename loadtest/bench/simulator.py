"""How many customers a second the simulator serves on one core, the engine's work included."""

import gc
import time
from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from routing.simulator.experiment import served
from routing.simulator.scenario import Scenario, scenario

CUSTOMERS_PER_S_BAR = 40_000.0
CUSTOMERS = range(30_000)


class Speed(NamedTuple):
    """What one scenario came to."""

    name: str
    customers_per_s: float


def one_skill() -> Scenario:
    """Twenty who can do the same, and as much work as they can do; some give up."""
    return scenario(
        {
            "types": [{"rate": 20 / 240, "mean": 240, "req": ["a"], "patience": 120}],
            "agents": [{"skills": {"a": [1, 1.0]}}] * 20,
        },
        "scenario",
    )


def many_skills() -> Scenario:
    """Six skills, two chats at once that slow each other down, everybody with two or three."""
    skills = "abcdef"
    own = [[skills[(at + step) % 6] for step in range(2 + at % 2)] for at in range(24)]
    return scenario(
        {
            "types": [
                {"rate": 0.012, "mean": 300, "req": [skill], "prio": at % 2, "patience": 240}
                for at, skill in enumerate(skills)
            ],
            "agents": [
                {"skills": {skill: [1, 1.0 + at / 100] for skill in each}, "cap": 2}
                for at, each in enumerate(own)
            ],
            "slow": [1.0, 0.85],
        },
        "scenario",
    )


def measure() -> Iterator[Speed]:
    """Serve some customers of each kind of scenario, by processor time."""
    for name, it, policy in (
        ("one skill, longest_idle", one_skill(), "longest_idle"),
        ("one skill, min_cost", one_skill(), "min_cost"),
        ("six skills, min_cost", many_skills(), "min_cost"),
    ):
        gc.collect()
        began = time.process_time()
        world = served(it, policy, lambda purpose: Random(f"1/{purpose}"), CUSTOMERS)
        yield Speed(name, len(world.at) / (time.process_time() - began))


def report(speeds: Iterable[Speed]) -> str:
    """Return the rows that people read."""
    return "\n".join(
        f"simulated, {speed.name:<28}{speed.customers_per_s:>10,.0f} customers a second"
        f"  (bar: ≥ {CUSTOMERS_PER_S_BAR:,.0f})"
        for speed in speeds
    )

"""Small scenarios to tell stories on, and worlds in which they have happened."""

from collections.abc import Callable
from random import Random

from routing.simulator.chance import Chance
from routing.simulator.experiment import served
from routing.simulator.measure import Figures, figures
from routing.simulator.scenario import Scenario, scenario
from routing.simulator.world import World

FIFO_RULES = (
    "default",
    "random",
    "round_robin",
    "least_loaded",
    "least_loaded_idle",
    "most_loaded",
    "longest_idle",
    "fastest_first",
    "slowest_first",
    "least_flexible",
    "most_flexible",
    "min_cost",
    "min_cost_fifo",
    "primary_first",
)


def chance(seed: int) -> Chance:
    return lambda purpose: Random(f"{seed}/{purpose}")


def alike(count: int, cap: int = 1, **skills: float) -> list[dict[str, object]]:
    """Agents with the same skills, each at level 1 and a speed."""
    return [{"skills": {key: [1, speed] for key, speed in skills.items()}, "cap": cap}] * count


def one_skill(agents: int, load: float, mean: float = 300.0, **more: object) -> Scenario:
    """Customers of one kind who bring so many erlangs of work to agents who are all alike."""
    kind = {"rate": load / mean, "mean": mean, "req": ["a"], **more}
    return made(types=[kind], agents=alike(agents, a=1.0))


def made(**fields: object) -> Scenario:
    return scenario(fields, "scenario")


def mixed() -> Scenario:
    """Three skills, rings, priorities, sticky customers, several chats at once, uneven speeds."""
    return made(
        types=[
            {"rate": 0.012, "mean": 300, "req": ["a"], "patience": 200, "prio": 1, "weight": 2},
            {"rate": 0.012, "mean": 200, "req": ["b"], "rings": [[0, 3], [20, 2], [45, 1]]},
            {
                "rate": 0.010,
                "mean": 400,
                "req": ["a", "c"],
                "patience": 300,
                "pref_prob": 0.5,
                "sticky": 15,
            },
        ],
        agents=[
            {"skills": {"a": [1, 1.0], "b": [1, 0.7]}, "cap": 2},
            {"skills": {"a": [2, 1.2], "c": [1, 0.8]}, "cap": 2},
            {"skills": {"b": [3, 1.1]}},
            {"skills": {"b": [2, 0.9], "a": [1, 1.0]}, "cap": 3},
            {"skills": {"a": [1, 0.9], "b": [1, 1.0], "c": [2, 1.3]}, "cap": 2},
        ],
        slow=[1.0, 0.8, 0.6],
    )


def happened(
    it: Scenario,
    policy: str,
    seed: int = 1,
    customers: range = range(500, 3500),
    watch: Callable[[World, float], None] | None = None,
) -> World:
    return served(it, policy, chance(seed), customers, watch)


def measured(world: World, it: Scenario, customers: range = range(500, 3500)) -> Figures:
    return figures(world, customers, [it.threshold_s] * len(it.types))


def runs(
    it: Scenario, policy: str, seeds: int, customers: range = range(500, 3500)
) -> list[Figures]:
    return [
        measured(happened(it, policy, seed, customers), it, customers)
        for seed in range(1, seeds + 1)
    ]

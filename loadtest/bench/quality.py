"""How well customers are routed where skills are mixed: mean wait beside simpler policies.

Eight skills, 24 agents with one to four of them, each at a speed of their own, two or three chats
at once that slow each other down, priorities, and customers who would like somebody they know.
"""

from random import Random
from statistics import fmean

from msgspec import Struct

from routing.simulator.experiment import run
from routing.simulator.scenario import Scenario, scenario

SKILLS = "abcdefgh"
AGENTS = 24
SEEDS = range(1, 4)
CUSTOMERS = range(4_000, 34_000)
SEED = 20260101


class Quality(Struct, frozen=True):
    """Mean waits in seconds."""

    default: float
    round_robin: float
    least_loaded: float


def mixed_skills() -> Scenario:
    """Draw who can do what and how fast, always the same."""
    chance = Random(SEED)
    agents: list[object] = []
    for number in range(AGENTS):
        others = chance.sample(SKILLS, number % 4)
        own = {SKILLS[number % len(SKILLS)], *others}
        skills = {skill: [1, round(chance.uniform(0.8, 1.3), 2)] for skill in sorted(own)}
        agents.append({"skills": skills, "cap": 2 + number % 2})
    kinds = [
        {
            "rate": round(chance.uniform(0.006, 0.0105), 4),
            "mean": 400,
            "req": [skill],
            "prio": at % 3,
            "patience": 240,
            "pref_prob": 0.15,
            "sticky": 15.0,
            "weight": 1 + at % 2,
        }
        for at, skill in enumerate(SKILLS)
    ]
    fields = {"types": kinds, "agents": agents, "slow": [1.0, 0.9, 0.75]}
    return scenario(fields, "scenario")


def measure() -> Quality:
    """Let the same customers come for each policy."""
    it = mixed_skills()
    waits = {
        policy: fmean(
            run(it, policy, lambda purpose, seed=seed: Random(f"{seed}/{purpose}"), CUSTOMERS)[
                "mean_wait"
            ]
            for seed in SEEDS
        )
        for policy in Quality.__struct_fields__
    }
    return Quality(**waits)


def report(quality: Quality) -> str:
    """Return the row that people read."""
    return (
        f"mean wait on mixed skills: {quality.default:.2f} s, round robin "
        f"{quality.round_robin:.2f} s, least loaded {quality.least_loaded:.2f} s"
    )

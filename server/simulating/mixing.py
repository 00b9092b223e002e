"""How many agents of each kind, for queues that share them: the search, and what is shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from routing.simulator.scenario import Scenario
from routing.simulator.trial import Trial, profiles, queues, traffic
from routing.skill_mix import Profile, Search, first_guess
from routing.staffing import Bounds, Goal, Work, pooled_bounds
from server.simulating.jobs import chance_of

SPARE_AGENTS = 10


class Runs(Struct, frozen=True, kw_only=True):
    """How each staffing is tried out."""

    policy: str
    customers: range
    seeds: range


class Mix(Struct, frozen=True, kw_only=True):
    """Agents of each kind, and what is reached with them."""

    profiles: tuple[Profile, ...]
    agents: Mapping[str, int]
    rostered: Mapping[str, int]
    levels: Mapping[str, float]
    bounds: Bounds
    goal: Goal


def mixed(scenario: Scenario, goal: Goal, work: Work, queue_cost: float, runs: Runs) -> Mix:
    """Return the mix that reaches the goal in every queue; ValueError where none does.

    Conversations at once and their speeds are those of the scenario. Begins with what one pool
    would need, split by square roots.
    """
    held_to = replace(scenario, threshold_s=goal.within_s)
    slots = min(agent.cap for agent in scenario.agents)
    like_them = Work(slots=slots, speeds=scenario.slow, shrinkage=work.shrinkage)
    streams = {name: traffic(kind) for name, kind in queues(scenario).items()}
    bounds = pooled_bounds(streams, dict.fromkeys(streams, goal), like_them)
    able, targets = profiles(scenario, queue_cost), dict.fromkeys(streams, goal.level)
    trial = Trial(held_to, runs.policy, [chance_of(seed) for seed in runs.seeds], runs.customers)
    search = Search(able, targets, trial)
    pace = like_them.team(1).pace
    loads = {name: each.load / pace for name, each in streams.items()}
    start = first_guess(loads, able, bounds.pool)
    found = search.run(start, agents_max=2 * bounds.silos + SPARE_AGENTS)
    return Mix(
        profiles=tuple(able),
        agents=found,
        rostered={name: like_them.rostered(count) for name, count in found.items()},
        levels=trial(found),
        bounds=bounds,
        goal=goal,
    )


def as_table(mix: Mix) -> Iterator[str]:
    """Return the lines of a table for the agents and one for the queues."""
    yield f"{'agents who can serve':<32} {'agents':>7} {'roster':>7}"
    for profile in mix.profiles:
        count, roster = mix.agents[profile.name], mix.rostered[profile.name]
        yield f"{_label(profile, mix.profiles):<32.32} {count:>7} {roster:>7}"
    total, rostered = sum(mix.agents.values()), sum(mix.rostered.values())
    yield f"{'all':<32} {total:>7} {rostered:>7}"
    yield f"{'in one pool, in silos':<32} {mix.bounds.pool:>7} {mix.bounds.silos:>7}"
    yield ""
    yield f"{'queue':<32} {f'SL {mix.goal.within_s:g}s':>8}"
    for name, level in mix.levels.items():
        yield f"{name:<32.32} {level:>8.1%}"


def _label(profile: Profile, profiles: tuple[Profile, ...]) -> str:
    """Return the queues; of kinds that serve the same ones the name too, which differs."""
    queues = ", ".join(sorted(profile.queues))
    alike = sum(each.queues == profile.queues for each in profiles)
    return queues if alike == 1 else f"{profile.name}: {queues}"


def as_json(mix: Mix) -> str:
    """Return the same as one JSON object. Shares are 0 to 1."""
    told = {
        "agents": [
            {
                "name": profile.name,
                "queues": sorted(profile.queues),
                "agents": mix.agents[profile.name],
                "rostered": mix.rostered[profile.name],
            }
            for profile in mix.profiles
        ],
        "service_level": dict(mix.levels),
        "pool": mix.bounds.pool,
        "silos": mix.bounds.silos,
    }
    return json.dumps(told, ensure_ascii=False, indent=2)

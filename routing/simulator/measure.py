"""What a run showed.

Over accepted customers (all but the blocked): ``mean_wait`` (the time of who gave up included),
``p_wait`` (share who waited at all), ``p95``. Over those served: ``asa``, ``p_ring0`` (share taken
by somebody of the first ring). Over all arrivals: ``sl`` (answered within the threshold),
``p_abandon``, ``p_block``. Over those served who had a preferred agent: ``p_pref`` (share taken by
that one). ``x[k]`` is x of the k-th type of customers. ``occ_mean`` and ``occ_sd`` are mean and
standard deviation, over the agents, of the share of capacity that was taken while they were here.
"""

from collections.abc import Sequence
from math import nan, sqrt

from routing.facts import covers
from routing.simulator.world import BLOCKED, LEFT, World

Figures = dict[str, float]
"""Metric → value; nan where there was nothing to measure."""

QUANTILE = 0.95

SHARES = ("p_wait", "sl", "p_abandon", "p_block", "occ_mean", "occ_sd", "p_pref", "p_ring0")
"""Metrics that are shares of 1; the others are seconds."""


def figures(world: World, customers: Sequence[int], thresholds: Sequence[float]) -> Figures:
    """Return all metrics of some customers, by number; ``thresholds`` by type, in seconds."""
    queues = range(len(world.desk.queues))
    by_kind: list[list[int]] = [[] for _ in queues]
    for number in customers:
        by_kind[world.kinds[number]].append(number)
    found = _of(world, customers, thresholds) | occupancy(world)
    for kind in queues:
        each = found if len(queues) == 1 else _of(world, by_kind[kind], thresholds)
        found |= {f"{name}[{kind}]": value for name, value in each.items() if _is_plain(name)}
    return found


def occupancy(world: World) -> Figures:
    """Return mean and spread of the agents' occupancy in the window; who was away is left out."""
    shares = [
        busy / (here * agent.capacity)
        for busy, here, agent in zip(world.busy, _here_s(world), world.desk.agents, strict=True)
        if here > 0
    ]
    if not shares:
        return {"occ_mean": nan, "occ_sd": nan}
    mean = sum(shares) / len(shares)
    return {
        "occ_mean": mean,
        "occ_sd": sqrt(sum((share - mean) ** 2 for share in shares) / len(shares)),
    }


def _of(world: World, customers: Sequence[int], thresholds: Sequence[float]) -> Figures:
    waits, taken_by = world.waits, world.taken_by
    outcomes = [taken_by[number] for number in customers]
    accepted = sorted(waits[number] for number in customers if taken_by[number] != BLOCKED)
    served = [number for number in customers if taken_by[number] >= 0]
    answered = [waits[number] for number in served]
    in_time = sum(waits[number] <= thresholds[world.kinds[number]] for number in served)
    return {
        "mean_wait": _mean(accepted),
        "p_wait": _share(sum(wait > 0 for wait in accepted), len(accepted)),
        "sl": _share(in_time, len(outcomes)),
        "p_abandon": _share(outcomes.count(LEFT), len(outcomes)),
        "p_block": _share(outcomes.count(BLOCKED), len(outcomes)),
        "asa": _mean(answered),
        "p95": accepted[int(QUANTILE * len(accepted))] if accepted else nan,
        "p_pref": _by_preferred(world, served),
        "p_ring0": _by_experts(world, served),
    }


def _by_preferred(world: World, served: Sequence[int]) -> float:
    agents = world.desk.agents
    wishes = [
        agents[world.taken_by[number]].id == world.tasks[number].last_agent
        for number in served
        if world.tasks[number].last_agent is not None
    ]
    return _share(sum(wishes), len(wishes))


def _by_experts(world: World, served: Sequence[int]) -> float:
    experts = [
        [covers(agent.skills, queue.rings[0].needs) for agent in world.desk.agents]
        for queue in world.desk.queues
    ]
    kinds, taken_by = world.kinds, world.taken_by
    return _share(sum(experts[kinds[each]][taken_by[each]] for each in served), len(served))


def _here_s(world: World) -> list[float]:
    """Return how many seconds of the window each agent was here."""
    begin, end = world.window
    here = [end - begin if agent.online else 0.0 for agent in world.desk.agents]
    for shift in world.desk.shifts:
        rest = end - min(max(shift.at, begin), end)
        here[shift.agent] += rest if shift.comes else -rest
    return here


def _is_plain(name: str) -> bool:
    return "[" not in name and not name.startswith("occ")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else nan


def _share(part: int, whole: int) -> float:
    return part / whole if whole else nan

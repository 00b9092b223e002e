"""Variants as supervisors put them together, tried on a period: protocol in, protocol out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from math import isnan
from typing import NamedTuple
from uuid import UUID

from msgspec import UNSET

from routing.simulator import replay
from routing.simulator.change import (
    Change,
    ChangedPerson,
    NewPerson,
    PeopleChange,
    QueueChange,
    changed,
)
from routing.simulator.compare import Interval, differences, intervals
from routing.simulator.measure import Figures as Run
from routing.simulator.replay import SimulationRequest
from routing.simulator.traffic import Traffic
from server.protocol.simulations import (
    AgentTried,
    Figure,
    Figures,
    NewSimulation,
    Outcome,
    QueueTried,
    SimulationResult,
    Variant,
    VariantOutcome,
)
from server.simulating.jobs import all_done
from server.simulating.periods import as_it_was
from server.simulating.really import apart, queues_really, really
from server.simulating.replays import Job, done

PROCESSES = 2
CUSTOMERS_MAX = 20_000_000
"""Customers of all runs together."""

RECORDED_MAX = 250_000
"""Customers of a period: they are all in memory at once."""

METRICS = {
    "mean_wait_s": "mean_wait",
    "asa_s": "asa",
    "p95_s": "p95",
    "waits": "p_wait",
    "service_level": "sl",
    "abandonment": "p_abandon",
    "occupancy": "occ_mean",
    "occupancy_spread": "occ_sd",
}


class Names(NamedTuple):
    """What ids stand for: agent → e-mail, skill → key, queue → key."""

    agents: Mapping[UUID, str]
    skills: Mapping[UUID, str]
    queues: Mapping[UUID, str]


def change_of(variant: Variant, names: Names) -> Change:
    """Return what a variant changes, as the simulator takes it; KeyError names an unknown id."""
    return Change(
        agents=PeopleChange(
            add=tuple(
                NewPerson(
                    skills=_levels(each.skills, names), capacity=each.capacity, count=each.count
                )
                for each in variant.added
            ),
            change={
                names.agents[UUID(each.agent)]: _person(each, names)
                for each in variant.agents
                if not each.absent
            },
            remove=tuple(names.agents[UUID(each.agent)] for each in variant.agents if each.absent),
        ),
        queues={names.queues[UUID(each.queue)]: _queue(each) for each in variant.queues},
    )


async def try_out(given: NewSimulation, traffic: Traffic, names: Names) -> SimulationResult:
    """Run what there is and every variant on the same customers. ``Mistake`` when nobody came."""
    tried = [changed(traffic, change_of(variant, names)) for variant in given.variants]
    ways = [traffic, *tried]
    seeds = range(1, given.seeds + 1)
    asked = SimulationRequest(traffic=traffic, change=Change(), seeds=given.seeds)
    jobs = [Job(way, replay.thresholds(asked, way), seed) for way in ways for seed in seeds]
    found = await all_done(done, jobs, PROCESSES)
    return await asyncio.to_thread(_result, given, traffic, found)  # it sorts every wait there was


def _result(given: NewSimulation, traffic: Traffic, found: Sequence[Run]) -> SimulationResult:
    ways = 1 + len(given.variants)
    runs = [found[at * given.seeds : (at + 1) * given.seeds] for at in range(ways)]
    queues = [line.facts.id for line in traffic.lines]
    today, was = intervals(runs[0]), really(traffic)
    return SimulationResult(
        customers=sum(run["customers"] for run in runs[0]) / given.seeds,
        recorded=as_it_was(traffic),
        before=plain("", runs[0], queues),
        variants=[
            compared(variant.name, after, runs[0], queues)
            for variant, after in zip(given.variants, runs[1:], strict=True)
        ],
        really=was,
        queues_really=queues_really(traffic),
        apart=apart(was, today),
    )


def plain(name: str, runs: Sequence[Run], queues: list[str]) -> Outcome:
    """Return what came out of some runs; ``queues`` are ids in the order of the lines."""
    found = intervals(runs)
    return Outcome(name=name, total=_total(found), queues=_each(found, queues))


def compared(
    name: str, after: Sequence[Run], before: Sequence[Run], queues: list[str]
) -> VariantOutcome:
    """Return the same, and what is different from other runs on the same customers."""
    found, apart = intervals(after), differences(after, before)
    return VariantOutcome(
        name=name,
        total=_total(found),
        queues=_each(found, queues),
        difference=_total(apart),
        queue_differences=_each(apart, queues),
    )


def _total(found: Mapping[str, Interval]) -> Figures:
    return _figures(found, "")


def _each(found: Mapping[str, Interval], queues: Sequence[str]) -> dict[str, Figures]:
    if len(queues) == 1:
        return {queues[0]: _figures(found, "")}
    return {queue: _figures(found, f"[{kind}]") for kind, queue in enumerate(queues)}


def _figures(found: Mapping[str, Interval], suffix: str) -> Figures:
    return Figures(**{name: _figure(found.get(its + suffix)) for name, its in METRICS.items()})


def _figure(found: Interval | None) -> Figure | None:
    if found is None or isnan(found.mean) or isnan(found.half):  # one run alone shows nothing
        return None
    return Figure(mean=found.mean, half=found.half)


def _levels(skills: Mapping[str, int], names: Names) -> dict[str, int]:
    return {names.skills[UUID(skill)]: level for skill, level in skills.items()}


def _person(each: AgentTried, names: Names) -> ChangedPerson:
    return ChangedPerson(
        capacity=None if each.capacity is UNSET else each.capacity,
        skills=None if each.skills is UNSET else _levels(each.skills, names),
    )


def _queue(each: QueueTried) -> QueueChange:
    return QueueChange(
        policy=None if each.policy is UNSET else each.policy,
        target_s=None if each.target_s is UNSET else float(each.target_s),
        priority=None if each.priority is UNSET else each.priority,
        weight=None if each.weight is UNSET else each.weight,
    )

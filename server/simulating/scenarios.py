"""Scenarios from a file: which policies, simulated how long, and what is shown of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from routing.simulator.compare import Interval
from routing.simulator.experiment import run
from routing.simulator.measure import Figures
from routing.simulator.policies import POLICIES
from routing.simulator.scenario import Cell, File, Scenario
from server.simulating.jobs import all_done, chance_of
from server.simulating.tables import differences_table, how_sure, reference_table, results_table
from server.simulating.written import Runs, all_intervals, paired

ALL = "all"


class Job(NamedTuple):
    """One run."""

    scenario: Scenario
    policy: str
    seed: int
    customers: range


class Plan(Struct, frozen=True, kw_only=True):
    """How long to simulate, how often, and on how many cores."""

    customers: range
    seeds: range
    processes: int


def done(job: Job) -> Figures:
    """Do one run."""
    return run(job.scenario, job.policy, chance_of(job.seed), job.customers)


async def simulated(scenario: Scenario, policies: Sequence[str], plan: Plan) -> Runs:
    """Run a scenario under every policy."""
    jobs = [
        Job(scenario, policy, seed, plan.customers) for policy in policies for seed in plan.seeds
    ]
    found, runs = await all_done(done, jobs, plan.processes), len(plan.seeds)
    return {policy: found[at * runs : (at + 1) * runs] for at, policy in enumerate(policies)}


def chosen(asked: str | None, scenario: Scenario) -> list[str]:
    """Return the policies to compare, each once; ``ValueError`` names one that is not known.

    Without a wish, and for ``all``: those that the scenario names, or else all there are.
    """
    names: Sequence[str] = scenario.policies or tuple(POLICIES)
    if asked is not None and asked != ALL:
        names = asked.split(",")
    for name in names:
        if name not in POLICIES:
            raise ValueError(f"There is no policy {name}; there are {', '.join(POLICIES)}.")
    return list(dict.fromkeys(names))


def shown(name: str, scenario: Scenario, plan: Plan, runs: Runs) -> str:
    """Return the tables of a scenario."""
    several = len(plan.seeds) > 1
    parts = [
        f"{name}: {scenario.desc}".rstrip(": "),
        f"{_runs(plan.seeds)} of {len(plan.customers)} customers after {plan.customers.start}; "
        f"{how_sure(len(plan.seeds))}",
        results_table(all_intervals(runs)),
    ]
    if len(runs) > 1:
        parts += [
            "The same customers, run by run" + ("; * where it is hardly chance" if several else ""),
            differences_table(next(iter(runs)), paired(runs)),
        ]
    return "\n\n".join(parts)


def _runs(seeds: range) -> str:
    return f"{len(seeds)} runs" if len(seeds) > 1 else f"One run, with the seed {seeds[0]},"


def held_against(file: File, name: str, runs: Runs) -> tuple[str, int, int]:
    """Return a table of distances from the file's own results, how many, and how many beyond 1."""
    theirs: dict[str, Mapping[str, Interval]] = {
        policy: {metric: _interval(cell) for metric, cell in cells.items()}
        for policy, cells in file.reference.get(name, {}).items()
    }
    return reference_table(all_intervals(runs), theirs)


def _interval(cell: Cell | float) -> Interval:
    return Interval(cell.mean, cell.half) if isinstance(cell, Cell) else Interval(cell, 0.0)

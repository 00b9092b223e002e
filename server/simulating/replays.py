"""A change, tried on a period: what the command and the console's page ask for."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from routing.simulator import replay
from routing.simulator.change import Change, changed
from routing.simulator.measure import Figures
from routing.simulator.replay import (
    Outcome,
    SimulationRequest,
    SimulationResult,
    outcome,
    replayed,
)
from routing.simulator.traffic import Traffic
from routing.simulator.wording import Mistake, converted
from server.simulating.jobs import all_done, chance_of
from server.simulating.tables import how_sure, outcomes_table
from server.simulating.written import pairs


class Job(NamedTuple):
    """One run of a period."""

    traffic: Traffic
    thresholds: list[float]
    seed: int


def simulate(request: SimulationRequest) -> SimulationResult:
    """Try a change on a period, in this process: seconds of work, so do it in a thread."""
    return replay.simulate(request, chance_of)


async def simulate_on(request: SimulationRequest, processes: int) -> SimulationResult:
    """Do the same on several cores."""
    after = changed(request.traffic, request.change)
    thresholds = replay.thresholds(request, after)
    ways = (request.traffic, after)
    jobs = [Job(each, thresholds, seed) for each in ways for seed in request.numbers]
    found = await all_done(done, jobs, processes)
    runs = [found[: request.seeds], found[request.seeds :]]
    return outcome(runs, [line.key for line in after.lines])


def done(job: Job) -> Figures:
    """Do one run."""
    return replayed(job.traffic, chance_of(job.seed), job.thresholds)


def read_change(text: bytes) -> Change:
    """Read a file; ``Mistake`` names the field that is wrong."""
    try:
        return converted(msgspec.json.decode(text), Change, "change")
    except (msgspec.DecodeError, RecursionError) as error:
        raise Mistake(f"This is not JSON: {error}") from None


def shown(result: SimulationResult, *, has_change: bool, runs: int) -> str:
    """Return the table of each queue and of all: before, after, and the difference."""
    head = f"{result.customers:g} customers a run; {how_sure(runs)}"
    if not has_change:
        return f"{head}\n\n{outcomes_table({'': result.before})}"
    outcomes = {"before": result.before, "after": result.after, "difference": result.difference}
    star = "; * where the difference is hardly chance" if runs > 1 else ""
    return f"{head}{star}\n\n{outcomes_table(outcomes)}"


def written(result: SimulationResult) -> dict[str, object]:
    """Return the result as JSON has it: nan becomes null."""
    return {
        "customers": result.customers,
        "before": _plain(result.before),
        "after": _plain(result.after),
        "difference": _plain(result.difference),
    }


def _plain(outcome: Outcome) -> dict[str, object]:
    return {
        "total": pairs(outcome.total),
        "queues": {key: pairs(each) for key, each in outcome.queues.items()},
    }

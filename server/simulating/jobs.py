"""Runs of scenarios, spread over processes; each run has chance of its own, made from its seed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random
from typing import NamedTuple

from routing.simulator.chance import Chance
from routing.simulator.experiment import run
from routing.simulator.measure import Figures
from routing.simulator.scenario import Scenario


class Job(NamedTuple):
    """One run."""

    scenario: Scenario
    policy: str
    seed: int
    customers: range


def chance_of(seed: int) -> Chance:
    """Return the chance of a run: the same seed meets the same customers under every policy."""
    return lambda purpose: Random(f"{seed}/{purpose}")


def done(job: Job) -> Figures:
    """Do one run."""
    return run(job.scenario, job.policy, chance_of(job.seed), job.customers)


async def all_done(jobs: Sequence[Job], processes: int) -> list[Figures]:
    """Do all runs, a few at a time; return what they showed, in the order given."""
    if processes == 1 or len(jobs) == 1:
        return [done(job) for job in jobs]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(min(processes, len(jobs)), mp_context=get_context("spawn")) as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, done, job) for job in jobs))

"""Runs, spread over processes; each run has chance of its own, made from its seed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children, get_context
from random import Random
from typing import TypeVar

from routing.simulator.chance import Chance
from routing.simulator.measure import Figures

Job = TypeVar("Job")

NICENESS = 10
"""Runs take what processor time others leave: conversations go first."""


def chance_of(seed: int) -> Chance:
    """Return the chance of a run: the same seed meets the same customers under every policy."""
    return lambda purpose: Random(f"{seed}/{purpose}")


async def all_done(
    work: Callable[[Job], Figures], jobs: Sequence[Job], processes: int
) -> list[Figures]:
    """Do all runs, a few at a time; return what they showed, in the order given.

    ``work`` must be a function of a module: other processes import it.
    """
    if processes == 1 or len(jobs) == 1:
        return [await asyncio.to_thread(work, job) for job in jobs]
    loop = asyncio.get_running_loop()
    pool = ProcessPoolExecutor(
        min(processes, len(jobs)),
        mp_context=get_context("spawn"),
        initializer=os.nice,
        initargs=(NICENESS,),
    )
    try:
        return await asyncio.gather(*(loop.run_in_executor(pool, work, job) for job in jobs))
    except BaseException:
        for process in active_children():  # nobody waits for their answers any more
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)

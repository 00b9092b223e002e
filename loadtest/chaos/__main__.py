"""`python -m loadtest.chaos`: break things under load, and see that no promise was broken."""

import argparse
import asyncio
import math
import signal
import sys
import time
from collections.abc import Coroutine
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec

from loadtest.chaos import report
from loadtest.chaos.broken import BUILDS
from loadtest.chaos.cluster import running
from loadtest.chaos.faults import FAULTS
from loadtest.chaos.play import Crowd, Outcome, play
from loadtest.chaos.proofs import PROOFS, PROVING, RUNS, Proof

Result = TypeVar("Result")


async def strike(options: argparse.Namespace) -> list[Outcome]:
    """Play every fault that was asked for, until the kills or the minutes are over."""
    names = options.fault or [name for name, fault in FAULTS.items() if fault.premises.are_possible]
    faults = [FAULTS[name] for name in names]
    runs = RUNS if options.kills is None else math.ceil(options.kills / len(faults))
    end_s = time.monotonic() + 60 * options.minutes
    chance, crowd = Random(options.seed), _crowd(options, Crowd())
    outcomes: list[Outcome] = []
    while not outcomes or time.monotonic() < end_s:
        for premises, group in groupby(faults, attrgetter("premises")):
            async with running(options.nodes, premises) as cluster:
                for fault in group:
                    outcomes.append(await play(cluster, [fault] * runs, chance, crowd))
                    _say(report.table(outcomes[-1:]), report.findings(outcomes[-1]))
    return outcomes


async def prove(options: argparse.Namespace) -> list[tuple[Proof, Outcome]]:
    """Play each fault with the builds that must not survive it, as far as was asked for."""
    crowd, outcomes = _crowd(options, PROVING), list[tuple[Proof, Outcome]]()
    asked = [
        proof
        for proof in PROOFS
        if proof.premises.are_possible
        and proof.fault_name in (options.fault or FAULTS)
        and proof.build in (options.broken or BUILDS)
    ]
    for proof in asked:
        async with running(options.nodes, proof.premises) as cluster:
            faults = [proof.fault] * (options.kills or proof.runs)
            outcome = await play(cluster, faults, Random(options.seed), crowd)
        outcomes.append((proof, outcome))
        _say(report.proofs(outcomes[-1:]), report.findings(outcome))
    return outcomes


def main() -> int:
    """Run, print the table, keep the figures; 1 when anything was found, or not caught."""
    options = _parser().parse_args()
    if options.prove or options.broken:
        proofs = asyncio.run(_stoppable(prove(options)))
        print("\n" + report.proofs(proofs))
        return 0 if all(proof.is_caught(outcome) for proof, outcome in proofs) else 1
    outcomes = asyncio.run(_stoppable(strike(options)))
    print("\n" + report.table(outcomes))
    if options.json is not None:
        figures = msgspec.json.encode([report.figures(each) for each in outcomes])
        options.json.write_bytes(msgspec.json.format(figures))
    return 0 if all(outcome.is_well for outcome in outcomes) else 1


async def _stoppable(work: Coroutine[Any, Any, Result]) -> Result:
    """Do it; when told to stop, end the nodes and servers too."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtest.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, help="strikes in all, shared among the faults")
    parser.add_argument("--minutes", type=float, default=0.0, help="begin again for so long")
    parser.add_argument("--nodes", type=int, choices=[2, 3], default=2)
    parser.add_argument("--fault", action="append", choices=list(FAULTS), help="only this; again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--customers", type=int)
    parser.add_argument("--agents", type=int)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--prove", action="store_true", help="see that broken builds are caught")
    parser.add_argument("--broken", action="append", choices=list(BUILDS), help="only this build")
    return parser


def _crowd(options: argparse.Namespace, usual: Crowd) -> Crowd:
    return Crowd(options.customers or usual.customers, options.agents or usual.agents)


def _say(*texts: str) -> None:
    print(*(text for text in texts if text), sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())

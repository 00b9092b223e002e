"""`python -m loadtest.rolling`: restart every node in turn while people talk; say what came of it.

With `--from REVISION` the nodes are first of an older version and come back as this one: it is an
upgrade. With `--to-next` they are of this version and come back as an imagined next one, which adds
a column to every table. In between the database is migrated, and a node of the old version dies and
comes back as it was.

Starts everything itself, on loopback. Ends with 1 when something was lost or not delivered, or an
error was shown; nobody waits for ever for what does not come.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from math import nan
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from loadtest.rolling.page import Notes
from loadtest.rolling.town import Town, open_town
from loadtest.rolling.verdict import Verdict, judge
from loadtest.rolling.versions import NoSuchRevision, next_version, of_revision, run
from server.places import PROJECT

Result = TypeVar("Result")
CAPACITY = 20  # customers for each agent, of 25 that they could take


def arguments() -> argparse.Namespace:
    """Read how many of what."""
    parser = argparse.ArgumentParser(prog="python -m loadtest.rolling", description=__doc__)
    parser.add_argument("--nodes", type=int, default=3, help="(3)")
    parser.add_argument("--customers", type=int, default=100, help="who talk all the time (100)")
    parser.add_argument("--rate", type=float, default=200, help="messages a second (200)")
    parser.add_argument("--rounds", type=int, default=1, help="restarts of each node (1)")
    parser.add_argument("--pause", type=float, default=5, help="seconds between restarts (5)")
    versions = parser.add_mutually_exclusive_group()
    versions.add_argument("--from", dest="old", metavar="REVISION", help="upgrade from there")
    versions.add_argument("--to-next", action="store_true", help="upgrade to an imagined version")
    parser.add_argument(
        "--no-crash", action="store_true",
        help="no old node dies (it comes back only if it knows how to read the schema's promise)",
    )  # fmt: skip
    return parser.parse_args()


async def main(options: argparse.Namespace) -> int:
    """Run it; return the exit code."""
    agents = options.customers // CAPACITY + 1
    async with (
        _versions(options) as (old, new),
        open_town(options.nodes, agents, _say, old) as town,
    ):
        notes = town.place.notes
        await unless_shown(town.fill(options.customers, agents), notes)
        _say(f"{options.customers} customers talk to {agents} agents on {options.nodes} nodes")
        before, began = _acked(town), time.monotonic()
        longest_s = await unless_shown(_roll(town, options, new), notes) or nan
        rate = (_acked(town) - before) / (time.monotonic() - began)
        verdict = await judge(town)
    _tell(options, town, verdict, {"a second": rate, "longest restart": longest_s})
    return 0 if verdict.is_well and not town.place.notes.shown else 1


async def unless_shown(work: Coroutine[Any, Any, Result], notes: Notes) -> Result | None:
    """Do it; None when somebody is shown an error first: what is waited for may never come."""
    doing = asyncio.create_task(work)
    showing = asyncio.create_task(notes.has_shown.wait())
    try:
        await asyncio.wait({doing, showing}, return_when=asyncio.FIRST_COMPLETED)
        return None if notes.has_shown.is_set() else await doing
    finally:
        for task in (doing, showing):
            task.cancel()
        await asyncio.gather(doing, showing, return_exceptions=True)


@asynccontextmanager
async def _versions(options: argparse.Namespace) -> AsyncGenerator[tuple[Path, Path]]:
    """Return the folders of the version that nodes are first, and of the one they come back as."""
    with tempfile.TemporaryDirectory(prefix="kefu-version-") as name:
        other = Path(name)
        if options.old is not None:
            commit = await asyncio.to_thread(of_revision, options.old, other)
            _say(f"From {commit} to this version")
            yield other, PROJECT
        elif options.to_next:
            await asyncio.to_thread(next_version, other)
            _say("From this version to an imagined next one")
            yield PROJECT, other
        else:
            yield PROJECT, PROJECT


async def _upgrade(town: Town, options: argparse.Namespace, new: Path) -> None:
    """Migrate while everybody talks; an old node dies and comes back; then nodes become new."""
    _say(await run(new, town.settings, "migrate"))
    await asyncio.sleep(options.pause)
    if not options.no_crash:
        await town.crash(town.nodes[0])
        await asyncio.sleep(options.pause)
    for node in town.nodes:
        node.program = new


async def _roll(town: Town, options: argparse.Namespace, new: Path) -> float:
    """Restart every node in turn; return how long the slowest took, in seconds."""
    over = asyncio.Event()
    town.place.notes.longest_s = 0.0
    talks = town.talk(options.rate, over)
    longest_s = 0.0
    try:
        await asyncio.sleep(options.pause)
        if new != town.nodes[0].program:
            await _upgrade(town, options, new)
        for node in [each for _ in range(options.rounds) for each in town.nodes]:
            began = time.monotonic()
            await town.restart(node)
            longest_s = max(longest_s, time.monotonic() - began)
            await asyncio.sleep(options.pause)
        over.set()
        await asyncio.gather(*talks)
    finally:
        for talk in talks:  # nobody may go on while it is compared
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
    return longest_s


def _acked(town: Town) -> int:
    return sum(len(customer.acked) for customer in town.customers)


def _tell(
    options: argparse.Namespace, town: Town, verdict: Verdict, figures: dict[str, float]
) -> None:
    notes = town.place.notes
    repeated = ", ".join(f"{code} {count}" for code, count in sorted(notes.repeated.items()))
    restarts = options.rounds * options.nodes
    rows = {
        "restarts": f"{restarts}, the slowest {figures['longest restart']:.1f} s",
        "messages acknowledged": f"{verdict.acked}, {figures['a second']:.0f} a second",
        "lost": verdict.lost,
        "stored twice": verdict.doubled,
        "numbered with gaps": verdict.gaps,
        "shown otherwise than stored": verdict.misread,
        "never shown to a reader": verdict.missing,
        "errors shown": len(notes.shown),
        "goodbyes heard": notes.goodbyes,
        "repeated unseen": repeated or 0,
        "longest pause of anybody": f"{notes.longest_s:.2f} s",
    }
    for name, value in rows.items():
        _say(f"  {name:<28} {value}")
    for what in notes.shown[:10]:
        _say(f"  shown: {what}")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            sys.exit(runner.run(main(arguments())))
        except NoSuchRevision as wrong:
            sys.exit(str(wrong))

"""Bars that are not about servers under load: sizes of pages, take-over, lists in long histories.

Lists, and ten thousand idle sessions in a short run, are read from the file that their own program
left in build/: they need many minutes.
"""

import gzip
import json
from math import inf, nan
from pathlib import Path
from random import Random
from typing import Any

from loadtest.bench.bars import Bar
from loadtest.chaos.cluster import running
from loadtest.chaos.faults import FAULTS
from loadtest.chaos.play import Crowd, play
from server.places import PROJECT

HISTORY, IDLE = PROJECT / "build" / "history.json", PROJECT / "build" / "idle.json"
WEB = PROJECT / "web"
KB = 1000.0
KILLS = 3


def sizes(web: Path = WEB) -> list[Bar]:
    """Weigh the built pages, compressed, by the limits that `make check` holds too."""
    found: list[Bar] = []
    for each in json.loads((web / ".size-limit.json").read_text()):
        patterns = [each["path"]] if isinstance(each["path"], str) else each["path"]
        paths = {path for one in patterns for pattern in _plain(one) for path in web.glob(pattern)}
        size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths) / KB
        limit = float(each["limit"].removesuffix(" kB"))
        found.append(
            Bar(each["name"], size if paths else nan, limit, " kB", measured_by="make check")
        )
    return found


def lists_p95_ms(path: Path = HISTORY) -> float:
    """Return how long the slowest list took in `python -m loadtest.history`, if that was run."""
    try:
        took: list[dict[str, Any]] = json.loads(path.read_text())
    except OSError:
        return nan
    return max(each["p95_ms"] for each in took)


def idle_kb(least: int, path: Path = IDLE) -> float:
    """Return what a session took in `python -m loadtest.idle`, if that was run with as many."""
    try:
        idle: dict[str, float] = json.loads(path.read_text())["idle"]
    except OSError:
        return nan
    return idle["kb"] if idle["sessions"] >= least else nan


async def take_over_s() -> float:
    """Kill the host of the routing some times under load; return the slowest take-over."""
    async with running(2) as cluster:
        outcome = await play(cluster, [FAULTS["kill-host"]] * KILLS, Random(1), Crowd())
    return max(inf if heal is None else heal for heal in outcome.heals_s)


def _plain(pattern: str) -> list[str]:
    """Return a pattern with ``{a,b}`` as one for each."""
    before, brace, rest = pattern.partition("{")
    if not brace:
        return [pattern]
    inside, _, after = rest.partition("}")
    return [before + each + after for each in inside.split(",")]

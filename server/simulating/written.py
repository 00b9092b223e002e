"""Results as JSON: policy → metric → [mean, half width]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

import msgspec

from routing.simulator.compare import Interval, differences, intervals
from routing.simulator.measure import Figures

Runs = Mapping[str, Sequence[Figures]]
"""Policy → what each run showed, in the order of their seeds."""


def all_intervals(runs: Runs) -> dict[str, dict[str, Interval]]:
    """Return the intervals of every policy."""
    return {policy: intervals(each) for policy, each in runs.items()}


def paired(runs: Runs) -> dict[str, dict[str, Interval]]:
    """Return what every other policy changes beside the first."""
    first, *others = runs
    return {policy: differences(runs[policy], runs[first]) for policy in others}


def written(runs: Runs) -> dict[str, dict[str, object]]:
    """Return results; what a policy changes beside the first stands in ``paired``."""
    made = {policy: pairs(each) for policy, each in all_intervals(runs).items()}
    for policy, each in paired(runs).items():
        made[policy]["paired"] = {"less": next(iter(runs)), **pairs(each)}
    return made


def lines(made: Mapping[str, object]) -> str:
    """Write JSON with a line for each policy."""
    each = (f"  {_json(name)}: {_json(value)}" for name, value in made.items())
    return "{\n" + ",\n".join(each) + "\n}"


def pairs(figures: Mapping[str, Interval]) -> dict[str, object]:
    """Return pairs, and null where there was nothing to measure; of one run the half is null."""
    return {
        name: (each.mean, None if isnan(each.half) else each.half) if each.is_known else None
        for name, each in figures.items()
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

"""How a period really was, beside what is simulated for today: when not to believe the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from routing.simulator.compare import Interval
from routing.simulator.measure import QUANTILE
from routing.simulator.traffic import Arrival, Line, Traffic, in_time
from server.protocol.simulations import Apart, Recorded

Metric = Literal["mean_wait_s", "service_level", "abandonment"]


class Allowed(NamedTuple):
    """How far apart a metric may be: less than ``least``, or than this share of the larger one."""

    name: str
    least: float
    share: float


METRICS: Mapping[Metric, Allowed] = {
    "mean_wait_s": Allowed("mean_wait", 5.0, 0.4),
    "service_level": Allowed("sl", 0.1, 0.0),
    "abandonment": Allowed("p_abandon", 0.03, 0.4),
}

WORDS: Mapping[Metric, str] = {
    "mean_wait_s": "mean wait {:.1f} s as recorded, {:.1f} s as simulated",
    "service_level": "answered in time {:.1%} as recorded, {:.1%} as simulated",
    "abandonment": "gave up {:.1%} as recorded, {:.1%} as simulated",
}

BETTER = (
    "simulated agents accept at once, and whoever had something to do twice within two hours "
    "counts as there between"
)
WORSE = "whoever was there without anything to do does not count as there"
ALWAYS = "skills, capacities and rules are those of today, not of then"


def really(traffic: Traffic) -> Recorded:
    """Return how it was for all who came; at least one."""
    return _recorded(traffic.lines, traffic.arrivals)


def queues_really(traffic: Traffic) -> dict[str, Recorded]:
    """Return the same by queue, of those that anybody came to."""
    came: dict[str, list[Arrival]] = defaultdict(list)
    for each in traffic.arrivals:
        came[each.queue].append(each)
    return {queue: _recorded(traffic.lines, those) for queue, those in came.items()}


def apart(was: Recorded, today: Mapping[str, Interval]) -> list[Apart]:
    """Return the figures in which today, simulated, is far from what was recorded."""
    found: list[Apart] = []
    for metric, allowed in METRICS.items():
        value, simulated = getattr(was, metric), today[allowed.name]
        if isinstance(value, float) and _is_far(value, simulated, allowed):
            found.append(Apart(metric=metric, really=value, simulated=simulated.mean))
    return found


def warning(far: Sequence[Apart]) -> str:
    """Say in words what is far apart, and why that may be."""
    figures = "; ".join(WORDS[each.metric].format(each.really, each.simulated) for each in far)
    reason = BETTER if is_better(far) else WORSE
    return (
        f"What was recorded and what is simulated for today are far apart: {figures}. "
        f"Believe the difference less than the figures look. Likely reasons: {reason}; {ALWAYS}."
    )


def is_better(far: Sequence[Apart]) -> bool:
    """Whether the simulated shop does better than the real one did."""
    first = far[0]
    return (first.simulated < first.really) == (first.metric != "service_level")


def as_json(was: Recorded, far: Sequence[Apart]) -> dict[str, object]:
    """Return both as JSON has them; ``warning`` only where they are far apart."""
    made: dict[str, object] = {"recorded": msgspec.to_builtins(was)}
    return made | ({"warning": warning(far), "apart": msgspec.to_builtins(far)} if far else {})


def _recorded(lines: Sequence[Line], arrivals: Sequence[Arrival]) -> Recorded:
    waits = sorted(each.waited_s for each in arrivals)
    return Recorded(
        customers=len(waits),
        mean_wait_s=sum(waits) / len(waits),
        p95_s=waits[int(QUANTILE * len(waits))],
        abandonment=sum(each.gave_up for each in arrivals) / len(waits),
        service_level=in_time(lines, arrivals),
    )


def _is_far(was: float, today: Interval, allowed: Allowed) -> bool:
    distance = abs(was - today.mean)
    least = max(allowed.least, today.known_half, allowed.share * max(was, today.mean))
    return today.is_known and distance > least

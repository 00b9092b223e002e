"""Shows a plan of agents, for people as a table and for programs as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from routing.demand import Plan, Planned
from routing.staffing import Goal

TYPICAL = "A typical week: each figure is the mean of all such weekdays."
SHARING = "Agents who share queues bring you from silos towards one pool; --share says how far."


def as_table(plan: Plan, goal: Goal, *, is_typical: bool = False) -> Iterator[str]:
    """Return the lines of a table for each queue, and one for all of them together.

    A typical week has weekdays, and no dates.
    """
    if is_typical:
        yield TYPICAL
        yield ""
    level = f"SL {goal.within_s:g}s"
    for queue, rows in groupby(plan.rows, key=lambda row: row.demand.queue):
        yield (
            f"{queue:<20.20} {'arrivals':>9} {'erlangs':>8} {'agents':>7} {'roster':>7} "
            f"{level:>8} {'ASA':>7} {'leave':>7} {'busy':>7}"
        )
        yield from (_line(row, goal, is_typical) for row in rows)
        yield ""
    if plan.together:
        yield f"{'all queues together':<20} {'one pool':>9} {'silos':>8}"
        for start, bounds in plan.together:
            yield f"{_when(start, is_typical)} {bounds.pool:>9} {bounds.silos:>8}"
        yield SHARING


def as_json(plan: Plan, goal: Goal, *, is_typical: bool = False) -> str:
    """Return the plan as one JSON object. Shares are 0 to 1, times are seconds.

    In a typical week the ``weekday`` is what is meant by a ``start``: its first of those days.
    """
    told = {
        "goal": {
            "level": goal.level,
            "within_s": goal.within_s,
            "definition": goal.definition,
            "abandon_max": goal.abandon_max,
            "occupancy_max": goal.occupancy_max,
        },
        "rows": [_weekday(row.demand.start, is_typical) | _object(row, goal) for row in plan.rows],
        "together": [
            _weekday(start, is_typical)
            | {"start": start.isoformat(), "pool": bounds.pool, "silos": bounds.silos}
            for start, bounds in plan.together
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _when(start: datetime, is_typical: bool) -> str:
    """Write a half hour, 20 characters wide."""
    return f"{start:%A %H:%M}".ljust(20) if is_typical else f"{start:%a %Y-%m-%d %H:%M}"


def _weekday(start: datetime, is_typical: bool) -> dict[str, object]:
    return {"weekday": f"{start:%A}"} if is_typical else {}


def _line(row: Planned, goal: Goal, is_typical: bool) -> str:
    demand, service = row.demand, row.need.service
    begin = (
        f"{_when(demand.start, is_typical)} {demand.arrivals:>9.4g} {demand.traffic.load:>8.2f} "
        f"{row.need.agents:>7} {row.need.rostered:>7}"
    )
    if service is None:
        return begin
    level = service.level(goal.within_s, goal.definition)
    return (
        f"{begin} {level:>8.1%} {service.asa_s:>6.1f}s {service.p_abandon:>7.1%} "
        f"{service.occupancy:>7.1%}"
    )


def _object(row: Planned, goal: Goal) -> dict[str, object]:
    demand, service = row.demand, row.need.service
    return {
        "queue": demand.queue,
        "start": demand.start.isoformat(),
        "arrivals": demand.arrivals,
        "handle_s": demand.handle_s,
        "patience_s": demand.patience_s,
        "erlangs": demand.traffic.load,
        "agents": row.need.agents,
        "rostered": row.need.rostered,
        "service_level": service and service.level(goal.within_s, goal.definition),
        "asa_s": service and service.asa_s,
        "abandon": service and service.p_abandon,
        "occupancy": service and service.occupancy,
    }

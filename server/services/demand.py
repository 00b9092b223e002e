"""Demand as it was recorded: counts become arrivals, mean handle times and patience."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from routing.demand import Demand
from storage.demand import DemandRow

HANDLED_MIN = 10
"""A half hour with fewer finished conversations is given the mean of its queue."""


def recorded(rows: Sequence[DemandRow], zone: tzinfo) -> list[Demand]:
    """Return what was recorded as demand, in local time; ValueError when nothing was finished.

    Patience is estimated for each queue over all its half hours: total wait by the number who
    left. Those who were answered count with the time they did wait (a censored exponential law).
    """
    if rows and not any(row.handled for row in rows):
        raise ValueError(
            "No conversation of that time is finished, so nobody knows how long one takes."
        )
    mean_s = _handle_s(rows)
    by_queue = {name: [row for row in rows if row.queue == name] for name in _queues(rows)}
    return [
        Demand(
            queue=name,
            start=row.start.astimezone(zone),
            arrivals=row.arrivals,
            handle_s=_handle_s([row], HANDLED_MIN) or _handle_s(own) or mean_s,
            patience_s=_patience_s(own),
        )
        for name, own in by_queue.items()
        for row in own
    ]


def _queues(rows: Sequence[DemandRow]) -> list[str]:
    return list(dict.fromkeys(row.queue for row in rows))


def _handle_s(rows: Sequence[DemandRow], handled_min: int = 1) -> float:
    """Return the mean handle time in seconds, 0 when too few were finished."""
    handled = sum(row.handled for row in rows)
    return sum(row.handle_ms_sum for row in rows) / handled / 1000 if handled >= handled_min else 0


def _patience_s(rows: Sequence[DemandRow]) -> float | None:
    """Return the mean patience in seconds, None when nobody left, or left without waiting."""
    abandoned = sum(row.abandoned for row in rows)
    waited_s = sum(row.wait_ms_sum for row in rows) / 1000
    return waited_s / abandoned if abandoned and waited_s else None

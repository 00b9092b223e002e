"""What a half hour brings to a queue, and a plan of agents for many of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf

from routing.erlang.traffic import Traffic
from routing.staffing import Bounds, Goal, Need, Work, need, pooled_bounds

HALF_HOUR_S = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """So many customers of a queue in the half hour from ``start``."""

    queue: str
    start: datetime
    arrivals: float
    handle_s: float
    """Mean handle time, wrap-up included."""
    patience_s: float | None = None
    """Mean time after which a waiting customer leaves; None: never."""

    def __post_init__(self) -> None:
        """Refuse what cannot be; each sentence names the field."""
        if not 0 <= self.arrivals < inf:
            raise ValueError(f"arrivals should be 0 or more, not {self.arrivals:g}.")
        if not 0 < self.handle_s < inf:
            raise ValueError(f"handle_s should be more than 0, not {self.handle_s:g}.")
        if self.patience_s is not None and not 0 < self.patience_s < inf:
            raise ValueError(f"patience_s should be more than 0, not {self.patience_s:g}.")
        if self.start.minute % 30 or self.start.second or self.start.microsecond:
            raise ValueError(f"start should be a full or a half hour, not {self.start:%H:%M:%S}.")

    @property
    def traffic(self) -> Traffic:
        """The half hour as if it went on for ever."""
        return Traffic(self.arrivals / HALF_HOUR_S, self.handle_s, self.patience_s)


def typical_week(demands: Iterable[Demand], first: date, last: date) -> list[Demand]:
    """Fold the days ``first`` to ``last`` into one week: the mean of each weekday's half hours.

    Days without customers count too. Each weekday goes by its first date; handle times are weighted
    by arrivals, patience is that of the first half hour that has one.
    """
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    same: dict[tuple[str, datetime], list[Demand]] = {}
    for each in demands:
        day = days[(each.start.weekday() - first.weekday()) % 7]
        start = each.start.replace(year=day.year, month=day.month, day=day.day, fold=0)
        same.setdefault((each.queue, start), []).append(each)
    return [
        _mean(queue, start, parts, sum(day.weekday() == start.weekday() for day in days))
        for (queue, start), parts in same.items()
    ]


def _mean(queue: str, start: datetime, parts: Sequence[Demand], days: int) -> Demand:
    arrivals = sum(part.arrivals for part in parts)
    work_s = sum(part.arrivals * part.handle_s for part in parts)
    return Demand(
        queue=queue,
        start=start,
        arrivals=arrivals / days,
        handle_s=work_s / arrivals if arrivals else parts[0].handle_s,
        patience_s=next((part.patience_s for part in parts if part.patience_s), None),
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """A queue's half hour and the agents it takes."""

    demand: Demand
    need: Need


@dataclass(frozen=True, slots=True)
class Plan:
    """Agents for every queue and half hour, and for all queues of a half hour together."""

    rows: Sequence[Planned]
    """By queue, in the order given, then by time."""
    together: Sequence[tuple[datetime, Bounds]]
    """Only half hours in which several queues have customers; by time."""


def by_weekday(found: Plan) -> Plan:
    """Return a plan of a typical week from Monday on, whichever date stands for which weekday."""
    places = {
        name: at for at, name in enumerate(dict.fromkeys(row.demand.queue for row in found.rows))
    }
    return Plan(
        sorted(found.rows, key=lambda row: (places[row.demand.queue], _in_week(row.demand.start))),
        sorted(found.together, key=lambda pair: _in_week(pair[0])),
    )


def _in_week(start: datetime) -> tuple[int, str]:
    return start.weekday(), f"{start:%H:%M}"


def plan(demands: Iterable[Demand], goal: Goal, work: Work) -> Plan:
    """Return how many agents each half hour takes; ValueError says where no number will do.

    Half hours stand alone: who still waits at the end of one is not carried over.
    """
    told = list(demands)
    places = {name: place for place, name in enumerate(dict.fromkeys(each.queue for each in told))}
    told.sort(key=lambda each: (places[each.queue], each.start.isoformat()))
    return Plan(
        [Planned(each, _need(each, goal, work)) for each in told], _together(told, goal, work)
    )


def _need(demand: Demand, goal: Goal, work: Work) -> Need:
    try:
        return need(demand.traffic, goal, work)
    except ValueError as error:
        raise ValueError(f"{demand.queue}, {demand.start:%Y-%m-%d %H:%M}: {error}") from error


def _together(told: Sequence[Demand], goal: Goal, work: Work) -> list[tuple[datetime, Bounds]]:
    by_start: dict[datetime, dict[str, Traffic]] = {}
    for each in told:
        if each.arrivals:
            by_start.setdefault(each.start, {})[each.queue] = each.traffic
    return [
        (start, pooled_bounds(queues, dict.fromkeys(queues, goal), work))
        for start, queues in sorted(by_start.items(), key=lambda item: item[0].isoformat())
        if len(queues) > 1
    ]

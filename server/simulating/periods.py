"""Periods of a shop as the simulator takes them: recorded ones, and such as are expected."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Annotated, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from routing.facts import EMERGENCY, NORMAL, QueueFacts
from routing.simulator.traffic import (
    HANDLE_S,
    Arrival,
    Flow,
    Line,
    Person,
    Span,
    Traffic,
    coverage,
    in_time,
    mean_patience_s,
    mean_work_s,
    presence,
    speed,
)
from routing.simulator.wording import Mistake, converted
from server.services.assignment.speeds import Speeds
from storage.traffic import CustomerCame, PastTraffic

GAP_S = 2 * 3600.0
"""Who had something to do twice within so long was there between, as far as we know."""

STEP_S = 1800.0
"""Length of a line of a forecast."""

Arrivals = Annotated[float, Meta(ge=0, le=100_000)]
Lasting = Annotated[float, Meta(gt=0, le=604_800)]
"""What a line of a forecast may say: customers, and seconds up to a week."""


class Named(NamedTuple):
    """A queue's key, what it asks of agents, and from which ages on others help."""

    key: str
    facts: QueueFacts
    helped_at: tuple[float, ...] = ()


COLUMNS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "start": (datetime.fromisoformat, "a time like 2026-03-09T09:00"),
    "arrivals": (float, "a number"),
    "handle_s": (float, "a number"),
    "patience_s": (float, "a number"),
}
"""How the columns of a forecast are read; ``queue`` is a queue's key."""


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a forecast: half an hour of a queue, in the shop's time."""

    queue: str
    start: datetime
    arrivals: Arrivals
    handle_s: Lasting
    patience_s: Lasting | None = None


def recorded(
    past: PastTraffic,
    queues: Sequence[Named],
    speeds: Speeds,
    begin: datetime,
    end: datetime,
) -> Traffic:
    """Return a period as it was: customers of queues that still exist, and who served them.

    ``speeds`` are the agents' as far as they are known; work is told as it would have been without.
    """
    known = {queue.facts.id: queue.facts for queue in queues}
    arrivals = tuple(_arrival(each, known, speeds, end) for each in past.customers)
    arrivals = tuple(each for each in arrivals if each.queue in known)
    worked: dict[UUID, list[Span]] = defaultdict(list)
    for each in past.worked:
        worked[each.agent_id].append((each.begin.timestamp(), each.end.timestamp()))
    return Traffic(
        span=(begin.timestamp(), end.timestamp()),
        lines=_lines(queues, past, arrivals),
        people=_people(
            past, speeds, {agent: presence(spans, GAP_S) for agent, spans in worked.items()}
        ),
        arrivals=arrivals,
        skills=past.skills,
    )


def forecast(
    past: PastTraffic,
    queues: Sequence[Named],
    speeds: Speeds,
    expected: Sequence[Expected],
    zone: str,
) -> Traffic:
    """Return a period as it is expected to be; everybody is there all the time."""
    ids = {queue.key: queue.facts.id for queue in queues}
    flows = tuple(_flow(each, ids, zone) for each in expected)
    span = (min(flow.span[0] for flow in flows), max(flow.span[1] for flow in flows))
    here = {colleague.id: (span,) for colleague in past.colleagues}
    return Traffic(
        span=span,
        lines=_lines(queues, past, ()),
        people=_people(past, speeds, here),
        flows=flows,
        skills=past.skills,
    )


def read_forecast(lines: Iterable[str]) -> list[Expected]:
    """Read a table ``queue,start,arrivals,handle_s,patience_s``; ``Mistake`` names the line."""
    found: list[Expected] = []
    for number, row in enumerate(csv.DictReader(lines), start=2):
        filled = {name: value for name, value in row.items() if name and value}
        found.append(_expected(filled, f"line {number}"))
    if not found:
        raise Mistake("forecast: there is no line below queue,start,arrivals,handle_s,patience_s")
    return found


def read_period(text: str, zone: str) -> tuple[datetime, datetime]:
    """Read ``2026-03-02..2026-03-08``, the last day included, or two times of a day."""
    first, dots, last = text.partition("..")
    try:
        begin = datetime.fromisoformat(first)
        end = datetime.fromisoformat(last if dots else first)
    except ValueError:
        raise Mistake(f"A period looks like 2026-03-02..2026-03-08, not {text}") from None
    if len(last if dots else first) == len("2026-03-02"):
        end = datetime.combine(end.date() + timedelta(days=1), time())
    begin, end = _local(begin, zone), _local(end, zone)
    if begin >= end:
        raise Mistake(f"The period {text} ends before it begins")
    return begin, end


def as_it_was(traffic: Traffic) -> str:
    """Say in one sentence what was recorded, to judge the simulation by."""
    served = [each.waited_s for each in traffic.arrivals if each.work_s is not None]
    if not served:
        return "Nobody was served in this period."
    gave_up = sum(each.gave_up for each in traffic.arrivals) / len(traffic.arrivals)
    waits = sum(each.waited_s for each in traffic.arrivals) / len(traffic.arrivals)
    told, held = coverage(traffic.arrivals)
    estimates = f" Of {told} estimated waits {held:.1%} were right." if told else ""
    return (
        f"As recorded: {len(traffic.arrivals)} customers, mean wait {waits:.1f} s "
        f"(served {sum(served) / len(served):.1f} s), {gave_up:.1%} gave up{_in_time(traffic)}."
        f"{estimates}"
    )


def _in_time(traffic: Traffic) -> str:
    level = in_time(traffic.lines, traffic.arrivals)
    return "; no queue has a target" if level is None else f", {level:.1%} answered in time"


def _expected(filled: dict[str, str], where: str) -> Expected:
    read: dict[str, object] = dict(filled)
    for name, (kind, like) in COLUMNS.items():
        if name in filled:
            try:
                read[name] = kind(filled[name])
            except ValueError:
                raise Mistake(f"{where}.{name}: must be {like}, not {filled[name]}") from None
    return converted(read, Expected, where)


def _local(at: datetime, zone: str) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _flow(each: Expected, ids: dict[str, str], zone: str) -> Flow:
    if each.queue not in ids:
        there_are = ", ".join(ids)
        raise Mistake(f"forecast: there is no queue {each.queue}; there are {there_are}")
    begin = _local(each.start, zone).timestamp()
    return Flow(
        queue=ids[each.queue],
        span=(begin, begin + STEP_S),
        arrivals=each.arrivals,
        handle_s=each.handle_s,
        patience_s=each.patience_s,
    )


def _arrival(
    each: CustomerCame, queues: Mapping[str, QueueFacts], speeds: Speeds, end: datetime
) -> Arrival:
    left = each.left_at or end
    waited_s = (left - each.queued_at).total_seconds()
    if each.waiting_ms is not None:
        waited_s = each.waiting_ms / 1000
    return Arrival(
        at=each.queued_at.timestamp(),
        queue=str(each.queue_id),
        tier=EMERGENCY if each.emergency else NORMAL,
        priority=each.priority,
        language=each.locale,
        last_agent=None if each.last_agent_id is None else str(each.last_agent_id),
        work_s=_work_s(each, queues.get(str(each.queue_id)), speeds),
        waited_s=max(0.0, waited_s),
        gave_up=each.left_at is not None,
        taken=each.waiting_ms is not None,
        told_s=_told_s(each),
    )


def _told_s(each: CustomerCame) -> Span | None:
    if each.eta_low_s is None or each.eta_high_s is None:
        return None
    return float(each.eta_low_s), float(each.eta_high_s)


def _work_s(each: CustomerCame, queue: QueueFacts | None, speeds: Speeds) -> float | None:
    """Return how long somebody of average speed would have had it in hand."""
    if each.handle_ms is None:
        return None
    own = speeds.get(str(each.agent_id), {})
    return each.handle_ms / 1000 * (1.0 if queue is None else speed(own, queue))


def _lines(
    queues: Sequence[Named], past: PastTraffic, arrivals: tuple[Arrival, ...]
) -> tuple[Line, ...]:
    its: dict[str, list[Arrival]] = defaultdict(list)
    for each in arrivals:
        its[each.queue].append(each)
    return tuple(_line(queue, past, tuple(its[queue.facts.id])) for queue in queues)


def _line(queue: Named, past: PastTraffic, its: tuple[Arrival, ...]) -> Line:
    return Line(
        key=queue.key,
        facts=queue.facts,
        helped_at=queue.helped_at,
        sticky_s=float(past.sticky_s.get(UUID(queue.facts.id), 0)),
        handle_s=mean_work_s(its) or HANDLE_S,
        patience_s=mean_patience_s(its),
    )


def _people(
    past: PastTraffic, speeds: Speeds, here: dict[UUID, tuple[Span, ...]]
) -> tuple[Person, ...]:
    return tuple(
        Person(
            id=str(each.id),
            key=each.email,
            name=each.name,
            skills=each.skills,
            speeds=speeds.get(str(each.id), {}),
            capacity=each.capacity,
            here=here.get(each.id, ()),
        )
        for each in past.colleagues
    )

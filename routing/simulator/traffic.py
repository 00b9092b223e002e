"""What came to a shop in a period, or is expected to, and who was there to serve it.

Times are seconds since 1970. A conversation that was served says how long it was in hand; of the
patience it says only that it was longer than the wait. Who gave up says the opposite. What is not
known is drawn from the means of the queue, anew in every run.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from routing.facts import QueueFacts
from routing.simulator.scenario import THRESHOLD_S

Span = tuple[float, float]

HANDLE_S = 300.0
"""Mean time in hand where a queue has nothing to learn from."""


class Arrival(Struct, frozen=True, kw_only=True):
    """A customer who came."""

    at: float
    queue: str
    tier: int = 0
    priority: int = 0
    language: str | None = None
    last_agent: str | None = None
    work_s: float | None = None
    """Time in hand, of an agent of average speed."""
    waited_s: float = 0.0
    gave_up: bool = False
    """Whether ``waited_s`` was all the patience they had; else they had at least so much."""
    taken: bool = False
    """Whether somebody took them, as far as the record goes."""
    told_s: Span | None = None
    """What was first estimated of their wait."""


class Flow(Struct, frozen=True, kw_only=True):
    """Customers who are expected: so many in a span, at any moment alike."""

    queue: str
    span: Span
    arrivals: float
    handle_s: float
    patience_s: float | None = None


class Person(Struct, frozen=True, kw_only=True):
    """Somebody who serves. ``key`` is what changes call them, their e-mail address."""

    id: str
    key: str
    name: str = ""
    skills: Mapping[str, int] = {}
    speeds: Mapping[str, float] = {}
    capacity: int = 1
    here: tuple[Span, ...] = ()


class Line(Struct, frozen=True, kw_only=True):
    """A queue, and what is usual in it. ``key`` is what changes call it.

    ``helped_at``: from which ages on agents of other queues help; of the rings of such an age
    theirs is the last.
    """

    key: str
    facts: QueueFacts
    helped_at: tuple[float, ...] = ()
    sticky_s: float = 0.0
    handle_s: float = HANDLE_S
    patience_s: float | None = None


class Traffic(Struct, frozen=True, kw_only=True):
    """A period: ``span``, who came or will come, who was there, and where they met.

    ``skills``: keys of all that the shop has, also where nobody knows or needs them yet.
    """

    span: Span
    lines: tuple[Line, ...]
    people: tuple[Person, ...]
    arrivals: tuple[Arrival, ...] = ()
    flows: tuple[Flow, ...] = ()
    skills: tuple[str, ...] = ()


def mean_patience_s(arrivals: tuple[Arrival, ...]) -> float | None:
    """Return the exponential mean most likely for these waits; None where nobody gave up.

    Who was served had at least the patience for their wait: all waits, over those who gave up.
    """
    gave_up = sum(each.gave_up for each in arrivals)
    return sum(each.waited_s for each in arrivals) / gave_up if gave_up else None


def mean_work_s(arrivals: tuple[Arrival, ...]) -> float | None:
    """Return the mean time in hand; None where nobody was served."""
    known = [each.work_s for each in arrivals if each.work_s is not None]
    return sum(known) / len(known) if known else None


def coverage(arrivals: tuple[Arrival, ...]) -> tuple[int, float]:
    """Return for how many who were served the wait was estimated, and for which share it held."""
    held = [
        each.told_s[0] <= each.waited_s <= each.told_s[1]
        for each in arrivals
        if each.told_s is not None and each.work_s is not None
    ]
    return len(held), sum(held) / len(held) if held else 1.0


def in_time(lines: Sequence[Line], arrivals: Sequence[Arrival]) -> float | None:
    """Return the share of all who came that was answered within today's targets.

    Where a queue has none, 20 s count as in the simulation; None where no queue of theirs has any.
    """
    targets = {line.facts.id: line.facts.target_s for line in lines}
    if all(targets[each.queue] is None for each in arrivals):
        return None
    answered = sum(
        each.taken and each.waited_s <= (targets[each.queue] or THRESHOLD_S) for each in arrivals
    )
    return answered / len(arrivals)


def speed(speeds: Mapping[str, float], queue: QueueFacts) -> float:
    """Return how fast somebody serves a queue: as fast as at the slowest of its skills."""
    return min((speeds.get(name, 1.0) for name in queue.rings[0].needs), default=1.0)


def presence(moments: list[Span], gap_s: float) -> tuple[Span, ...]:
    """Return when somebody was there, from when they were busy; short gaps are bridged."""
    spans: list[Span] = []
    for begin, end in sorted(moments):
        if spans and begin - spans[-1][1] <= gap_s:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((begin, end))
    return tuple(spans)

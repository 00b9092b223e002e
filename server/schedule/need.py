"""How many agents each half hour takes, beside how many are planned. Pure.

A queue's need is that of the queue alone (Erlang A, or C where nobody gives up), and everybody who
can serve it counts for it, whatever else they can do. So what is called short is short for certain;
queues that share agents may be short although none of these lines says so. For that there is the
line of all queues together, and the simulator.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_high

from routing.demand import Demand
from routing.erlang.traffic import AGENTS_MAX, Traffic
from routing.facts import covers
from routing.staffing import Goal, Work, need, pooled_bounds
from server.schedule.expected import Expected, HalfHour
from server.schedule.spans import Span

LEVEL = 0.8
"""The share of customers that is to be answered within a queue's target."""

Asked = tuple[str, Traffic, Goal, Work]


@dataclass(frozen=True, slots=True, kw_only=True)
class Serves:
    """Somebody who can be planned."""

    id: str
    capacity: int
    skills: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Queue:
    """A queue as planning sees it: what it needs at once, how much room, and how soon."""

    id: str
    key: str
    needs: Mapping[str, int]
    units: int
    within_s: int
    able: frozenset[str]
    work: Work

    @property
    def goal(self) -> Goal:
        """What it promises."""
        return Goal(level=LEVEL, within_s=float(self.within_s))

    @classmethod
    def of(
        cls,
        *,
        id: str,  # noqa: A002 - as everywhere
        key: str,
        needs: Mapping[str, int],
        units: int,
        within_s: int,
        agents: Iterable[Serves],
    ) -> "Queue":
        """Find out who can serve it, and how many customers one of them has at once.

        Handle times as recorded already contain how much those at once slow each other.
        """
        able = [each for each in agents if covers(each.skills, needs)]
        capacity = median_high([each.capacity for each in able]) if able else units
        return cls(
            id=id,
            key=key,
            needs=needs,
            units=units,
            within_s=within_s,
            able=frozenset(each.id for each in able),
            work=Work(slots=max(1, capacity // units)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A half hour of a queue, or of all of them: agents needed, agents planned for all of it."""

    half_hour: HalfHour
    need: int
    planned: int
    arrivals: float

    @property
    def short(self) -> int:
        """How many are missing."""
        return max(0, self.need - self.planned)


@dataclass(slots=True)
class Needs:
    """Works out needs, each once."""

    alone: dict[tuple[Traffic, Goal, Work], int] = field(
        default_factory=dict[tuple[Traffic, Goal, Work], int]
    )
    pools: dict[frozenset[Asked], int] = field(default_factory=dict[frozenset[Asked], int])

    def of(self, queue: Queue, demand: Demand | None) -> int:
        """Return how many agents a queue takes on its own."""
        if demand is None:
            return 0
        key = (demand.traffic, queue.goal, queue.work)
        if key not in self.alone:
            try:
                self.alone[key] = need(*key).agents
            except ValueError:  # beyond what is worked out; whoever sees this number knows enough
                self.alone[key] = AGENTS_MAX
        return self.alone[key]

    def pool(self, asked: Mapping[Queue, Demand]) -> int:
        """Return how many it takes at least for all queues, could everybody serve them all."""
        key = frozenset((q.key, d.traffic, q.goal, q.work) for q, d in asked.items())
        if key not in self.pools:
            goals = {queue.key: queue.goal for queue in asked}
            slots = max(queue.work.slots for queue in asked)
            traffics = {queue.key: demand.traffic for queue, demand in asked.items()}
            try:
                found = pooled_bounds(traffics, goals, Work(slots=slots)).pool
            except ValueError:
                found = AGENTS_MAX
            self.pools[key] = found
        return self.pools[key]


def rows_of(
    queue: Queue,
    half_hours: Sequence[HalfHour],
    expected: Expected,
    there: Mapping[HalfHour, frozenset[str]],
    needs: Needs,
) -> list[Row]:
    """Return the half hours of a queue; where nobody is expected its need is 0."""
    found: list[Row] = []
    for each in half_hours:
        demand = expected.at(queue.key, each)
        row = Row(
            half_hour=each,
            need=needs.of(queue, demand),
            planned=len(there[each] & queue.able),
            arrivals=0.0 if demand is None else demand.arrivals,
        )
        found.append(row)
    return found


def together(
    open_of: Mapping[Queue, Sequence[HalfHour]],
    half_hours: Sequence[HalfHour],
    expected: Expected,
    there: Mapping[HalfHour, frozenset[str]],
    needs: Needs,
) -> list[Row]:
    """Return the half hours in which several queues need somebody, all queues taken together."""
    found: list[Row] = []
    opens = {queue: set(those) for queue, those in open_of.items()}
    for each in half_hours:
        asked = {
            queue: demand
            for queue, those in opens.items()
            if each in those and (demand := expected.at(queue.key, each)) is not None
        }
        if len(asked) > 1:
            able = frozenset[str]().union(*(queue.able for queue in asked))
            row = Row(
                half_hour=each,
                need=needs.pool(asked),
                planned=len(there[each] & able),
                arrivals=sum(demand.arrivals for demand in asked.values()),
            )
            found.append(row)
    return found


def presence(
    half_hours: Iterable[HalfHour], spans: Mapping[str, Sequence[Span]]
) -> dict[HalfHour, frozenset[str]]:
    """Return who is there for all of each half hour; ``spans`` are by agent."""
    return {
        each: frozenset(
            agent
            for agent, those in spans.items()
            if any(begin <= each.at and each.until <= end for begin, end in those)
        )
        for each in half_hours
    }

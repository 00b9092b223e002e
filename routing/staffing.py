"""How many agents it takes, for one queue and half hour, and for queues that share agents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt

from routing.erlang.abandonment import Abandonment
from routing.erlang.delay import Delay
from routing.erlang.traffic import AGENTS_MAX, Definition, Service, Team, Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a queue promises: ``level`` of its customers within ``within_s`` seconds, and caps."""

    level: float = 0.8
    within_s: float = 20.0
    definition: Definition = "offered"
    abandon_max: float = 1.0
    """Share of the arrivals that may leave unanswered; 1: no matter."""
    occupancy_max: float = 1.0
    """Share of the slots that may be taken on average; 1: no matter."""

    def __post_init__(self) -> None:
        """Refuse what cannot be promised."""
        if not 0 < self.level < 1:
            raise ValueError(f"A service level lies between 0 and 1, not at {self.level}.")
        if not 0 <= self.within_s < inf:
            raise ValueError(f"An answer comes within 0 s or more, not {self.within_s}.")
        if not (0 < self.abandon_max <= 1 and 0 < self.occupancy_max <= 1):
            raise ValueError("Caps are more than 0 and at most 1.")

    def is_met(self, service: Service) -> bool:
        """Tell whether that is good enough."""
        return (
            service.occupancy <= self.occupancy_max
            and service.p_abandon <= self.abandon_max
            and service.level(self.within_s, self.definition) >= self.level
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How an agent works: conversations at once, how these slow each other, and breaks."""

    slots: int = 1
    speeds: tuple[float, ...] = (1.0,)
    shrinkage: float = 0.0
    """Share of the paid time that nobody answers in: breaks, training, illness."""

    def __post_init__(self) -> None:
        """Refuse what nobody works like."""
        if not 0 <= self.shrinkage < 1:
            raise ValueError(f"Shrinkage lies between 0 and below 1, not at {self.shrinkage}.")
        self.team(1)

    def team(self, agents: int) -> Team:
        """Return so many agents who work like this."""
        return Team(agents, self.slots, self.speeds)

    def rostered(self, agents: int) -> int:
        """Return how many must be on the roster so that ``agents`` answer."""
        # Rounded first: 9 / (1 - 0.1) is 10, not a hair more.
        return ceil(round(agents / (1 - self.shrinkage), 9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """How many agents a goal takes, and what is met with them."""

    agents: int
    rostered: int
    service: Service | None
    """None where nobody comes and nobody is needed."""


def expected(traffic: Traffic, team: Team) -> Service:
    """Return what customers meet: by Erlang A when they lose patience, by Erlang C else."""
    return Delay(traffic, team) if traffic.patience_s is None else Abandonment(traffic, team)


def need(traffic: Traffic, goal: Goal, work: Work | None = None) -> Need:
    """Return the fewest agents with whom the goal is met; ValueError when no number will do.

    More agents never make anything worse, so the number is found by halving, at first between
    none and a team that has its hands full and some (the square root of the load).
    """
    work = work or Work()
    if not traffic.rate:
        return Need(agents=0, rostered=0, service=None)
    few, enough = 0, ceil((traffic.load + sqrt(traffic.load)) / work.team(1).pace)
    while enough > AGENTS_MAX or not _is_met(traffic, goal, work.team(enough)):
        if enough >= AGENTS_MAX:
            raise ValueError(
                f"Not even {AGENTS_MAX} agents are enough for {traffic.load:g} erlangs."
            )
        few, enough = enough, min(2 * enough, AGENTS_MAX)
    while enough - few > 1:
        middle = (few + enough) // 2
        if _is_met(traffic, goal, work.team(middle)):
            enough = middle
        else:
            few = middle
    service = expected(traffic, work.team(enough))
    return Need(agents=enough, rostered=work.rostered(enough), service=service)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between how many agents queues need together that share some of them."""

    pool: int
    """If everybody could serve everything."""
    silos: int
    """If nobody could serve two queues."""


def pooled_bounds(
    queues: Mapping[str, Traffic], goals: Mapping[str, Goal], work: Work | None = None
) -> Bounds:
    """Return how many agents one pool would need, and how many a silo for each queue.

    What skills allow lies between. The pool is taken as one queue with the mean handle time and
    the mean rate of leaving, and held to the least demanding goal; with handle times that differ
    much its number is a good guess rather than a bound.
    """
    silos = sum(need(traffic, goals[name], work).agents for name, traffic in queues.items())
    busy = {name: traffic for name, traffic in queues.items() if traffic.rate}
    if not busy:
        return Bounds(0, 0)
    together = merged(list(busy.values()))
    pool = min(need(together, goals[name], work).agents for name in busy)
    return Bounds(min(pool, silos), silos)


def merged(parts: Sequence[Traffic]) -> Traffic:
    """Return several streams as one: arrivals add up, means are weighted by arrivals."""
    rate = sum(part.rate for part in parts)
    if not rate:
        raise ValueError("Streams without arrivals have nothing to weigh their means by.")
    leaving = sum(part.rate / part.patience_s for part in parts if part.patience_s is not None)
    return Traffic(
        rate,
        sum(part.load for part in parts) / rate,
        rate / leaving if leaving else None,
    )


def _is_met(traffic: Traffic, goal: Goal, team: Team) -> bool:
    is_drowned = traffic.patience_s is None and traffic.load >= team.pace
    return not is_drowned and goal.is_met(expected(traffic, team))

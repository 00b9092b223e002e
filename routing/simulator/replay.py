"""A period once more, as it was and as it would have been: the same customers, another desk."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from routing.engine import Engine
from routing.facts import AgentFacts, QueueFacts, TaskFacts
from routing.order import SCORE
from routing.simulator.chance import Chance, exponentials
from routing.simulator.change import Change, changed
from routing.simulator.compare import Interval, differences, intervals
from routing.simulator.measure import Figures, figures
from routing.simulator.scenario import THRESHOLD_S
from routing.simulator.traffic import Arrival, Flow, Line, Person, Traffic, speed
from routing.simulator.waves import Wave
from routing.simulator.wording import Mistake
from routing.simulator.world import Desk, Shift, World

SEEDS = 10
NOBODY_CAME = "Nobody came in this period"


class SimulationRequest(Struct, frozen=True, kw_only=True):
    """What is to be tried, in a run for each of ``seeds`` from ``first`` on.

    ``threshold_s`` counts in queues without a target of their own.
    """

    traffic: Traffic
    change: Change
    seeds: int = SEEDS
    threshold_s: float = THRESHOLD_S
    first: int = 1

    @property
    def numbers(self) -> range:
        """The seeds of all runs."""
        return range(self.first, self.first + self.seeds)


class Outcome(Struct, frozen=True, kw_only=True):
    """What came out: metric → interval, of everything and of each queue by its key."""

    total: Mapping[str, Interval]
    queues: Mapping[str, Mapping[str, Interval]]


class SimulationResult(Struct, frozen=True, kw_only=True):
    """Before, after, and after less before, customer by customer; how many came in a run."""

    customers: float
    before: Outcome
    after: Outcome
    difference: Outcome


def simulate(request: SimulationRequest, chance_of: Callable[[int], Chance]) -> SimulationResult:
    """Try a change on a period; ``chance_of`` makes the chance of a run from its seed."""
    after = changed(request.traffic, request.change)
    in_time_s = thresholds(request, after)
    runs = [
        [replayed(traffic, chance_of(seed), in_time_s) for seed in request.numbers]
        for traffic in (request.traffic, after)
    ]
    return outcome(runs, [line.key for line in after.lines])


def thresholds(request: SimulationRequest, after: Traffic) -> list[float]:
    """Return by queue what counts as in time, before the change as after: its target then."""
    return [line.facts.target_s or request.threshold_s for line in after.lines]


def outcome(runs: Sequence[Sequence[Figures]], keys: Sequence[str]) -> SimulationResult:
    """Gather the runs before and after a change."""
    before, after = runs
    return SimulationResult(
        customers=sum(run["customers"] for run in before) / len(before),
        before=_by_queue(intervals(before), keys),
        after=_by_queue(intervals(after), keys),
        difference=_by_queue(differences(after, before), keys),
    )


def replayed(traffic: Traffic, chance: Chance, in_time_s: Sequence[float]) -> Figures:
    """Let a period happen once, with the engine set as in production."""
    wave = customers(traffic, chance)
    if not wave.at:
        raise Mistake(NOBODY_CAME)
    world = World(Engine(order=SCORE, explains=False), desk(traffic))
    world.run([wave], 0, len(wave.at))
    found = figures(world, range(len(wave.at)), in_time_s)
    return found | {"customers": float(len(wave.at))}


def customers(traffic: Traffic, chance: Chance) -> Wave:
    """Return who comes; what is not known of them is drawn."""
    lines = {line.facts.id: (kind, line) for kind, line in enumerate(traffic.lines)}
    expected = [each for flow in traffic.flows for each in _expected(flow, chance)]
    arrivals = sorted((*traffic.arrivals, *expected), key=lambda each: each.at)
    work, bears = (exponentials(chance(what), len(arrivals)) for what in ("work", "patience"))
    first = 10**9 + int(chance("policy").random() * 8e9)
    met = [(each, *lines[each.queue]) for each in arrivals]
    return Wave(
        at=[each.at for each in arrivals],
        kinds=[kind for _, kind, _ in met],
        tasks=[_task(each, line, str(first + at)) for at, (each, _, line) in enumerate(met)],
        work=[
            draw * line.handle_s if each.work_s is None else each.work_s
            for (each, _, line), draw in zip(met, work, strict=True)
        ],
        patience=[
            _patience_s(each, line, draw) for (each, _, line), draw in zip(met, bears, strict=True)
        ],
    )


def desk(traffic: Traffic) -> Desk:
    """Return people and queues as the engine is told them; nobody is there before their time."""
    queues = tuple(_queue(line, traffic) for line in traffic.lines)
    return Desk(
        agents=tuple(_agent(person) for person in traffic.people),
        queues=queues,
        speeds=tuple(
            tuple(speed(person.speeds, queue) for queue in queues) for person in traffic.people
        ),
        shifts=tuple(
            Shift(at, number, comes)
            for number, person in enumerate(traffic.people)
            for begin, end in person.here
            for at, comes in ((begin, True), (end, False))
        ),
    )


def _expected(flow: Flow, chance: Chance) -> Iterator[Arrival]:
    """Yield the customers of a flow: exponential gaps, work and patience."""
    begin, end = flow.span
    stream = chance(f"flow/{flow.queue}/{begin:.0f}")
    pause = (end - begin) / flow.arrivals if flow.arrivals else inf
    at = begin
    while True:
        gap, work, patience = exponentials(stream, 3)
        at += gap * pause
        if at >= end:
            return
        yield Arrival(
            at=at,
            queue=flow.queue,
            work_s=work * flow.handle_s,
            waited_s=patience * (flow.patience_s or 0.0),
            gave_up=flow.patience_s is not None,
        )


def _task(each: Arrival, line: Line, name: str) -> TaskFacts:
    known = each.last_agent if line.sticky_s else None  # a queue may make nothing of whom they know
    return TaskFacts(
        id=name,
        queue=each.queue,
        queued_at=each.at,
        tier=each.tier,
        priority=each.priority,
        language=each.language,
        last_agent=known,
        sticky_until=each.at + (line.sticky_s if known is not None else 0.0),
    )


def _patience_s(each: Arrival, line: Line, draw: float) -> float:
    """Who was served had at least the patience for their wait; how much more is not known."""
    if each.gave_up:
        return each.waited_s
    return inf if line.patience_s is None else each.waited_s + draw * line.patience_s


def _agent(person: Person) -> AgentFacts:
    return AgentFacts(
        id=person.id,
        skills=person.skills,
        speeds=person.speeds,
        capacity=person.capacity,
        online=False,
    )


def _queue(line: Line, traffic: Traffic) -> QueueFacts:
    """Return the queue with the work that comes, in erlangs over the period."""
    begin, end = traffic.span
    came = sum(each.queue == line.facts.id for each in traffic.arrivals)
    work = came * line.handle_s + sum(
        flow.arrivals * flow.handle_s for flow in traffic.flows if flow.queue == line.facts.id
    )
    return replace(line.facts, load=work / (end - begin), mean_s=line.handle_s)


def _by_queue(found: Mapping[str, Interval], keys: Sequence[str]) -> Outcome:
    """Sort ``x[k]`` by queue."""
    return Outcome(
        total={name: each for name, each in found.items() if not name.endswith("]")},
        queues={
            key: {
                name.partition("[")[0]: each
                for name, each in found.items()
                if name.endswith(f"[{kind}]")
            }
            for kind, key in enumerate(keys)
        },
    )

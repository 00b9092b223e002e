"""The rule that says what broke first: limits that must hold in every five seconds. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from loadtest.people.record import Cpu, Record, Second, together
from loadtest.people.spread import quantile_ms, size

WINDOW_S = 5
SAMPLES_MIN = 20
"""A share or a quantile of fewer says nothing."""

ACK_P95_MS, DELIVERY_P95_MS = 250.0, 500.0
BUSY_MOST = 80.0
"""Percent of a core. People of a process that has more to do measure themselves."""

FOR_NOW = (": too_many", ": unavailable", ": 429", ": 503")
"""Refusals that ask to come again: a limit that was kept, not a fault."""

Fault = Literal["node", "staff", "us"]
Figure = tuple[float, str]
"""What was measured, and the same in words."""


@dataclass(frozen=True, slots=True)
class Window:
    """A few seconds together, and what processes used in them, of how many cores."""

    seconds: Second
    cpu: Sequence[Cpu]
    cores: int


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that must not be more than ``most``, and whose matter it is when it is."""

    name: str
    whose: Fault
    most: float
    unit: str
    measure: Callable[[Window], Figure | None]


@dataclass(frozen=True, slots=True)
class Break:
    """A limit that was crossed, from when on, and how far."""

    at_s: int
    limit: Limit
    value: float
    what: str

    @property
    def name(self) -> str:
        """Return what it is about."""
        return self.limit.name

    @property
    def whose(self) -> Fault:
        """Return whose matter it is."""
        return self.limit.whose


@dataclass(frozen=True, slots=True)
class Held:
    """How a limit was held: the worst that was measured, and when it was crossed first."""

    limit: Limit
    worst: float | None
    broke: Break | None


def judge(record: Record) -> list[Held]:
    """Return of each limit how it was held, in the order of ``LIMITS``."""
    windows = list(_windows(record))
    return [_held(limit, windows) for limit in LIMITS]


def breaks(record: Record) -> list[Break]:
    """Return what broke, each limit once, the first one first."""
    found = [held.broke for held in judge(record) if held.broke is not None]
    return sorted(found, key=lambda each: (each.at_s, each.whose != "node"))


def first(record: Record, whose: Fault = "node") -> Break | None:
    """Return what broke first of what is the nodes' (or the staff's, or our own) matter."""
    return next((each for each in breaks(record) if each.whose == whose), None)


def slices(record: Record, length: int) -> Iterator[tuple[int, Sequence[Second]]]:
    """Yield the seconds up to each second, ``length`` of them."""
    for index, second in enumerate(record.seconds):
        if index + 1 >= length:
            yield second.at, record.seconds[index + 1 - length : index + 1]


def between(cpu: Sequence[Cpu], since: float, until: float) -> Sequence[Cpu]:
    """Return what was used after ``since``, up to ``until``."""
    return [each for each in cpu if since < each.at <= until]


def most_cpu(cpu: Sequence[Cpu]) -> float | None:
    """Return the mean of the node that used most, in cores."""
    if not cpu or not cpu[0].nodes:
        return None
    columns = zip(*(each.nodes for each in cpu), strict=True)
    return max(sum(column) / len(cpu) for column in columns)


def _windows(record: Record) -> Iterator[Window]:
    for at, seconds in slices(record, WINDOW_S):
        yield Window(together(seconds), between(record.cpu, at - WINDOW_S, at + 1), record.cores)


def _held(limit: Limit, windows: Sequence[Window]) -> Held:
    worst: float | None = None
    broke: Break | None = None
    for window in windows:
        figure = limit.measure(window)
        if figure is None:
            continue
        value, words = figure
        worst = value if worst is None else max(worst, value)
        if broke is None and value > limit.most:
            broke = Break(window.seconds.at, limit, value, words)
    return Held(limit, worst, broke)


def _done(second: Second) -> int:
    """Return how many commands and requests there were."""
    answered = sum(size(second.spreads.get(what, {})) for what in ("ack", "connect", "http"))
    return answered + sum(second.errors.values())


def _worst(errors: Mapping[str, int]) -> str:
    return max(errors, key=lambda name: errors[name])


def _errors(window: Window) -> Figure | None:
    second = window.seconds
    hard = {name: n for name, n in second.errors.items() if not name.endswith(FOR_NOW)}
    total, done = sum(hard.values()), _done(second)
    if not done:
        return None
    return total / done * 100, f"{total} of {done} failed, most: {_worst(hard)}" if hard else ""


def _refusals(window: Window) -> Figure | None:
    second = window.seconds
    soft = {name: n for name, n in second.errors.items() if name.endswith(FOR_NOW)}
    total, done = sum(soft.values()), _done(second)
    if done < SAMPLES_MIN:
        return None
    words = f"{total} of {done} were told to come again, most: {_worst(soft)}" if soft else ""
    return total / done * 100, words


def _unseen(window: Window) -> Figure | None:
    counts = window.seconds.counts
    due, unseen = counts.get("due", 0), counts.get("unseen", 0)
    if not due:
        return None
    return unseen, f"{unseen} of {due} messages did not reach a reader who was there in time"


def _p95(what: str, words: str) -> Callable[[Window], Figure | None]:
    """Return how to measure that spread; ``words`` with the milliseconds in them."""

    def measure(window: Window) -> Figure | None:
        spread = window.seconds.spreads.get(what, {})
        p95 = quantile_ms(spread, 0.95)
        if p95 is None or size(spread) < SAMPLES_MIN:
            return None
        return p95, words.format(p95)

    return measure


def _node(window: Window) -> Figure | None:
    most = most_cpu(window.cpu)
    return None if most is None else (most * 100, f"a node used {most * 100:.0f} % of a core")


def _people(window: Window) -> Figure | None:
    used = window.seconds.busy * 100
    return used, f"the people's busiest process used {used:.0f} % of a core; take more workers"


def _machine(window: Window) -> Figure | None:
    cpu, cores = window.cpu, window.cores
    if not cpu or not cores:
        return None
    own = sum(sum(each.nodes) + each.postgres + each.valkey + each.people for each in cpu)
    own /= len(cpu)
    used = min(cores, max(own, sum(each.machine for each in cpu) / len(cpu)))
    words = (
        f"{used:.1f} of this machine's {cores} cores were in use, {used - own:.1f} of them by "
        "other programs than these people and their own Kefu"
    )
    return used / cores * 100, words


def _wait(window: Window) -> Figure | None:
    p95 = quantile_ms(window.seconds.spreads.get("wait", {}), 0.95)
    if p95 is None:
        return None
    return p95 / 1000, f"one in twenty had waited more than {p95 / 1000:.0f} s for an agent"


def _giving_up(window: Window) -> Figure | None:
    counts = window.seconds.counts
    asked, gone = counts.get("asked", 0), counts.get("gave up", 0)
    if asked + gone < SAMPLES_MIN:
        return None
    return gone / (asked + gone) * 100, f"{gone} gave up while {asked} others asked"


LIMITS = (
    Limit("errors", "node", 0.2, "% of commands", _errors),
    Limit("refusals", "node", 1.0, "% of commands", _refusals),
    Limit(
        "acknowledgement, p95", "node", ACK_P95_MS, "ms",
        _p95("ack", "5 % of acknowledgements took longer than {:.0f} ms"),
    ),
    Limit(
        "delivery, p95", "node", DELIVERY_P95_MS, "ms",
        _p95("delivery", "5 % of messages reached their agent later than {:.0f} ms"),
    ),
    Limit("not delivered", "node", 0, "messages", _unseen),
    Limit("busiest node", "node", 95, "% of a core", _node),
    Limit("queue wait, p95", "staff", 60, "s", _wait),
    Limit("giving up", "staff", 10, "% of customers", _giving_up),
    Limit("people's busiest process", "us", BUSY_MOST, "% of a core", _people),
    Limit("this machine", "us", 85, "% of its cores", _machine),
)  # fmt: skip
"""What must hold in every five seconds. The nodes broke where the first of theirs is crossed."""

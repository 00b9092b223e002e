"""Every bar there is, from everything that was measured."""

from collections.abc import Iterator, Sequence
from math import nan

from msgspec import Struct

from loadtest.bench.bars import Bar
from loadtest.bench.contestants import BARE, KEFU, NODE, Contestant
from loadtest.bench.measuring import Result
from loadtest.bench.outside import idle_kb, lists_p95_ms, sizes
from loadtest.bench.quality import Quality
from loadtest.bench.routing import BAR_PER_S, BAR_RATIO, Cost, of_shop
from loadtest.bench.simulator import Speed

LONGER = "with --full"
MANY = 10_000


class Measured(Struct):
    """Everything that was measured in this run."""

    results: list[Result] = []
    decisions: list[Cost] = []
    speeds: list[Speed] = []
    quality: Quality | None = None
    take_over_s: float | None = None


class Figures:
    """Finds a contestant's result, and a figure in it; not a number where there is none."""

    def __init__(self, results: Sequence[Result]) -> None:
        self._results = {(each.name, each.nodes): each for each in results}

    def __call__(self, contestant: Contestant, path: str, nodes: int = 1) -> float:
        """Return a figure by its path, as ``closed.volume.p99_ms``."""
        found: object = self._results.get((contestant.name, nodes))
        for name in path.split("."):
            found = getattr(found, name, None)
        return float(found) if isinstance(found, int | float) else nan


def all_bars(measured: Measured) -> list[Bar]:
    """Return all of them, in the order in which they were set."""
    figures = Figures(measured.results)
    return [*_messages(figures), *_nodes(figures), *_routing(measured), *sizes(), _lists()]


def _messages(of: Figures) -> Iterator[Bar]:
    ratio = of(KEFU, "closed.server_us") / of(BARE, "closed.server_us")
    yield Bar("a message: node's CPU beside bare python-socketio's", ratio, 0.5, "×")
    ratio = of(KEFU, "closed.stored_us") / of(NODE, "closed.stored_us")
    yield Bar("a stored message: node + PostgreSQL beside Node's", ratio, 0.5, "×")
    ratio = of(KEFU, "quiet.stored_us") / of(NODE, "quiet.stored_us")
    yield Bar("the same at 200 a second", ratio, 1.0, "×")
    for share in ("p50", "p99"):
        kefu, node = (of(each, f"quiet.volume.{share}_ms") for each in (KEFU, NODE))
        yield Bar(f"delivery at 200 a second, {share}, Node's the limit", kefu, node, " ms")
    ratio = of(KEFU, "half.volume.p99_ms") / of(BARE, "half.volume.p99_ms")
    yield Bar("p99 at half the saturating rate, beside bare's at that rate", ratio, 1.5, "×")
    at_most = "python -m loadtest.idle"
    sessions = of(KEFU, "idle.sessions")
    kb = of(KEFU, "idle.kb") if sessions >= MANY else idle_kb(MANY)
    yield Bar("memory of an idle session, 10,000 of them", kb, 30.0, " kB", measured_by=at_most)
    if sessions < MANY:
        yield Bar(f"the same, {sessions:,.0f} of them", of(KEFU, "idle.kb"), 30.0, " kB")


def _nodes(of: Figures) -> Iterator[Bar]:
    ratio = of(KEFU, "closed.server_us", 2) / of(KEFU, "closed.server_us")
    yield Bar("two nodes that every message crosses, beside one", ratio, 1.6, "×")
    p99_ms = of(KEFU, "closed.volume.p99_ms", 2)
    yield Bar("p99 there, the next said when the last is heard", p99_ms, 250.0, " ms")
    p99_ms = of(KEFU, "by_acks.volume.p99_ms", 2)
    yield Bar("p99 there, the next said when the last is acked", p99_ms, 250.0, " ms")


def _routing(measured: Measured) -> Iterator[Bar]:
    large, small = (of_shop(measured.decisions, agents, 200, 300) for agents in (10_000, 1_000))
    per_s = large.per_s if large else nan
    ratio = small.per_s / large.per_s if small and large else nan
    name = "routing decisions a second, 10,000 agents, 100,000 waiting"
    yield Bar(name, per_s, BAR_PER_S, is_least=True)
    yield Bar("a decision's cost beside that at 1,000 agents", ratio, BAR_RATIO, "×")
    quality, name = measured.quality, "mean wait on mixed skills beside "
    waits = (quality.default, quality.round_robin, quality.least_loaded) if quality else (nan,) * 3
    yield Bar(name + "round robin's", waits[0] / waits[1], 0.65, "×")
    yield Bar(name + "least busy's", waits[0] / waits[2], 0.75, "×")
    took_s = nan if measured.take_over_s is None else measured.take_over_s
    name = "kill -9 of the host to the next assignment, the slowest"
    yield Bar(name, took_s, 5.0, " s", measured_by=LONGER)


def _lists() -> Bar:
    name, by = "lists among 10 million messages, p95 of the slowest", "python -m loadtest.history"
    return Bar(name, lists_p95_ms(), 300.0, " ms", measured_by=by)

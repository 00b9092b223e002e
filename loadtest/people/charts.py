"""Which lines the report shows, made of a record."""

from collections.abc import Callable, Sequence
from math import ceil

from loadtest.people.limits import ACK_P95_MS, DELIVERY_P95_MS, FOR_NOW, WINDOW_S, first
from loadtest.people.plots import Chart, Line, Mark
from loadtest.people.record import Record, Second, together
from loadtest.people.scenarios import SCENARIOS
from loadtest.people.spread import quantile_ms

POINTS_MAX = 300
Points = list[tuple[float, float | None]]


class Charts:
    """Draws from one record: each point is the five seconds before it."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.length_s = max(record.seconds[-1].at if record.seconds else 1, 1)
        every = ceil(self.length_s / POINTS_MAX)
        self._windows = [
            together(record.seconds[max(0, index + 1 - WINDOW_S) : index + 1])
            for index in range(0, len(record.seconds), every)
        ]

    def marks(self) -> list[Mark]:
        """Return what happened when: lines cut on purpose, and what broke first."""
        scenario = SCENARIOS.get(self._record.scenario)  # pyright: ignore[reportArgumentType]
        cut = [second.at for second in self._record.seconds if second.counts.get("cut off")]
        marks = [Mark(at, "every customer was cut off") for at in cut] if scenario else []
        broken, own = first(self._record), first(self._record, "us")
        short = first(self._record, "staff")
        if broken is not None:
            marks.append(
                Mark(broken.at_s, f"first limit of the nodes crossed: {broken.what}", "mark bad")
            )
        if own is not None:
            marks.append(Mark(own.at_s, f"this machine was full: {own.what}"))
        if short is not None:
            marks.append(Mark(short.at_s, f"too few agents: {short.what}"))
        return sorted(marks, key=lambda mark: mark.at_s)

    def all(self) -> list[Chart]:
        """Return every chart that has something to show."""
        return [
            self._people(),
            self._messages(),
            self._times("Acknowledgement", "ack", ACK_P95_MS),
            self._times("Delivery, customer to agent", "delivery", DELIVERY_P95_MS),
            self._waits(),
            self._waiting(),
            self._errors(),
            self._cpu(),
            *self._extra(),
        ]

    def _points(self, value: Callable[[Second], float | None]) -> Points:
        return [(window.at, value(window)) for window in self._windows]

    def _quantile(self, what: str, share: float, per: float = 1.0) -> Points:
        def value(window: Second) -> float | None:
            ms = quantile_ms(window.spreads.get(what, {}), share)
            return None if ms is None else ms / per

        return self._points(value)

    def _gauge(self, name: str) -> Points:
        return self._points(lambda window: window.people.get(name, 0))

    def _rate(self, name: str) -> Points:
        return self._points(lambda window: window.counts.get(name, 0) / WINDOW_S)

    def _people(self) -> Chart:
        names = {"customers": "customers", "talking": "in a talk", "agents": "agents"}
        lines = [Line(words, self._gauge(name)) for name, words in names.items()]
        return Chart("People", "there", lines, 4)

    def _messages(self) -> Chart:
        return Chart("Messages", "a second", [Line("stored", self._rate("messages"))])

    def _times(self, title: str, what: str, limit: float) -> Chart:
        lines = [Line("p50", self._quantile(what, 0.5)), Line("p95", self._quantile(what, 0.95))]
        return Chart(title, "ms", lines, 4, limit=limit)

    def _waits(self) -> Chart:
        lines = [
            Line("p50", self._quantile("wait", 0.5, 1000)),
            Line("p95", self._quantile("wait", 0.95, 1000)),
        ]
        return Chart("Queue wait of those then served", "s", lines, 4)

    def _waiting(self) -> Chart:
        lines = [
            Line("waiting now", self._gauge("waiting")),
            Line("gave up, in 5 s", self._points(lambda each: each.counts.get("gave up", 0))),
        ]
        return Chart("Waiting", "customers", lines, 4)

    def _errors(self) -> Chart:
        def errors(window: Second) -> float:
            hard = [n for name, n in window.errors.items() if not name.endswith(FOR_NOW)]
            return sum(hard) / WINDOW_S

        def refusals(window: Second) -> float:
            soft = [n for name, n in window.errors.items() if name.endswith(FOR_NOW)]
            return sum(soft) / WINDOW_S

        lines = [
            Line("errors", self._points(errors)),
            Line("told to come again", self._points(refusals)),
        ]
        return Chart("Errors", "a second", lines)

    def _cpu(self) -> Chart:
        cpu = self._record.cpu
        count = len(cpu[0].nodes) if cpu else 0
        used: list[tuple[str, list[float]]] = [
            ("node" if count == 1 else f"node {number + 1}", [each.nodes[number] for each in cpu])
            for number in range(min(count, 2))
        ]
        if count:
            used.append(("PostgreSQL", [each.postgres for each in cpu]))
        busy = {second.at: second.busy for second in self._record.seconds}
        times = [each.at for each in cpu] or [float(at) for at in busy]
        used.append(("people, busiest process", [busy.get(int(at), 0.0) for at in times]))
        lines = [Line(name, _smooth(times, shares)) for name, shares in used]
        note = "" if count else "The servers are not ours: only what the people's process used."
        return Chart("CPU", "% of a core", lines, 20, note)

    def _extra(self) -> Sequence[Chart]:
        """Return what only some scenarios have: the way back, and the shops apart."""
        whole = together(self._record.seconds)
        charts: list[Chart] = []
        if sum(whole.spreads.get("back", {}).values()) > 1:
            lines = [
                Line("p50", self._quantile("back", 0.5, 1000)),
                Line("p95", self._quantile("back", 0.95, 1000)),
            ]
            charts.append(Chart("Lost connections: back after", "s", lines))
        shops = sorted({name.split("@")[1] for name in whole.spreads if name.startswith("ack@")})
        if len(shops) > 1:
            acks = [Line(shop, self._quantile(f"ack@{shop}", 0.95)) for shop in shops]
            charts.append(Chart("Acknowledgement by shop, p95", "ms", acks, 4))
        return charts


def _smooth(times: Sequence[float], shares: Sequence[float]) -> Points:
    """Return percentages, each the mean of the five seconds before it."""
    points: Points = []
    for index, at in enumerate(times):
        some = shares[max(0, index + 1 - WINDOW_S) : index + 1]
        points.append((at, 100 * sum(some) / len(some)))
    return points

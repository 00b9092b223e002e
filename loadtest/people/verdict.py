"""Says in words what the nodes carried and what broke first. Pure: a record in, sentences out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from loadtest.people.record import Cpu, Record, Second, together
from loadtest.people.spread import Spread, quantile_ms, size

WINDOW_S = 5
BUSIEST_S = 10
SAMPLES_MIN = 20
"""A share or a quantile of fewer says nothing."""

ACK_P95_MS, DELIVERY_P95_MS = 250.0, 500.0
ERRORS_MAX, REFUSED_MAX, GAVE_UP_MAX = 0.002, 0.01, 0.10
WAIT_P95_S = 60.0
FULL, MACHINE_FULL = 0.95, 0.85
NUMBERS = {1: "One node", 2: "Two nodes", 3: "Three nodes"}

FOR_NOW = (": too_many", ": unavailable", ": 429", ": 503")
"""Refusals that ask to come again: a limit that was kept, not a fault."""

Fault = Literal["node", "staff", "us"]


@dataclass(frozen=True, slots=True)
class Break:
    """Something that was no longer as it should be, from when on, and whose matter it is."""

    at_s: int
    whose: Fault
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Carried:
    """The busiest ten seconds in which the nodes were well."""

    at_s: int
    rate: float
    customers: int
    ack: Spread
    delivery: Spread
    cpu: float | None


@dataclass(frozen=True, slots=True)
class _Window:
    """A few seconds together, and what processes used in them, of how many cores."""

    seconds: Second
    cpu: Sequence[Cpu]
    cores: int


def breaks(record: Record) -> list[Break]:
    """Return what broke, each thing once, the first one first."""
    found: dict[str, Break] = {}
    for window in _windows(record):
        for look in (_errors, _refused, _slow, _full, _staff):
            for each in look(window):
                found.setdefault(each.name, each)
    return sorted(found.values(), key=lambda each: (each.at_s, each.whose != "node"))


def first(record: Record, whose: Fault = "node") -> Break | None:
    """Return what broke first of what is the nodes' (or the staff's, or our own) matter."""
    return next((each for each in breaks(record) if each.whose == whose), None)


def carried(record: Record) -> Carried | None:
    """Return the busiest ten seconds before anything of the nodes' broke."""
    broken = first(record)
    until = broken.at_s - WINDOW_S if broken else record.ended_s
    best: Carried | None = None
    for at, seconds in _slices(record, BUSIEST_S):
        if at > until:
            break
        whole = together(seconds)
        rate = whole.counts.get("messages", 0) / BUSIEST_S
        if best is None or rate > best.rate:
            best = Carried(
                at_s=at + 1 - BUSIEST_S,
                rate=rate,
                customers=max(each.people.get("customers", 0) for each in seconds),
                ack=whole.spreads.get("ack", {}),
                delivery=whole.spreads.get("delivery", {}),
                cpu=_most_cpu(_between(record.cpu, at - BUSIEST_S, at)),
            )
    return best


def _windows(record: Record) -> Iterator[_Window]:
    for at, seconds in _slices(record, WINDOW_S):
        yield _Window(together(seconds), _between(record.cpu, at - WINDOW_S, at + 1), record.cores)


def _slices(record: Record, length: int) -> Iterator[tuple[int, Sequence[Second]]]:
    """Yield the seconds up to each second, ``length`` of them."""
    for index, second in enumerate(record.seconds):
        if index + 1 >= length:
            yield second.at, record.seconds[index + 1 - length : index + 1]


def _between(cpu: Sequence[Cpu], since: float, until: float) -> Sequence[Cpu]:
    return [each for each in cpu if since < each.at <= until]


def _most_cpu(cpu: Sequence[Cpu]) -> float | None:
    """Return the mean of the node that used most, in cores."""
    if not cpu or not cpu[0].nodes:
        return None
    columns = zip(*(each.nodes for each in cpu), strict=True)
    return max(sum(column) / len(cpu) for column in columns)


def _done(second: Second) -> int:
    """Return how many commands and requests there were."""
    answered = sum(size(second.spreads.get(what, {})) for what in ("ack", "connect", "http"))
    return answered + sum(second.errors.values())


def _errors(window: _Window) -> Iterator[Break]:
    second = window.seconds
    hard = {name: n for name, n in second.errors.items() if not name.endswith(FOR_NOW)}
    total = sum(hard.values())
    if total and total > ERRORS_MAX * _done(second):
        worst = max(hard, key=lambda name: hard[name])
        yield Break(second.at, "node", "errors", f"{total} errors in {WINDOW_S} s, most: {worst}")


def _refused(window: _Window) -> Iterator[Break]:
    second = window.seconds
    soft = {name: n for name, n in second.errors.items() if name.endswith(FOR_NOW)}
    total, done = sum(soft.values()), _done(second)
    if done >= SAMPLES_MIN and total > REFUSED_MAX * done:
        worst = max(soft, key=lambda name: soft[name])
        what = f"{total / done * 100:.0f} % were told to come again, most: {worst}"
        yield Break(second.at, "node", "refusals", what)


def _slow(window: _Window) -> Iterator[Break]:
    second = window.seconds
    for what, most_ms, words in (
        ("ack", ACK_P95_MS, "5 % of acknowledgements took longer than"),
        ("delivery", DELIVERY_P95_MS, "5 % of messages reached their agent later than"),
    ):
        spread = second.spreads.get(what, {})
        p95 = quantile_ms(spread, 0.95)
        if p95 is not None and size(spread) >= SAMPLES_MIN and p95 > most_ms:
            yield Break(second.at, "node", what, f"{words} {p95:.0f} ms")


def _full(window: _Window) -> Iterator[Break]:
    at, cpu = window.seconds.at, window.cpu
    most = _most_cpu(cpu)
    if most is not None and most > FULL:
        yield Break(at, "node", "node's core", f"a node used {most * 100:.0f} % of a core")
    if cpu and (ours := sum(each.people for each in cpu) / len(cpu)) > FULL:
        what = f"our own people used {ours * 100:.0f} % of a core; use more workers"
        yield Break(at, "us", "people's core", what)
    if cpu and window.cores:
        used = sum(sum(each.nodes) + each.postgres + each.valkey + each.people for each in cpu)
        if used / len(cpu) > MACHINE_FULL * window.cores:
            what = (
                f"nodes, PostgreSQL and people together used {used / len(cpu):.1f} of this "
                f"machine's {window.cores} cores"
            )
            yield Break(at, "us", "machine", what)


def _staff(window: _Window) -> Iterator[Break]:
    second = window.seconds
    waits = second.spreads.get("wait", {})
    p95 = quantile_ms(waits, 0.95)
    if p95 is not None and p95 > WAIT_P95_S * 1000:
        what = f"one in twenty had waited more than {p95 / 1000:.0f} s for an agent"
        yield Break(second.at, "staff", "wait", what)
    asked, gone = second.counts.get("asked", 0), second.counts.get("gave up", 0)
    if gone > max(2, GAVE_UP_MAX * (asked + gone)):
        yield Break(second.at, "staff", "giving up", f"{gone} customers gave up in {WINDOW_S} s")


def sentences(record: Record) -> list[str]:
    """Return what a person wants to know, as sentences."""
    rest = [*_of_load(record), *_of_breaks(record), *_of_day(record), *_of_staff(record)]
    is_well = record.truth is None or record.truth.is_well
    return [*rest, *_of_truth(record)] if is_well else [*_of_truth(record), *rest]


def _of_load(record: Record) -> Iterator[str]:
    best = carried(record)
    who = NUMBERS.get(record.nodes, f"{record.nodes} nodes")
    if best is None or not best.rate:
        yield f"{who} {'was' if record.nodes == 1 else 'were'} asked nothing before a break."
        return
    words = [
        f"{who} carried {best.rate:.1f} messages a second in the busiest {BUSIEST_S} s in which "
        f"all was well (from {clock(best.at_s)}), with {best.customers} customers there and "
        f"{record.agents} agents."
    ]
    for spread, what in ((best.ack, "acknowledged"), (best.delivery, "on the agent's screen")):
        if spread:
            p50, p95 = quantile_ms(spread, 0.5), quantile_ms(spread, 0.95)
            words.append(f"Half were {what} within {p50:.1f} ms, 95 % within {p95:.1f} ms.")
    if best.cpu is not None:
        words.append(f"The busiest node used {best.cpu * 100:.0f} % of a core.")
    yield " ".join(words)


def _of_breaks(record: Record) -> Iterator[str]:
    own = first(record, "us")
    found = [each for each in breaks(record) if each.whose == "node"]
    if own is not None:
        yield (
            f"From {clock(own.at_s)} on the times say more about this machine than about the "
            f"nodes: {own.what}."
        )
    if not found:
        yield "Nothing of the nodes' broke: no errors, no refusals, answers in time, cores free."
        return
    yield f"What broke first: at {clock(found[0].at_s)}, {found[0].what}."
    for each in found[1:]:
        yield f"Then at {clock(each.at_s)}: {each.what}."


def _of_day(record: Record) -> Iterator[str]:
    """Say what only some scenarios have: lines that were cut, and shops beside each other."""
    whole = together(record.seconds)
    back, cut = whole.spreads.get("back", {}), whole.counts.get("cut off", 0)
    p50, p95 = quantile_ms(back, 0.5), quantile_ms(back, 0.95)
    if cut and p50 is not None and p95 is not None:
        yield (
            f"{cut} connections were cut on purpose; half of the customers were back within "
            f"{p50 / 1000:.1f} s, 95 % within {p95 / 1000:.1f} s (slow phones not counted)."
        )
    shops = sorted(name[4:] for name in whole.spreads if name[:4] == "ack@")
    if len(shops) > 1:
        said = (
            f"{shop} within {quantile_ms(whole.spreads[f'ack@{shop}'], 0.95) or 0:.1f} ms"
            for shop in shops
        )
        yield f"95 % of acknowledgements, shop by shop: {', '.join(said)}."


def _of_staff(record: Record) -> Iterator[str]:
    whole = together(record.seconds)
    asked, gone = whole.counts.get("asked", 0), whole.counts.get("gave up", 0)
    waits = whole.spreads.get("wait", {})
    p50, p95 = quantile_ms(waits, 0.5), quantile_ms(waits, 0.95)
    if p50 is not None and p95 is not None:
        yield (
            f"{asked} customers asked; half of those served waited up to {p50 / 1000:.1f} s, "
            f"95 % up to {p95 / 1000:.1f} s, and {gone} gave up."
        )
    short = first(record, "staff")
    if short is not None:
        yield (
            f"The agents were too few from {clock(short.at_s)} on: {short.what}. "
            "That is a matter of staff, not of the nodes."
        )


def _of_truth(record: Record) -> Iterator[str]:
    truth = record.truth
    if truth is None:
        yield "The servers are not ours, so PostgreSQL was not asked whether all of it is there."
    elif truth.is_well:
        yield (
            f"{truth.acked} messages were acknowledged; all of them are in PostgreSQL, once, "
            "under the number that was acknowledged, and no conversation has a gap."
        )
    else:
        yield (
            f"Of {truth.acked} acknowledged messages {truth.lost} are lost, {truth.doubled} are "
            f"stored twice, {truth.renumbered} have another number; {truth.gaps} conversations "
            "have gaps."
        )


def clock(seconds: float) -> str:
    """Return minutes and seconds since the opening."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"

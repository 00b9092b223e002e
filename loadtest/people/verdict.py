"""Says in words what the nodes carried and what broke first. Pure: a record in, sentences out."""

from collections.abc import Iterator
from dataclasses import dataclass

from loadtest.people.limits import (
    BUSY_MOST,
    WINDOW_S,
    Break,
    between,
    breaks,
    first,
    most_cpu,
    slices,
)
from loadtest.people.record import CAUGHT_UP_S, Record, together
from loadtest.people.spread import Spread, quantile_ms

BUSIEST_S = 10
TELLING_S = 120.0  # of a day as long as this somebody must have stayed to read
NUMBERS = {1: "One node", 2: "Two nodes", 3: "Three nodes"}


@dataclass(frozen=True, slots=True)
class Carried:
    """The busiest ten seconds before a limit of the nodes was crossed."""

    at_s: int
    rate: float
    customers: int
    ack: Spread
    delivery: Spread
    cpu: float | None


def carried(record: Record) -> Carried | None:
    """Return the busiest ten seconds before anything of the nodes' broke."""
    broken = first(record)
    until = broken.at_s - WINDOW_S if broken else record.ended_s
    best: Carried | None = None
    for at, seconds in slices(record, BUSIEST_S):
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
                cpu=most_cpu(between(record.cpu, at - BUSIEST_S, at)),
            )
    return best


def sentences(record: Record) -> list[str]:
    """Return what a person wants to know, as sentences."""
    rest = [
        *_of_load(record),
        *_of_breaks(record),
        *_of_readers(record),
        *_of_day(record),
        *_of_staff(record),
        *_of_us(record),
    ]
    is_well = record.truth is None or record.truth.is_well
    return [*rest, *_of_truth(record)] if is_well else [*_of_truth(record), *rest]


def _of_load(record: Record) -> Iterator[str]:
    best = carried(record)
    who = NUMBERS.get(record.nodes, f"{record.nodes} nodes")
    if best is None or not best.rate:
        yield f"{who} had no {BUSIEST_S} s with messages in which no limit of theirs was crossed."
        return
    words = [
        f"{who} carried {best.rate:.1f} messages a second in the busiest {BUSIEST_S} s in which "
        f"no limit of theirs was crossed (from {clock(best.at_s)}), with {best.customers} "
        f"customers there and {record.agents} agents."
    ]
    for spread, what in ((best.ack, "acknowledged"), (best.delivery, "on the agent's screen")):
        if spread:
            p50, p95 = quantile_ms(spread, 0.5), quantile_ms(spread, 0.95)
            words.append(f"Half were {what} within {p50:.1f} ms, 95 % within {p95:.1f} ms.")
    if best.cpu is not None:
        words.append(f"The busiest node used {best.cpu * 100:.0f} % of a core.")
    yield " ".join(words)


def _of_breaks(record: Record) -> Iterator[str]:
    """Say what broke first, and whose matter that is: the nodes', or our own."""
    own = first(record, "us")
    found = [each for each in breaks(record) if each.whose == "node"]
    if own is not None and (not found or own.at_s <= found[0].at_s):
        yield (
            f"What broke first was not the nodes: at {clock(own.at_s)}, {_with_limit(own)}. "
            "Later times say more about this machine than about the nodes."
        )
    elif found:
        yield f"What broke first: at {clock(found[0].at_s)}, {_with_limit(found.pop(0))}."
        if own is not None:
            yield (
                f"Warning: from {clock(own.at_s)} on the times say more about this machine than "
                f"about the nodes: {_with_limit(own)}."
            )
    if first(record) is None:
        yield _of_none(record)
    for each in found:
        yield f"Then at {clock(each.at_s)}: {each.what}."


def _of_none(record: Record) -> str:
    """Say that nothing of the nodes' broke, and no more than was measured."""
    wrongs = sum(together(record.seconds).errors.values())
    what = "answers in time" if most_cpu(record.cpu) is None else "answers in time, cores free"
    if not wrongs:
        return f"Nothing of the nodes' broke: no errors, no refusals, {what}."
    return f"Nothing of the nodes' broke: {what}; errors and refusals: {wrongs}, within the limits."


def _with_limit(each: Break) -> str:
    return f"{each.what} (limit: {each.limit.most:g} {each.limit.unit})"


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


def unseen(record: Record) -> int:
    """Return how many messages were acknowledged and not seen in time by a reader who was there."""
    return sum(each.counts.get("unseen", 0) for each in record.seconds)


def is_untold(record: Record) -> bool:
    """Whether a day long enough tells of no reader who stayed: nothing was measured then."""
    return bool(record.said) and not _due(record) and record.ended_s >= TELLING_S


def _due(record: Record) -> int:
    return sum(each.counts.get("due", 0) for each in record.seconds)


def _of_readers(record: Record) -> Iterator[str]:
    due, lost = _due(record), unseen(record)
    if due and not lost:
        yield f"All of {due} acknowledged messages whose readers stayed reached them in time."
    elif due:
        yield (
            f"Of {due} acknowledged messages whose readers stayed, {lost} did not reach them "
            f"within {CAUGHT_UP_S:.0f} s, or never."
        )
    elif record.said:
        yield "No reader stayed long enough to tell whether what was acknowledged reached them."


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


def _of_us(record: Record) -> Iterator[str]:
    """Say how busy the people's own processes were."""
    busy = [together(seconds).busy for _, seconds in slices(record, WINDOW_S)]
    if busy:
        yield (
            f"The people's busiest process used {max(busy) * 100:.0f} % of a core at most "
            f"(over {WINDOW_S} s; {sum(busy) / len(busy) * 100:.0f} % on average): "
            f"{'enough' if max(busy) * 100 <= BUSY_MOST else 'not enough'} was left to measure."
        )
    if not record.cpu:
        yield "Nobody watched the CPU of the nodes and of this machine."


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

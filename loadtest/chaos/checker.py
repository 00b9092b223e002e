"""Compares what people were told with what is stored. Pure: histories and rows in, findings out.

The play it judges is simple: every text is unique, nobody transfers, agents keep what they have.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from loadtest.chaos.conduct import Conduct
from loadtest.chaos.history import History, Saying
from loadtest.chaos.stored import Change, Look, Stored

Kind = Literal[
    "lost",
    "doubled",
    "reordered",
    "phantom",
    "missed",
    "double-assigned",
    "over capacity",
    "waiting",
    "miscounted",
    "died",
    "unforeseen",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
OVER = frozenset({"wrap_up", "closed"})
WAIT_MAX_S = 2.0
"""So long at most somebody may wait beside a free hand once all is quiet and healed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was not kept, and where."""

    kind: Kind
    what: str


def check(
    histories: Sequence[History],
    stored: Stored,
    looks: Sequence[Look] = (),
    conduct: Conduct | None = None,
) -> list[Finding]:
    """Return everything that is not as promised."""
    return [
        *lost(histories, stored),
        *doubled(histories, stored),
        *reordered(histories, stored),
        *phantom(histories, stored),
        *missed(histories, stored),
        *double_assigned(histories, stored),
        *over_capacity(stored),
        *waiting(looks),
        *miscounted(stored),
        *misbehaved(conduct or Conduct()),
    ]


def lost(histories: Iterable[History], stored: Stored) -> Iterator[Finding]:
    """Find what was acknowledged and is not there: messages, accepted offers, endings."""
    known = {(row.conversation, row.client_id) for row in stored.messages}
    states = {each.id: each.state for each in stored.conversations}
    for history in histories:
        for saying in history.sayings:
            if saying.acks and (saying.conversation, saying.client_id) not in known:
                yield Finding("lost", f"{history.person}: {saying.text!r}, acked {saying.acks}")
        for taking in history.takings:
            if taking.acked_s is not None and stored.taken.get(taking.offer) is None:
                yield Finding("lost", f"{history.person}: accepted offer {taking.offer}")
        for ending in history.endings:
            if states.get(ending.conversation) not in OVER:
                yield Finding("lost", f"{history.person}: ended {ending.conversation}")


def doubled(histories: Iterable[History], stored: Stored) -> Iterator[Finding]:
    """Find what is there twice: by client_id, number or text, and conversations begun twice."""
    said = [row for row in stored.messages if not row.is_notice]
    for name, count in (
        ("client_id", Counter((row.conversation, row.client_id) for row in stored.messages)),
        ("number", Counter((row.conversation, row.seq) for row in stored.messages)),
        ("text", Counter(row.text for row in said)),
        ("start", Counter((each.visitor, each.client_id) for each in stored.conversations)),
        ("open", Counter(each.visitor for each in stored.conversations if each.state not in OVER)),
    ):
        yield from (
            Finding("doubled", f"{name} {key}: {times} rows")
            for key, times in count.items()
            if times > 1
        )
    for history in histories:
        for saying in history.sayings:
            if len({ack.seq for ack in saying.acks}) > 1:
                yield Finding("doubled", f"{history.person}: {saying.text!r} acked {saying.acks}")


def reordered(histories: Iterable[History], stored: Stored) -> Iterator[Finding]:
    """Find rows that are not 1, 2, 3 …, acks with other numbers, and readers out of step."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for row in stored.messages:
        numbers[row.conversation].append(row.seq)
    for each in stored.conversations:
        found = sorted(numbers[each.id])
        if found != list(range(1, each.head + 1)):
            yield Finding("reordered", f"{each.id}: head {each.head}, rows {found}")
    rows = {(row.conversation, row.client_id): row.seq for row in stored.messages}
    for history in histories:
        yield from _renumbered(history, rows)
        yield from _out_of_step(history)


def _renumbered(history: History, rows: dict[tuple[str, str], int]) -> Iterator[Finding]:
    for saying in history.sayings:
        seq = rows.get((saying.conversation, saying.client_id))
        if seq is not None and any(ack.seq != seq for ack in saying.acks):
            yield Finding(
                "reordered", f"{history.person}: {saying.text!r} is {seq}, acked {saying.acks}"
            )


def _out_of_step(history: History) -> Iterator[Finding]:
    last: defaultdict[str, int] = defaultdict(int)
    for seen in history.seen:
        if not seen.is_shown:
            continue
        if seen.seq != last[seen.conversation] + 1:
            yield Finding(
                "reordered",
                f"{history.person} in {seen.conversation}: {seen.seq} after "
                f"{last[seen.conversation]}",
            )
        last[seen.conversation] = seen.seq


def phantom(histories: Iterable[History], stored: Stored) -> Iterator[Finding]:
    """Find what a reader saw, shown or not, that is not stored so."""
    rows = {(row.conversation, row.seq): (row.client_id, row.text) for row in stored.messages}
    for history in histories:
        for seen in history.seen:
            if rows.get((seen.conversation, seen.seq)) != (seen.client_id, seen.text):
                yield Finding("phantom", f"{history.person} saw {seen}")


def missed(histories: Iterable[History], stored: Stored) -> Iterator[Finding]:
    """Find readers who do not know all that was said where they still are at the end."""
    heads = {each.id: each.head for each in stored.conversations if each.state not in OVER}
    for history in histories:
        last: defaultdict[str, int] = defaultdict(int)
        for seen in history.seen:
            last[seen.conversation] = max(last[seen.conversation], seen.seq * seen.is_shown)
        for conversation in history.follows:
            head = heads.get(conversation, 0)
            if last[conversation] < head:
                yield Finding(
                    "missed", f"{history.person}: {last[conversation]} of {head} in {conversation}"
                )


def double_assigned(histories: Iterable[History], stored: Stored) -> Iterator[Finding]:
    """Find conversations that two agents were told are theirs, or that were taken twice."""
    told: defaultdict[str, set[str]] = defaultdict(set)
    for history in histories:
        for taking in history.takings:
            if taking.acked_s is not None:
                told[taking.conversation].add(history.person)
    for conversation, people in told.items():
        if len(people) > 1:
            yield Finding("double-assigned", f"{conversation}: {sorted(people)}")
    yield from _taken_twice(stored)


def _taken_twice(stored: Stored) -> Iterator[Finding]:
    owner: dict[str, str | None] = {}
    for change in stored.changes:
        if change.kind == "accepted":
            before = owner.get(change.conversation)
            if before is not None:
                yield Finding("double-assigned", f"{change.conversation} taken from {before}")
            owner[change.conversation] = change.agent
        elif change.to_state in {"queued", *OVER}:
            owner[change.conversation] = None


def over_capacity(stored: Stored) -> Iterator[Finding]:
    """Find agents who at any moment held more than they may, offers included."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    load: Counter[str] = Counter()
    for change in stored.changes:
        before = holders[change.conversation]
        after = _holders(before, change)
        holders[change.conversation] = after
        load.subtract(before - after)
        load.update(after - before)
        for agent in after - before:
            if load[agent] > stored.capacity.get(agent, 0):
                yield Finding("over capacity", f"{agent} holds {load[agent]} at {change}")


def _holders(before: set[str], change: Change) -> set[str]:
    agent = {change.agent} if change.agent is not None else set[str]()
    match change.kind:
        case "offered":
            return before | agent
        case "accepted" | "picked" | "assigned":
            return agent
        case "closed" | "transferred" | "agent_left" | "requeued":
            return set()
        case "declined" | "timed_out" | "agent_lost" | "agent_away" | "customer_gone":
            return before - agent
        case _:
            return before


def waiting(looks: Sequence[Look]) -> Iterator[Finding]:
    """Find who waited beside a free hand in every look for longer than ``WAIT_MAX_S``."""
    since: dict[str, float] = {}
    told: set[str] = set()
    for look in looks:
        since = {each: since.get(each, look.at_s) for each in look.waiting}
        for each, at_s in since.items():
            if look.at_s - at_s > WAIT_MAX_S and each not in told:
                told.add(each)
                yield Finding("waiting", f"{each} for {look.at_s - at_s:.1f} s and more")


def miscounted(stored: Stored) -> Iterator[Finding]:
    """Find figures of reports that a recount of everything does not find."""
    for what in stored.miscounted:
        yield Finding("miscounted", what)


def misbehaved(conduct: Conduct) -> Iterator[Finding]:
    """Find processes that ended though nobody ended them, and errors that no fault explains."""
    yield from (Finding("died", what) for what in conduct.died)
    yield from (Finding("unforeseen", what) for what in conduct.unforeseen)


def acked(histories: Iterable[History]) -> list[Saying]:
    """Return the messages that were acknowledged."""
    return [saying for history in histories for saying in history.sayings if saying.acks]

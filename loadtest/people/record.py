"""What was measured, second by second, and what the report is made of."""

import math
from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct, field

from loadtest.people.spread import Spread, add

CAUGHT_UP_S = 15.0
"""Whoever is there for so long without a break has been told all that was said before."""

What = Literal["ack", "delivery", "reply", "wait", "http"]
Told = tuple[str, int, str]
"""Conversation, number and ``client_id`` of a message that was acknowledged."""


class Said(NamedTuple):
    """A message that was acknowledged: its number, whose words it is, and when that was known."""

    conversation: str
    seq: int
    by: str
    at: float


class Read(NamedTuple):
    """How far somebody had read who was there from ``since`` to ``until`` without a break.

    ``told`` are the numbers up to which they were told that there is something, and when;
    ``skipped`` those that they were never shown on the way to ``seen``.
    """

    conversation: str
    by: str
    since: float
    until: float
    seen: int
    told: tuple[tuple[int, float], ...] = ()
    skipped: tuple[int, ...] = ()

    def due_at(self, message: Said) -> float:
        """Return until when they must have been told of it."""
        return max(message.at, self.since) + CAUGHT_UP_S

    def has_got(self, message: Said) -> bool:
        """Tell whether they were told in time, and have seen it."""
        told_at = next((at for head, at in self.told if head >= message.seq), math.inf)
        is_seen = message.seq <= self.seen and message.seq not in self.skipped
        return is_seen and told_at <= self.due_at(message)


class Second(Struct):
    """One second, of one process or of all. ``at`` is in seconds since 1970, later of the run.

    ``people`` are those there at its end; ``counts`` what happened in it; ``errors`` by name and
    code; ``spreads`` durations by what they are, and by shop as well (``ack@shop``). ``busy`` is
    what the busiest process of people used, as part of a core.
    """

    at: int
    people: dict[str, int] = field(default_factory=dict[str, int])
    counts: dict[str, int] = field(default_factory=dict[str, int])
    errors: dict[str, int] = field(default_factory=dict[str, int])
    spreads: dict[str, Spread] = field(default_factory=dict[str, Spread])
    busy: float = 0.0

    def include(self, other: "Second") -> None:
        """Add another process's second, or another second of the same."""
        for mine, theirs in (
            (self.people, other.people),
            (self.counts, other.counts),
            (self.errors, other.errors),
        ):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
        for name, spread in other.spreads.items():
            add(self.spreads.setdefault(name, {}), spread)
        self.busy = max(self.busy, other.busy)


class Page(Struct):
    """What one process has to tell since it last did."""

    seconds: list[Second] = field(default_factory=list[Second])
    told: list[Told] = field(default_factory=list[Told])
    said: list[Said] = field(default_factory=list[Said])
    read: list[Read] = field(default_factory=list[Read])


class Cpu(Struct):
    """What processes used in one second, as parts of a core: each node, and the others."""

    at: float
    nodes: list[float]
    postgres: float
    valkey: float
    people: float
    machine: float = 0.0
    """All of this machine, whoever else uses it included; 0 when it is not known."""


class Truth(Struct):
    """What PostgreSQL holds of what was acknowledged."""

    acked: int
    lost: int
    doubled: int
    renumbered: int
    gaps: int

    @property
    def is_well(self) -> bool:
        """Whether all of it is there, once, under its number, and nothing is missing between."""
        return self.lost == self.doubled == self.renumbered == self.gaps == 0


class Row(NamedTuple):
    """One line of locust's statistics: how often, how often in vain, and how long."""

    kind: str
    name: str
    times: int
    failed: int
    p50_ms: int
    p95_ms: int
    p99_ms: int


class Record(Struct):
    """A whole run. Times are seconds since the shop opened; ``ended_s`` is when it closed."""

    scenario: str
    customers: int
    agents: int
    nodes: int
    began_at: float
    ended_s: float = 0.0
    pace: float = 1.0
    seed: int = 0
    workers: int = 1
    where: str = ""
    cores: int = 0
    """Of the machine that the people's program runs on; 0 when it is not known."""
    is_settled: bool = False
    seconds: list[Second] = field(default_factory=list[Second])
    told: list[Told] = field(default_factory=list[Told])
    said: list[Said] = field(default_factory=list[Said])
    read: list[Read] = field(default_factory=list[Read])
    cpu: list[Cpu] = field(default_factory=list[Cpu])
    rows: list[Row] = field(default_factory=list[Row])
    truth: Truth | None = None

    def include(self, page: Page) -> None:
        """Add what a process told."""
        known = {second.at: second for second in self.seconds}
        for second in page.seconds:
            if second.at in known:
                known[second.at].include(second)
            else:
                self.seconds.append(second)
                known[second.at] = second
        self.told += page.told
        self.said += page.said
        self.read += page.read

    def open(self, at: float) -> None:
        """Begin to count time: the shop opens at ``at``, in seconds since 1970."""
        self.began_at = at

    def settle(self, now: float) -> None:
        """Turn times into seconds since the opening, once, in order, without what was before."""
        if self.is_settled:
            return
        began = int(self.began_at)
        count_unseen(self.seconds, self.said, self.read)
        for second in self.seconds:
            second.at -= began
        self.seconds = sorted(
            (second for second in self.seconds if second.at >= 0), key=lambda each: each.at
        )
        self.ended_s = now - self.began_at
        self.is_settled = True


def together(seconds: Iterable[Second]) -> Second:
    """Return some seconds as one: ``people`` as at the end, ``busy`` as on average."""
    total, busy = Second(at=0), list[float]()
    for second in seconds:
        total.people = {}
        total.include(second)
        total.at = second.at
        busy.append(second.busy)
    total.busy = sum(busy) / len(busy) if busy else 0.0
    return total


def count_unseen(seconds: list[Second], said: Iterable[Said], read: Iterable[Read]) -> None:
    """Count into each second what was acknowledged then and had a reader who stayed: ``due``.

    ``unseen`` is what of it they never saw, or not in time.
    """
    reads: dict[str, list[Read]] = {}
    for each in read:
        reads.setdefault(each.conversation, []).append(each)
    known = {second.at: second for second in seconds}
    for message in set(said):
        readers = [
            reader
            for reader in reads.get(message.conversation, ())
            if reader.by != message.by and reader.due_at(message) <= reader.until
        ]
        second = known.get(int(message.at))
        if not readers or second is None:
            continue
        is_seen = any(reader.has_got(message) for reader in readers)
        for name in ("due", *(() if is_seen else ("unseen",))):
            second.counts[name] = second.counts.get(name, 0) + 1


def encode(page: Page) -> bytes:
    """Write a page for the way between processes."""
    return msgspec.json.encode(page)


def decode(page: bytes) -> Page:
    """Read a page."""
    return msgspec.json.decode(page, type=Page)

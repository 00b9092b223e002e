"""The waiting side of the engine: who waits where, in lines that keep their order by themselves.

A *stand* is where tasks of one queue and one ring wait; the set of profiles that may take from it
is its mask. In a stand there is a heap for each tier, one for the growing and one for the aged. Who
leaves is deleted when they come to the top (ROUTING.md 4.5).
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush

from routing.facts import QueueFacts

Entry = tuple[float, str, int]
"""Arrival, task, and the number of the visit, which tells whether the entry is still true."""

Tier = tuple[int, int]
"""Tier and group, as in a turn."""

COMPACT_MIN = 64


class Visit:
    """A task's stay: where it waits, since ``came`` (virtual), and whom alone it waits for.

    ``is_live`` is false while it is offered: it keeps its place and is not matched. ``is_queued``:
    it stands in a heap of its stand.
    """

    __slots__ = ("came", "is_live", "is_queued", "number", "only", "stand", "tier")

    def __init__(self, number: int, stand: "Stand", tier: Tier, came: float) -> None:
        self.number, self.stand, self.tier, self.came = number, stand, tier, came
        self.only: str | None = None
        self.is_live, self.is_queued = True, False


Visits = dict[str, Visit]


class Heap:
    """Entries, the first turn on top, the departed among them. ``top`` is the first, once known."""

    __slots__ = ("entries", "live", "top")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.top: Entry | None = None
        self.live = 0

    def push(self, entry: Entry) -> None:
        """Let somebody in at their place."""
        heappush(self.entries, entry)
        self.live += 1
        if self.top is not None and entry < self.top:
            self.top = entry

    def left(self, number: int, visits: Visits) -> None:
        """Note that somebody is gone; tidy up when most are."""
        self.live -= 1
        if self.top is not None and self.top[2] == number:
            self.top = None
        if len(self.entries) > COMPACT_MIN + 2 * self.live:
            self.entries = [entry for entry in self.entries if _is_true(entry, visits)]
            heapify(self.entries)

    def head(self, visits: Visits) -> Entry | None:
        """Return whose turn it is."""
        entries = self.entries
        while entries:
            entry = entries[0]
            visit = visits.get(entry[1])
            if visit is not None and visit.is_live and visit.number == entry[2]:
                self.top = entry
                return entry
            heappop(entries)
        return None

    def first(self, visits: Visits, suits: Callable[[str], bool]) -> Entry | None:
        """Return the first in turn whose task suits."""
        passed: list[Entry] = []
        while (entry := self.head(visits)) is not None and not suits(entry[1]):
            passed.append(heappop(self.entries))
            self.top = None
        for each in passed:
            heappush(self.entries, each)
        self.top = self.entries[0] if self.live else None
        return entry


class Stand:
    """Where tasks of a queue wait in one ring. ``mask``: the profiles that may take them.

    ``slope``: how fast a second of waiting makes them urgent. ``top`` is the first in turn, once
    known, where it is of the ordinary tier and nobody is kept from it.
    """

    __slots__ = (
        "bit",
        "heaps",
        "is_plain",
        "live",
        "mask",
        "number",
        "queue",
        "ring",
        "slope",
        "top",
    )

    def __init__(self, number: int, queue: QueueFacts, ring: int, slope: float) -> None:
        self.number, self.bit = number, 1 << number
        self.queue, self.ring, self.slope = queue, ring, slope
        self.is_plain = queue.units == 1 and queue.per_agent_max is None
        self.mask = self.live = 0
        self.heaps: dict[Tier, Heap] = {}
        self.top: Entry | None = None

    def first_is(self, entry: Entry) -> None:
        """Remember who is first, where there is but one heap."""
        if len(self.heaps) == 1:
            self.top = entry

    def push(self, task_id: str, visit: Visit) -> None:
        """Let somebody in."""
        if self.top is not None and visit.came <= self.top[0]:
            self.top = None
        heap = self.heaps.get(visit.tier)
        if heap is None:
            heap = self.heaps[visit.tier] = Heap()
            self.top = None
        heap.push((visit.came, task_id, visit.number))
        self.live += 1

    def left(self, visit: Visit, visits: Visits) -> None:
        """Note that somebody is gone, or is being offered."""
        self.live -= 1
        if self.top is not None and self.top[2] == visit.number:
            self.top = None
        self.heaps[visit.tier].left(visit.number, visits)


def _is_true(entry: Entry, visits: Visits) -> bool:
    visit = visits.get(entry[1])
    return visit is not None and visit.is_live and visit.number == entry[2]

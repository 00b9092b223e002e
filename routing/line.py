"""The waiting side of the engine: who waits where, in lines that keep their order by themselves.

A *stand* is where tasks of one queue and one ring wait; the set of profiles that may take from it
is its mask. In a stand there is a line for each tier, one for the growing and one for the aged. Who
leaves is deleted when they come to the front (ROUTING.md 4.5).
"""

from collections import deque
from collections.abc import Callable, Mapping
from heapq import heapify, heappop, heappush
from math import inf

from msgspec import Struct

from routing.facts import QueueFacts

Tier = tuple[int, int]
"""Tier and group, as in a turn."""

COMPACT_MIN = 64


class Visit(Struct, eq=False):
    """A task's stay: where it waits, since ``came`` (virtual), and whom alone it waits for.

    ``is_live`` is false once it is offered, or over: whoever is offered keeps the place and is not
    matched. ``is_settled``: it was looked at and waits; ``is_queued``: in a line of its stand.
    ``refused`` is the task's.
    """

    number: int
    stand: "Stand"
    tier: Tier
    came: float
    refused: Mapping[str, float]
    only: str | None = None
    is_live: bool = True
    is_settled: bool = False
    is_queued: bool = False


Entry = tuple[float, str, int, Visit]
"""Arrival, task, and the visit with its number. It is true as long as the visit is live."""

Visits = dict[str, Visit]


class Line:
    """Entries, the first turn in front, the departed among them. ``top`` is the first, once known.

    Nearly all come in the order of their arrival and join at the end; whoever has a head start
    before the last of them goes to a heap beside.
    """

    __slots__ = ("ahead", "line", "live", "top")

    def __init__(self) -> None:
        self.line: deque[Entry] = deque()
        self.ahead: list[Entry] = []
        self.top: Entry | None = None
        self.live = 0

    def push(self, entry: Entry) -> None:
        """Let somebody in at their place."""
        if not self.line or self.line[-1] < entry:
            self.line.append(entry)
        else:
            heappush(self.ahead, entry)
        self.live += 1
        if self.top is not None and entry < self.top:
            self.top = entry

    def left(self, visit: Visit) -> None:
        """Note that somebody is gone; tidy up when most are."""
        self.live -= 1
        if self.top is not None and self.top[3] is visit:
            self.top = None
        if len(self.line) + len(self.ahead) > COMPACT_MIN + 2 * self.live:
            self.line = deque(entry for entry in self.line if entry[3].is_live)
            self.ahead = [entry for entry in self.ahead if entry[3].is_live]
            heapify(self.ahead)

    def head(self) -> Entry | None:
        """Return whose turn it is."""
        while self.line or self.ahead:
            entry = self.ahead[0] if self.ahead and self._is_ahead else self.line[0]
            if entry[3].is_live:
                self.top = entry
                return entry
            self._pop()
        return None

    def first(self, suits: Callable[[Visit], bool]) -> Entry | None:
        """Return the first in turn whose task suits."""
        passed: list[Entry] = []
        while (entry := self.head()) is not None and not suits(entry[3]):
            passed.append(self._pop())
        self.line.extendleft(reversed(passed))
        if passed:
            self.top = passed[0]
        return entry

    @property
    def _is_ahead(self) -> bool:
        """Whether the first of those ahead goes before the line."""
        return not self.line or self.ahead[0] < self.line[0]

    def _pop(self) -> Entry:
        return heappop(self.ahead) if self.ahead and self._is_ahead else self.line.popleft()


class Stand:
    """Where tasks of a queue wait in one ring. ``mask``: the profiles that may take them.

    ``slope``: how fast a second of waiting makes them urgent. ``top`` is the first in turn, once
    known, where it is of the ordinary tier and nobody is kept from it; ``firsts`` has its arrival
    under the number of the stand, -inf where it is not known.
    """

    __slots__ = (
        "bit",
        "firsts",
        "is_last",
        "is_plain",
        "lines",
        "live",
        "mask",
        "number",
        "queue",
        "ring",
        "slope",
        "top",
    )

    def __init__(
        self, number: int, queue: QueueFacts, ring: int, slope: float, firsts: list[float]
    ) -> None:
        self.number, self.bit, self.firsts = number, 1 << number, firsts
        self.queue, self.ring, self.slope = queue, ring, slope
        self.is_last = ring + 1 == len(queue.rings)
        self.is_plain = queue.units == 1 and queue.per_agent_max is None
        self.mask = self.live = 0
        self.lines: dict[Tier, Line] = {}
        self.top: Entry | None = None

    def first_is(self, entry: Entry) -> None:
        """Remember who is first, where there is but one line."""
        if len(self.lines) == 1:
            self.top, self.firsts[self.number] = entry, entry[0]

    def forget_first(self) -> None:
        """Look again who is first when somebody asks."""
        self.top, self.firsts[self.number] = None, -inf

    def push(self, task_id: str, visit: Visit) -> None:
        """Let somebody in."""
        if self.top is not None and visit.came <= self.top[0]:
            self.forget_first()
        line = self.lines.get(visit.tier)
        if line is None:
            line = self.lines[visit.tier] = Line()
            self.forget_first()
        line.push((visit.came, task_id, visit.number, visit))
        self.live += 1

    def left(self, visit: Visit) -> None:
        """Note that somebody is gone, or is being offered."""
        self.live -= 1
        line = self.lines[visit.tier]
        line.left(visit)
        if self.top is not None and self.top[3] is visit:
            entry = line.head()
            if entry is None or entry[3].refused:
                self.forget_first()
            else:
                self.top, self.firsts[self.number] = entry, entry[0]

"""Those for whom room is saved, in the order of their turns, a *lot* for each stand and tier.

A decision looks at the first few of each lot only. Who leaves is deleted when they come to the
front.
"""

from heapq import heappop, heappush

from routing.line import Entry, Tier, Visit

Lot = tuple[int, Tier]


class Lots:
    """All lots. ``names`` are those in them, and those who are yet to be looked at and let in.

    ``passed`` are those whom the decision that is being made, or was last, has looked at.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.passed: set[str] = set()
        self._lots: dict[Lot, list[Entry]] = {}
        self._entries: list[tuple[Lot, Entry]] = []

    def push(self, task_id: str, visit: Visit) -> None:
        """Let somebody in at their place."""
        lot = self._lots.setdefault(_lot(visit), [])
        heappush(lot, (visit.came, task_id, visit.number, visit))

    def left(self, task_id: str) -> None:
        """Note that somebody is gone, or is being offered."""
        self.names.discard(task_id)
        if not self.names:
            self._lots.clear()
            self._rewind()

    def firsts(self) -> list[str]:
        """Return who is first in each lot, whoever was passed before, and pass them."""
        self._rewind()
        found = (self._pop(lot) for lot in self._lots)
        return [name for name in found if name is not None]

    def after(self, visit: Visit) -> str | None:
        """Return who comes next in somebody's lot, and pass them."""
        return self._pop(_lot(visit))

    def _rewind(self) -> None:
        """Put those who were passed back to their places."""
        for lot, entry in self._entries:
            if entry[3].is_live and lot in self._lots:
                heappush(self._lots[lot], entry)
        self._entries.clear()
        self.passed.clear()

    def _pop(self, lot: Lot) -> str | None:
        entries = self._lots.get(lot, [])
        while entries:
            entry = heappop(entries)
            if entry[3].is_live:
                self._entries.append((lot, entry))
                self.passed.add(entry[1])
                return entry[1]
        return None


def _lot(visit: Visit) -> Lot:
    return visit.stand.number, visit.tier

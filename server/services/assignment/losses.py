"""Races that are lost in a row: engine and database differ, and nobody else should wait for it."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import structlog

from server.services.assignment.board import Board
from server.services.assignment.metrics import RouteMetrics
from server.services.assignment.pokes import Pokes

LOST_MAX = 5
"""After so many lost races in a row the whole shop is read; after twice as many the host rests."""

log = structlog.get_logger()


class Losses:
    """Lost races by shop. They are in a row while each round of the host's work loses one."""

    def __init__(self, boards: Mapping[UUID, Board], pokes: Pokes, metrics: RouteMetrics) -> None:
        self._boards, self._pokes, self._metrics = boards, pokes, metrics
        self._in_a_row = Counter[UUID]()
        self._reread: dict[UUID, set[str]] = {}

    def begin(self) -> None:
        """Count anew: what the host knows may be better by now."""
        self._in_a_row.clear()

    def forget(self) -> None:
        """Read shops whole again, and try those again who were set aside: it is time to sweep."""
        self._reread.clear()
        for board in self._boards.values():
            board.take_back()

    def note(self, refused: Mapping[UUID, set[str]]) -> bool:
        """Note who was refused by the database, by shop; tell whether the host should rest."""
        self._in_a_row = Counter({each: self._in_a_row[each] + 1 for each in refused})
        if any(times >= 2 * LOST_MAX for times in self._in_a_row.values()):
            return True
        for shop_id, tasks in refused.items():
            if self._in_a_row[shop_id] >= LOST_MAX:
                self._doubt(shop_id, tasks)
        return False

    def _doubt(self, shop_id: UUID, tasks: set[str]) -> None:
        """Read a shop whole: what of it was touched is known, and yet the database says no.

        Once between two sweeps. Whom it refuses even so is set aside until then: engine and
        database count differently, which is a fault of ours and should hold up nobody else.
        """
        before = self._reread.get(shop_id)
        if before is None:
            self._reread[shop_id] = set(tasks)
            self._metrics.reread.inc()
            log.warning("races_lost_in_a_row", shop=str(shop_id), times=LOST_MAX)
            self._pokes.shop_touched(shop_id)
            return
        stubborn = tasks & before
        before |= tasks
        if stubborn:
            log.error("conversations_set_aside", shop=str(shop_id), conversations=len(stubborn))
        for task in stubborn:
            self._boards[shop_id].set_aside(UUID(task))

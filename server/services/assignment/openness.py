"""Tells a shop's customers when it opens or closes, the last agent leaves or the first comes."""

from datetime import datetime
from uuid import UUID

from routing.hours import State
from server.protocol.events import ServiceChanged
from server.protocol.shapes import Hours, Person, Service
from server.services.assignment.board import Board
from server.services.clock import Clock
from server.services.fanout import Fanout
from server.services.hours import Plans, shop_hours
from server.services.rooms import shop_visitors_room

SHOWN_MAX = 12
"""Agents that customers see by name."""


class Openness:
    """The state of every shop as its customers were last told."""

    def __init__(self, fanout: Fanout, clock: Clock) -> None:
        self._fanout, self._clock = fanout, clock
        self._told: dict[UUID, Hours] = {}
        self._due: dict[UUID, float] = {}
        self._plans = Plans()

    def forget(self) -> None:
        """Another node tells them from now on."""
        self._told.clear()
        self._due.clear()

    def next_due(self) -> float | None:
        """Return when the next shop opens or closes, in seconds since 1970."""
        return min(self._due.values(), default=None)

    def due(self) -> list[UUID]:
        """Return the shops that open or close now."""
        now = self._clock.now().timestamp()
        return [shop_id for shop_id, when in self._due.items() if when <= now]

    def leave(self, shop_id: UUID) -> None:
        """Think no more of a shop that is not hosted just now."""
        self._due.pop(shop_id, None)

    def doubt(self, shop_id: UUID) -> None:
        """Tell a shop's customers in any case: who is there changed.

        Two changes of status that fell together look like none, but whoever came between them
        was told of the first.
        """
        self._told.pop(shop_id, None)

    def service(self, shop_id: UUID) -> Service:
        """Return the state of a shop as its customers were last told."""
        told = self._told.get(shop_id)
        return "open" if told is None else told.service

    def _in_use(self, board: Board, now: datetime) -> list[State]:
        """Return how the plans are that some queue keeps; who has lost all of theirs is closed."""
        states = self._plans.of_queues(board.shop, now) if board.shop.plans else {}
        return [states[queue.key] for queue in board.queues.values() if queue.key in states]

    def of_queues(self, board: Board) -> dict[str, Hours]:
        """Return by id the hours of those queues in use that keep their own."""
        states, shop = self._plans.of_queues(board.shop, self._clock.now()), board.shop
        is_staffed = bool(board.ready())
        return {
            queue_id: shop_hours(shop, states[queue.key], is_staffed)
            for queue_id, queue in board.queues.items()
            if queue.key in states
        }

    def tell(self, board: Board) -> None:
        """Tell the customers of a shop if its state is not what they were told."""
        now = self._clock.now()
        state = self._plans.state(board.shop, now)
        self._due.pop(board.shop.id, None)
        changes = [each.changes_at for each in (state, *self._in_use(board, now))]
        if any(changes):
            self._due[board.shop.id] = min(filter(None, changes)).timestamp()
        ready = board.ready()
        hours = shop_hours(board.shop, state, bool(ready))
        if self._told.get(board.shop.id) == hours:
            return
        self._told[board.shop.id] = hours
        self._fanout.tell(
            shop_visitors_room(board.shop.id),
            "service:changed",
            ServiceChanged(
                hours=hours,
                agents=[Person(id=str(agent.id), name=agent.name) for agent in ready[:SHOWN_MAX]],
            ),
            audience="visitors",
        )

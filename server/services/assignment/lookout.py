"""A shop as it stands this moment, for those who only look: on any node, beside the live host."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from server.services.assignment.board import Board
from server.services.assignment.library import Library
from server.services.clock import Clock

KEPT_S = 1.0
SHOPS_MAX = 16
READS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Sight:
    """A board on which everybody has their place, and when it was read."""

    board: Board
    at_s: float


class Lookout:
    """Reads boards on demand. One is shown for ``KEPT_S``; nobody is ever matched on it."""

    def __init__(self, library: Library, clock: Clock) -> None:
        self._library, self._clock = library, clock
        self._sights: OrderedDict[UUID, Sight] = OrderedDict()
        self._reading: dict[UUID, asyncio.Task[Board | None]] = {}
        self._turns = asyncio.Semaphore(READS_AT_ONCE)

    async def board(self, shop_id: UUID, *, knows: UUID | None = None) -> Board | None:
        """Return a shop's board, a fresh one where the one at hand does not know a conversation."""
        sight = self._sights.get(shop_id)
        is_new = sight is not None and self._clock.monotonic() - sight.at_s < KEPT_S
        if sight is not None and is_new and _knows(sight, knows):
            return sight.board
        return await self._fresh(shop_id)

    async def _fresh(self, shop_id: UUID) -> Board | None:
        """Read a shop; all who ask meanwhile wait for the same reading."""
        task = self._reading.get(shop_id)
        if task is None:
            task = self._reading[shop_id] = asyncio.create_task(self._read(shop_id))
            task.add_done_callback(lambda _: self._reading.pop(shop_id, None))
        return await asyncio.shield(task)

    async def _read(self, shop_id: UUID) -> Board | None:
        sight = self._sights.pop(shop_id, None)
        async with self._turns:
            board, _ = await self._library.read(shop_id, sight.board if sight else None)
        if board is None:
            return None
        board.engine.look(self._clock.now().timestamp())
        self._sights[shop_id] = Sight(board, self._clock.monotonic())
        while len(self._sights) > SHOPS_MAX:
            self._sights.popitem(last=False)
        return board


def _knows(sight: Sight, conversation: UUID | None) -> bool:
    return conversation is None or str(conversation) in sight.board.engine.tasks

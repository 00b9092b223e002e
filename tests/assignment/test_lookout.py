"""Boards on demand: one reading at a time, kept for a second, never the live one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

from server.services.assignment.lookout import KEPT_S, SHOPS_MAX, Lookout
from tests.routing.people import NOW, agent, engine, task

SHOP = uuid4()


class Shelf:
    """A library with one board a shop, that counts how often it is read."""

    def __init__(self) -> None:
        self.read_times = 0
        self.shown: list[object] = []
        self.open = asyncio.Event()
        self.open.set()
        self.waiting = [uuid4()]

    async def read(self, shop_id: UUID, board: object) -> tuple[object, set[UUID]]:
        await self.open.wait()
        self.read_times += 1
        self.shown.append(board)
        made = engine(agent("ann"), *(task(str(each)) for each in self.waiting))
        return SimpleNamespace(engine=made), set()


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at_s = 5.0

    def monotonic(self) -> float:
        return self.at_s

    def now(self) -> datetime:
        return datetime.fromtimestamp(NOW, UTC)


def lookout(shelf: Shelf, clock: Hand) -> Lookout:
    return Lookout(shelf, clock)  # type: ignore[arg-type]


async def test_a_board_is_shown_for_a_second_and_everybody_has_their_place_on_it() -> None:
    shelf, clock = Shelf(), Hand()
    looks = lookout(shelf, clock)
    [who] = shelf.waiting

    board = await looks.board(SHOP, knows=who)
    assert board is await looks.board(SHOP, knows=who)
    assert board is not None
    assert str(who) in board.engine.queueing.visits
    clock.at_s += KEPT_S
    await looks.board(SHOP, knows=who)

    assert (shelf.read_times, shelf.shown) == (2, [None, board])


async def test_who_came_since_is_looked_for_at_once() -> None:
    shelf, clock = Shelf(), Hand()
    looks = lookout(shelf, clock)
    await looks.board(SHOP, knows=shelf.waiting[0])
    shelf.waiting.append(uuid4())

    board = await looks.board(SHOP, knows=shelf.waiting[1])

    assert board is not None
    assert str(shelf.waiting[1]) in board.engine.tasks


async def test_p13_all_who_ask_at_once_share_a_reading_and_few_boards_are_kept() -> None:
    shelf, clock = Shelf(), Hand()
    looks = lookout(shelf, clock)
    shelf.open.clear()
    asked = [asyncio.create_task(looks.board(SHOP, knows=shelf.waiting[0])) for _ in range(20)]
    await asyncio.sleep(0)
    shelf.open.set()

    boards = await asyncio.gather(*asked)

    assert shelf.read_times == 1
    assert len({id(board) for board in boards}) == 1
    for _ in range(SHOPS_MAX):
        await looks.board(uuid4(), knows=shelf.waiting[0])
    await looks.board(SHOP, knows=shelf.waiting[0])
    assert shelf.read_times == SHOPS_MAX + 2

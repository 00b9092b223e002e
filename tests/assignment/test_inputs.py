"""B21: what a node remembers of its agents' input, while the others or the database are away."""

import asyncio
from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest

from server.services.inputs import FRESH_S, GONE_S, RETRY_S, Inputs
from server.services.seats import AgentSeat
from storage.errors import Away, StorageUnavailable
from storage.rows import Heard
from tests.support.clock import FakeClock

SHOP = uuid4()


class Shelf:
    """Where times are kept and who is idle; each question can be held up, or refused."""

    def __init__(self) -> None:
        self.noted_at: dict[UUID, float | None] = {}
        self.notes = self.wakes = 0
        self.is_away = self.is_broken = False
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def note(
        self, shop_id: UUID, node: str, last_s: Mapping[UUID, float | None], now_s: float
    ) -> None:
        self.notes += 1
        await self.may_go_on.wait()
        if self.is_away:
            raise Away
        self.noted_at |= last_s

    async def noted(self, shop_id: UUID) -> Mapping[tuple[UUID, str], float]:
        return {}

    async def wake(self, agent_id: UUID) -> Heard | None:
        self.wakes += 1
        await self.may_go_on.wait()
        if self.is_broken:
            raise StorageUnavailable
        return None

    def nodes(self, shop_id: UUID) -> Mapping[UUID, set[str]]:
        return {agent_id: {"here"} for agent_id in self.noted_at}

    def heard(self, shop_id: UUID, heard: Heard) -> None: ...


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def inputs(shelf: Shelf, clock: FakeClock) -> Inputs:
    return Inputs(times=shelf, idle=shelf, where=shelf, tell=shelf, clock=clock, node="here")


def comes(inputs: Inputs) -> AgentSeat:
    seat = AgentSeat(shop_id=SHOP, agent_id=uuid4(), name="Ann", role="agent")
    inputs.came(seat, "page")
    inputs.tells(seat, "page")
    return seat


async def test_b21_commands_at_once_ask_nobody_twice(inputs: Inputs, shelf: Shelf) -> None:
    seat = comes(inputs)
    shelf.may_go_on.clear()
    first = asyncio.create_task(inputs.noticed(seat))
    await asyncio.sleep(0)
    async with asyncio.timeout(1):
        await asyncio.gather(*(inputs.noticed(seat) for _ in range(20)))
    shelf.may_go_on.set()
    await first
    assert (shelf.notes, shelf.wakes) == (1, 1)


@pytest.mark.parametrize("trouble", ["is_away", "is_broken"])
async def test_b21_while_it_cannot_be_told_it_is_tried_now_and_then(
    inputs: Inputs, shelf: Shelf, clock: FakeClock, trouble: str
) -> None:
    seat = comes(inputs)
    setattr(shelf, trouble, True)
    for _ in range(50):
        try:
            await inputs.noticed(seat)
        except StorageUnavailable:
            assert shelf.is_broken
    assert shelf.wakes == 1
    setattr(shelf, trouble, False)
    await clock.advance(RETRY_S)
    await inputs.noticed(seat)
    assert shelf.wakes == 2
    await clock.advance(FRESH_S - 1)
    await inputs.noticed(seat)
    assert shelf.wakes == 2


async def test_b21_one_page_that_cannot_tell_is_enough_to_know_nothing(
    inputs: Inputs, shelf: Shelf
) -> None:
    seat = comes(inputs)
    await inputs.renew()
    assert (await inputs.last(SHOP)).keys() == {seat.agent_id}
    inputs.came(seat, "older page")
    await inputs.renew()
    assert await inputs.last(SHOP) == {}
    assert shelf.noted_at[seat.agent_id] is None
    inputs.went(seat, "older page")
    assert (await inputs.last(SHOP)).keys() == {seat.agent_id}


async def test_b21_who_comes_back_while_others_are_forgotten_is_not(
    inputs: Inputs, shelf: Shelf, clock: FakeClock
) -> None:
    one, two = comes(inputs), comes(inputs)
    await inputs.renew()
    for seat in (one, two):
        inputs.went(seat, "page")
    await clock.advance(GONE_S)
    shelf.may_go_on.clear()
    renewing = asyncio.create_task(inputs.renew())
    await asyncio.sleep(0)
    inputs.came(two, "again")
    inputs.tells(two, "again")
    shelf.may_go_on.set()
    await renewing
    assert (await inputs.last(SHOP)).keys() == {two.agent_id}
    assert shelf.noted_at[one.agent_id] is None


async def test_b21_nothing_is_left_of_who_is_gone(
    inputs: Inputs, shelf: Shelf, clock: FakeClock
) -> None:
    for _ in range(3):
        seat = comes(inputs)
        await inputs.noticed(seat)
        inputs.went(seat, "page")
    shelf.is_away = True
    await clock.advance(GONE_S)
    await inputs.renew()
    assert any(at is not None for at in shelf.noted_at.values())
    shelf.is_away = False
    await inputs.renew()
    assert set(shelf.noted_at.values()) == {None}
    before = shelf.notes
    await inputs.renew()
    assert shelf.notes == before
    assert not any((inputs._last, inputs._gone, inputs._fresh_until, *inputs._sessions.values()))

"""A thousand customers who come back at once ask the same thing of storage once (P13)."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from server.protocol.errors import NotFound
from server.services.hours import Opening
from storage.agents import Agents
from storage.people import ShopRow
from storage.shops import Shops
from tests.support.clock import FakeClock
from tests.support.house import House


class Counter:
    """The shops, one customer at a time, counted."""

    def __init__(self, shops: Shops) -> None:
        self._shops = shops
        self.asked, self.is_open = 0, asyncio.Event()

    async def get(self, shop_id: UUID, /) -> ShopRow | None:
        self.asked += 1
        await self.is_open.wait()
        return await self._shops.get(shop_id)


class Nobody:
    """Nobody is here."""

    async def online(self, shop_id: UUID) -> set[UUID]:
        return set()


@pytest.fixture
def counter(house: House) -> Counter:
    return Counter(Shops(house.db))


@pytest.fixture
def opening(house: House, counter: Counter) -> Opening:
    return Opening(counter, Agents(house.db), Nobody(), FakeClock())


async def test_p13_whoever_asks_meanwhile_waits_for_the_same_answer(
    house: House, opening: Opening, counter: Counter
) -> None:
    crowd = [asyncio.ensure_future(opening.hours(house.shop.id)) for _ in range(100)]
    await asyncio.sleep(0)
    crowd.pop().cancel()  # somebody goes; the others still get it
    counter.is_open.set()

    answers = await asyncio.gather(*crowd)

    assert counter.asked == 1
    assert {answer.service for answer in answers} == {"nobody"}
    await opening.hours(house.shop.id)
    assert counter.asked == 1, "an answer is good for half a second"


async def test_p9_a_question_that_failed_is_asked_anew(
    house: House, opening: Opening, counter: Counter
) -> None:
    counter.is_open.set()
    stranger = uuid4()
    for _ in range(2):
        with pytest.raises(NotFound):
            await opening.hours(stranger)
    assert counter.asked == 2
    assert (await opening.hours(house.shop.id)).service == "nobody"

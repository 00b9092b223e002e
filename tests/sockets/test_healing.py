"""Many ask for healing at once: everybody is healed, and neither node nor PostgreSQL is flooded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from server.sockets.healing import HEALERS, PORTION, Healing

EVERY_S = 5.0


class Ward:
    """Sessions that heal when a test lets them. Rests last until the test ends them."""

    def __init__(self, *namespaces: str) -> None:
        self.sessions: list[Any] = [
            SimpleNamespace(id=number, namespace=namespace, is_open=True)
            for number, namespace in enumerate(namespaces)
        ]
        self.healed: list[int] = []
        self.rests: list[float] = []
        self.under_way = self.most = 0
        self.is_away = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.rested = asyncio.Event()
        self.healing = Healing(lambda: self.sessions, self._heal, self._rest)

    async def _heal(self, session: Any) -> bool:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.gate.wait()
        await asyncio.sleep(0)
        self.under_way -= 1
        if not self.is_away:
            self.healed.append(session.id)
        return not self.is_away

    async def _rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.rested.clear()
        await self.rested.wait()

    async def settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)

    async def rests_no_more(self) -> None:
        self.rested.set()
        await self.settle()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        job = asyncio.create_task(self.healing.run(EVERY_S))
        yield
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)


async def test_what_is_asked_for_while_healing_is_one_more_healing_and_not_left_out() -> None:
    ward = Ward("/visitor")
    ward.gate.clear()
    async with ward.running():
        ward.healing.ask()
        await ward.settle()
        for _ in range(10):
            ward.healing.ask()
        ward.gate.set()
        await ward.settle()
        assert ward.healed == [0]
        await ward.rests_no_more()
        assert ward.healed == [0, 0]
        await ward.rests_no_more()
        assert ward.healed == [0, 0]


async def test_a_node_that_comes_and_goes_has_the_others_heal_every_few_seconds_only() -> None:
    ward = Ward("/visitor")
    async with ward.running():
        for _ in range(10):
            ward.healing.ask()
            await ward.settle()
        assert ward.healed == [0]
        [rest] = ward.rests
        assert EVERY_S - 1 < rest <= EVERY_S
        await ward.rests_no_more()
        assert ward.healed == [0, 0]


async def test_where_nobody_was_nothing_is_waited_for() -> None:
    ward = Ward()
    async with ward.running():
        ward.healing.ask()
        await ward.settle()
        assert not ward.rests


async def test_sessions_heal_in_portions_with_rests_and_agents_first() -> None:
    many = 2 * PORTION
    ward = Ward(*["/visitor"] * many, "/agent")
    healing = asyncio.create_task(ward.healing.heal_all())
    await ward.settle()
    assert ward.healed[0] == many
    assert len(ward.healed) == PORTION
    assert ward.most == HEALERS
    while not healing.done():
        await ward.rests_no_more()
    assert sorted(ward.healed) == list(range(many + 1))
    assert len(ward.rests) == 2


async def test_who_could_not_be_healed_while_postgresql_was_away_is_healed_later() -> None:
    ward = Ward(*["/visitor"] * (PORTION + 5))
    ward.is_away = True
    healing = asyncio.create_task(ward.healing.heal_all())
    for _ in range(3):
        await ward.rests_no_more()
    assert not ward.healed
    ward.is_away = False
    ward.sessions[0].is_open = False  # gone meanwhile
    while not healing.done():
        await ward.rests_no_more()
    assert sorted(ward.healed) == list(range(1, PORTION + 5))


async def test_who_cannot_be_healed_does_not_hold_up_the_next_healing() -> None:
    ward = Ward("/visitor", "/visitor")
    ward.is_away = True
    async with ward.running():
        ward.healing.ask()
        await ward.settle()
        ward.healing.ask()
        ward.is_away = False
        await ward.rests_no_more()
        await ward.rests_no_more()
        assert sorted(ward.healed) == [0, 1]

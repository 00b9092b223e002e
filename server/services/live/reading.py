"""What a shop's board shows is read here, each part as often as it is worth."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from server.services.assignment.places import Places
from server.services.clock import Clock
from server.services.live.board import Board
from server.services.live.cover import Cover
from server.services.live.today import midnight
from storage.live import Live, TalkNow
from storage.live_agents import LiveAgents, Stay
from storage.people import QueueFacts
from storage.shops import Shops

TARGET_S = 20
"""Within so many seconds counts as in time where a queue promises nothing."""


NO_STAY = Stay()


class Lines(Protocol):
    """Which agents are here."""

    async def lines(self, shop_id: UUID, /) -> Mapping[UUID, bool]:
        """Return the agents who are connected to any node, and whether their line is whole."""
        ...

    def is_sure(self, shop_id: UUID, /) -> bool:
        """Tell whether what was last said of a shop is what all nodes say."""
        ...


class QueueRules(Protocol):
    """What queues ask of agents."""

    async def queues(self, shop_id: UUID, /) -> Sequence[QueueFacts]:
        """Return the queues of a shop that are in use."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where it is read."""

    talks: Live
    agents: LiveAgents
    rules: QueueRules
    shops: Shops
    lines: Lines
    places: Places
    clock: Clock


class Reading:
    """Reads into boards. What it costs is said in docs/design/live-view.md."""

    def __init__(self, sources: Sources) -> None:
        self._from = sources

    async def newest(self) -> int:
        """Return the number of the newest event of all."""
        return await self._from.talks.newest()

    async def changed(self, shop_ids: Iterable[UUID], after: int, until: int) -> list[TalkNow]:
        """Return what had an event of a number in (after, until], of all shops at once."""
        return await self._from.talks.changed(shop_ids, after, until)

    async def open_talks(self, shop_id: UUID) -> list[TalkNow]:
        """Return all conversations that are open."""
        return await self._from.talks.open_talks(shop_id)

    async def in_hand(self, shop_id: UUID) -> list[TalkNow]:
        """Return those that are in hand: what is said in them leaves no event."""
        return await self._from.talks.in_hand(shop_id)

    async def whole(self, shop_id: UUID, board: Board) -> None:
        """Read everything."""
        board.put_all(await self.open_talks(shop_id))
        await self.days(shop_id, board)
        await self.slow(shop_id, board)

    async def slow(self, shop_id: UUID, board: Board) -> None:
        """Read what leaves no event, or matters less at once; on three connections at most."""
        await asyncio.gather(
            self._queues(shop_id, board), self._cover(shop_id, board), self._hopes(board)
        )
        await self.people(shop_id, board)

    async def days(self, shop_id: UUID, board: Board) -> None:
        """Read how the day of each agent went so far."""
        today = await self._today(shop_id)
        board.crew.know_days(await self._from.agents.days(shop_id, today))

    async def people(self, shop_id: UUID, board: Board) -> None:
        """Read who is in service, and who is here."""
        rows, lines = await self._from.agents.now(shop_id), await self._from.lines.lines(shop_id)
        if turned := board.crew.turned(rows, lines):
            stays = await self._from.agents.stays(shop_id, turned, self._from.clock.now())
            board.crew.know_stays({each: stays.get(each, NO_STAY) for each in turned}, lines)
        board.crew.put(rows, lines)

    async def _queues(self, shop_id: UUID, board: Board) -> None:
        today = await self._today(shop_id)
        board.put_queues(await self._from.talks.queues(shop_id, today, TARGET_S))

    async def _cover(self, shop_id: UUID, board: Board) -> None:
        source = self._from
        cover = Cover.of(await source.rules.queues(shop_id), await source.agents.skills(shop_id))
        board.crew.know(cover, await source.agents.replied(shop_id))

    async def _hopes(self, board: Board) -> None:
        last = board.last()
        places = await self._from.places.of(list(last.values()))
        found = {key: places.get(conversation_id) for key, conversation_id in last.items()}
        board.put_hopes({key: each.eta_s for key, each in found.items() if each and each.eta_s})

    async def _today(self, shop_id: UUID) -> datetime:
        return await midnight(self._from.shops, shop_id, self._from.clock)

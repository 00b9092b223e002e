"""Sees who waits in vain: with a lost agent, with nobody who wants them, or beyond their queue."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from server.services.assignment.apart import Apart
from server.services.assignment.board import Board
from server.services.assignment.limits import Limits
from server.services.assignment.ports import Announce
from server.services.clock import Clock
from storage.errors import Missing, NotYours, WrongState
from storage.marks import Beyond
from storage.people import AgentFacts
from storage.rows import ConversationRow, Moved

log = structlog.get_logger()


class Marks(Protocol):
    """Where it is noted, once."""

    async def unclaimed(self, conversation_id: UUID, now: datetime, /) -> ConversationRow | None:
        """Note that everybody who could take it has declined or missed it."""
        ...

    async def full(
        self, conversation_id: UUID, beyond: Beyond, now: datetime, /
    ) -> ConversationRow | None:
        """Note that its queue was full, or that it waits too long."""
        ...


class Departures(Protocol):
    """Where conversations are taken from agents who are gone."""

    async def left(self, conversation_id: UUID, agent_id: UUID, now: datetime, /) -> Moved:
        """Let it wait again, with its age."""
        ...

    async def in_hand(self, agent_id: UUID, /) -> list[UUID]:
        """Return what an agent has in hand, the quiet ones too."""
        ...

    async def with_the_departed(self) -> list[tuple[UUID, UUID]]:
        """Return what agents who are out of service have in hand, and whose it is."""
        ...


class Watch:
    """Looks at boards after something changed, and when time alone makes a difference."""

    def __init__(
        self, marks: Marks, departures: Departures, announce: Announce, clock: Clock
    ) -> None:
        self._marks, self._departures = marks, departures
        self._announce, self._clock = announce, clock
        self._limits = Limits()

    def next_due(self, board: Board) -> float | None:
        """Return when to look again though nothing changes, in seconds since 1970."""
        dates = (self._limits.next_due(board.shop.id), board.next_lost())
        return min((date for date in dates if date is not None), default=None)

    async def hand_back(self, apart: Apart) -> None:
        """Let wait again what is with agents out of service: whoever took them out died over it."""
        for conversation_id, agent_id in await self._departures.with_the_departed():
            with apart.conversation(conversation_id):
                await self._take(conversation_id, agent_id, self._clock.now())

    async def look(self, board: Board, apart: Apart) -> None:
        """Do what is due."""
        now = self._clock.now()
        for agent in board.lost(now.timestamp()):
            await self._take_from(board, agent, now, apart)
        due = self._limits.next_due(board.shop.id)
        if not board.is_new and (due is None or due > now.timestamp()):
            return
        for conversation_id in board.unclaimed():
            with apart.conversation(conversation_id):
                await self._tell(await self._marks.unclaimed(conversation_id, now), "unclaimed")
                board.refused.discard(conversation_id)
        for conversation_id, beyond in self._limits.look(board, now.timestamp()):
            with apart.conversation(conversation_id):
                await self._tell(await self._marks.full(conversation_id, beyond, now), "full")
                board.beyond.discard(conversation_id)
                board.marked.add(conversation_id)
        board.is_new = apart.is_late

    async def _take_from(
        self, board: Board, agent: AgentFacts, now: datetime, apart: Apart
    ) -> None:
        """Let all that a lost agent has in hand wait again; wrap-ups end by themselves."""
        in_hand = await self._departures.in_hand(agent.id) if agent.held or agent.quiet else []
        for conversation_id in in_hand:
            with apart.conversation(conversation_id):
                await self._take(conversation_id, agent.id, now)
        if not apart.is_late:
            board.gone_since[agent.id] = now.timestamp()

    async def _take(self, conversation_id: UUID, agent_id: UUID, now: datetime) -> None:
        try:
            moved = await self._departures.left(conversation_id, agent_id, now)
        except (Missing, NotYours, WrongState):
            return  # an offer, a wrap-up, or somebody was quicker
        log.info("conversation_taken_back", conversation=str(conversation_id))
        await self._announce.moved(moved)

    async def _tell(self, row: ConversationRow | None, kind: str) -> None:
        if row is not None:
            log.info("waiting_marked", conversation=str(row.id), kind=kind)
            await self._announce.conversation(row)

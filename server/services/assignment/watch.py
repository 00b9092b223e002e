"""Sees who waits in vain: with a lost agent, with nobody who wants them, or beyond their queue."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from server.services.assignment.apart import Apart
from server.services.assignment.board import Board
from server.services.assignment.ports import Announce
from server.services.clock import Clock
from storage.errors import Missing, NotYours, WrongState
from storage.marks import Beyond
from storage.people import AgentFacts, QueueFacts
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
        self._due: dict[UUID, float] = {}

    def next_due(self, board: Board) -> float | None:
        """Return when to look again though nothing changes, in seconds since 1970."""
        dates = (self._due.get(board.shop.id), board.next_lost())
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
        due = self._due.get(board.shop.id)
        if not board.is_new and (due is None or due > now.timestamp()):
            return
        for conversation_id in board.unclaimed():
            with apart.conversation(conversation_id):
                await self._tell(await self._marks.unclaimed(conversation_id, now), "unclaimed")
                board.refused.discard(conversation_id)
        for conversation_id, beyond in list(self._beyond(board, now.timestamp())):
            with apart.conversation(conversation_id):
                await self._tell(await self._marks.full(conversation_id, beyond, now), "full")
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

    def _beyond(self, board: Board, now: float) -> Iterator[tuple[UUID, Beyond]]:
        """Yield who came when the queue was full, or has waited longer than it allows."""
        self._due.pop(board.shop.id, None)
        for queue in board.queues.values():
            if queue.length_max is None and queue.wait_max_s is None:
                continue
            members = board.engine.queueing.members(str(queue.id))
            line = sorted((task.queued_at, task.id) for task in members)
            for place, (queued_at, task_id) in enumerate(line):
                waiting = board.waiting[UUID(task_id)]
                if waiting.was_taken or waiting.full_at or waiting.id in board.marked:
                    continue
                if queue.length_max is not None and place >= queue.length_max:
                    yield waiting.id, "length"
                elif _is_over(queue, queued_at, now):
                    yield waiting.id, "wait"
                elif queue.wait_max_s is not None:
                    date = queued_at + queue.wait_max_s
                    self._due[board.shop.id] = min(date, self._due.get(board.shop.id, date))

    async def _tell(self, row: ConversationRow | None, kind: str) -> None:
        if row is not None:
            log.info("waiting_marked", conversation=str(row.id), kind=kind)
            await self._announce.conversation(row)


def _is_over(queue: QueueFacts, queued_at: float, now: float) -> bool:
    return queue.wait_max_s is not None and queued_at + queue.wait_max_s <= now

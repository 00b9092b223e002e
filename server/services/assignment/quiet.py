"""Lets quiet conversations give their room back, and take it again as soon as somebody speaks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from server.services.assignment.apart import Apart
from server.services.assignment.ports import Announce
from server.services.clock import Clock
from storage.rows import Moved

LOOK_S = 1.0
"""How soon whoever has spoken takes room again."""

REST_S = 5.0
"""How often it is asked who has gone quiet; it is no matter of seconds."""

AT_ONCE = 100
"""So many at most at each look: others have their turn though a rule has just changed."""

log = structlog.get_logger()


class QuietOnes(Protocol):
    """Where they are kept."""

    async def due(self, now: datetime, limit: int, /) -> list[UUID]:
        """Return those that take room and are due to be quiet, so many at most."""
        ...

    async def all(self) -> list[UUID]:
        """Return all that are quiet."""
        ...

    async def awake(self, ids: Iterable[UUID], now: datetime, limit: int, /) -> list[UUID]:
        """Return those of these that are quiet no longer, so many at most."""
        ...

    async def rest(self, conversation_id: UUID, now: datetime, /) -> Moved | None:
        """Give its room back."""
        ...

    async def wake(self, conversation_id: UUID, now: datetime, /) -> Moved | None:
        """Take its room again, beyond the capacity if need be."""
        ...


class Quietness:
    """Looks once a second after those who are quiet, if there are any."""

    def __init__(self, quiet: QuietOnes, announce: Announce, clock: Clock) -> None:
        self._quiet, self._announce, self._clock = quiet, announce, clock
        self._known: set[UUID] | None = None
        self.next_due = self._next_rest = 0.0

    def doubt(self) -> None:
        """Read anew who is quiet when it is looked next: another node may have changed it."""
        self._known = None

    def forget(self) -> None:
        """Another node looks after them from now on."""
        self._known = None
        self.next_due = self._next_rest = 0.0

    async def look(self, apart: Apart) -> None:
        """Do what is due."""
        now = self._clock.now()
        if now.timestamp() < self.next_due:
            return
        self.next_due = now.timestamp() + LOOK_S
        if self._known is None:
            self._known = set(await self._quiet.all())
        if self._known:
            await self._wake(self._known, now, apart)
        if now.timestamp() >= self._next_rest:
            self._next_rest = now.timestamp() + REST_S
            await self._rest(self._known, now, apart)

    async def _wake(self, known: set[UUID], now: datetime, apart: Apart) -> None:
        for conversation_id in await self._quiet.awake(known, now, AT_ONCE):
            with apart.conversation(conversation_id):
                moved = await self._quiet.wake(conversation_id, now)
                known.discard(conversation_id)
                if moved is not None:
                    log.info("conversation_woke", conversation=str(conversation_id))
                    await self._announce.moved(moved)

    async def _rest(self, known: set[UUID], now: datetime, apart: Apart) -> None:
        due = await self._quiet.due(now, AT_ONCE)
        if len(due) == AT_ONCE:
            self._next_rest = self.next_due  # there may be more
        for conversation_id in due:
            with apart.conversation(conversation_id):
                moved = await self._quiet.rest(conversation_id, now)
                if moved is not None:
                    known.add(conversation_id)
                    log.info("conversation_gone_quiet", conversation=str(conversation_id))
                    await self._announce.moved(moved)

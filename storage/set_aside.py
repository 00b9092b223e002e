"""Conversations that somebody holds for long: each waits by itself, the others go on without it."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import cast
from uuid import UUID

from storage.errors import Busy, StorageUnavailable
from storage.waiters import Store, Waiter, refuse, settle, unanswered

TURN_S = 2.0


class Aside:
    """What waits of one conversation that was set aside, in its order."""

    __slots__ = ("gives_up", "waiters")

    def __init__(self) -> None:
        self.waiters: list[Waiter] = []
        self.gives_up: asyncio.TimerHandle | None = None

    def stop_waiting(self) -> None:
        """Its turn has come, or never will."""
        if self.gives_up is not None:
            self.gives_up.cancel()


class SetAside:
    """Tries set-aside conversations alone, ``at_once`` of them, who came first before the others.

    ``drafts_max`` of one may wait, and no longer than ``turn_s`` for their turn: then they are
    refused with Busy, as they are when their turn was in vain. Once a conversation is free again,
    ``give_back`` gets what came while it was tried.
    """

    def __init__(
        self,
        store: Store,
        give_back: Callable[[Sequence[Waiter]], None],
        *,
        at_once: int,
        drafts_max: int,
        turn_s: float = TURN_S,
    ) -> None:
        self._store, self._give_back = store, give_back
        self._at_once, self._drafts_max, self._turn_s = at_once, drafts_max, turn_s
        self._aside: dict[UUID, Aside] = {}
        self._turns: deque[UUID] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0

    def __contains__(self, conversation_id: UUID) -> bool:
        return conversation_id in self._aside

    @property
    def waiting(self) -> int:
        """How many drafts wait for their turn."""
        return self._waiting

    @property
    def tasks(self) -> Collection[asyncio.Task[None]]:
        """What is under way."""
        return frozenset(self._tasks)

    def put(self, waiter: Waiter) -> None:
        """Set a draft aside, behind those of its conversation that are here already."""
        conversation_id = waiter[0].conversation_id
        if conversation_id not in self._aside:
            self._aside[conversation_id] = Aside()
            self._queue(conversation_id)
        waiters = self._aside[conversation_id].waiters
        if len(waiters) < self._drafts_max:
            waiters.append(waiter)
            self._waiting += 1
        else:
            refuse([waiter], Busy)

    def _queue(self, conversation_id: UUID) -> None:
        loop = asyncio.get_running_loop()
        self._aside[conversation_id].gives_up = loop.call_later(
            self._turn_s, self._give_up, conversation_id
        )
        self._turns.append(conversation_id)
        if len(self._tasks) < self._at_once:
            self._tasks.add(asyncio.create_task(self._take_turns(), name="set_aside"))

    def _give_up(self, conversation_id: UUID) -> None:
        """Its turn did not come in time."""
        self._turns.remove(conversation_id)
        refuse(self._handed_out(self._aside.pop(conversation_id)), Busy)

    def _handed_out(self, aside: Aside) -> list[Waiter]:
        waiters, aside.waiters = aside.waiters, []
        self._waiting -= len(waiters)
        return waiters

    async def _take_turns(self) -> None:
        try:
            while self._turns:
                await self._try(self._turns.popleft())
        except BaseException:
            # Cancelled with the loop, or a mistake of ours: nobody may be left waiting.
            self._refuse_all()
            raise
        finally:
            self._tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _try(self, conversation_id: UUID) -> None:
        aside = self._aside[conversation_id]
        aside.stop_waiting()
        group = unanswered(self._handed_out(aside))
        try:
            if group:
                await settle(self._store, group, "long")
        except Busy:
            refuse(group, Busy)
            if aside.waiters:
                self._queue(conversation_id)
            else:
                self._end(conversation_id, aside)
        except BaseException:
            refuse(group, StorageUnavailable)
            raise
        else:
            self._end(conversation_id, aside)
            self._give_back(self._handed_out(aside))

    def _end(self, conversation_id: UUID, aside: Aside) -> None:
        """Set it aside no longer; what was set aside anew after a mistake stays."""
        if self._aside.get(conversation_id) is aside:
            del self._aside[conversation_id]

    def _refuse_all(self) -> None:
        for aside in self._aside.values():
            aside.stop_waiting()
            refuse(self._handed_out(aside), StorageUnavailable)
        self._aside.clear()
        self._turns.clear()

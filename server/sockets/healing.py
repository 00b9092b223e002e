"""After some were not heard for a while every session here catches up, and nobody is flooded by it.

One flapping node asks all others again and again. So what is asked for while a healing is under
way, or within ``every_s`` of its beginning, is one more healing, which follows then. Sessions heal
in portions; after each the node rests as long as it took, for those who speak meanwhile.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from server.sockets.session import Session

HEALERS = 3  # of the pool of connections to PostgreSQL, so that senders need not wait
PORTION = 30
REST_MAX_S = 1.0
AGAIN_S = 1.0

AnySession = Session[Any]
Rest = Callable[[float], Awaitable[None]]


class Healing:
    """Heals on demand.

    ``sessions`` are all that are here. ``heal`` lets one catch up; it is False where that could not
    be done now, and is tried again.
    """

    def __init__(
        self,
        sessions: Callable[[], Sequence[AnySession]],
        heal: Callable[[AnySession], Awaitable[bool]],
        rest: Rest = asyncio.sleep,
    ) -> None:
        self._sessions, self._heal, self._rest = sessions, heal, rest
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Have everybody healed who is here now."""
        self._asked.set()

    async def run(self, every_s: float) -> None:
        """Heal for ever, so often at most. One of the node's background jobs."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            begun = time.monotonic()
            if await self.heal_all():
                await self._rest(max(0.0, begun + every_s - time.monotonic()))

    async def heal_all(self) -> int:
        """Heal everybody, agents first: their lists are made of news. Return how many there were.

        It goes on until all are healed or gone, however long PostgreSQL is away, or until the next
        healing begins, which has them too.
        """
        left = sorted(self._sessions(), key=lambda session: session.namespace != "/agent")
        many = len(left)
        while left:
            portion, left = left[:PORTION], left[PORTION:]
            begun = time.monotonic()
            unhealed = await self._heal_portion([each for each in portion if each.is_open])
            left += unhealed
            if unhealed:
                await self._rest(AGAIN_S)
                if self._asked.is_set():
                    break
            elif left:
                await self._rest(min(REST_MAX_S, time.monotonic() - begun))
        return many

    async def _heal_portion(self, portion: Sequence[AnySession]) -> list[AnySession]:
        """Return those that could not be healed now."""
        unhealed: list[AnySession] = []
        waiting = iter(portion)

        async def heal_some() -> None:
            for session in waiting:
                if unhealed or not await self._heal(session):
                    unhealed.append(session)

        async with asyncio.TaskGroup() as group:
            for _ in range(HEALERS):
                group.create_task(heal_some())
        return unhealed

"""Nobody stays connected whose sign-in is over, even if the word of it was lost on the way."""

from collections.abc import Callable, Collection

import structlog

from server.protocol.events import SessionEnded
from server.services.clock import Clock
from server.services.fanout import Fanout
from server.services.rooms import sign_in_of, sign_in_room
from storage.agent_sessions import AgentSessions
from storage.errors import StorageUnavailable

CHECK_S = 2.0
OVER = SessionEnded(code="unauthorized", message="This session is over. Please sign in again.")

log = structlog.stdlib.get_logger()


class SignIns:
    """Looks after the sign-ins that have sockets on this node; ``rooms`` names all rooms here.

    Signing out is told at once. This finds what was not told: expiry, a bus that lost the word, a
    socket that came in while the word went round.
    """

    def __init__(
        self,
        sessions: AgentSessions,
        fanout: Fanout,
        clock: Clock,
        rooms: Callable[[], Collection[str]],
    ) -> None:
        self._sessions, self._fanout, self._clock, self._rooms = sessions, fanout, clock, rooms

    async def run(self) -> None:
        """Check again and again. A job: it never returns."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + CHECK_S)
            try:
                await self.check()
            except StorageUnavailable:
                log.warning("sign_ins_not_checked")

    async def check(self) -> None:
        """End the sockets of every sign-in that is over."""
        here = [each for room in self._rooms() if (each := sign_in_of(room)) is not None]
        if here:
            for over in await self._sessions.over(here, self._clock.now()):
                self._fanout.end(sign_in_room(over), OVER)

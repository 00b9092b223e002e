"""Nobody stays whose sign-in is over, or role another, even if the word was lost on the way."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

import structlog

from server.protocol.events import SessionEnded
from server.protocol.shapes import Role
from server.services.accounts import CHANGED
from server.services.clock import Clock
from server.services.fanout import Fanout
from server.services.rooms import agent_room, sign_in_of, sign_in_room
from server.services.seats import AgentSeat
from storage.agent_sessions import AgentSessions
from storage.errors import StorageUnavailable

CHECK_S = 2.0
OVER = SessionEnded(code="unauthorized", message="This session is over. Please sign in again.")

log = structlog.stdlib.get_logger()


class SignIns:
    """Looks after the sign-ins that have sockets on this node.

    ``rooms`` names all rooms here, ``seats`` says as whom agents came. Signing out and another role
    are told at once. This finds what was not told: expiry, a bus that lost the word, a socket that
    came in while the word went round.
    """

    def __init__(
        self,
        sessions: AgentSessions,
        fanout: Fanout,
        clock: Clock,
        rooms: Callable[[], Collection[str]],
        seats: Callable[[], Iterable[AgentSeat]],
    ) -> None:
        self._sessions, self._fanout, self._clock = sessions, fanout, clock
        self._rooms, self._seats = rooms, seats

    async def run(self) -> None:
        """Check again and again. A job: it never returns."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + CHECK_S)
            try:
                await self.check()
            except StorageUnavailable:
                log.warning("sign_ins_not_checked")

    async def check(self) -> None:
        """End the sockets of every sign-in that is over, and of who is somebody else by now."""
        here = [each for room in self._rooms() if (each := sign_in_of(room)) is not None]
        if here:
            for over in await self._sessions.over(here, self._clock.now()):
                self._fanout.end(sign_in_room(over), OVER)
        seats: set[tuple[UUID, Role]] = {(each.agent_id, each.role) for each in self._seats()}
        if seats:
            for agent_id in await self._sessions.of_other_roles(seats):
                self._fanout.end(agent_room(agent_id), CHANGED)

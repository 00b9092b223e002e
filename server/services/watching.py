"""Watching a colleague's conversation without being seen. It is written down before it begins."""

from uuid import UUID

import structlog

from server.protocol.catalogue import Opened
from server.protocol.commands import WatchConversation
from server.protocol.errors import TooMany
from server.services.access import Access
from server.services.clock import Clock
from server.services.desk import Listener, Looking
from server.services.rooms import conversation_room, leads_room
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.viewers import Viewers
from storage.errors import StorageUnavailable

RENEW_S = 30.0

log = structlog.get_logger()


class Watching:
    """For seats that lead. Whoever watches is no viewer, reads nothing for anybody, types nothing.

    Who is connected to another node watches there: a node knows its own, and vouches for them.
    """

    def __init__(
        self,
        *,
        stores: Stores,
        access: Access,
        looking: Looking,
        viewers: Viewers,
        clock: Clock,
        watched_max: int,
    ) -> None:
        self._stores, self._access, self._looking = stores, access, looking
        self._viewers, self._clock, self._watched_max = viewers, clock, watched_max
        self._watches: dict[str, dict[UUID, UUID]] = {}  # session → conversation → its watch

    async def watch(
        self, seat: AgentSeat, listener: Listener, command: WatchConversation
    ) -> Opened:
        """Show a conversation, and all that happens in it, to nobody's notice. Again: the same."""
        seat.must_lead()
        row = await self._access.open_for(seat, command.conversation)
        own = self._watches.setdefault(listener.id, {})
        if row.id not in own:
            if len(own) >= self._watched_max:
                raise TooMany(setting="open_conversations_per_session", limit=self._watched_max)
            own[row.id] = watch = await self._stores.step_ins.begin_watch(
                seat.shop_id, row.id, seat.agent_id, self._clock.now()
            )
            if self._watches.get(listener.id) is not own:  # they have gone meanwhile
                await self._stores.step_ins.end_watch(watch, self._clock.now())
        await self._viewers.went(row.id, listener.id)
        listener.join(conversation_room(row.id))
        listener.join(leads_room(row.id))
        return await self._looking.shown(seat, row.id, await self._viewers.of(row.id))

    async def stopped(self, conversation_id: UUID, session_id: str) -> None:
        """Write down that a session watches a conversation no longer, if it did."""
        watch = self._watches.get(session_id, {}).pop(conversation_id, None)
        if watch is not None:
            await self._stores.step_ins.end_watch(watch, self._clock.now())

    async def gone(self, session_id: str) -> None:
        """Write down that a session that is over watches nothing."""
        for conversation_id in tuple(self._watches.get(session_id, ())):
            try:
                await self.stopped(conversation_id, session_id)
            except StorageUnavailable:  # it ended when it was last vouched for, then
                log.warning("watch_end_not_written", conversation=str(conversation_id))
        self._watches.pop(session_id, None)

    async def run(self) -> None:
        """Vouch for those who watch here, for ever. One of the node's background jobs."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + RENEW_S)
            await self.renew()

    async def renew(self) -> None:
        """Vouch for those who watch here."""
        watches = [watch for own in self._watches.values() for watch in own.values()]
        if not watches:
            return
        try:
            await self._stores.step_ins.renew_watches(watches, self._clock.now())
        except StorageUnavailable:
            log.warning("watches_not_renewed", watches=len(watches))

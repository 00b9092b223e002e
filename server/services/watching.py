"""Watching a colleague's conversation without being seen. It is written down before it begins."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from msgspec.structs import replace

from server.protocol.catalogue import Opened
from server.protocol.commands import WatchConversation
from server.protocol.errors import TooMany
from server.services.access import Access
from server.services.blur import Veils
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.desk import Listener, Looking
from server.services.rooms import conversation_room, leads_room
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.viewers import Viewers
from storage.errors import StorageUnavailable
from storage.rows import ConversationRow

RENEW_S = 30.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Watcher:
    """A session that watches: each conversation's watch, and what is hidden from it."""

    listener: Listener
    watches: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    veils: Veils = field(default_factory=Veils)


class Watching:
    """For seats that lead. Whoever watches is no viewer, reads nothing for anybody, types nothing.

    Who is connected to another node watches there: a node knows its own, and vouches for them.
    """

    def __init__(  # noqa: PLR0913 - collaborators
        self,
        *,
        stores: Stores,
        access: Access,
        looking: Looking,
        viewers: Viewers,
        blurring: Blurring,
        clock: Clock,
        watched_max: int,
    ) -> None:
        self._stores, self._access, self._looking = stores, access, looking
        self._viewers, self._blurring = viewers, blurring
        self._clock, self._watched_max = clock, watched_max
        self._watchers: dict[str, _Watcher] = {}  # by session

    async def watch(
        self, seat: AgentSeat, listener: Listener, command: WatchConversation
    ) -> Opened:
        """Show a conversation, and all that happens in it, to nobody's notice. Again: the same."""
        seat.must_lead()
        row = await self._access.open_for(seat, command.conversation)
        watcher = self._watchers.setdefault(listener.id, _Watcher(listener))
        if row.id not in watcher.watches:
            await self._begin(seat, row, watcher)
        await self._viewers.went(row.id, listener.id)
        veil = await self._blurring.of_watched(seat, row)
        if veil is not None:
            watcher.veils.put(veil)
            listener.veil = watcher.veils
        listener.join(conversation_room(row.id))
        listener.join(leads_room(row.id))
        shown = await self._looking.shown(seat, row.id, await self._viewers.of(row.id))
        return shown if veil is None else veil.shape(replace(shown, blurred=True))

    async def _begin(self, seat: AgentSeat, row: ConversationRow, watcher: _Watcher) -> None:
        if len(watcher.watches) >= self._watched_max:
            raise TooMany(setting="open_conversations_per_session", limit=self._watched_max)
        watcher.watches[row.id] = watch = await self._stores.step_ins.begin_watch(
            seat.shop_id, row.id, seat.agent_id, self._clock.now()
        )
        if self._watchers.get(watcher.listener.id) is not watcher:  # they have gone meanwhile
            await self._stores.step_ins.end_watch(watch, self._clock.now())

    async def stopped(self, conversation_id: UUID, session_id: str) -> None:
        """Write down that a session watches a conversation no longer, if it did."""
        watcher = self._watchers.get(session_id)
        watch = None if watcher is None else watcher.watches.pop(conversation_id, None)
        if watcher is not None and watcher.veils.drop(conversation_id):
            watcher.listener.veil = None
        if watch is not None:
            await self._stores.step_ins.end_watch(watch, self._clock.now())

    def watched_in(self, session_id: str) -> Collection[UUID]:
        """Return the conversations that a session watches."""
        watcher = self._watchers.get(session_id)
        return () if watcher is None else watcher.watches.keys()

    async def gone(self, session_id: str) -> None:
        """Write down that a session that is over watches nothing."""
        watcher = self._watchers.get(session_id)
        for conversation_id in tuple(() if watcher is None else watcher.watches):
            try:
                await self.stopped(conversation_id, session_id)
            except StorageUnavailable:  # it ended when it was last vouched for, then
                log.warning("watch_end_not_written", conversation=str(conversation_id))
        self._watchers.pop(session_id, None)

    async def run(self) -> None:
        """Vouch for those who watch here, for ever. One of the node's background jobs."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + RENEW_S)
            await self.renew()

    async def renew(self) -> None:
        """Vouch for those who watch here."""
        watches = [each for own in self._watchers.values() for each in own.watches.values()]
        if not watches:
            return
        try:
            await self._stores.step_ins.renew_watches(watches, self._clock.now())
        except StorageUnavailable:
            log.warning("watches_not_renewed", watches=len(watches))

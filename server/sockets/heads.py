"""Promise P3: what a pub/sub lost is noticed here, within a beat, and told to whoever listens.

So is what PostgreSQL lost, when a replica that was behind took over: pages then begin anew.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog

from server.protocol.events import HeadChanged, SessionEnded
from server.sockets.delivered import Delivered, Heads
from server.sockets.drain import SOONEST_MS, latest_ms
from server.sockets.fanout import SocketFanout
from server.sockets.metrics import SocketMetrics
from storage.errors import StorageUnavailable

ReadHeads = Callable[[Sequence[UUID]], Awaitable[dict[UUID, Heads]]]
AT_ONCE = 5000
UNDER_WAY_S = 0.25

log = structlog.stdlib.get_logger()


class HeadWatch:
    """Compares, every ``beat_s``, what was delivered here with what is stored."""

    def __init__(
        self,
        delivered: Delivered,
        fanout: SocketFanout,
        read: ReadHeads,
        metrics: SocketMetrics,
        beat_s: float,
    ) -> None:
        self._delivered, self._fanout, self._read = delivered, fanout, read
        self._metrics, self._beat_s = metrics, beat_s

    async def run(self) -> None:
        """Compare for ever. One of the node's background jobs."""
        while True:
            await asyncio.sleep(self._beat_s)
            try:
                await self.compare()
            except StorageUnavailable:
                log.warning("heads_not_read")
            except Exception:
                log.exception("heads_failed")

    async def compare(self) -> int:
        """Tell the listeners of every conversation that is behind; return how many there were.

        What was delivered was stored, so it is in what is read afterwards, unless storage lost it.
        """
        followed = list(self._delivered.conversations())
        behind: list[tuple[str, UUID, Heads]] = []
        lost: list[tuple[str, Heads]] = []
        for at in range(0, len(followed), AT_ONCE):
            part = followed[at : at + AT_ONCE]
            heads = await self._read([conversation for _, conversation, _ in part])
            for room, conversation, delivered in part:
                stored = heads.get(conversation, (0, 0))
                if stored[0] < delivered[0] or stored[1] < delivered[1]:
                    lost.append((room, stored))
                elif any(self._delivered.missing(room, stored)):
                    behind.append((room, conversation, stored))
        if lost:
            self._begin_anew(lost)
        if behind:  # what was stored a moment ago may still be on its way
            await asyncio.sleep(UNDER_WAY_S)
        return sum(self._tell(*each) for each in behind)

    def _begin_anew(self, lost: list[tuple[str, Heads]]) -> None:
        """Let pages come back that show what storage does not have any more."""
        log.warning("stored_heads_went_back", conversations=len(lost))
        latest = latest_ms(len(lost))
        for room, stored in lost:
            self._delivered.rewind(room, stored)
            reason = SessionEnded(
                code="replaced",
                message="Some of what you see was lost. You will be reconnected.",
                retry_after_ms=random.randint(SOONEST_MS, latest),
            )
            self._fanout.end_here(room, reason)

    def _tell(self, room: str, conversation: UUID, stored: Heads) -> bool:
        messages, notes = self._delivered.missing(room, stored)
        self._delivered.catch_up(room, stored)
        head, note_head = stored
        if messages:
            changed = HeadChanged(conversation=str(conversation), head=head)
            self._fanout.tell_here(room, "head:changed", changed, "visitors")
        if messages or notes:
            changed = HeadChanged(conversation=str(conversation), head=head, note_head=note_head)
            self._fanout.tell_here(room, "head:changed", changed, "agents")
            self._metrics.heads_behind.inc()
        return messages or notes

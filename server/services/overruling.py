"""What supervisors take from others: a conversation waits again or ends, a status is set."""

from typing import Protocol
from uuid import UUID

from server.protocol.catalogue import ConversationAnswer
from server.protocol.commands import (
    AssignConversation,
    CloseConversation,
    Done,
    RequeueConversation,
    SetAgentStatus,
)
from server.protocol.errors import NotFound
from server.services.access import Access
from server.services.announce import Announce
from server.services.blur import through
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.ids import uuid_at
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.texts import Texts
from server.services.views import Views
from storage.errors import Missing
from storage.leading import Seen
from storage.overruling import Overruled, StatusSet
from storage.rows import Heard, Moved


class Statuses(Protocol):
    """Who tells of a status."""

    async def was_set(self, shop_id: UUID, heard: Heard, by: str, reason: str) -> None:
        """Tell an agent what somebody has set their status to, and act on it."""
        ...


class Overruling:
    """For seats that lead. PostgreSQL decides who was first; here everybody is told."""

    def __init__(  # noqa: PLR0913 - collaborators
        self,
        *,
        stores: Stores,
        access: Access,
        texts: Texts,
        views: Views,
        blurring: Blurring,
        announce: Announce,
        statuses: Statuses,
        clock: Clock,
    ) -> None:
        self._stores, self._access, self._texts = stores, access, texts
        self._views, self._blurring, self._announce = views, blurring, announce
        self._statuses, self._clock = statuses, clock

    async def requeue(self, seat: AgentSeat, command: RequeueConversation) -> ConversationAnswer:
        """Let a conversation wait again, in its queue or another one, at its age."""
        wanted = await self._wanted(seat, command, command.reason)
        queue_id = None if command.queue is None else uuid_at(command.queue, "queue")
        try:
            moved = await self._stores.overruling.requeue(wanted, queue_id, self._clock.now())
        except Missing:
            raise NotFound(field="queue") from None
        return await self._told(seat, moved)

    async def close(self, seat: AgentSeat, command: CloseConversation) -> ConversationAnswer:
        """End a conversation that is in other hands, or waits, for good."""
        reason = command.reason or ""
        wanted = await self._wanted(seat, command, reason)
        outcome = None if command.outcome is None else self._texts.short(command.outcome, "outcome")
        moved = await self._stores.overruling.close(wanted, outcome, self._clock.now())
        return await self._told(seat, moved)

    async def set_status(self, seat: AgentSeat, command: SetAgentStatus) -> Done:
        """Set a colleague's status; they are told by whom, and why."""
        seat.must_lead()
        wanted = StatusSet(
            shop_id=seat.shop_id,
            agent_id=uuid_at(command.agent, "agent"),
            by=seat.agent_id,
            status=command.status,
            reason=self._texts.reason(command.reason),
            was=command.was,
        )
        try:
            heard = await self._stores.overruling.set_status(wanted, self._clock.now())
        except Missing:
            raise NotFound(field="agent") from None
        if heard is not None:
            await self._statuses.was_set(seat.shop_id, heard, seat.name, wanted.reason)
        return Done()

    async def _wanted(
        self, seat: AgentSeat, command: RequeueConversation | CloseConversation, reason: str
    ) -> Overruled:
        seat.must_lead()
        row = await self._access.open_for(seat, command.conversation)
        return Overruled(
            shop_id=seat.shop_id,
            conversation_id=row.id,
            by=seat.agent_id,
            reason=self._texts.reason(reason),
            seen=seen_by(command),
        )

    async def _told(self, seat: AgentSeat, moved: Moved) -> ConversationAnswer:
        await self._announce.moved(moved)
        view = await self._views.agent_conversation(moved.row, asked_by=seat.agent_id)
        veils = await self._blurring.reading(seat, moved.row)
        return ConversationAnswer(conversation=through(veils, view))


def seen_by(command: AssignConversation | RequeueConversation | CloseConversation) -> Seen:
    """Return how the conversation was seen of which a command speaks."""
    held_by = None if command.held_by is None else uuid_at(command.held_by, "held_by")
    return Seen(command.epoch, held_by)

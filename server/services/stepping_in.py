"""What supervisors decide over the engine's head: who has a conversation, and how soon."""

from typing import Protocol
from uuid import UUID

from server.protocol.catalogue import ConversationAnswer
from server.protocol.commands import AssignConversation, PrioritizeConversation
from server.protocol.errors import Conflict, NotFound
from server.services.access import Access
from server.services.announce import Announce
from server.services.blur import through
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.ids import uuid_at
from server.services.overruling import seen_by
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.texts import Texts
from server.services.views import Views
from storage.rows import Moved
from storage.stepping_in import Assignment, Urgency

REASON_MAX = 500


class Online(Protocol):
    """Which agents are here."""

    async def online(self, shop_id: UUID) -> set[UUID]:
        """Return the agents of a shop who are connected, to any node."""
        ...


class SteppingIn:
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
        online: Online,
        clock: Clock,
    ) -> None:
        self._stores, self._access, self._texts = stores, access, texts
        self._views, self._blurring, self._announce = views, blurring, announce
        self._online, self._clock = online, clock

    async def assign(self, seat: AgentSeat, command: AssignConversation) -> ConversationAnswer:
        """Give a conversation to somebody who is here, even beyond their capacity."""
        seat.must_lead()
        reason = self._texts.reason(command.reason)
        row = await self._access.open_for(seat, command.conversation)
        agent_id = uuid_at(command.agent, "agent")
        name = await self._here(seat, agent_id)
        wanted = Assignment(
            shop_id=seat.shop_id,
            conversation_id=row.id,
            agent_id=agent_id,
            by=seat.agent_id,
            reason=reason,
            seen=seen_by(command),
        )
        moved = await self._stores.stepping_in.assign(wanted, self._clock.now())
        return await self._told(seat, moved, by=name)

    async def prioritize(
        self, seat: AgentSeat, command: PrioritizeConversation
    ) -> ConversationAnswer:
        """Let a conversation be served sooner, or later; those who wait see where they stand."""
        seat.must_lead()
        reason = self._texts.short(command.reason or "", "reason", REASON_MAX).strip() or None
        row = await self._access.open_for(seat, command.conversation)
        wanted = Urgency(
            shop_id=seat.shop_id,
            conversation_id=row.id,
            by=seat.agent_id,
            priority=command.priority,
            emergency=command.emergency,
            reason=reason,
            was=command.was,
            was_emergency=command.was_emergency,
        )
        return await self._told(
            seat, await self._stores.stepping_in.prioritize(wanted, self._clock.now())
        )

    async def _here(self, seat: AgentSeat, agent_id: UUID) -> str:
        """Return the name of somebody of the shop who is connected, so that no ghost gets it."""
        agent = await self._stores.agents.get(agent_id)
        if agent is None or agent.shop_id != seat.shop_id or agent.deactivated_at is not None:
            raise NotFound(field="agent")
        if agent_id not in await self._online.online(seat.shop_id):
            raise Conflict(f"{agent.name} is not here now.", field="agent", reason="offline")
        return agent.name

    async def _told(
        self, seat: AgentSeat, moved: Moved, *, by: str | None = None
    ) -> ConversationAnswer:
        await self._announce.moved(moved, by=by)
        view = await self._views.agent_conversation(moved.row, asked_by=seat.agent_id)
        veils = await self._blurring.reading(seat, moved.row)
        return ConversationAnswer(conversation=through(veils, view))

"""Supervisors beside an agent: they whisper to them, or join and talk with the customer."""

from server.protocol.catalogue import ConversationAnswer, Whispered
from server.protocol.commands import JoinConversation, StepOut, WhisperToAgent
from server.services.access import Access
from server.services.announce import Announce
from server.services.clock import Clock
from server.services.faces import whisper_face
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.texts import Texts
from server.services.views import Views
from storage.rows import Moved
from storage.whispers import NewWhisper


class Beside:
    """For seats that lead. The agent keeps the conversation; what is stored is told."""

    def __init__(
        self,
        *,
        stores: Stores,
        access: Access,
        texts: Texts,
        views: Views,
        announce: Announce,
        clock: Clock,
    ) -> None:
        self._stores, self._access, self._texts = stores, access, texts
        self._views, self._announce, self._clock = views, announce, clock

    async def whisper(self, seat: AgentSeat, command: WhisperToAgent) -> Whispered:
        """Say something to whoever has the conversation. A retry answers with the first."""
        seat.must_lead()
        text = self._texts.message(command.text)
        row = await self._access.open_for(seat, command.conversation)
        new = NewWhisper(
            shop_id=seat.shop_id,
            conversation_id=row.id,
            client_id=command.client_id,
            by_id=seat.agent_id,
            text=text,
        )
        stored, is_new = await self._stores.whispers.say(new, self._clock.now())
        whisper = whisper_face(stored)
        if is_new:
            self._announce.whisper(whisper)
        return Whispered(whisper=whisper)

    async def join(self, seat: AgentSeat, command: JoinConversation) -> ConversationAnswer:
        """Talk with the customer, too, who is told that one has joined."""
        seat.must_lead()
        row = await self._access.open_for(seat, command.conversation)
        now = self._clock.now()
        return await self._told(
            seat, await self._stores.joining.join(seat.shop_id, row.id, seat.agent_id, now)
        )

    async def step_out(self, seat: AgentSeat, command: StepOut) -> ConversationAnswer:
        """Leave it to its agent again; the customer is told. Also who leads no more may."""
        row = await self._access.open_for(seat, command.conversation)
        now = self._clock.now()
        return await self._told(
            seat, await self._stores.joining.step_out(seat.shop_id, row.id, seat.agent_id, now)
        )

    async def _told(self, seat: AgentSeat, moved: Moved) -> ConversationAnswer:
        await self._announce.moved(moved)
        view = await self._views.agent_conversation(moved.row, asked_by=seat.agent_id)
        return ConversationAnswer(conversation=view)

"""Supervisors beside an agent: they whisper to them, or join and talk with the customer."""

from server.protocol.catalogue import ConversationAnswer, Whispered
from server.protocol.commands import JoinConversation, StepOut, WhisperToAgent
from server.protocol.errors import Forbidden
from server.services.access import Access
from server.services.announce import Announce
from server.services.blur import through
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.faces import whisper_face
from server.services.ids import uuid_at, uuid_of
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.texts import Texts
from server.services.views import Views
from storage.rows import Moved
from storage.whispers import NewWhisper


class Beside:
    """For seats that lead. The agent keeps the conversation; what is stored is told."""

    def __init__(  # noqa: PLR0913 - collaborators
        self,
        *,
        stores: Stores,
        access: Access,
        texts: Texts,
        views: Views,
        blurring: Blurring,
        announce: Announce,
        clock: Clock,
    ) -> None:
        self._stores, self._access, self._texts = stores, access, texts
        self._views, self._blurring = views, blurring
        self._announce, self._clock = announce, clock

    async def whisper(self, seat: AgentSeat, command: WhisperToAgent) -> Whispered:
        """Say something to the agent of a conversation. A retry answers with the first."""
        seat.must_lead()
        text = self._texts.message(command.text)
        row = await self._access.open_for(seat, command.conversation)
        new = NewWhisper(
            shop_id=seat.shop_id,
            conversation_id=row.id,
            client_id=command.client_id,
            by_id=seat.agent_id,
            text=text,
            to_id=None if command.to is None else uuid_at(command.to, "to"),
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
        """Leave it to its agent; the customer is told. Who joined may, even who leads no more."""
        joined = self._stores.joining.has_joined
        if not (seat.leads or await joined(uuid_of(command.conversation), seat.agent_id)):
            raise Forbidden
        row = await self._access.open_for(seat, command.conversation)
        now = self._clock.now()
        return await self._told(
            seat, await self._stores.joining.step_out(seat.shop_id, row.id, seat.agent_id, now)
        )

    async def _told(self, seat: AgentSeat, moved: Moved) -> ConversationAnswer:
        await self._announce.moved(moved)
        view = await self._views.agent_conversation(moved.row, asked_by=seat.agent_id)
        veils = await self._blurring.reading(seat, moved.row)
        return ConversationAnswer(conversation=through(veils, view))

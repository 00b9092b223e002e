"""What agents do with conversations: look, leave, hand over, close, take back, finish."""

from typing import Protocol
from uuid import UUID

from server.protocol.catalogue import ConversationAnswer, Opened
from server.protocol.commands import (
    CloseConversation,
    Done,
    FinishConversation,
    LeaveConversation,
    OpenConversation,
    ResumeConversation,
    TransferConversation,
)
from server.protocol.errors import Conflict, Invalid, NotFound
from server.services.access import Access
from server.services.announce import Announce
from server.services.clock import Clock
from server.services.faces import fresh_message_face, message_face
from server.services.ids import uuid_of
from server.services.rooms import conversation_room
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.texts import Texts
from server.services.viewers import Viewers
from server.services.views import IN_HAND, Views
from storage.rows import Draft, Moved

NEWEST = 200  # messages shown when a conversation is opened; older ones are read with message:since


class Listener(Protocol):
    """A session that may hear rooms."""

    @property
    def id(self) -> str:
        """What it is called."""
        ...

    def join(self, room: str) -> None:
        """Hear what is told in ``room``."""
        ...

    def leave(self, room: str) -> None:
        """Hear it no longer."""
        ...


class Online(Protocol):
    """Which agents are here."""

    async def online(self, shop_id: UUID) -> set[UUID]:
        """Return the agents of a shop who are connected, to any node."""
        ...


class Looking:
    """Agents who have a conversation open, and those who see that they do."""

    def __init__(self, stores: Stores, access: Access, views: Views, viewers: Viewers) -> None:
        self._stores, self._access, self._views, self._viewers = stores, access, views, viewers

    async def open(self, seat: AgentSeat, listener: Listener, command: OpenConversation) -> Opened:
        """Show a conversation. Listen first, then read, so that nothing falls between."""
        row = await self._access.open_for(seat, command.conversation)
        self._viewers.check_room(row.id, listener.id)
        listener.join(conversation_room(row.id))
        viewers = await self._viewers.came(row.id, seat, listener.id)
        row = await self._views.row(row.id)
        messages = await self._stores.messages.last(row.id, NEWEST, private=False)
        notes = await self._stores.messages.last(row.id, NEWEST, private=True)
        return Opened(
            conversation=await self._views.agent_conversation(row, asked_by=seat.agent_id),
            messages=[message_face(each) for each in messages],
            notes=[message_face(each) for each in notes],
            viewers=viewers,
        )

    async def leave(self, seat: AgentSeat, listener: Listener, command: LeaveConversation) -> Done:
        """Stop showing it; whoever has it in hand goes on hearing it."""
        row = await self._access.open_for(seat, command.conversation)
        await self._viewers.went(row.id, listener.id)
        if row.agent_id != seat.agent_id or row.state not in IN_HAND:
            listener.leave(conversation_room(row.id))
        return Done()


class Desk:
    """An agent's decisions about a conversation in hand."""

    def __init__(
        self,
        stores: Stores,
        texts: Texts,
        views: Views,
        announce: Announce,
        online: Online,
        clock: Clock,
    ) -> None:
        self._stores, self._texts, self._views = stores, texts, views
        self._announce, self._online, self._clock = announce, online, clock

    async def transfer(self, seat: AgentSeat, command: TransferConversation) -> ConversationAnswer:
        """Hand it to a colleague or a queue; the note goes along, the customer's age is kept."""
        to = command.to
        if (to.agent is None) == (to.queue is None):
            raise Invalid("Name either an agent or a queue.", field="to")
        conversation_id = uuid_of(command.conversation)
        note = self._texts.message(command.note, "note") if command.note else None
        if to.agent is not None:
            await self._must_be_here(seat, uuid_of(to.agent))
        moved = await self._stores.transitions.transfer(
            conversation_id,
            seat.agent_id,
            None if to.agent is None else uuid_of(to.agent),
            None if to.queue is None else uuid_of(to.queue),
            self._clock.now(),
        )
        try:
            if note is not None:
                await self._note(seat, moved, note)
        finally:  # handed over it is, with its note or without
            answer = await self._told(seat, moved)
        return answer

    async def close(self, seat: AgentSeat, command: CloseConversation) -> ConversationAnswer:
        """End the talk; the wrap-up begins."""
        return await self._told(
            seat,
            await self._stores.transitions.close(
                uuid_of(command.conversation),
                seat.agent_id,
                self._outcome(command.outcome),
                self._clock.now(),
            ),
        )

    async def resume(self, seat: AgentSeat, command: ResumeConversation) -> ConversationAnswer:
        """Take back a close while the wrap-up lasts."""
        return await self._told(
            seat,
            await self._stores.transitions.resume(
                uuid_of(command.conversation), seat.agent_id, self._clock.now()
            ),
        )

    async def finish(self, seat: AgentSeat, command: FinishConversation) -> ConversationAnswer:
        """End the wrap-up and free the place."""
        return await self._told(
            seat,
            await self._stores.transitions.finish(
                uuid_of(command.conversation),
                seat.agent_id,
                self._outcome(command.outcome),
                self._clock.now(),
            ),
        )

    async def _must_be_here(self, seat: AgentSeat, agent_id: UUID) -> None:
        """Refuse to hand over to somebody who is not connected; the rest storage checks."""
        if agent_id == seat.agent_id:
            raise Invalid("It is in your hands already.", field="to.agent")
        colleague = await self._stores.agents.get(agent_id)
        if colleague is None or colleague.shop_id != seat.shop_id:
            raise NotFound(field="to.agent")
        if agent_id not in await self._online.online(seat.shop_id):
            raise Conflict(f"{colleague.name} is not here now.", field="to.agent", reason="offline")

    def _outcome(self, outcome: str | None) -> str | None:
        return None if outcome is None else self._texts.short(outcome, "outcome")

    async def _note(self, seat: AgentSeat, moved: Moved, text: str) -> None:
        draft = Draft(
            conversation_id=moved.row.id,
            shop_id=seat.shop_id,
            client_id=f"transfer:{moved.row.epoch}",  # no client may use a colon
            sender_kind="agent",
            sender_id=seat.agent_id,
            sender_name=seat.name,
            text=text,
            now=self._clock.now(),
            private=True,
        )
        appended = await self._stores.messages.append(draft)
        if appended.status == "stored":
            self._announce.message(fresh_message_face(draft, appended))

    async def _told(self, seat: AgentSeat, moved: Moved) -> ConversationAnswer:
        await self._announce.moved(moved)
        view = await self._views.agent_conversation(moved.row, asked_by=seat.agent_id)
        return ConversationAnswer(conversation=view)

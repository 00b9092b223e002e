"""What agents do with conversations: look, leave, close, take back, finish."""

from collections.abc import Callable
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
)
from server.protocol.shapes import Person
from server.services.access import Access
from server.services.announce import Announce
from server.services.clock import Clock
from server.services.faces import message_face, whisper_face
from server.services.ids import uuid_of
from server.services.rooms import conversation_room, leads_room
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.tasks.moments import coming
from server.services.texts import Texts
from server.services.viewers import Viewers
from server.services.views import IN_HAND, Views
from storage.rows import Moved

NEWEST = 200  # messages shown when a conversation is opened; older ones are read with message:since


class Listener(Protocol):
    """A session that may hear rooms."""

    @property
    def id(self) -> str:
        """What it is called."""
        ...

    veil: Callable[[str, bytes], bytes] | None
    """What hides a part of what it is told, where something is to be hidden."""

    def join(self, room: str) -> None:
        """Hear what is told in ``room``."""
        ...

    def leave(self, room: str) -> None:
        """Hear it no longer."""
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
        if seat.leads:
            listener.join(leads_room(row.id))
        return await self.shown(seat, row.id, viewers)

    async def shown(self, seat: AgentSeat, conversation_id: UUID, viewers: list[Person]) -> Opened:
        """Return a conversation as it is now, for whoever listens to it already."""
        row = await self._views.row(conversation_id)
        messages = await self._stores.messages.last(row.id, NEWEST, private=False)
        notes = await self._stores.messages.last(row.id, NEWEST, private=True)
        hearer = None if seat.leads else seat.agent_id
        whispers = await self._stores.whispers.of_conversation(row.id, hearer, NEWEST)
        return Opened(
            conversation=await self._views.agent_conversation(row, asked_by=seat.agent_id),
            messages=[message_face(each) for each in messages],
            notes=[message_face(each) for each in notes],
            viewers=viewers,
            whispers=[whisper_face(each) for each in whispers],
        )

    async def leave(self, seat: AgentSeat, listener: Listener, command: LeaveConversation) -> Done:
        """Stop showing it; whoever has it in hand goes on hearing it."""
        row = await self._access.open_for(seat, command.conversation)
        await self._viewers.went(row.id, listener.id)
        listener.leave(leads_room(row.id))
        if row.agent_id != seat.agent_id or row.state not in IN_HAND:
            listener.leave(conversation_room(row.id))
        return Done()


class Desk:
    """An agent's decisions about a conversation in hand."""

    def __init__(
        self, stores: Stores, texts: Texts, views: Views, announce: Announce, clock: Clock
    ) -> None:
        self._stores, self._texts, self._views = stores, texts, views
        self._announce, self._clock = announce, clock

    async def close(self, seat: AgentSeat, command: CloseConversation) -> ConversationAnswer:
        """End the talk; the wrap-up begins. What is due in it is done with it, or put off."""
        now = self._clock.now()
        return await self._told(
            seat,
            await self._stores.transitions.close(
                uuid_of(command.conversation),
                seat.agent_id,
                self._outcome(command.outcome),
                now,
                None if command.later is None else coming(command.later, now, "later"),
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

    def _outcome(self, outcome: str | None) -> str | None:
        return None if outcome is None else self._texts.short(outcome, "outcome")

    async def _told(self, seat: AgentSeat, moved: Moved) -> ConversationAnswer:
        await self._announce.moved(moved)
        view = await self._views.agent_conversation(moved.row, asked_by=seat.agent_id)
        return ConversationAnswer(conversation=view)

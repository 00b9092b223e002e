"""What customers and agents say to each other, and how far it was heard."""

from server.protocol.commands import (
    AgentSince,
    Done,
    MessagePage,
    SendMessage,
    SetRead,
    SetTyping,
    Since,
    Stored,
    WriteMessage,
)
from server.protocol.errors import AppError, ConversationClosed, Forbidden, NotFound
from server.protocol.events import TypingChanged
from server.protocol.shapes import Read
from server.services.access import Access
from server.services.announce import Announce
from server.services.blur import through
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.faces import OVER, fresh_message_face, message_face
from server.services.ids import uuid_of
from server.services.seats import AgentSeat, VisitorSeat
from server.services.stores import Stores
from server.services.texts import Texts
from storage.rows import AppendStatus, ConversationRow, Draft

Seat = VisitorSeat | AgentSeat


class Talk:
    """Stores what is said and tells it. Storage checks who may speak, in the same statement."""

    def __init__(
        self,
        stores: Stores,
        access: Access,
        texts: Texts,
        announce: Announce,
        blurring: Blurring,
        clock: Clock,
    ) -> None:
        self._stores, self._access, self._texts = stores, access, texts
        self._announce, self._blurring, self._clock = announce, blurring, clock

    async def say(self, seat: VisitorSeat, command: SendMessage, session_id: str) -> Stored:
        """Store what a customer says; acknowledged once it is committed."""
        draft = Draft(
            conversation_id=uuid_of(command.conversation),
            shop_id=seat.shop_id,
            client_id=command.client_id,
            sender_kind="customer",
            sender_id=seat.visitor_id,
            sender_name=None,
            text=self._texts.message(command.text),
            now=self._clock.now(),
        )
        return await self._store(draft, session_id)

    async def write(self, seat: AgentSeat, command: WriteMessage, session_id: str) -> Stored:
        """Store what an agent says to the customer, or a note among colleagues."""
        draft = Draft(
            conversation_id=uuid_of(command.conversation),
            shop_id=seat.shop_id,
            client_id=command.client_id,
            sender_kind="agent",
            sender_id=seat.agent_id,
            sender_name=seat.name,
            text=self._texts.message(command.text),
            now=self._clock.now(),
            private=command.private,
        )
        return await self._store(draft, session_id)

    async def since(self, seat: Seat, command: Since | AgentSince) -> MessagePage:
        """Return what was said after a number. Notes are for agents only."""
        row = await self._access.open_for(seat, command.conversation)
        private = isinstance(command, AgentSince) and command.private
        rows = await self._stores.messages.since(row.id, command.after, command.limit, private)
        head = row.note_head if private else row.head
        newest = rows[-1].seq if rows else 0
        page = MessagePage(messages=[message_face(each) for each in rows], head=max(head, newest))
        if isinstance(seat, AgentSeat):
            return through(await self._blurring.reading(seat, row), page)
        return page

    async def typing(self, seat: Seat, command: SetTyping, session_id: str) -> Done:
        """Tell the others; nothing is stored, and it ends by itself after 5 s."""
        row = await self._access.open_for(seat, command.conversation)
        if row.state in OVER:
            raise ConversationClosed
        agent = isinstance(seat, AgentSeat)
        if isinstance(seat, AgentSeat) and not await self._speaks(seat, row):
            return Done()
        typing = TypingChanged(
            conversation=str(row.id),
            kind="agent" if agent else "customer",
            on=command.on,
            name=seat.name if agent else None,
        )
        self._announce.typing(typing, but=session_id)
        return Done()

    async def read(self, seat: Seat, command: SetRead) -> Done:
        """Keep how far this side has read. Colleagues who only look on do not count as a reader."""
        row = await self._access.open_for(seat, command.conversation)
        if isinstance(seat, AgentSeat):
            if row.agent_id != seat.agent_id:
                return Done()
            side = "agent"
        else:
            side = "delivered" if command.delivered else "customer"
        read = await self._stores.conversations.set_read(row.id, side, min(command.seq, row.head))
        if read.changed:
            self._announce.read(
                row.id,
                Read(customer=read.customer, agent=read.agent, delivered=read.delivered),
            )
        return Done()

    async def _speaks(self, seat: AgentSeat, row: ConversationRow) -> bool:
        """Tell whether an agent talks with the customer; who only looks on types to nobody."""
        if row.agent_id == seat.agent_id:
            return True
        return seat.leads and await self._stores.joining.has_joined(row.id, seat.agent_id)

    async def _store(self, draft: Draft, session_id: str) -> Stored:
        appended = await self._stores.messages.append(draft)
        if appended.seq is None or appended.at is None:
            raise _refused(appended.status)
        if appended.status == "stored":
            self._announce.message(fresh_message_face(draft, appended), but=session_id)
            if appended.became_queued:
                await self._announce.queued(draft.conversation_id)
        return Stored(seq=appended.seq, at=appended.at)


def _refused(status: AppendStatus) -> AppError:
    match status:
        case "closed":
            return ConversationClosed()
        case "not_yours":
            return Forbidden("This conversation is not in your hands.", reason="not_yours")
        case _:
            return NotFound()

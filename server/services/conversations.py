"""What customers do with their conversations. Store first, then tell."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.protocol.catalogue import ConversationList, Started
from server.protocol.commands import (
    EndConversation,
    ListConversations,
    RateConversation,
    StartConversation,
)
from server.protocol.shapes import Conversation
from server.services.announce import Announce
from server.services.clock import Clock
from server.services.faces import fresh_message_face
from server.services.ids import uuid_of
from server.services.limits import Limit
from server.services.seats import VisitorSeat
from server.services.stores import Stores
from server.services.texts import Texts
from server.services.views import Views
from storage.rows import ConversationRow, Draft, NewConversation

LOOK_BACK = timedelta(hours=24)  # so long after its end a conversation is still shown, to be rated


@dataclass(frozen=True, slots=True)
class Starts:
    """How many conversations may be started by one visitor, and from one address."""

    by_visitor: Limit
    by_address: Limit


class Conversations:
    """The customer's side of a conversation's life: start, end, rate, look back."""

    def __init__(
        self,
        stores: Stores,
        texts: Texts,
        views: Views,
        announce: Announce,
        clock: Clock,
        starts: Starts,
    ) -> None:
        self._stores, self._texts, self._views = stores, texts, views
        self._announce, self._clock, self._starts = announce, clock, starts

    async def current(self, seat: VisitorSeat) -> ConversationRow | None:
        """Return the open conversation, else the newest one if it ended a short time ago."""
        row = await self._stores.conversations.open_of(seat.visitor_id)
        if row is not None:
            return row
        newest = await self._stores.conversations.of_visitor(seat.visitor_id, None, 1)
        since = self._clock.now() - LOOK_BACK
        return next(
            (row for row in newest if (row.closed_at or row.wrap_up_at or row.created_at) > since),
            None,
        )

    async def start(
        self, seat: VisitorSeat, command: StartConversation, session_id: str
    ) -> Started:
        """Open a conversation, or say the first words in the one that is open already."""
        text = None if command.text is None else self._texts.message(command.text)
        topic = self._texts.short(command.topic, "topic") if command.topic else None
        attributes = self._texts.attributes(command.attributes)
        if await self._stores.conversations.open_of(seat.visitor_id) is None:
            self._starts.by_visitor.count(str(seat.visitor_id))
            self._starts.by_address.count_address(seat.address)
        now = self._clock.now()
        started = await self._stores.conversations.start(
            NewConversation(
                shop_id=seat.shop_id,
                visitor_id=seat.visitor_id,
                client_id=command.client_id,
                text=text,
                topic=topic,
                locale=seat.locale or None,
                attributes=attributes,
                queue_id=await self._queue_for(seat, topic),
            ),
            now,
        )
        row, first = started.row, started.first
        self._announce.arrived(row)
        message = None
        if text is not None and first is not None and first.seq is not None:
            draft = Draft(
                conversation_id=row.id,
                shop_id=row.shop_id,
                client_id=command.client_id,
                sender_kind="customer",
                sender_id=seat.visitor_id,
                sender_name=None,
                text=text,
                now=now,
            )
            message = fresh_message_face(draft, first)
            if first.status == "stored":
                self._announce.message(message, but=session_id)
        if started.created or (first is not None and first.became_queued):
            await self._announce.conversation(row)
        return Started(conversation=await self._views.visitor_conversation(row), message=message)

    async def end(self, seat: VisitorSeat, command: EndConversation) -> Conversation:
        """End a conversation of one's own; ending it twice is as good as once."""
        moved = await self._stores.transitions.end_by_customer(
            uuid_of(command.conversation), seat.visitor_id, self._clock.now()
        )
        await self._announce.moved(moved)
        return await self._views.visitor_conversation(moved.row)

    async def rate(self, seat: VisitorSeat, command: RateConversation) -> Conversation:
        """Keep how satisfied the customer was, with the conversation."""
        comment = None if command.comment is None else self._texts.comment(command.comment)
        row = await self._stores.conversations.rate(
            uuid_of(command.conversation),
            seat.visitor_id,
            command.score,
            comment,
            self._clock.now(),
        )
        await self._announce.conversation(row)
        return await self._views.visitor_conversation(row)

    async def list(self, seat: VisitorSeat, command: ListConversations) -> ConversationList:
        """Return one's earlier conversations, newest first."""
        before = None if command.before is None else uuid_of(command.before)
        rows = await self._stores.conversations.of_visitor(
            seat.visitor_id, before, command.limit + 1
        )
        page = rows[: command.limit]
        return ConversationList(
            conversations=await self._views.visitor_history(page),
            next=str(page[-1].id) if len(rows) > command.limit else None,
        )

    async def _queue_for(self, seat: VisitorSeat, topic: str | None) -> UUID | None:
        queue = await self._stores.queues.for_topic(seat.shop_id, topic)
        return None if queue is None else queue.id

"""What the people of a shop read about its conversations and customers."""

from uuid import UUID

from server.protocol.errors import Invalid, NotFound
from server.protocol.rest import (
    ConversationEvent,
    ConversationItems,
    ConversationsQuery,
    EventItems,
    MessageItems,
    MessagesQuery,
    VisitorRecord,
)
from server.protocol.shapes import AgentConversation
from server.services.access import Access
from server.services.blur import through
from server.services.blurring import Blurring
from server.services.faces import message_face
from server.services.ids import uuid_of
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.services.views import Views
from storage.quality.tags import Tags
from storage.rows import ConversationRow

HISTORY_MAX = 50  # conversations shown with a customer


class Inbox:
    """Lists and details, for anybody who works for the shop."""

    def __init__(
        self, stores: Stores, access: Access, views: Views, blurring: Blurring, tags: Tags
    ) -> None:
        self._stores, self._access = stores, access
        self._views, self._blurring, self._tags = views, blurring, tags

    async def page(self, seat: AgentSeat, query: ConversationsQuery) -> ConversationItems:
        """Return a page of conversations."""
        before = None if query.before is None else uuid_of(query.before)
        if before is not None:  # a cursor must be a conversation of theirs, else it tells of others
            await self._access.open_for(seat, str(before))
        rows, resume = await self._rows(seat, query, before)
        page = rows[: query.limit]
        if len(rows) > query.limit:
            resume = page[-1].id
        if query.view == "closed":  # what was found may be open
            page = [row for row in page if row.state == "closed"]
        items = ConversationItems(
            items=await self._views.agent_conversations(page, asked_by=seat.agent_id),
            next=None if resume is None else str(resume),
        )
        listed = query.view == "in_hand"
        hides = self._blurring.in_hand if listed else self._blurring.reading
        return through(await hides(seat, *page), items)

    async def one(self, seat: AgentSeat, conversation_id: UUID) -> AgentConversation:
        """Return one conversation."""
        row = await self._access.open_for(seat, str(conversation_id))
        view = await self._views.agent_conversation(row, asked_by=seat.agent_id)
        return through(await self._blurring.reading(seat, row), view)

    async def messages(
        self, seat: AgentSeat, conversation_id: UUID, query: MessagesQuery
    ) -> MessageItems:
        """Return what was said, or the notes."""
        row = await self._access.open_for(seat, str(conversation_id))
        found = await self._stores.messages.since(row.id, query.after, query.limit, query.private)
        head = row.note_head if query.private else row.head
        newest = found[-1].seq if found else 0
        items = MessageItems(items=[message_face(each) for each in found], head=max(head, newest))
        return through(await self._blurring.reading(seat, row), items)

    async def events(self, seat: AgentSeat, conversation_id: UUID) -> EventItems:
        """Return every change of state."""
        row = await self._access.open_for(seat, str(conversation_id))
        items = EventItems(
            items=[
                ConversationEvent(
                    id=str(event.id),
                    at=event.at,
                    kind=event.kind,
                    actor_kind=event.actor_kind,
                    actor_id=None if event.actor_id is None else str(event.actor_id),
                    from_state=event.from_state,
                    to_state=event.to_state,
                    data=event.data,
                )
                for event in await self._stores.conversations.events(row.id)
            ]
        )
        return through(await self._blurring.reading(seat, row), items)

    async def visitor(self, seat: AgentSeat, visitor_id: UUID) -> VisitorRecord:
        """Return a customer of the shop with their conversations."""
        row = await self._stores.visitors.get(visitor_id)
        if row is None or row.shop_id != seat.shop_id:
            raise NotFound
        rows = await self._stores.conversations.of_visitor(row.id, None, HISTORY_MAX)
        record = VisitorRecord(
            visitor=await self._views.visitor(row),
            conversations=await self._views.agent_conversations(rows),
        )
        return through(await self._blurring.reading(seat, *rows), record)

    async def _rows(
        self, seat: AgentSeat, query: ConversationsQuery, before: UUID | None
    ) -> tuple[list[ConversationRow], UUID | None]:
        """Return one row more than asked for, when there are more, or where a search goes on."""
        lists, more = self._stores.conversations, query.limit + 1
        if query.tag is not None:
            return await self._bearing(seat, query, query.tag, before), None
        match query.view:
            case "mine":
                rows = _after(await lists.in_hand(seat.agent_id), before)[:more]
            case "waiting":
                rows = _after(await lists.waiting(seat.shop_id), before)[:more]
            case "in_hand":
                seat.must_lead()
                rows = _after(await lists.in_hand_of_shop(seat.shop_id), before)[:more]
            case _ if (query.q or "").strip():
                found = await self._stores.search.find(seat.shop_id, query.q or "", before, more)
                return found.rows, found.resume
            case "closed":
                rows = await lists.closed(seat.shop_id, None, before, more)
            case "all":
                rows = await lists.all_of_shop(seat.shop_id, before, more)
        return rows, None

    async def _bearing(
        self, seat: AgentSeat, query: ConversationsQuery, tag: str, before: UUID | None
    ) -> list[ConversationRow]:
        """Return those that bear a tag."""
        if query.view not in {"closed", "all"} or (query.q or "").strip():
            raise Invalid("A tag goes with closed or all conversations, alone.", field="tag")
        of, closed = (seat.shop_id, uuid_of(tag)), query.view == "closed"
        return await self._tags.bearing(of, before, query.limit + 1, closed=closed)


def _after(rows: list[ConversationRow], before: UUID | None) -> list[ConversationRow]:
    """Continue a short list behind the last row of the page before."""
    at = next((index for index, row in enumerate(rows) if row.id == before), None)
    return rows if at is None else rows[at + 1 :]

"""The one way to get at a conversation on somebody's behalf."""

from server.protocol.errors import NotFound
from server.services.ids import uuid_of
from server.services.seats import AgentSeat, VisitorSeat
from storage.conversation_lists import ConversationLists
from storage.rows import ConversationRow


class Access:
    """Fetches conversations for whoever asks. What is not for them does not exist."""

    def __init__(self, conversations: ConversationLists) -> None:
        self._conversations = conversations

    async def open_for(self, seat: VisitorSeat | AgentSeat, conversation: str) -> ConversationRow:
        """Return a customer's own conversation, or any of the shop for those who work there."""
        row = await self._conversations.get(uuid_of(conversation))
        if row is None or row.shop_id != seat.shop_id:
            raise NotFound
        if isinstance(seat, VisitorSeat) and row.visitor_id != seat.visitor_id:
            raise NotFound
        return row

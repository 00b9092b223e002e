"""`/conversations` and `/visitors`: what was said, by whom, and what became of it."""

from server.http.endpoint import Call, Endpoint, Nothing, endpoint
from server.protocol.decisions import DecisionItems, WaitingReasons
from server.protocol.rest import (
    ConversationItems,
    ConversationsQuery,
    EventItems,
    MessageItems,
    MessagesQuery,
    VisitorRecord,
)
from server.protocol.shapes import AgentConversation
from server.services.explanations import Explanations
from server.services.inbox import Inbox


class ConversationsResource:
    """Conversations of the shop, for those who work there."""

    def __init__(self, inbox: Inbox, explanations: Explanations) -> None:
        self._inbox, self._explanations = inbox, explanations

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        one = "/conversations/{id}"
        return [
            endpoint(
                "GET",
                "/conversations",
                self.page,
                takes=ConversationsQuery,
                gives=ConversationItems,
            ),
            endpoint("GET", one, self.one, takes=Nothing, gives=AgentConversation),
            endpoint(
                "GET", f"{one}/messages", self.messages, takes=MessagesQuery, gives=MessageItems
            ),
            endpoint("GET", f"{one}/events", self.events, takes=Nothing, gives=EventItems),
            endpoint("GET", f"{one}/decisions", self.decisions, takes=Nothing, gives=DecisionItems),
            endpoint("GET", f"{one}/waiting", self.waiting, takes=Nothing, gives=WaitingReasons),
            endpoint("GET", "/visitors/{id}", self.visitor, takes=Nothing, gives=VisitorRecord),
        ]

    async def page(self, call: Call, query: ConversationsQuery) -> ConversationItems:
        """List conversations, newest first; those waiting, the longest wait first."""
        return await self._inbox.page(call.seat, query)

    async def one(self, call: Call, _: Nothing) -> AgentConversation:
        """Show a conversation."""
        return await self._inbox.one(call.seat, call.id)

    async def messages(self, call: Call, query: MessagesQuery) -> MessageItems:
        """Read what was said."""
        return await self._inbox.messages(call.seat, call.id, query)

    async def events(self, call: Call, _: Nothing) -> EventItems:
        """Read every change of state."""
        return await self._inbox.events(call.seat, call.id)

    async def decisions(self, call: Call, _: Nothing) -> DecisionItems:
        """Read why it was offered to whom: all of it, or one's own part."""
        return await self._explanations.decisions(call.seat, call.id)

    async def waiting(self, call: Call, _: Nothing) -> WaitingReasons:
        """Read why its customer still waits."""
        return await self._explanations.waiting(call.seat, call.id)

    async def visitor(self, call: Call, _: Nothing) -> VisitorRecord:
        """Show a customer with their conversations."""
        return await self._inbox.visitor(call.seat, call.id)

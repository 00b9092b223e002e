"""Everything a customer's browser may ask for. Thin: who is speaking, which use case."""

from server.protocol.auth import VisitorAuth
from server.protocol.catalogue import (
    VISITOR_COMMANDS,
    ConversationList,
    Started,
    VisitorConversationAnswer,
)
from server.protocol.commands import (
    Done,
    EndConversation,
    ListConversations,
    MessagePage,
    RateConversation,
    SendMessage,
    SetRead,
    SetTyping,
    SetUser,
    Since,
    StartConversation,
    Stored,
)
from server.services.announce import SIGNED_IN
from server.services.conversations import Conversations
from server.services.reception import VisitorReception
from server.services.rooms import (
    conversation_room,
    conversations_in,
    shop_visitors_room,
    visitor_room,
)
from server.services.seats import VisitorSeat
from server.services.talk import Talk
from server.services.viewers import Here
from server.services.visitors import Visitors
from server.sockets.knock import Knock
from server.sockets.namespace import CommandNamespace, command
from server.sockets.session import Session

VisitorSession = Session[VisitorSeat]


class VisitorNamespace(CommandNamespace[VisitorAuth, VisitorSeat]):
    """``/visitor``."""

    def __init__(
        self,
        visitors: Visitors,
        reception: VisitorReception,
        conversations: Conversations,
        talk: Talk,
        here: Here,
    ) -> None:
        super().__init__("/visitor", VISITOR_COMMANDS, VisitorAuth)
        self._visitors, self._reception = visitors, reception
        self._conversations, self._talk, self._here = conversations, talk, here

    async def enter(self, session: VisitorSession, hello: VisitorAuth, knock: Knock) -> VisitorSeat:
        """Let a customer in. Rooms are joined before anything is read: nothing is missed."""
        shop = await self._visitors.shop_for(hello.site, knock.origin, is_own=knock.is_own_origin)
        visitor = await self._visitors.admit(shop, hello, knock.remote)
        locale = visitor.locale or hello.locale or shop.locale
        seat = VisitorSeat(
            visitor_id=visitor.id, shop_id=shop.id, locale=locale, address=knock.remote
        )
        session.join(visitor_room(visitor.id))
        session.join(shop_visitors_room(shop.id))
        current = await self._reception.current(seat)
        if current is not None and current.state != "closed":
            session.join(conversation_room(current.id))
        token = self._visitors.token_for(visitor)
        try:
            await self._here.came(visitor.id, session.id)
            welcome = await self._reception.welcome(shop, visitor, current, token)
            session.greet("session:started", welcome)
            if current is not None:
                self._visitors.is_here(welcome.visitor, current)
        except BaseException:
            await self._here.went(visitor.id, session.id)
            raise
        return seat

    async def leave(self, session: VisitorSession, reason: str) -> None:
        """Let agents see that the customer is here no longer."""
        if await self._here.went(session.seat.visitor_id, session.id):
            await self._visitors.tell(session.seat.visitor_id)

    async def heal(self, session: VisitorSession) -> None:
        """Hear the conversation that another node may have begun meanwhile, and how it stands.

        Who turned out to be somebody else, or is no more, comes back as who they are now.
        """
        heard = conversations_in(session.rooms)
        if not await self._visitors.is_as_seated(session.seat, heard):
            session.end(SIGNED_IN)
            return
        current = await self._reception.current(session.seat)
        open_now = None if current is None or current.state == "closed" else current.id
        for conversation_id in heard:
            if conversation_id != open_now:
                session.leave(conversation_room(conversation_id))
        if open_now is not None:
            session.join(conversation_room(open_now))
        if current is not None:
            session.greet("conversation:changed", await self._reception.view(current))

    @command("conversation:start")
    async def start_conversation(
        self, session: VisitorSession, command: StartConversation
    ) -> Started:
        """Open a conversation, or join the one that is open."""
        return await self._conversations.start(session.seat, command, session.id)

    @command("conversation:list")
    async def list_conversations(
        self, session: VisitorSession, command: ListConversations
    ) -> ConversationList:
        """Read earlier conversations."""
        return await self._conversations.list(session.seat, command)

    @command("conversation:end")
    async def end_conversation(
        self, session: VisitorSession, command: EndConversation
    ) -> VisitorConversationAnswer:
        """End it."""
        ended = await self._conversations.end(session.seat, command)
        return VisitorConversationAnswer(conversation=ended)

    @command("conversation:rate")
    async def rate_conversation(
        self, session: VisitorSession, command: RateConversation
    ) -> VisitorConversationAnswer:
        """Rate it."""
        rated = await self._conversations.rate(session.seat, command)
        return VisitorConversationAnswer(conversation=rated)

    @command("message:send")
    async def send_message(self, session: VisitorSession, command: SendMessage) -> Stored:
        """Say something."""
        return await self._talk.say(session.seat, command, session.id)

    @command("message:since")
    async def messages_since(self, session: VisitorSession, command: Since) -> MessagePage:
        """Read what was missed."""
        return await self._talk.since(session.seat, command)

    @command("typing:set")
    async def set_typing(self, session: VisitorSession, command: SetTyping) -> Done:
        """Show typing to the agent."""
        return await self._talk.typing(session.seat, command, session.id)

    @command("read:set")
    async def set_read(self, session: VisitorSession, command: SetRead) -> Done:
        """Keep what was read, or delivered."""
        return await self._talk.read(session.seat, command)

    @command("user:set")
    async def set_user(self, session: VisitorSession, command: SetUser) -> Done:
        """Change what is known of the customer."""
        return await self._visitors.change(session.seat, command)

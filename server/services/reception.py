"""What somebody is told when their session starts: everything needed before the first event."""

from server.protocol.events import AgentSession, VisitorSession
from server.protocol.shapes import Conversation, Hours, Offer, Person, ShopFace
from server.services.accounts import Accounts
from server.services.alerts.faces import TOLD_MAX, alert_faces
from server.services.assignment.offers import OfferDesk
from server.services.conversations import Conversations
from server.services.hours import Opening
from server.services.seats import AgentSeat, VisitorSeat
from server.services.stores import Stores
from server.services.texts import Texts
from server.services.views import Views
from storage.people import ShopRow, VisitorRow
from storage.rows import ConversationRow

FACES_MAX = 3  # agents shown to a customer before the talk begins


class VisitorReception:
    """Welcomes customers."""

    def __init__(
        self, conversations: Conversations, opening: Opening, views: Views, texts: Texts
    ) -> None:
        self._conversations, self._opening = conversations, opening
        self._views, self._texts = views, texts

    async def current(self, seat: VisitorSeat) -> ConversationRow | None:
        """Return the conversation to show."""
        return await self._conversations.current(seat)

    async def view(self, current: ConversationRow) -> Conversation:
        """Return a conversation as its customer sees it."""
        return await self._views.visitor_conversation(current)

    async def welcome(
        self, shop: ShopRow, visitor: VisitorRow, current: ConversationRow | None, token: str
    ) -> VisitorSession:
        """Return ``session:started``."""
        hours = await self._opening.hours(shop.id)
        agents = await self._opening.agents(shop.id)
        return VisitorSession(
            token=token,
            visitor=await self._views.visitor(visitor),
            conversation=None if current is None else await self.view(current),
            hours=hours,
            shop=_face(shop, hours, agents),
            limits=self._texts.limits,
        )


class AgentReception:
    """Welcomes agents."""

    def __init__(
        self, stores: Stores, accounts: Accounts, offers: OfferDesk, views: Views, texts: Texts
    ) -> None:
        self._stores, self._accounts, self._offers = stores, accounts, offers
        self._views, self._texts = views, texts

    async def in_hand(self, seat: AgentSeat) -> list[ConversationRow]:
        """Return the conversations in hand."""
        return await self._stores.conversations.in_hand(seat.agent_id)

    async def welcome(self, seat: AgentSeat, in_hand: list[ConversationRow]) -> AgentSession:
        """Return ``session:started``."""
        current = await self._accounts.current(seat)
        shop = await self._stores.shops.get(seat.shop_id)
        assert shop is not None
        waits = {"wait_notice_s": shop.wait_notice_s, "wait_urgent_s": shop.wait_urgent_s}
        waiting = await self._stores.conversations.waiting(seat.shop_id)
        standing = self._stores.alerts.standing
        alerts = await standing(seat.shop_id, TOLD_MAX) if seat.leads else []
        offers: list[Offer] = await self._offers.live_of(seat)
        return AgentSession(
            agent=current.agent,
            status=current.status,
            conversations=await self._views.agent_conversations(in_hand, asked_by=seat.agent_id),
            waiting=await self._views.agent_conversations(waiting),
            offers=offers,
            limits=self._texts.limits | waits,
            may_pick=seat.may_pick(shop.agents_may_pick),
            responding=current.responding,
            idle=current.idle,
            alerts=alert_faces(alerts),
        )


def _face(shop: ShopRow, hours: Hours, agents: list[Person]) -> ShopFace:
    shown = agents[:FACES_MAX] if hours.service == "open" else []
    return ShopFace(
        name=shop.name,
        accent=shop.accent,
        topics=shop.topics,
        greeting=shop.greeting,
        agents=shown,
    )

"""A shop floor to tell stories on: one shop, its queue, agents and customers by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from storage.agents import Agents, NewAgent
from storage.conversations import Conversations
from storage.database import Database
from storage.handovers import Handovers, Question
from storage.messages import Messages
from storage.offers import Offers
from storage.people import QueueRow, ShopRow
from storage.queues import NewQueue, QueueChanges, Queues
from storage.rows import Appended, ConversationRow, Draft, NewConversation, OfferRow
from storage.shops import Shops
from storage.transitions import Transitions
from storage.visitors import Visitors

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def fresh() -> str:
    """Return a client_id that nobody used."""
    return uuid4().hex


class Floor:
    """One node's repositories on a shop."""

    def __init__(self, db: Database, shop: ShopRow, queue: QueueRow) -> None:
        self.db = db
        self.shop = shop
        self.queue = queue
        self.messages = Messages(db)
        self.conversations = Conversations(db)
        self.transitions = Transitions(db)
        self.offers = Offers(db)

    @classmethod
    async def open(cls, db: Database, key: str = "tea", wrap_up_s: int = 10) -> Floor:
        shop = await Shops(db).create(key, "Tea House", "secret")
        queue = await Queues(db).create(
            NewQueue(shop_id=shop.id, key="general", name="General", wrap_up_s=wrap_up_s)
        )
        return cls(db, shop, queue)

    async def sets_queue(self, **changes: object) -> None:
        """Change what the queue asks for."""
        await Queues(self.db).update(
            self.shop.id,
            self.queue.id,
            QueueChanges(**changes),  # type: ignore[typeddict-item]
        )

    async def other_queue(self, key: str) -> QueueRow:
        """Make one more queue."""
        new = NewQueue(shop_id=self.shop.id, key=key, name=key.title(), wrap_up_s=10)
        return await Queues(self.db).create(new)

    def on(self, db: Database) -> Floor:
        """Return the same shop as another node sees it."""
        return Floor(db, self.shop, self.queue)

    async def agent(self, name: str = "Lin Mei", capacity: int = 3, *, away: bool = False) -> UUID:
        agents = Agents(self.db)
        agent = await agents.create(
            NewAgent(
                shop_id=self.shop.id,
                email=f"{uuid4().hex}@tea.example",
                name=name,
                password_hash="-",
                capacity=capacity,
            )
        )
        if not away:
            await agents.set_status(agent.id, "available", at(0))
        return agent.id

    async def visitor(self, name: str | None = None) -> UUID:
        visitor = await Visitors(self.db).create_anonymous(self.shop.id, at(0))
        if name is not None:
            await self.db.execute("UPDATE visitor SET name = $2 WHERE id = $1", visitor.id, name)
        return visitor.id

    def asking(self, visitor: UUID, text: str | None, client_id: str = "") -> NewConversation:
        return NewConversation(
            shop_id=self.shop.id,
            visitor_id=visitor,
            client_id=client_id or fresh(),
            text=text,
            queue_id=self.queue.id,
        )

    async def asked(self, text: str | None = "Hello?", seconds: float = 0) -> ConversationRow:
        """Return the conversation that a new customer has just begun."""
        new = self.asking(await self.visitor(), text)
        return (await self.conversations.start(new, at(seconds))).row

    async def offered(self, row: ConversationRow, agent: UUID, seconds: float = 0) -> OfferRow:
        offer = await self.try_offer(row, agent, seconds)
        assert offer is not None
        return offer

    async def try_offer(
        self, row: ConversationRow, agent: UUID, seconds: float = 0
    ) -> OfferRow | None:
        return next(iter(await self.offered_to(row, [agent], seconds)), None)

    async def offered_to(
        self, row: ConversationRow, agents: list[UUID], seconds: float = 0
    ) -> tuple[OfferRow, ...]:
        """Offer to several at once; return the offers that were made."""
        return await self.offers.make(
            row.id, agents, at(seconds + 30), at(seconds), {"why": "test"}, None
        )

    async def answered(self, agent: UUID, seconds: float = 0) -> ConversationRow:
        """Return a conversation that the agent has accepted."""
        row = await self.asked(seconds=seconds)
        offer = await self.offered(row, agent, seconds)
        return (await self.offers.accept(offer.id, agent, at(seconds))).row

    async def asks_colleague(
        self, row: ConversationRow, agent: UUID, to_agent: UUID, seconds: float
    ) -> OfferRow:
        """Return the question whether somebody takes over."""
        question = Question(conversation_id=row.id, agent_id=agent, to_agent=to_agent)
        _, offer = await Handovers(self.db).ask(question, at(seconds))
        return offer

    def from_customer(
        self, row: ConversationRow, text: str, seconds: float = 0, client_id: str = ""
    ) -> Draft:
        return Draft(
            conversation_id=row.id,
            shop_id=row.shop_id,
            client_id=client_id or fresh(),
            sender_kind="customer",
            sender_id=row.visitor_id,
            sender_name=None,
            text=text,
            now=at(seconds),
        )

    def from_agent(
        self,
        row: ConversationRow,
        agent: UUID,
        text: str,
        seconds: float = 0,
        *,
        private: bool = False,
        client_id: str = "",
    ) -> Draft:
        return Draft(
            conversation_id=row.id,
            shop_id=row.shop_id,
            client_id=client_id or fresh(),
            sender_kind="agent",
            sender_id=agent,
            sender_name="Lin Mei",
            text=text,
            now=at(seconds),
            private=private,
        )

    async def says(self, row: ConversationRow, text: str, seconds: float = 0) -> Appended:
        return await self.messages.append(self.from_customer(row, text, seconds))

    async def replies(
        self, row: ConversationRow, agent: UUID, text: str, seconds: float = 0
    ) -> Appended:
        return await self.messages.append(self.from_agent(row, agent, text, seconds))

    async def now(self, row: ConversationRow) -> ConversationRow:
        """Return the conversation as it is by now."""
        again = await self.conversations.get(row.id)
        assert again is not None
        return again

    async def numbers(self, row: ConversationRow, private: bool = False) -> list[int]:
        stream = await self.messages.since(row.id, 0, 10_000, private)
        return [message.seq for message in stream]

    async def kinds(self, row: ConversationRow) -> list[str]:
        return [event.kind for event in await self.conversations.events(row.id)]

    async def held(self, agent: UUID) -> list[int]:
        """Return the numbers of the agent's taken slots."""
        rows = await self.db.fetch(
            "SELECT number FROM slot WHERE agent_id = $1 ORDER BY number", agent
        )
        return [row["number"] for row in rows]

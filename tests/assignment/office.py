"""An office for tests: nodes that share a database and Valkey, people, and what they hear."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
import redis.asyncio as redis

from server.protocol.events import StatusChanged
from server.protocol.shapes import Conversation, Offer, Shape, Status
from server.services.seats import AgentSeat
from storage import valkey
from storage.agents import AgentChanges, NewAgent
from storage.database import Database
from storage.people import AgentRow, QueueRow, QueueSkill, ShopRow, Steps
from storage.queues import NewQueue, QueueChanges, Queues
from storage.rows import ConversationRow, Moved, NewConversation
from storage.shops import ShopChanges, Shops
from tests.assignment.nodes import Ears, Node, Wires, stores_of
from tests.support.clock import FakeClock


class Office:
    """A shop, its nodes and its people."""

    def __init__(self, db: Database, shop: ShopRow, queue: QueueRow, client: redis.Redis) -> None:
        self.clock, self.ears, self.wires = FakeClock(), Ears(), Wires()
        self.db, self.shop, self.queue, self._valkey = db, shop, queue, client
        self.stores = stores_of(db)
        self.node = self.another_node()

    @classmethod
    @asynccontextmanager
    async def open(cls, db: Database, redis_url: str) -> "AsyncGenerator[Office]":
        await db.execute(
            "INSERT INTO shop (key, name, identity_secret) VALUES ('demo', 'Demo', '')"
        )
        [shop] = await Shops(db).all()
        queue = await Queues(db).create(NewQueue(shop_id=shop.id, key="general", name="General"))
        with pytest.MonkeyPatch.context() as patch:
            # A busy machine may take longer; a test says itself when Valkey is away.
            patch.setattr(valkey, "WAIT_S", 60.0)
            client = valkey.connect(redis_url)
            try:
                yield cls(db, shop, queue, client)
            finally:
                await client.aclose()

    def another_node(self) -> Node:
        return Node(self, f"node-{uuid4()}", self._valkey)

    # People

    async def agent(
        self,
        name: str,
        *,
        capacity: int = 1,
        skills: dict[str, int] | None = None,
        is_here: bool = True,
        node: Node | None = None,
    ) -> AgentSeat:
        """Hire somebody, who is available and (mostly) connected."""
        known = {skill.key: skill.id for skill in await self.stores.skills.of_shop(self.shop.id)}
        for key in (skills or {}).keys() - known.keys():
            known[key] = (await self.stores.skills.create(self.shop.id, key, key)).id
        row = await self.stores.agents.create(
            NewAgent(
                shop_id=self.shop.id,
                email=f"{name}@demo.kefu",
                name=name,
                password_hash="-",
                capacity=capacity,
                skills={known[key]: level for key, level in (skills or {}).items()},
            )
        )
        seat = AgentSeat(row.id, self.shop.id, name, "agent")
        await (node or self.node).statuses.set(seat, "available")
        if is_here:
            await (node or self.node).presence.came(seat, name)
            (node or self.node).inputs.came(seat, name)
        return seat

    async def customer(
        self,
        *,
        queue: QueueRow | None = None,
        turn: bool = True,
        node: Node | None = None,
        again: ConversationRow | None = None,
    ) -> ConversationRow:
        """Somebody new asks something, or who was here before (``again``)."""
        now = self.clock.now()
        if again is None:
            visitor_id = (await self.stores.visitors.create_anonymous(self.shop.id, now)).id
        else:
            visitor_id = again.visitor_id
        started = await self.stores.conversations.start(
            NewConversation(
                shop_id=self.shop.id,
                visitor_id=visitor_id,
                client_id=uuid4().hex,
                text="Hello?",
                queue_id=(queue or self.queue).id,
            ),
            now,
        )
        (node or self.node).pokes.arrived(self.shop.id, started.row.id)
        if turn:
            await self.turn()
        return started.row

    async def new_queue(self, key: str, **settings: object) -> QueueRow:
        """Set up another queue."""
        row = await self.stores.queues.create(
            NewQueue(shop_id=self.shop.id, key=key, name=key, **settings)  # pyright: ignore[reportArgumentType]
        )
        self.node.pokes.shop_touched(self.shop.id)
        return row

    async def sets_queue(self, queue: QueueRow | None = None, **changes: object) -> None:
        """Change what a queue asks for, the general one if not said otherwise."""
        await self.stores.queues.update(
            self.shop.id,
            (queue or self.queue).id,
            QueueChanges(**changes),  # pyright: ignore[reportArgumentType]
        )
        self.node.pokes.shop_touched(self.shop.id)
        await self.turn()

    async def sets_shop(self, **changes: object) -> None:
        """Change the rules of the shop."""
        await self.stores.shops.update(
            self.shop.id,
            ShopChanges(**changes),  # pyright: ignore[reportArgumentType]
        )
        self.node.pokes.shop_touched(self.shop.id)
        await self.turn()

    async def skill(
        self, key: str, level: int, steps: Steps = (), *, required: bool = True
    ) -> QueueSkill:
        """A skill that a queue asks for."""
        known = {skill.key: skill.id for skill in await self.stores.skills.of_shop(self.shop.id)}
        if key not in known:
            known[key] = (await self.stores.skills.create(self.shop.id, key, key)).id
        return QueueSkill(known[key], level, required, steps)

    async def change(self, seat: AgentSeat, **changes: object) -> None:
        """Change an agent, as administration does."""
        await self.stores.agents.update(
            self.shop.id,
            seat.agent_id,
            AgentChanges(**changes),  # pyright: ignore[reportArgumentType]
        )
        self.node.pokes.agent_touched(self.shop.id, seat.agent_id)
        await self.turn()

    async def sets(self, seat: AgentSeat, status: Status) -> None:
        await self.node.statuses.set(seat, status)
        await self.turn()

    async def moved(self, moved: Moved) -> None:
        """Tell of a transition that another use case made."""
        await self.node.announce.moved(moved)
        await self.turn()

    async def resolves(self, seat: AgentSeat, row: ConversationRow) -> None:
        """End a conversation and its wrap-up."""
        now = self.clock.now()
        await self.node.announce.moved(
            await self.stores.transitions.close(row.id, seat.agent_id, None, now)
        )
        await self.moved(await self.stores.transitions.finish(row.id, seat.agent_id, None, now))

    # Time

    async def turn(self, node: Node | None = None) -> None:
        """Let the host do what is due."""
        here = node or self.node
        await here.tenure.renew()
        await here.host.turn()

    async def passes(self, seconds: float, node: Node | None = None) -> None:
        """Let time pass, second by second, for one node; connected agents stay so."""
        here = node or self.node
        while seconds > 0:
            await self.clock.advance(min(1.0, seconds))
            seconds -= 1.0
            await here.presence.renew()
            await here.inputs.renew()
            await self.turn(here)

    # What is seen

    def offers(self, seat: AgentSeat) -> list[Offer]:
        """All cards that an agent was shown."""
        cards = self.ears.of(f"agent:{seat.agent_id}", "offer:made")
        return [card for card in cards if isinstance(card, Offer)]

    def offered(self, seat: AgentSeat) -> list[UUID]:
        """The conversations that an agent was offered, in order."""
        return [UUID(offer.conversation.id) for offer in self.offers(seat)]

    def news(self, seat: AgentSeat) -> list[tuple[str, bool]]:
        """What an agent was told of their status: which, and whether they respond."""
        heard = self.ears.of(f"agent:{seat.agent_id}", "status:changed")
        return [(each.status, each.responding) for each in heard if isinstance(each, StatusChanged)]

    async def events(self, row: ConversationRow) -> list[str]:
        """What happened to a conversation, in order."""
        return [event.kind for event in await self.stores.conversations.events(row.id)]

    async def declines(self, seat: AgentSeat, index: int = -1) -> None:
        """Decline an offer, the latest if not said otherwise."""
        await self.node.desk.decline(seat, UUID(self.offers(seat)[index].offer), None)
        await self.turn()

    def endings(self, seat: AgentSeat) -> list[Shape]:
        return self.ears.of(f"agent:{seat.agent_id}", "offer:ended")

    def told(self, row: ConversationRow) -> Iterator[Conversation]:
        for each in self.ears.of(f"visitor:{row.visitor_id}", "conversation:changed"):
            assert isinstance(each, Conversation)
            yield each

    def position(self, row: ConversationRow) -> int | None:
        """Where the customer believes to stand."""
        return list(self.told(row))[-1].position

    def eta_s(self, row: ConversationRow) -> tuple[int, int] | None:
        """How long the customer believes to wait."""
        return list(self.told(row))[-1].eta_s

    async def accepts(self, seat: AgentSeat, index: int = -1) -> UUID:
        """Accept an offer, the latest if not said otherwise."""
        offer = self.offers(seat)[index]
        await self.node.desk.accept(seat, UUID(offer.offer))
        await self.turn()
        return UUID(offer.conversation.id)

    async def row(self, row: ConversationRow) -> ConversationRow:
        found = await self.stores.conversations.get(row.id)
        assert found is not None
        return found

    async def slots(self, seat: AgentSeat) -> int:
        found = await self.db.fetchval(
            "SELECT count(*) FROM slot WHERE agent_id = $1", seat.agent_id
        )
        assert isinstance(found, int)
        return found


async def seat_row(office: Office, seat: AgentSeat) -> AgentRow:
    found = await office.stores.agents.get(seat.agent_id)
    assert found is not None
    return found


async def together(*calls: Awaitable[object]) -> list[object]:
    """Do things at the same moment and return what came of each."""
    return list(await asyncio.gather(*calls, return_exceptions=True))

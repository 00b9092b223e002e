"""The past is told by the same rules as the present: both tell the same story the same way."""

from dataclasses import replace
from random import Random
from uuid import UUID

from server.seeding.thread import Thread
from storage.agents import Agents
from storage.database import Database
from storage.people import AgentRow
from storage.rows import EventRow, MessageRow, NewConversation
from storage.visitors import Visitors
from tests.storage.floor import Floor, at, fresh


class Twice:
    """Every step is taken on the real storage and told by a thread of the past."""

    def __init__(self, floor: Floor, thread: Thread) -> None:
        self.floor, self.thread = floor, thread
        self.id = thread.row.id

    @classmethod
    async def begin(cls, db: Database) -> "Twice":
        floor = await Floor.open(db)
        customer = await floor.visitor()
        visitor = await Visitors(db).get(customer)
        queue = floor.queue
        assert visitor is not None
        new = NewConversation(
            shop_id=floor.shop.id, visitor_id=customer, client_id=fresh(), queue_id=queue.id,
            text="Is the bowl heavy?", topic="before_purchase", sender_name=visitor.name,
        )  # fmt: skip
        start = await floor.conversations.start(new, at(0))
        blank = replace(
            start.row, state="new", epoch=1, head=0, queued_at=None, last_at=None,
            last_sender=None, last_text=None, unanswered_since=None,
        )  # fmt: skip
        thread = Thread(blank, visitor, queue, Random(1))
        thread.begin("Is the bowl heavy?", at(0))
        return cls(floor, thread)

    async def agent(self, name: str) -> AgentRow:
        found = await Agents(self.floor.db).get(await self.floor.agent(name))
        assert found is not None
        return found

    async def offered(self, agent: AgentRow, seconds: float) -> UUID:
        [offer] = await self.floor.offers.make(self.id, [agent.id], at(99), at(seconds), {}, None)
        self.thread.offer(agent, at(seconds))
        return offer.id

    async def said(self, agent: AgentRow | None, text: str, seconds: float) -> None:
        if agent is None:
            await self.floor.says(self.thread.row, text, seconds)
            self.thread.customer_says(text, at(seconds))
        else:
            await self.floor.replies(self.thread.row, agent.id, text, seconds)
            self.thread.agent_says(agent, text, at(seconds))

    async def compare(self) -> None:
        stored = await self.floor.conversations.get(self.id)
        assert stored == self.thread.row
        told = [timing(each) for each in self.thread.messages]
        messages = await self.floor.messages.since(self.id, 0, 200, private=False)
        assert [timing(each) for each in messages] == told
        events = await self.floor.conversations.events(self.id)
        assert [step(each) for each in events] == [step(each) for each in self.thread.events]


def step(event: EventRow) -> tuple[object, ...]:
    return (
        *(event.kind, event.at, event.head),
        *(event.from_state, event.to_state, event.actor_kind, event.actor_id),
    )


def timing(message: MessageRow) -> tuple[object, ...]:
    return (
        message.seq, message.sender_kind, message.text, message.notice, message.at,
        message.gap_ms, message.latency_ms,
    )  # fmt: skip


async def test_a_conversation_with_a_decline_and_a_rating_is_told_alike(database: Database) -> None:
    both = await Twice.begin(database)
    mei, tom = await both.agent("Mei"), await both.agent("Tom")

    offer = await both.offered(tom, 1)
    await both.floor.offers.end(offer, tom.id, "declined", at(4))
    both.thread.refuse("declined", at(4))
    offer = await both.offered(mei, 4.25)
    await both.floor.offers.accept(offer, mei.id, at(9))
    both.thread.accept(mei, at(9))
    await both.said(None, "And does it hold soup?", 12)
    await both.said(mei, "Hello.", 20.5)
    await both.said(mei, "It does, and it is light.", 31)
    await both.said(None, "Thank you.", 44)
    await both.said(mei, "You are welcome.", 47.125)
    await both.said(None, "Bye", 50)
    await both.floor.transitions.close(both.id, mei.id, "answered", at(60))
    both.thread.end(("agent", mei.id), mei.name, "answered", at(60))
    await both.floor.transitions.finish(both.id, None, None, at(75))
    both.thread.finish()
    await both.floor.conversations.rate(both.id, both.thread.visitor.id, 5, "Kind.", at(80))
    both.thread.rate(5, "Kind.", at(80))

    await both.compare()


async def test_a_customer_who_gives_up_is_told_alike(database: Database) -> None:
    both = await Twice.begin(database)

    await both.floor.transitions.end_by_customer(both.id, both.thread.visitor.id, at(90))
    both.thread.give_up(at(90))

    await both.compare()


async def test_a_customer_who_ends_it_is_told_alike(database: Database) -> None:
    both = await Twice.begin(database)
    mei = await both.agent("Mei")

    offer = await both.offered(mei, 1)
    await both.floor.offers.accept(offer, mei.id, at(5))
    both.thread.accept(mei, at(5))
    await both.said(mei, "It is not.", 11)
    visitor = both.thread.visitor
    await both.floor.transitions.end_by_customer(both.id, visitor.id, at(20))
    both.thread.end(("customer", visitor.id), visitor.name, None, at(20))
    await both.floor.transitions.finish(both.id, None, None, at(40))
    both.thread.finish()

    await both.compare()

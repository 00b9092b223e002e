from collections.abc import Collection, Mapping, Sequence
from uuid import UUID, uuid4

from routing.engine import Engine
from routing.facts import QueueFacts, TaskFacts
from server.protocol.shapes import AgentConversation, Conversation
from server.services.assignment.feedback import FAR_S, NOTED_S, Feedback, rounded
from server.services.assignment.places import Place
from tests.assignment.nodes import Ears
from tests.assignment.office import Office
from tests.support.clock import START, FakeClock


async def test_g1_positions_count_down_as_those_before_leave(office: Office) -> None:
    first, second = await office.customer(), await office.customer()
    assert (office.position(first), office.position(second)) == (1, 2)
    ann = await office.agent("ann")
    await office.turn()
    assert (office.position(first), office.position(second)) == (1, 2)

    await office.clock.advance(1)
    await office.accepts(ann)

    assert (office.position(first), office.position(second)) == (None, 1)


async def test_g2_both_of_two_queues_see_one_on_push_and_on_load(office: Office) -> None:
    sales = await office.new_queue("sales")
    rows = [await office.customer(), await office.customer(queue=sales)]

    assert [office.position(row) for row in rows] == [1, 1]
    places = await office.another_node().places.of([row.id for row in rows])
    assert [places[row.id].position for row in rows] == [1, 1]


async def test_who_waits_no_more_has_no_place_on_any_node(office: Office) -> None:
    row = await office.customer()
    ann = await office.agent("ann")
    await office.turn()
    await office.accepts(ann)

    assert await office.node.places.of([row.id]) == {}
    assert await office.another_node().places.of([row.id]) == {}


async def test_who_waits_for_somebody_by_name_is_told_no_place(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    cas = await office.agent("cas", capacity=2)

    await office.moved(
        await office.stores.transitions.transfer(
            row.id, ann.agent_id, cas.agent_id, None, office.clock.now()
        )
    )
    await office.clock.advance(5)
    await office.turn()

    assert (await office.row(row)).wanted_agent_id == cas.agent_id
    assert row.id in office.offered(cas)
    assert (office.position(row), [*office.told(row)][-1].eta_s) == (None, None)
    assert await office.another_node().places.of([row.id]) == {}


async def test_g3_an_estimate_comes_with_experience(office: Office) -> None:
    ann = await office.agent("ann")
    for _ in range(5):
        row = await office.customer()
        await office.accepts(ann)
        await office.clock.advance(100)
        await office.resolves(ann, row)
    await office.clock.advance(5)
    await office.turn()
    await office.customer()
    await office.accepts(ann)

    waiting = await office.customer()

    [*_, last] = office.told(waiting)
    assert last.eta_s == (5, 240)


def test_ranges_say_no_more_than_they_know() -> None:
    assert rounded(None) is None
    assert rounded((0, 0)) == (0, 0)
    assert rounded((9, 61)) == (5, 90)
    assert rounded((601, 3601)) == (600, 3660)
    assert rounded((7201, 9999)) == (7200, 10020)


class Book:
    def __init__(self) -> None:
        self.written = 0

    async def write(self, places: Mapping[UUID, Place], gone: Collection[UUID]) -> None:
        self.written += len(places)

    async def of(self, conversation_ids: Sequence[UUID]) -> Mapping[UUID, Place]:
        return {}

    def disown(self) -> None: ...


class PlainViews:
    async def visitor_conversations(
        self, conversation_ids: Sequence[UUID]
    ) -> list[tuple[UUID, Conversation]]:
        return [
            (each, Conversation(id=str(each), state="queued", head=1, epoch=1, created_at=START))
            for each in conversation_ids
        ]

    async def for_agents(self, conversation_ids: Sequence[UUID]) -> list[AgentConversation]:
        return []


async def test_g4_of_five_thousand_nobody_hears_more_than_once_a_second() -> None:
    clock, ears, book, shop_id = FakeClock(), Ears(), Book(), uuid4()
    engine = Engine()
    engine.put_queue(QueueFacts(id="q"))
    names = [str(uuid4()) for _ in range(5000)]
    for at, name in enumerate(names):
        engine.put_task(TaskFacts(id=name, queue="q", queued_at=float(at)))
    feedback = Feedback(PlainViews(), book, ears, clock)
    for _ in range(5):
        feedback.touch(shop_id)
        assert feedback.due() == [shop_id]
        await feedback.tell(shop_id, engine, {})
        await clock.advance(1)
    assert len(ears.heard) == 5000
    ears.heard.clear()

    engine.drop_task(names[0])
    feedback.touch(shop_id)
    assert await feedback.tell(shop_id, engine, {}) <= 1000
    for _ in range(20):
        feedback.touch(shop_id)
        assert feedback.due() == []
    await clock.advance(FAR_S)
    while feedback.due():
        await feedback.tell(shop_id, engine, {})
        await clock.advance(1)

    assert len(ears.heard) == 4999
    assert feedback.next_due() is None
    feedback.forget()


async def test_a_place_is_noted_again_now_and_then_in_case_valkey_lost_it() -> None:
    clock, ears, book, shop_id = FakeClock(), Ears(), Book(), uuid4()
    engine = Engine()
    engine.put_queue(QueueFacts(id="q"))
    engine.put_task(TaskFacts(id=str(uuid4()), queue="q", queued_at=0.0))
    feedback = Feedback(PlainViews(), book, ears, clock)

    for _ in range(3):
        await feedback.tell(shop_id, engine, {})
        await clock.advance(1)
    assert book.written == 1
    await clock.advance(NOTED_S)
    for _ in range(3):
        await feedback.tell(shop_id, engine, {})

    assert book.written == 2
    assert len(ears.heard) == 1, "the customer is not bothered"

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from routing.engine import Engine
from routing.eta import Handling
from routing.facts import AgentFacts, QueueFacts, TaskFacts
from server.protocol.shapes import AgentConversation, Conversation
from server.services.assignment.feedback import (
    FAR_S,
    NEAR_S,
    NOTED_S,
    SHARE,
    SLICE,
    Feedback,
    rounded,
)
from server.services.assignment.library import TRAFFIC_S
from server.services.assignment.places import Place
from server.services.seats import AgentSeat
from storage.errors import Busy, Missing, StorageError
from storage.people import QueueRow
from storage.rows import ConversationRow
from tests.assignment.nodes import SWEEP_S, Ears
from tests.assignment.office import Office
from tests.support.clock import START, FakeClock
from tests.support.past import Talk, had


async def test_g1_positions_count_down_as_those_before_leave(office: Office) -> None:
    first, second = await office.customer(), await office.customer()
    assert (office.position(first), office.position(second)) == (1, 2)
    ann = await office.agent("ann")
    await office.turn()
    assert (office.position(first), office.position(second)) == (1, 2)

    await office.clock.advance(1)
    await office.accepts(ann)

    assert (office.position(first), office.position(second)) == (None, 1)


async def test_g4_who_moves_up_twice_within_a_second_hears_once(office: Office) -> None:
    rows = [await office.customer() for _ in range(3)]
    await office.clock.advance(5)
    last = rows.pop()
    before = len(list(office.told(last)))
    for row in rows:
        await office.moved(
            await office.stores.transitions.end_by_customer(
                row.id, row.visitor_id, office.clock.now()
            )
        )
        await office.clock.advance(0.1)
    assert [told.position for told in office.told(last)][before:] == [2]

    await office.passes(1)
    assert [told.position for told in office.told(last)][before:] == [2, 1]


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


async def wrong_ranges(office: Office, queue: QueueRow, seat: AgentSeat, times: int) -> None:
    """Customers were told up to ten seconds, waited a minute, and then had 100 s of somebody."""
    talk = Talk(agent=seat.agent_id, handle_s=100, waited_s=60, told_s=(0, 10))
    asked = office.clock.now() - timedelta(hours=2)
    await had(office.db, office.shop.id, queue.id, asked, [talk] * times)


async def test_where_thirty_ranges_proved_wrong_none_is_shown_but_elsewhere(office: Office) -> None:
    sales = await office.new_queue("sales")
    ann = await office.agent("ann")
    await wrong_ranges(office, office.queue, ann, 30)
    await wrong_ranges(office, sales, ann, 29)
    await office.customer()
    await office.accepts(ann)

    hidden, shown = await office.customer(), await office.customer(queue=sales)

    assert [office.eta_s(row) for row in (hidden, shown)] == [None, (15, 480)]
    assert office.position(hidden) == 1


async def test_what_was_first_estimated_is_kept_shown_or_not(office: Office) -> None:
    """Else a queue that was wrong once could never prove to be right again."""
    ann = await office.agent("ann")
    await wrong_ranges(office, office.queue, ann, 29)
    taken = await office.customer()
    await office.accepts(ann)
    first = await office.customer()
    said = office.eta_s(first)
    await wrong_ranges(office, office.queue, ann, 1)
    await office.passes(TRAFFIC_S + SWEEP_S)
    second = await office.customer()

    assert said is not None
    assert await kept(office, first) == said, "and not what is estimated by now"
    low, high = await kept(office, second)
    assert (office.eta_s(first), office.eta_s(second)) == (None, None)
    assert (low or 0) < (high or 0)
    assert await kept(office, taken) == (None, None), "whoever is offered at once is not estimated"


async def kept(office: Office, row: ConversationRow) -> tuple[int | None, int | None]:
    found = await office.row(row)
    return found.eta_low_s, found.eta_high_s


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


class Ranges:
    def __init__(self, error: StorageError | None = None) -> None:
        self.noted: list[Mapping[UUID, tuple[int, int]]] = []
        self._error = error

    async def note(self, ranges: Mapping[UUID, tuple[int, int]], /) -> int:
        self.noted.append(ranges)
        if self._error is not None:
            raise self._error
        return len(ranges)


@pytest.mark.parametrize("error", [None, Busy(), Missing()])
async def test_customers_hear_of_their_wait_even_if_it_cannot_be_kept(
    error: StorageError | None,
) -> None:
    clock, ears, ranges, shop_id = FakeClock(), Ears(), Ranges(error), uuid4()
    now = clock.now().timestamp()
    engine, names = Engine(), [str(uuid4()) for _ in range(3)]
    engine.put_queue(QueueFacts(id="q"))
    engine.put_agent(AgentFacts(id="ann", capacity=1, in_hand=1))
    for name, age_s in zip(names, (60.0, 5.0, 0.0), strict=True):
        engine.put_task(TaskFacts(id=name, queue="q", queued_at=now - age_s))
    feedback = Feedback(PlainViews(), Book(), ranges, ears, clock)

    for _ in range(3):
        await feedback.tell(shop_id, engine, {"q": Handling(100, 50)})
        await clock.advance(1)

    assert [each.payload.eta_s is not None for each in ears.heard] == [True] * 3  # pyright: ignore[reportAttributeAccessIssue]
    assert [sorted(map(str, each)) for each in ranges.noted] == [sorted(names[1:])]


async def test_g4_of_five_thousand_nobody_hears_more_than_once_a_second() -> None:
    clock, ears, book, shop_id = FakeClock(), Ears(), Book(), uuid4()
    engine = Engine()
    engine.put_queue(QueueFacts(id="q"))
    names = [str(uuid4()) for _ in range(5000)]
    for at, name in enumerate(names):
        engine.put_task(TaskFacts(id=name, queue="q", queued_at=float(at)))
    feedback = Feedback(PlainViews(), book, Ranges(), ears, clock)
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


async def test_what_could_not_be_told_is_told_a_second_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, ears, views, shop_id = FakeClock(), Ears(), PlainViews(), uuid4()
    engine = Engine()
    engine.put_queue(QueueFacts(id="q"))
    engine.put_task(TaskFacts(id=str(uuid4()), queue="q", queued_at=0.0))
    feedback = Feedback(views, Book(), Ranges(), ears, clock)

    async def away(_ids: Sequence[UUID]) -> list[tuple[UUID, Conversation]]:
        raise Busy

    with monkeypatch.context() as outage:
        outage.setattr(views, "visitor_conversations", away)
        with pytest.raises(Busy):
            await feedback.tell(shop_id, engine, {})
    await clock.advance(NEAR_S)

    assert feedback.due() == [shop_id]
    await feedback.tell(shop_id, engine, {})
    assert len(ears.heard) == 1
    assert feedback.next_due() is None


class BusyClock(FakeClock):
    """A clock that goes on by a second whenever somebody looks at it."""

    def monotonic(self) -> float:
        self._elapsed_s += 1
        return super().monotonic()


async def test_p13_very_long_lines_hold_up_nobody_else_on_the_node() -> None:
    clock, ears, shop_id, turns = BusyClock(), Ears(), uuid4(), 0
    engine = Engine()
    engine.put_queue(QueueFacts(id="q"))
    for at in range(3 * SLICE):
        engine.put_task(TaskFacts(id=str(uuid4()), queue="q", queued_at=float(at)))
    feedback = Feedback(PlainViews(), Book(), Ranges(), ears, clock)

    async def others() -> None:
        nonlocal turns
        while not ears.heard:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await feedback.tell(shop_id, engine, {})
    await task

    assert turns >= 3
    due = feedback.next_due()
    assert due is not None
    assert due - clock.monotonic() > SHARE / 2, "it took a second, so it is left for ten"
    feedback.touch(shop_id)
    assert feedback.next_due() == due


async def test_a_place_is_noted_again_now_and_then_in_case_valkey_lost_it() -> None:
    clock, ears, book, shop_id = FakeClock(), Ears(), Book(), uuid4()
    engine = Engine()
    engine.put_queue(QueueFacts(id="q"))
    engine.put_task(TaskFacts(id=str(uuid4()), queue="q", queued_at=0.0))
    feedback = Feedback(PlainViews(), book, Ranges(), ears, clock)

    for _ in range(3):
        await feedback.tell(shop_id, engine, {})
        await clock.advance(1)
    assert book.written == 1
    await clock.advance(NOTED_S)
    for _ in range(3):
        await feedback.tell(shop_id, engine, {})

    assert book.written == 2
    assert len(ears.heard) == 1, "the customer is not bothered"

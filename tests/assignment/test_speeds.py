"""How fast agents are is learnt from what they did, and counts where it differs enough."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from server.services.assignment.library import IDLE_S, Library
from server.services.assignment.lookout import Lookout
from server.services.assignment.trial import Sample, tried
from server.services.seats import AgentSeat
from storage.errors import Busy
from storage.handling import Handled, Handling
from storage.people import QueueRow
from storage.speeds import KeptSpeeds, Speeds
from tests.assignment.nodes import SWEEP_S, Node, counted
from tests.assignment.office import Office
from tests.support.past import Talk, had


async def took(
    office: Office, queue: QueueRow, seat: AgentSeat, times: int, handle_s: float
) -> None:
    """Let somebody have had so many conversations yesterday, each that long in hand."""
    yesterday = office.clock.now() - timedelta(days=1)
    talks = [Talk(agent=seat.agent_id, handle_s=handle_s)] * times
    await had(office.db, office.shop.id, queue.id, yesterday, talks)


async def tea_house(office: Office, policy: str) -> tuple[QueueRow, AgentSeat, AgentSeat]:
    """A queue that asks for a skill; of two agents one is idle longest, the other is fast."""
    needs = (await office.skill("tea", 1),)
    tea = await office.new_queue("tea", skills=needs, policy=policy)
    ann = await office.agent("ann", skills={"tea": 1})
    await office.clock.advance(1)
    bob = await office.agent("bob", skills={"tea": 1})
    await took(office, tea, ann, 100, 300)
    await took(office, tea, bob, 100, 150)
    await office.turn()
    return tea, ann, bob


async def learns(office: Office, node: Node | None = None) -> None:
    """Let it be learnt, and read with the next sweep."""
    await (node or office.node).library.learn()
    await office.passes(SWEEP_S + 1, node)


@pytest.mark.parametrize("policy", ["fastest_first", "min_cost"])
async def test_who_took_half_the_time_a_hundred_times_goes_first(
    office: Office, policy: str
) -> None:
    tea, ann, bob = await tea_house(office, policy)
    await learns(office)

    row = await office.customer(queue=tea)

    assert (office.offered(ann), office.offered(bob)) == ([], [row.id])
    why = office.offers(bob)[0].why
    assert why is not None
    assert (why.facts["decided_by"], why.facts["speed"]) == ("speed", 1.331)


async def test_as_long_as_nothing_is_learnt_the_longest_idle_goes_first(office: Office) -> None:
    tea, ann, _ = await tea_house(office, "fastest_first")

    row = await office.customer(queue=tea)

    assert office.offered(ann) == [row.id]
    assert "speed" not in office.offers(ann)[0].why.facts  # pyright: ignore[reportOptionalMemberAccess]


async def test_a_newcomer_is_average_however_fast_the_first_few_went(office: Office) -> None:
    tea, ann, bob = await tea_house(office, "fastest_first")
    cas = await office.agent("cas", skills={"tea": 1})
    await took(office, tea, cas, 29, 15)
    await learns(office)

    rows = [await office.customer(queue=tea) for _ in range(3)]

    taken = [office.offered(seat) for seat in (bob, cas, ann)]
    assert taken == [[row.id] for row in rows]


async def test_in_a_queue_that_asks_for_nothing_nothing_is_learnt(office: Office) -> None:
    await office.sets_queue(policy="fastest_first")
    ann = await office.agent("ann")
    await office.clock.advance(1)
    bob = await office.agent("bob")
    await took(office, office.queue, ann, 100, 300)
    await took(office, office.queue, bob, 100, 150)
    await learns(office)

    row = await office.customer()

    assert office.offered(ann) == [row.id]


async def test_what_was_learnt_is_nothing_that_somebody_should_have_told(office: Office) -> None:
    tea, _, bob = await tea_house(office, "fastest_first")
    await learns(office)
    await office.passes(30)

    row = await office.customer(queue=tea)

    assert office.offered(bob) == [row.id]
    assert counted(office.node, "swept_total") == 0


async def test_whoever_is_read_anew_is_as_fast_as_before(office: Office) -> None:
    tea, _, bob = await tea_house(office, "fastest_first")
    await learns(office)
    await office.change(bob, capacity=2)

    row = await office.customer(queue=tea)

    assert office.offered(bob) == [row.id]


async def test_a_node_learns_once_it_is_the_host(office: Office) -> None:
    tea, _, bob = await tea_house(office, "fastest_first")
    is_host, learnt = False, asyncio.Event()

    def touched(shop_id: UUID) -> None:
        office.node.pokes.shop_touched(shop_id)
        learnt.set()

    task = asyncio.create_task(office.node.library.keep_learning(lambda: is_host, touched))
    try:
        await office.clock.advance(IDLE_S)
        assert not learnt.is_set()
        is_host = True
        await office.passes(IDLE_S + 1)
        await learnt.wait()
        row = await office.customer(queue=tea)
    finally:
        task.cancel()
    assert office.offered(bob) == [row.id]


async def test_p8_another_node_shows_the_same_agent_first(office: Office) -> None:
    tea, _, bob = await tea_house(office, "fastest_first")
    await learns(office)
    found: list[str] = []
    for node in (office.node, office.another_node()):
        board = await Lookout(node.library, office.clock).board(office.shop.id)
        assert board is not None
        draft, now = board.queues[str(tea.id)], office.clock.now().timestamp()
        (_, first, _), *_ = tried(Sample.of(board), draft, None, now).rows[0].able
        found.append(first)

    assert found == [str(bob.agent_id)] * 2


async def test_p8_the_next_host_decides_from_the_first_as_the_last_one_did(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tea, ann, bob = await tea_house(office, "fastest_first")
    await learns(office)
    other = office.another_node()
    for seat in (ann, bob):
        await other.presence.came(seat, seat.name)
    learning = asyncio.Event()

    async def for_ever(_self: Handling, _shop_id: UUID, _now: datetime) -> list[Handled]:
        learning.set()
        return await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(Handling, "by_agent", for_ever)
    task = asyncio.create_task(other.library.keep_learning(lambda: True, other.pokes.shop_touched))
    try:
        await learning.wait()  # 90 days are much to read
        await office.node.host.retire()
        row = await office.customer(queue=tea, node=other, turn=False)
        await office.turn(other)
    finally:
        task.cancel()

    assert office.offered(bob) == [row.id]


async def test_what_was_learnt_earlier_never_takes_the_place_of_what_was_learnt_later(
    office: Office,
) -> None:
    kept, now = Speeds(office.db), office.clock.now()
    assert await kept.other_than(office.shop.id, None) is None
    first = await kept.keep(office.shop.id, {"ann": {"tea": 1.331}}, now)

    late = await kept.keep(office.shop.id, {"ann": {"tea": 0.5}}, now - timedelta(seconds=1))

    assert (first, late) == (1, None)
    assert await kept.other_than(office.shop.id, None) == KeptSpeeds(1, {"ann": {"tea": 1.331}})


async def test_the_same_learnt_again_is_no_news(office: Office) -> None:
    kept, now = Speeds(office.db), office.clock.now()
    same = {"ann": {"tea": 1.331}, "bob": {"tea": 0.751}}
    for _ in range(2):
        assert await kept.keep(office.shop.id, same, now) == 1
    assert await kept.other_than(office.shop.id, 1) is None

    assert await kept.keep(office.shop.id, {}, now) == 2

    assert await kept.other_than(office.shop.id, 1) == KeptSpeeds(2, {})


@pytest.mark.parametrize("error", [Busy(), ValueError("nobody thought of this")])
async def test_what_cannot_be_learnt_of_one_shop_is_learnt_of_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    other = await office.stores.shops.create("a", "Another", "secret")
    tea, _, bob = await tea_house(office, "fastest_first")
    real = Handling.by_agent

    async def by_agent(self: Handling, shop_id: UUID, now: datetime) -> list[Handled]:
        if shop_id == other.id:
            raise error
        return await real(self, shop_id, now)

    async def both(self: Library) -> list[UUID]:
        return [other.id, office.shop.id]

    monkeypatch.setattr(Handling, "by_agent", by_agent)
    monkeypatch.setattr(Library, "shop_ids", both)
    await learns(office)

    row = await office.customer(queue=tea)

    assert office.offered(bob) == [row.id]

import asyncio
from contextlib import suppress
from uuid import uuid4

import msgspec
import pytest

from server.services.assignment.board import Board
from server.services.assignment.pokes import CHANNEL, TOUCHED_MAX, Pokes, Touched
from storage.errors import StorageUnavailable
from storage.queues import NewQueue
from tests.assignment.nodes import LEASE_S, SWEEP_S, Node, counted
from tests.assignment.office import Office


async def test_only_one_node_hosts_and_the_next_takes_over_when_it_is_gone(office: Office) -> None:
    other = office.another_node()
    await office.turn()
    await office.turn(other)
    assert office.node.tenure.lease is not None
    assert other.tenure.lease is None

    await office.clock.advance(LEASE_S + 0.1)
    await office.turn(other)

    assert other.tenure.lease is not None
    assert other.tenure.lease.epoch == 2
    await office.node.host.turn()
    assert office.node.tenure.lease is None


async def test_a_node_that_does_not_host_sleeps(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, turns = office.another_node(), 0
    await office.turn()
    real = other.host.turn

    async def counted_turn() -> None:
        nonlocal turns
        turns += 1
        await real()

    monkeypatch.setattr(other.host, "turn", counted_turn)
    running = asyncio.create_task(other.host.run())
    for _ in range(20):
        await office.clock.settle()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert turns <= 2


async def test_a_host_that_leaves_in_order_is_followed_at_once(office: Office) -> None:
    other = office.another_node()
    await office.turn()

    await office.node.tenure.release()
    await office.turn(other)

    assert other.tenure.lease is not None


async def test_p4_a_deposed_host_can_write_nothing(office: Office) -> None:
    ann = await office.agent("ann")
    await office.turn()
    row = await office.customer(turn=False)
    await office.db.execute("UPDATE partition_lease SET epoch = epoch + 1, node = 'usurper'")

    await office.node.host.turn()

    assert office.offered(ann) == []
    assert (await office.row(row)).state == "queued"
    assert counted(office.node, "races_lost_total") > 0


async def test_p5_an_offer_of_the_old_host_is_ended_by_the_new_one(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    other = office.another_node()
    bob = await office.agent("bob", node=other)
    await office.node.presence.went(ann, "ann", signed_out=True)

    await office.clock.advance(LEASE_S + 0.1)
    await office.turn(other)

    assert office.offered(bob) == [row.id]


async def test_pokes_reach_the_host_from_other_nodes(office: Office) -> None:
    other = office.another_node()
    await office.turn()

    ann = await office.agent("ann", node=other)
    row = await office.customer(turn=False, node=other)
    await office.turn()

    assert office.offered(ann) == [row.id]
    assert counted(office.node, "swept_total") == 0


def test_a_poke_of_a_kind_that_only_a_newer_node_knows_has_the_shop_read() -> None:
    pokes, shop_id = Pokes(), uuid4()
    pokes.serve(lambda: True)
    pokes.hear(CHANNEL, msgspec.json.encode(["weather", shop_id, uuid4(), "and more"]))

    assert pokes.take() == {shop_id: Touched(whole=True)}


async def test_p5_what_no_poke_told_the_sweep_finds_and_counts(office: Office) -> None:
    other = office.another_node()
    ann = await office.agent("ann")
    await office.turn()
    office.wires.cut = True
    row = await office.customer(turn=False, node=other)
    await office.turn()
    assert office.offered(ann) == []

    await office.passes(SWEEP_S)
    assert office.offered(ann) == [row.id]

    await office.passes(2)
    assert counted(office.node, "swept_total") == 1


async def test_p5_in_quiet_times_the_sweep_finds_nothing(office: Office) -> None:
    ann = await office.agent("ann", capacity=2)
    rows = [await office.customer() for _ in range(3)]
    await office.accepts(ann, 0)
    await office.passes(8)
    await office.resolves(ann, rows[0])
    await office.passes(40)

    assert counted(office.node, "swept_total") == 0
    assert counted(office.node, "wait_seconds_count") >= 3


async def test_a_shop_that_is_new_is_served_from_the_first_poke(office: Office) -> None:
    await office.turn()
    office.node.pokes.arrived(uuid4(), uuid4())

    await office.turn()


async def test_b11_nobody_without_the_skill_is_asked_before_the_host_knows_a_new_queue(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    await office.turn()
    asks = (await office.skill("tax", 1),)
    untold = await office.stores.queues.create(
        NewQueue(shop_id=office.shop.id, key="tax", name="Tax", skills=asks)
    )

    row = await office.customer(queue=untold)
    assert office.offered(ann) == []

    bob = await office.agent("bob", skills={"tax": 1})
    await office.turn()
    assert office.offered(bob) == [row.id]


async def test_a_race_that_was_lost_is_decided_again(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer(turn=False)
    await office.stores.agents.set_status(ann.agent_id, "away", office.clock.now())
    bob = await office.agent("bob")

    await office.turn()

    assert office.offered(ann) == []
    assert office.offered(bob) == [row.id]


async def test_a_race_that_was_lost_because_nobody_told_goes_to_another_at_once(
    office: Office,
) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    await office.turn()
    await office.stores.agents.set_status(ann.agent_id, "away", office.clock.now())

    row = await office.customer()

    assert (office.offered(ann), office.offered(bob)) == ([], [row.id])
    assert counted(office.node, "races_lost_total") == 1


async def test_p5_who_was_to_have_what_is_over_has_the_next_at_once(office: Office) -> None:
    row = await office.customer()
    now = office.clock.now()
    await office.stores.transitions.end_by_customer(row.id, row.visitor_id, now)  # untold
    ann = await office.agent("ann")
    await office.turn()
    assert counted(office.node, "races_lost_total") == 1

    late = await office.customer()

    assert office.offered(ann) == [late.id]


async def test_p5_what_is_told_a_moment_after_the_sweep_is_not_counted(office: Office) -> None:
    ann = await office.agent("ann")
    await office.turn()
    await office.passes(SWEEP_S - 1)
    office.wires.cut = True
    other = office.another_node()
    row = await office.customer(turn=False, node=other)
    await office.passes(1)
    assert office.offered(ann) == [row.id]  # swept

    office.node.pokes.arrived(office.shop.id, row.id)
    await office.passes(3)

    assert counted(office.node, "swept_total") == 0


async def test_a_host_that_was_told_late_learns_from_the_lost_race(office: Office) -> None:
    ann = await office.agent("ann")
    await office.turn()
    await office.stores.agents.set_status(ann.agent_id, "away", office.clock.now())

    row = await office.customer()

    assert counted(office.node, "races_lost_total") == 1
    assert (await office.row(row)).state == "queued"


class Outage:
    """Makes one method fail as if PostgreSQL were away, until ``over``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        self.is_over = False
        real = getattr(owner, name)

        async def call(*args: object) -> object:
            if not self.is_over:
                raise StorageUnavailable
            return await real(*args)

        monkeypatch.setattr(owner, name, call)


@pytest.mark.parametrize("name", ["waiting", "make", "card"])
async def test_nothing_is_forgotten_while_postgresql_is_away(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ann = await office.agent("ann")
    await office.turn()
    dealer = office.node.host._dealer  # pyright: ignore[reportPrivateUsage]
    owner = {
        "waiting": office.node.host._library._facts,  # pyright: ignore[reportPrivateUsage]
        "make": dealer._offers,  # pyright: ignore[reportPrivateUsage]
        "card": dealer._cards,  # pyright: ignore[reportPrivateUsage]
    }[name]
    outage = Outage(monkeypatch, owner, name)
    row = await office.customer(turn=False)

    with pytest.raises(StorageUnavailable):
        await office.turn()
    outage.is_over = True
    await office.turn()

    assert office.offered(ann) == [row.id]


async def running(node: Node) -> "asyncio.Task[None]":
    return asyncio.create_task(node.host.run())


async def until(office: Office, condition: object) -> None:
    """Let the host work on real connections until something is so."""
    assert callable(condition)
    async with asyncio.timeout(5):
        while not condition():
            await office.db.fetchval("SELECT 1")
            await office.clock.settle()


async def test_g1_customers_are_told_their_places_though_more_comes_always(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await office.agent("ann", is_here=False)
    await office.turn()
    library, rounds = office.node.library, 0
    real = library.refresh

    async def busy(board: Board, touched: Touched) -> None:
        nonlocal rounds
        rounds += 1
        assert rounds < 200, "nobody is ever told anything"
        await real(board, touched)
        office.node.pokes.agent_touched(office.shop.id, ann.agent_id)

    monkeypatch.setattr(library, "refresh", busy)
    row = await office.customer()

    assert office.position(row) == 1
    assert office.node.pokes.wake.is_set()


async def test_p4_a_host_that_is_replaced_as_it_works_tells_no_places(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.agent("ann", is_here=False)
    await office.turn()
    other, library = office.another_node(), office.node.library
    real = library.refresh

    async def slow(board: Board, touched: Touched) -> None:
        await real(board, touched)
        await office.clock.advance(LEASE_S + 0.1)
        await office.turn(other)
        assert list(office.told(row))
        office.ears.heard.clear()

    monkeypatch.setattr(library, "refresh", slow)
    row = await office.customer(turn=False)
    await office.node.host.turn()

    assert not list(office.told(row))
    assert office.node.pokes.wake.is_set()


async def test_the_job_wakes_for_pokes_and_gives_the_lease_back(office: Office) -> None:
    job = await running(office.node)
    await until(office, lambda: office.node.tenure.lease)
    ann = await office.agent("ann")

    row = await office.customer(turn=False)
    await until(office, lambda: office.offered(ann) == [row.id])

    job.cancel()
    with suppress(asyncio.CancelledError):
        await job
    other = office.another_node()
    await other.tenure.renew()
    assert other.tenure.lease is not None


async def test_the_job_outlives_an_outage(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    library = office.node.host._library  # pyright: ignore[reportPrivateUsage]
    outage = Outage(monkeypatch, library, "shop_ids")
    job = await running(office.node)
    await until(office, lambda: office.clock.sleeping >= 2)
    ann = await office.agent("ann")
    row = await office.customer(turn=False)

    outage.is_over = True
    await office.clock.advance(0.6)
    await until(office, lambda: office.offered(ann) == [row.id])

    job.cancel()
    with suppress(asyncio.CancelledError):
        await job


async def test_p13_a_host_rests_between_tries_though_there_is_something_to_hear(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, turns = await office.agent("ann"), 0
    await office.turn()
    library = office.node.host._library  # pyright: ignore[reportPrivateUsage]
    outages = [Outage(monkeypatch, library, name) for name in ("refresh", "read")]
    real = office.node.host.turn

    async def counted_turn() -> None:
        nonlocal turns
        turns += 1
        await real()

    monkeypatch.setattr(office.node.host, "turn", counted_turn)
    row = await office.customer(turn=False)
    job = await running(office.node)
    await until(office, lambda: turns)
    for _ in range(20):
        await office.db.fetchval("SELECT 1")
        await office.clock.settle()
    assert turns <= 2

    for outage in outages:
        outage.is_over = True
    await office.clock.advance(0.6)
    await until(office, lambda: office.offered(ann) == [row.id])
    job.cancel()
    with suppress(asyncio.CancelledError):
        await job


def test_p13_pokes_are_bounded() -> None:
    pokes, shop = Pokes(), uuid4()
    pokes.arrived(shop, uuid4())
    assert not pokes

    pokes.serve(lambda: True)
    for _ in range(TOUCHED_MAX + 1):
        pokes.arrived(shop, uuid4())

    assert pokes.take()[shop].whole
    assert not pokes
    pokes.hear(CHANNEL, b'["agent","%s","%s"]' % (str(shop).encode(), str(shop).encode()))
    assert pokes.take()[shop].agents == {shop}

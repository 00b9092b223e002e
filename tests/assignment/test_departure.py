"""Who is taken out of service leaves nobody behind."""

import pytest

from server.services.admin.departure import Departure
from storage.offers import Offers
from storage.people import AgentRow
from storage.rows import ConversationRow
from tests.assignment.nodes import SWEEP_S, counted
from tests.assignment.office import Office, seat_row


@pytest.fixture
def departure(office: Office) -> Departure:
    node = office.node
    return Departure(office.stores, Offers(office.db), node.announce, node.pokes, office.clock)


async def leaves(departure: Departure, agent: AgentRow) -> None:
    await departure.begin(agent)
    await departure.hand_back(agent)


async def test_c3_what_the_agent_held_waits_again_at_its_age(
    office: Office, departure: Departure
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob")

    await leaves(departure, await seat_row(office, ann))
    await office.turn()

    assert office.offered(bob) == [row.id]
    assert (await office.row(row)).queued_at == row.queued_at
    assert await notices(office, row) == ["agent_joined", "agent_left"]
    assert await office.slots(ann) == 0


@pytest.mark.parametrize("queue", ["archived", "none"])
async def test_c4_nothing_is_parked_on_a_ghost_though_its_queue_is_gone(
    office: Office, departure: Departure, queue: str
) -> None:
    old = await office.new_queue("old")
    ann = await office.agent("ann")
    row = await office.customer(queue=old)
    await office.accepts(ann)
    bob = await office.agent("bob")
    if queue == "archived":
        await office.stores.queues.archive(office.shop.id, old.id, office.clock.now())
    else:
        await office.db.execute("UPDATE conversation SET queue_id = NULL")

    await leaves(departure, await seat_row(office, ann))
    office.node.pokes.shop_touched(office.shop.id)
    await office.turn()

    assert office.offered(bob) == [row.id]
    assert await office.slots(ann) == 0


@pytest.mark.parametrize("limit", [{"units": 2}, {"per_agent_max": 1}])
async def test_p5_who_comes_back_into_an_archived_queue_holds_nobody_up(
    office: Office, departure: Departure, limit: dict[str, int]
) -> None:
    """Engine and database count alike, or one proposes for ever what the other refuses."""
    old = await office.new_queue("old", **limit)
    bob = await office.agent("bob", capacity=2)
    await office.customer(queue=old)
    await office.accepts(bob)
    ann = await office.agent("ann", capacity=2)
    row = await office.customer(queue=old)
    await office.accepts(ann)
    beside = await office.customer()
    await office.accepts(bob if "per_agent_max" in limit else ann)
    await office.stores.queues.archive(office.shop.id, old.id, office.clock.now())
    await leaves(departure, await seat_row(office, ann))
    office.node.pokes.shop_touched(office.shop.id)
    await office.turn()
    assert row.id not in office.offered(bob), "no room for anybody"

    await office.change(bob, capacity=4)

    assert {row.id, beside.id} <= set(office.offered(bob))
    assert counted(office.node, "races_lost_total") == 0


async def test_c4_nothing_stays_with_a_ghost_though_the_node_that_took_them_out_was_killed(
    office: Office, departure: Departure
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    bob = await office.agent("bob")

    await departure.begin(await seat_row(office, ann))
    await office.passes(SWEEP_S + 1)

    assert office.offered(bob) == [row.id]
    assert await office.slots(ann) == 0
    assert await notices(office, row) == ["agent_joined", "agent_left"]


async def test_a_wrap_up_ends_with_the_agent(office: Office, departure: Departure) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.accepts(ann)
    now = office.clock.now()
    await office.moved(await office.stores.transitions.close(row.id, ann.agent_id, "sold", now))

    await leaves(departure, await seat_row(office, ann))

    closed = await office.row(row)
    assert (closed.state, closed.outcome) == ("closed", "sold")
    assert await office.slots(ann) == 0


async def notices(office: Office, row: ConversationRow) -> list[str | None]:
    said = await office.stores.messages.since(row.id, 0, 50, private=False)
    return [message.notice for message in said if message.notice is not None]

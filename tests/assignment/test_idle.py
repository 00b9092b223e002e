"""B21: who touches nothing for longer than the shop allows is offered nothing until they do."""

from collections.abc import Awaitable

import pytest
import redis.asyncio as redis

from server.protocol.events import StatusChanged
from server.services.assignment import idleness
from server.services.seats import AgentSeat
from storage.people import ShopRow
from tests.assignment.nodes import Node, counted
from tests.assignment.office import Office, seat_row

IDLE_S = 300


async def works(
    office: Office, name: str, *, tells: bool = True, node: Node | None = None
) -> AgentSeat:
    """Somebody comes to work, with a console that notices input (or an older one)."""
    seat = await office.agent(name, capacity=5, node=node)
    if tells:
        (node or office.node).inputs.tells(seat, name)
    return seat


async def later(office: Office, seconds: float, *nodes: Node) -> None:
    """Time passes at once; who is connected stays so."""
    await office.clock.advance(seconds)
    for node in (office.node, *nodes):
        await node.presence.renew()
        await node.inputs.renew()
    await office.turn()
    await office.turn()


def told(office: Office, seat: AgentSeat) -> StatusChanged:
    """What an agent heard of their status last."""
    last = office.ears.of(f"agent:{seat.agent_id}", "status:changed")[-1]
    assert isinstance(last, StatusChanged)
    return last


async def shop_of(office: Office) -> ShopRow:
    found = await office.stores.shops.get(office.shop.id)
    assert found is not None
    return found


async def test_b21_off_who_touches_nothing_is_offered_conversations(office: Office) -> None:
    ann = await works(office, "ann")
    await later(office, 4 * 3600)
    row = await office.customer()
    assert office.offered(ann) == [row.id]
    assert (await seat_row(office, ann)).idle_at is None


async def test_b21_on_who_touches_nothing_is_not_eligible_until_they_do(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    began = office.clock.now()
    await later(office, IDLE_S - 10)
    first = await office.customer()
    assert office.offered(ann) == [first.id]
    await office.declines(ann)
    await office.node.inputs.noticed(ann)

    await later(office, IDLE_S + 10)
    row = await seat_row(office, ann)
    assert (row.status, row.unresponsive_at) == ("available", None)
    assert row.idle_at is not None
    assert (row.idle_at - began).total_seconds() == IDLE_S - 10
    assert (told(office, ann).status, told(office, ann).idle) == ("available", True)
    second = await office.customer()
    await later(office, 90)
    assert office.offered(ann) == [first.id]

    # They move the mouse, and at that moment, without any sweep, are asked who waits.
    await office.node.inputs.noticed(ann)
    await office.turn()
    assert not told(office, ann).idle
    assert second.id in office.offered(ann)
    assert (await seat_row(office, ann)).idle_at is None
    assert counted(office.node, "swept_total") == 0


async def test_b21_others_are_asked_instead(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann, bob = await works(office, "ann"), await works(office, "bob")
    await office.clock.advance(IDLE_S)
    await office.node.inputs.noticed(bob)
    await later(office, 10)
    rows = [await office.customer() for _ in range(3)]
    assert (office.offered(ann), office.offered(bob)) == ([], [row.id for row in rows])


async def test_b21_an_agent_with_two_devices_is_idle_when_both_rest(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann, other = await works(office, "ann"), office.another_node()
    await other.presence.came(ann, "telephone")
    other.inputs.came(ann, "telephone")
    other.inputs.tells(ann, "telephone")

    for _ in range(3):  # only the telephone is touched
        await later(office, IDLE_S / 2, other)
        await other.inputs.noticed(ann)
    assert (await seat_row(office, ann)).idle_at is None

    await later(office, IDLE_S + 5, other)
    assert (await seat_row(office, ann)).idle_at is not None
    row = await office.customer()
    assert office.offered(ann) == []
    await other.inputs.noticed(ann)
    await office.turn()
    assert office.offered(ann) == [row.id]


async def test_b21_a_console_that_cannot_tell_keeps_its_agent_from_being_idle(
    office: Office,
) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    old, both = await works(office, "old", tells=False), await works(office, "both")
    other = office.another_node()
    await other.presence.came(both, "old page")
    other.inputs.came(both, "old page")
    await later(office, 3 * IDLE_S, other)
    assert (await seat_row(office, old)).idle_at is None
    assert (await seat_row(office, both)).idle_at is None

    other.inputs.went(both, "old page")
    await other.presence.went(both, "old page", signed_out=True)
    await later(office, 30)
    assert (await seat_row(office, both)).idle_at is not None


async def test_b21_a_lost_valkey_makes_nobody_idle(office: Office, redis_url: str) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    other = office.another_node()
    ann, bob = await works(office, "ann"), await works(office, "bob", node=other)
    cid = await works(office, "cid", tells=False)
    await later(office, 10, other)
    await office.clock.advance(IDLE_S)
    async with redis.Redis.from_url(redis_url) as valkey:
        await valkey.flushall()
    await office.node.presence.renew()
    await office.turn()
    for seat in (bob, cid):  # what the node of the host itself knows it knows still
        assert (await seat_row(office, seat)).idle_at is None
    assert (await seat_row(office, ann)).idle_at is not None

    await later(office, 10, other)  # bob's node says again what it knows
    assert (await seat_row(office, bob)).idle_at is not None


async def test_b21_without_the_setting_nobody_is_idle_any_more(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    await later(office, IDLE_S + 10)
    row = await office.customer()
    assert office.offered(ann) == []

    await office.sets_shop(idle_after_s=None)

    assert (await shop_of(office)).idle_after_s is None
    assert office.offered(ann) == [row.id]
    assert not told(office, ann).idle
    await later(office, IDLE_S)
    assert (await seat_row(office, ann)).idle_at is None


async def test_b21_a_longer_time_wakes_who_is_not_idle_by_it(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    await office.node.inputs.noticed(ann)
    await later(office, IDLE_S + 10)
    assert told(office, ann).idle
    await office.sets_shop(idle_after_s=2 * IDLE_S)
    await later(office, 5)
    assert not told(office, ann).idle


@pytest.mark.parametrize("act", ["accepts", "declines"])
async def test_b21_what_is_offered_already_stays_and_an_answer_ends_it(
    office: Office, act: str
) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    await later(office, IDLE_S - 10)
    row = await office.customer()
    await later(office, 15)
    assert told(office, ann).idle
    assert (await office.row(row)).state == "offered"
    await (office.accepts(ann) if act == "accepts" else office.declines(ann))
    assert not told(office, ann).idle
    second = await office.customer()
    assert office.offered(ann)[-1] == second.id


async def test_b21_what_nobody_answers_is_missed_as_ever(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S, misses_max=1)
    ann = await works(office, "ann")
    await later(office, IDLE_S - 10)
    await office.customer()
    await later(office, 15)
    await later(office, 20)
    row = await seat_row(office, ann)
    assert row.unresponsive_at is not None
    assert (told(office, ann).responding, told(office, ann).idle) == (False, True)
    await office.node.inputs.noticed(ann)  # they are there, and have still to say so
    assert (told(office, ann).responding, told(office, ann).idle) == (False, False)


async def test_b21_picking_ends_it(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    await later(office, IDLE_S + 5)
    first, second = await office.customer(), await office.customer()
    await office.node.desk.pick(ann, first.id)
    await office.turn()
    assert not told(office, ann).idle
    assert office.offered(ann) == [second.id]


async def test_b21_choosing_a_status_ends_it(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    await later(office, IDLE_S + 5)
    row = await office.customer()
    await office.sets(ann, "available")
    assert office.offered(ann) == [row.id]
    assert not told(office, ann).idle


async def test_b21_the_shop_shows_nobody_while_all_are_idle(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    await later(office, IDLE_S + 5)
    assert (await office.node.opening.hours(office.shop.id)).service == "nobody"
    await office.node.inputs.noticed(ann)
    await later(office, 2)
    assert (await office.node.opening.hours(office.shop.id)).service == "open"


async def test_b21_who_wants_no_work_is_not_shown_as_idle(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    await office.sets(ann, "away")
    await later(office, 2 * IDLE_S)
    assert (await seat_row(office, ann)).idle_at is None


async def test_b21_a_lost_line_is_no_input_and_going_home_is_forgotten(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann, node = await works(office, "ann"), office.node
    await later(office, IDLE_S - 20)
    for session in ("ann", "again"):
        node.inputs.went(ann, session)
        await later(office, 5)
        node.inputs.came(ann, "again")
        node.inputs.tells(ann, "again")
    await later(office, 15)
    assert (await seat_row(office, ann)).idle_at is not None

    node.inputs.went(ann, "again")
    await node.presence.went(ann, "ann", signed_out=True)
    await later(office, 3600)
    await node.presence.came(ann, "morning")
    node.inputs.came(ann, "morning")
    node.inputs.tells(ann, "morning")
    await node.inputs.noticed(ann)
    await later(office, IDLE_S - 10)
    assert (await seat_row(office, ann)).idle_at is None


async def test_b21_signs_do_not_write_each_time(office: Office) -> None:
    def held_by() -> Awaitable[object]:  # whoever writes here holds the agent (storage/idle.py)
        return office.db.fetchval(
            "SELECT (xmin, xmax)::text FROM agent WHERE id = $1", ann.agent_id
        )

    await office.sets_shop(idle_after_s=IDLE_S)
    ann = await works(office, "ann")
    before = await held_by()
    for _ in range(50):
        await office.node.inputs.noticed(ann)
        await office.clock.advance(40)
    assert await held_by() == before
    await office.clock.advance(IDLE_S + 5)
    await office.turn()
    assert await held_by() != before  # who touches nothing is written down


async def test_b21_whose_line_breaks_while_they_are_idle_stays_so(office: Office) -> None:
    await office.sets_shop(idle_after_s=IDLE_S)
    ann, other = await works(office, "ann"), office.another_node()
    await office.customer()
    await later(office, IDLE_S + 95)
    assert told(office, ann).idle
    office.node.inputs.went(ann, "ann")
    await office.node.presence.went(ann, "ann")
    await other.presence.came(ann, "other")
    other.inputs.came(ann, "other")
    other.inputs.tells(ann, "other")
    await later(office, 20, other)
    assert (await seat_row(office, ann)).idle_at is not None
    await other.inputs.noticed(ann)
    assert (await seat_row(office, ann)).idle_at is None


async def test_b21_many_become_idle_a_few_at_a_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def idle() -> int:
        rows = [await seat_row(office, each) for each in staff]
        return sum(row.idle_at is not None for row in rows)

    monkeypatch.setattr(idleness, "AT_ONCE", 2)
    await office.sets_shop(idle_after_s=IDLE_S)
    staff = [await works(office, name) for name in ("ann", "bob", "cid", "dan", "eve")]
    await office.clock.advance(IDLE_S + 5)
    await office.node.presence.renew()
    await office.node.inputs.renew()
    counts: list[int] = []
    for _ in range(3):
        await office.turn()
        counts.append(await idle())
        await office.clock.advance(idleness.AGAIN_S)
    assert counts == [2, 4, 5]
    await office.sets_shop(idle_after_s=None)
    for _ in range(2):  # each look wakes the host for the next
        assert office.node.pokes.wake.is_set()
        await office.turn()
    assert await idle() == 0


async def test_b21_many_wake_a_few_at_a_look_when_the_rule_is_lengthened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def idle() -> int:
        rows = [await seat_row(office, each) for each in staff]
        return sum(row.idle_at is not None for row in rows)

    await office.sets_shop(idle_after_s=IDLE_S)
    staff = [await works(office, name) for name in ("ann", "bob", "cid", "dan", "eve")]
    for each in staff:
        await office.node.inputs.noticed(each)
    await later(office, IDLE_S + 5)
    assert await idle() == 5
    monkeypatch.setattr(idleness, "AT_ONCE", 2)
    await office.clock.advance(idleness.LOOK_S)

    await office.sets_shop(idle_after_s=10 * IDLE_S)

    counts = [await idle()]
    for _ in range(2):
        await office.clock.advance(idleness.AGAIN_S)
        await office.turn()
        counts.append(await idle())
    assert counts == [3, 1, 0]

"""Who misses offers: not responding after two (A4), visible, and reversed by any act (C1)."""

import pytest

from server.services.seats import AgentSeat
from tests.assignment.nodes import GRACE_S, counted
from tests.assignment.office import Office, seat_row


async def misses(office: Office, seat: AgentSeat) -> None:
    """Let two offers of somebody who is alone run out; the second comes after a minute."""
    await office.passes(31)
    await office.passes(62)
    assert len(office.offered(seat)) == 2
    await office.passes(30)


async def test_a4_two_misses_in_a_row_end_the_offers(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    await office.passes(31)
    assert (await seat_row(office, ann)).misses == 1
    assert office.news(ann)[-1] == ("available", True)

    await office.passes(70)  # asked again after a minute
    await office.passes(31)

    assert office.offered(ann) == [row.id, row.id]
    assert office.news(ann)[-1] == ("available", False)
    assert (await seat_row(office, ann)).unresponsive_at is not None
    await office.passes(150)
    assert office.offered(ann) == [row.id, row.id]
    assert counted(office.node, "swept_total") == 0


async def test_the_shop_shows_nobody_while_all_do_not_respond(office: Office) -> None:
    ann = await office.agent("ann")
    await office.customer()
    assert (await office.node.opening.hours(office.shop.id)).service == "open"
    await misses(office, ann)
    await office.clock.advance(1)
    assert (await office.node.opening.hours(office.shop.id)).service == "nobody"
    shown = office.ears.of(f"shop-visitors:{office.shop.id}", "service:changed")[-1]
    assert getattr(shown, "hours").service == "nobody"  # noqa: B009


async def test_choosing_the_same_status_again_is_being_back(office: Office) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    idle_since = (await seat_row(office, ann)).idle_since
    await misses(office, ann)
    await office.passes(70)
    await office.sets(ann, "available")
    assert office.news(ann)[-1] == ("available", True)
    assert office.offered(ann)[-1] == row.id
    assert len(office.offered(ann)) == 3
    assert (await seat_row(office, ann)).idle_since == idle_since


async def test_picking_is_being_back(office: Office) -> None:
    ann = await office.agent("ann", capacity=2)
    row = await office.customer()
    await misses(office, ann)
    await office.node.desk.pick(ann, row.id)
    await office.turn()
    assert office.news(ann)[-1] == ("available", True)
    second = await office.customer()
    assert office.offered(ann)[-1] == second.id


async def test_c1_a_reload_or_a_lost_line_is_no_miss(office: Office) -> None:
    ann = await office.agent("ann")
    await office.customer()
    for _ in range(10):
        await office.node.presence.went(ann, "ann")
        await office.passes(1)
        await office.node.presence.came(ann, "ann")
    assert len(office.offered(ann)) == 1
    await office.node.presence.went(ann, "ann")
    await office.passes(GRACE_S + 2)
    assert (await seat_row(office, ann)).misses == 0
    assert len(office.endings(ann)) == 1


@pytest.mark.parametrize("how", ["lost", "away"])
async def test_a3_who_was_gone_when_it_ran_out_has_missed_nothing_however_late_it_is_seen(
    office: Office, how: str
) -> None:
    ann = await office.agent("ann")
    row = await office.customer()
    assert office.offered(ann) == [row.id]

    # Nobody hosts the routing for a while.
    if how == "lost":
        await office.node.presence.went(ann, "ann")
    else:
        await office.stores.agents.set_status(ann.agent_id, "away", office.clock.now())
    await office.clock.advance(40)
    await office.turn()

    assert (await office.row(row)).state == "queued"
    assert (await office.events(row))[-1] == f"agent_{how}"
    assert (await seat_row(office, ann)).misses == 0

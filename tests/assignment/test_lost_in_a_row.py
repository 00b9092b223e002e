"""What the engine proposes and the database refuses, again and again, holds nobody up for long."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import CollectorRegistry

from server.services.assignment.losses import LOST_MAX, Losses
from server.services.assignment.metrics import RouteMetrics
from server.services.assignment.pokes import Pokes
from storage.offers import Offers
from storage.rows import OfferRow
from tests.assignment.nodes import LEASE_S, SWEEP_S, counted
from tests.assignment.office import Office


async def test_who_stands_behind_is_offered_though_nobody_told_what_a_queue_takes_by_now(
    office: Office,
) -> None:
    ann = await office.agent("ann")
    wide = await office.new_queue("wide", units=1)
    await office.turn()
    await office.stores.queues.update(office.shop.id, wide.id, {"units": 2})  # untold
    await office.customer(queue=wide, turn=False)
    behind = await office.customer(turn=False)

    await office.turn()

    assert office.offered(ann) == [behind.id]
    assert counted(office.node, "races_lost_total") == LOST_MAX
    assert counted(office.node, "reread_total") == 1
    assert counted(office.node, "swept_total") == 0


async def test_whom_the_database_refuses_even_so_holds_nobody_up_and_keeps_their_place(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refused = Offers.make, list[UUID]()

    async def make(self: Offers, conversation_id: UUID, *how: Any) -> tuple[OfferRow, ...]:
        if conversation_id == first.id:
            refused.append(conversation_id)
            return ()
        return await real(self, conversation_id, *how)

    monkeypatch.setattr(Offers, "make", make)
    first = await office.customer()
    behind = await office.customer()
    ann = await office.agent("ann")
    await office.turn()

    assert office.offered(ann) == [behind.id]
    assert (office.position(first), len(refused)) == (1, LOST_MAX + 1)
    assert counted(office.node, "reread_total") == 1
    await office.accepts(ann)
    await office.resolves(ann, behind)
    assert len(refused) == LOST_MAX + 1, "the shop is read whole once between two sweeps"

    await office.passes(SWEEP_S)
    assert counted(office.node, "reread_total") == 2
    monkeypatch.undo()
    await office.passes(2 * SWEEP_S)

    assert office.offered(ann) == [behind.id, first.id], "with the next sweep they have their turn"
    assert counted(office.node, "swept_total") == 0


async def test_a_host_whose_lease_is_over_sees_no_fault_in_being_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await office.agent("ann")
    other = office.another_node()
    real = Offers.make

    async def make_late(self: Offers, *what: Any) -> tuple[OfferRow, ...]:
        monkeypatch.setattr(Offers, "make", real)
        await office.clock.advance(2 * LEASE_S)  # the node stood still
        await other.tenure.renew()
        return await real(self, *what)

    monkeypatch.setattr(Offers, "make", make_late)
    row = await office.customer()

    assert office.offers(ann) == []
    assert counted(office.node, "races_lost_total") == 1
    assert counted(office.node, "reread_total") == 0
    assert office.node.host.hosts is False
    await office.turn(other)
    assert office.offered(ann) == [row.id]


async def test_rounds_between_in_which_nothing_is_lost_break_the_row() -> None:
    pokes, shop = Pokes(), uuid4()
    losses = Losses({}, pokes, RouteMetrics(CollectorRegistry()))
    losses.begin()
    for _ in range(3 * LOST_MAX):
        assert not losses.note({shop: {"task"}}), "the host need not rest"
        assert not losses.note({})
    assert pokes.take() == {}, "nothing is read again"

"""What goes wrong in one shop is no trouble for the others, and mended when it is read anew."""

from collections.abc import Sequence
from uuid import uuid4

import pytest

from routing.engine import Decision
from server.services.assignment.board import Board
from server.services.assignment.dealer import Dealer
from server.services.seats import AgentSeat
from storage.agents import NewAgent
from storage.conversations import NewConversation
from storage.people import ShopRow
from storage.rows import Lease
from tests.assignment.nodes import SWEEP_S, counted
from tests.assignment.office import Office


async def hires(office: Office, shop: ShopRow) -> AgentSeat:
    """Somebody who works for another shop."""
    row = await office.stores.agents.create(
        NewAgent(
            shop_id=shop.id,
            email="eve@x.kefu",
            name="eve",
            password_hash="-",
            capacity=2,
            skills={},
        )
    )
    seat = AgentSeat(row.id, shop.id, "eve", "agent")
    await office.node.statuses.set(seat, "available")
    await office.node.presence.came(seat, "eve")
    return seat


async def asks(office: Office, shop: ShopRow) -> None:
    """A customer of another shop."""
    now = office.clock.now()
    visitor = await office.stores.visitors.create_anonymous(shop.id, now)
    started = await office.stores.conversations.start(
        NewConversation(
            shop_id=shop.id, visitor_id=visitor.id, client_id=uuid4().hex, text="Hello?"
        ),
        now,
    )
    office.node.pokes.arrived(shop.id, started.row.id)


@pytest.fixture
async def other(office: Office) -> ShopRow:
    """A second shop on the same host."""
    return await office.stores.shops.create("other", "Other", "secret")


async def test_p5_a_shop_in_trouble_does_not_keep_others_waiting(
    office: Office, other: ShopRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, eve = await office.agent("ann"), await hires(office, other)
    await office.turn()
    deal = Dealer.deal

    async def poisoned(
        self: Dealer, board: Board, decisions: Sequence[Decision], lease: Lease
    ) -> list[Decision]:
        if board.shop.id == other.id:
            raise ValueError("nobody thought of this")
        return await deal(self, board, decisions, lease)

    monkeypatch.setattr(Dealer, "deal", poisoned)
    await asks(office, other)
    row = await office.customer()
    assert office.offered(ann) == [row.id]
    assert counted(office.node, "failed_total") == 1
    assert not office.offered(eve)

    monkeypatch.undo()
    await office.passes(SWEEP_S + 1)
    assert len(office.offered(eve)) == 1
    assert counted(office.node, "failed_total") == 1


async def test_a_host_with_a_shop_in_trouble_still_rests(
    office: Office, other: ShopRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.agent("ann")
    await office.turn()

    async def poisoned(self: Dealer, board: Board) -> None:
        if board.shop.id == other.id:
            raise ValueError("nobody thought of this")

    monkeypatch.setattr(Dealer, "tell_untold", poisoned)
    await asks(office, other)
    await office.turn()

    assert office.node.host._next() > office.clock.monotonic()

"""What goes wrong in one shop is no trouble for the others, and mended when it is read anew."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from routing.engine import Decision
from server.protocol.shapes import Offer
from server.services.assignment.apart import Apart
from server.services.assignment.board import Board
from server.services.assignment.cards import Cards
from server.services.assignment.dealer import Dealer
from server.services.seats import AgentSeat
from storage.agents import NewAgent
from storage.conversations import NewConversation
from storage.errors import Busy
from storage.handovers import Question
from storage.offers import Offers
from storage.people import ShopRow
from storage.routing_facts import RoutingFacts
from storage.rows import Lease, OfferRow
from storage.transitions import Transitions
from tests.assignment.nodes import LEASE_S, SWEEP_S, counted
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
        self: Dealer, board: Board, decisions: Sequence[Decision], lease: Lease, apart: Apart
    ) -> list[Decision]:
        if board.shop.id == other.id:
            raise ValueError("nobody thought of this")
        return await deal(self, board, decisions, lease, apart)

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

    async def poisoned(self: Dealer, board: Board, apart: Apart) -> None:
        if board.shop.id == other.id:
            raise ValueError("nobody thought of this")

    monkeypatch.setattr(Dealer, "tell_untold", poisoned)
    await asks(office, other)
    await office.turn()

    assert office.node.host._next() > office.clock.monotonic()  # pyright: ignore[reportPrivateUsage]


class Busied:
    """Makes a method fail for some ids, as if their rows were held by somebody."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        owner: type,
        name: str,
        error: Exception,
        *ids: UUID,
    ) -> None:
        self.ids = {*ids}
        real = getattr(owner, name)

        async def call(it: object, first: UUID, *args: object) -> object:
            if first in self.ids:
                raise error
            return await real(it, first, *args)

        monkeypatch.setattr(owner, name, call)


async def test_p5_a_shop_that_cannot_be_read_does_not_keep_others_waiting(
    office: Office, other: ShopRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, eve = await office.agent("ann"), await hires(office, other)
    too_large = Busied(monkeypatch, RoutingFacts, "shop", Busy(), other.id)
    await asks(office, other)
    row = await office.customer(turn=False)

    for _ in range(2):  # take over, and go on
        with pytest.raises(Busy):
            await office.turn()
    assert office.offered(ann) == [row.id]
    assert not office.offered(eve)

    too_large.ids.clear()
    await office.turn()
    assert len(office.offered(eve)) == 1
    assert counted(office.node, "failed_total") == 0


async def test_p5_a_row_that_somebody_holds_keeps_nobody_else_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    held = await office.customer()
    [asked] = [seat for seat in (ann, bob) if office.offers(seat)]
    offer = UUID(office.offers(asked)[0].offer)
    busy = Busied(monkeypatch, Offers, "end", Busy(), offer)
    await office.clock.advance(31)
    await office.node.presence.renew()
    row = await office.customer(turn=False)

    with pytest.raises(Busy):
        await office.turn()
    assert row.id in office.offered(ann) + office.offered(bob)
    assert (await office.row(held)).state == "offered"

    busy.ids.clear()
    await office.turn()
    assert (await office.row(held)).state == "queued"


async def test_p5_an_offer_that_cannot_be_ended_keeps_nobody_else_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    await office.customer()
    [asked] = [seat for seat in (ann, bob) if office.offers(seat)]
    offer = UUID(office.offers(asked)[0].offer)
    Busied(monkeypatch, Offers, "end", ValueError("nobody thought of this"), offer)
    await office.clock.advance(31)
    await office.node.presence.renew()

    row = await office.customer()

    assert row.id in office.offered(ann) + office.offered(bob)
    assert counted(office.node, "failed_total") == 1
    assert office.node.host._next() > office.clock.monotonic()  # pyright: ignore[reportPrivateUsage]


async def test_a11_a_wrap_up_that_cannot_end_does_not_keep_other_slots_taken(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    rows = [await office.customer(), await office.customer()]
    for seat in (ann, bob):
        await office.accepts(seat)
    for row in rows:
        agent_id = (await office.row(row)).agent_id
        assert agent_id is not None
        now = office.clock.now()
        await office.moved(await office.stores.transitions.close(row.id, agent_id, None, now))
        await office.clock.advance(0.1)
    error = ValueError("nobody thought of this")
    Busied(monkeypatch, Transitions, "finish", error, rows[0].id)

    await office.passes(12)

    assert [(await office.row(row)).state for row in rows] == ["wrap_up", "closed"]
    assert counted(office.node, "failed_total") >= 1


async def test_a_question_that_cannot_end_does_not_keep_other_questions_open(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await office.agent("ann", capacity=2), await office.agent("bob", capacity=2)
    await office.sets(bob, "away")
    offers: list[OfferRow] = []
    for _ in range(2):
        row = await office.customer()
        await office.accepts(ann)
        await office.stores.agents.set_status(bob.agent_id, "available", office.clock.now())
        question = Question(conversation_id=row.id, agent_id=ann.agent_id, to_agent=bob.agent_id)
        _, offer = await office.stores.handovers.ask(question, office.clock.now())
        await office.stores.agents.set_status(bob.agent_id, "away", office.clock.now())
        offers.append(offer)
        await office.clock.advance(0.1)
    Busied(monkeypatch, Offers, "end", ValueError("nobody thought of this"), offers[0].id)

    await office.passes(35)

    assert [offer.id for _, offer in await office.stores.handovers.live()] == [offers[0].id]


async def test_a_conversation_that_cannot_be_offered_leaves_its_shop_in_place(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await office.agent("ann")
    await office.turn()
    board = office.node.host._boards[office.shop.id]  # pyright: ignore[reportPrivateUsage]
    cursed = await office.customer(turn=False)
    poison = Busied(monkeypatch, Offers, "make", ValueError("nobody thought of this"), cursed.id)

    await office.turn()

    assert counted(office.node, "failed_total") == 1
    assert office.node.host._boards[office.shop.id] is board  # pyright: ignore[reportPrivateUsage]
    assert office.node.host._next() > office.clock.monotonic()  # pyright: ignore[reportPrivateUsage]

    poison.ids.clear()
    await office.passes(SWEEP_S + 1)
    assert office.offered(ann) == [cursed.id]


async def test_an_offer_that_cannot_be_shown_keeps_no_other_from_being_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await office.agent("ann"), await office.agent("bob")
    rows = [await office.customer(), await office.customer()]
    [first] = [row for row in rows if row.id in office.offered(ann)]
    office.ears.heard.clear()
    cards = Cards.cards

    async def poisoned(self: Cards, offers: Sequence[OfferRow]) -> list[Offer]:
        if offers[0].conversation_id == first.id:
            raise ValueError("nobody thought of this")
        return await cards(self, offers)

    monkeypatch.setattr(Cards, "cards", poisoned)

    other = office.another_node()
    await office.clock.advance(LEASE_S + 0.1)
    await office.turn(other)

    assert (len(office.offered(ann)), len(office.offered(bob))) == (0, 1)
    assert counted(other, "failed_total") == 1
    board = other.host._boards[office.shop.id]  # pyright: ignore[reportPrivateUsage]
    await office.turn(other)
    assert other.host._boards[office.shop.id] is board  # pyright: ignore[reportPrivateUsage]
    assert counted(other, "failed_total") == 1

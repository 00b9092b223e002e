"""A node dies at any of its steps, before or after PostgreSQL did what it asked; others go on."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from server.services.seats import AgentSeat
from storage.database import Database
from storage.rows import ConversationRow
from tests.assignment.nodes import LEASE_S, SWEEP_S, Node
from tests.assignment.office import Office, seat_row

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

Deed = Callable[[], Awaitable[object]]


class Death:
    """Cuts a deed off at one of its steps on PostgreSQL; what that node asks later is unheard."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
        self._monkeypatch, self._after = monkeypatch, after
        self.step = 0

    async def meets(self, deed: Deed) -> bool:
        """Do it up to the step; tell whether it was cut off there."""
        real: Any = Database._connection  # pyright: ignore[reportPrivateUsage]
        steps, has_died = count(), False

        @asynccontextmanager
        async def connection(db: Database) -> AsyncGenerator[Any]:
            nonlocal has_died
            is_last = next(steps) == self.step
            if has_died or (is_last and not self._after):
                has_died = True
                raise asyncio.CancelledError
            async with real(db) as found:
                yield found
            if is_last:
                has_died = True
                raise asyncio.CancelledError

        with self._monkeypatch.context() as patched:
            patched.setattr(Database, "_connection", connection)
            with suppress(asyncio.CancelledError):
                await deed()
        return has_died


@pytest.fixture(params=[False, True], ids=["before", "after"])
def death(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Death:
    return Death(monkeypatch, after=request.param)


class Try:
    """A node, an agent who is new and a customer who is offered to them; and those who go on."""

    def __init__(self, office: Office, name: str) -> None:
        self._office, self._name = office, name
        self.node = self.other = office.another_node()
        office.wires.nodes = [self.node.pokes]
        self.ann: AgentSeat
        self.row: ConversationRow

    async def begins(self, *, turn: bool = True) -> None:
        office = self._office
        self.ann = await office.agent(self._name, node=self.node)
        await office.clock.advance(LEASE_S + 0.1)
        await office.turn(self.node)
        self.row = await office.customer(turn=False, node=self.node)
        if turn:
            await office.turn(self.node)
            assert await self.live() == [self.ann.agent_id]

    async def others_go_on(self, *seats: AgentSeat) -> Node:
        """The node is gone for good; its agents are on another, which hosts from now on."""
        self.other = self._office.another_node()
        self._office.wires.nodes = [self.other.pokes]
        for seat in (self.ann, *seats):
            await self.other.presence.came(seat, f"{seat.name} again")
        await self._office.clock.advance(LEASE_S + 0.1)
        await self._office.turn(self.other)
        return self.other

    async def ends(self) -> None:
        """Everybody leaves, so that the next try is by itself."""
        now = self._office.clock.now()
        await self._office.stores.agents.deactivate(self.ann.shop_id, self.ann.agent_id, now)
        row = await self._office.row(self.row)
        if row.state != "closed":
            await self._office.stores.transitions.end_by_customer(row.id, row.visitor_id, now)

    async def live(self, row: ConversationRow | None = None) -> list[UUID]:
        """Whom the customer is offered to, by what is stored."""
        rows = await self._office.db.fetch(
            "SELECT agent_id FROM offer WHERE conversation_id = $1 AND ended_at IS NULL",
            (row or self.row).id,
        )
        return [each["agent_id"] for each in rows]

    def told(self) -> str:
        """How the conversation stands, as its customer was told last."""
        return list(self._office.told(self.row))[-1].state

    def offer(self) -> UUID:
        return UUID(self._office.offers(self.ann)[-1].offer)


async def tries(office: Office, death: Death) -> AsyncGenerator[Try]:
    """Begin again for each step, until the deed has no more."""
    for death.step in range(100):
        yield Try(office, f"ann{death.step}")


async def test_p5_who_waits_is_offered_once_wherever_the_host_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins(turn=False)
        has_died = await death.meets(each.node.host.turn)

        await each.others_go_on()

        assert await each.live() == [each.ann.agent_id]
        assert await office.slots(each.ann) == 1
        assert office.offered(each.ann)[-1] == each.row.id
        assert each.told() == "offered"
        await each.ends()
        if not has_died:
            break
    assert death.step > 5


async def test_p5_what_was_missed_goes_to_the_next_and_counts_once_wherever_the_host_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins()
        bob = await office.agent(f"bob{death.step}", node=each.node)
        await office.clock.advance(31)
        await each.node.presence.renew()
        await each.node.tenure.renew()
        has_died = await death.meets(each.node.host.turn)

        await each.others_go_on(bob)

        assert await each.live() == [bob.agent_id]
        assert (await office.events(each.row)).count("timed_out") == 1
        assert (await seat_row(office, each.ann)).misses == 1
        assert [await office.slots(seat) for seat in (each.ann, bob)] == [0, 1]
        await office.stores.agents.deactivate(bob.shop_id, bob.agent_id, office.clock.now())
        await each.ends()
        if not has_died:
            break
    assert death.step > 5


async def test_p4_whoever_accepts_again_has_it_once_wherever_the_node_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins()
        offer = each.offer()
        has_died = await death.meets(partial(each.node.desk.accept, each.ann, offer))

        other = await each.others_go_on()
        await other.desk.accept(each.ann, offer)
        await office.turn(other)

        row = await office.row(each.row)
        assert (row.state, row.agent_id) == ("active", each.ann.agent_id)
        assert (await office.events(row)).count("accepted") == 1
        assert await office.slots(each.ann) == 1
        assert each.told() == "active"
        await each.ends()
        if not has_died:
            break
    assert death.step > 1


async def test_a3_who_steps_away_is_asked_no_more_wherever_the_node_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins()
        has_died = await death.meets(partial(each.node.statuses.set, each.ann, "away"))

        await each.others_go_on()

        is_away = (await seat_row(office, each.ann)).status == "away"
        assert await each.live() == ([] if is_away else [each.ann.agent_id])
        assert await office.slots(each.ann) == (0 if is_away else 1)
        assert each.told() == ("queued" if is_away else "offered")
        assert is_away or has_died
        await each.ends()
        if not has_died:
            break
    assert death.step > 2


async def test_a11_the_next_gets_the_place_of_a_wrap_up_wherever_the_host_dies(
    office: Office, death: Death
) -> None:
    async for each in tries(office, death):
        await each.begins()
        await each.node.desk.accept(each.ann, each.offer())
        waiting = await office.customer(turn=False, node=each.node)
        now = office.clock.now()
        ended = await office.stores.transitions.close(each.row.id, each.ann.agent_id, None, now)
        await each.node.announce.moved(ended)
        await office.passes(SWEEP_S, each.node)
        await office.clock.advance(10 - SWEEP_S)
        await each.node.tenure.renew()
        has_died = await death.meets(each.node.host.turn)

        await each.others_go_on()

        assert (await office.row(each.row)).state == "closed"
        assert await each.live(waiting) == [each.ann.agent_id]
        assert office.offered(each.ann)[-1] == waiting.id
        assert await office.slots(each.ann) == 1
        now = office.clock.now()
        await office.stores.transitions.end_by_customer(waiting.id, waiting.visitor_id, now)
        await each.ends()
        if not has_died:
            break
    assert death.step > 5

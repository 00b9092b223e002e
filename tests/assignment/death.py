"""Nodes that die at one of their steps on PostgreSQL, and those who go on without them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from server.services.seats import AgentSeat
from storage.database import Database
from storage.rows import ConversationRow
from tests.assignment.nodes import LEASE_S, Node
from tests.assignment.office import Office

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

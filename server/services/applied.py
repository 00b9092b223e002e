"""The trace of variants that were made true: which, by whom, when, and what was there before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from server.protocol.shapes import Person
from server.protocol.simulations import AgentBefore, Before, MadeTrue, QueueBefore, Variant
from server.services.ids import uuid_of
from server.services.stores import Stores
from storage.simulations import SimulationRow, Simulations


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """The trace as it is kept; names may change, so only ids are."""

    variant: int
    agent_id: str
    at: datetime
    before: Before


class Trace:
    """Keeps beside an answer what was made of it."""

    def __init__(self, store: Simulations, stores: Stores) -> None:
        self._store, self._stores = store, stores

    async def before(self, shop_id: UUID, variant: Variant) -> Before:
        """Return what there is now of all that a variant changes."""
        agents = {uuid_of(each.agent) for each in variant.agents if not each.absent}
        queues = {uuid_of(each.queue) for each in variant.queues}
        return Before(
            agents=[
                AgentBefore(
                    agent=str(row.id),
                    capacity=row.capacity,
                    skills={str(skill): level for skill, level in row.skills.items()},
                )
                for row in await self._stores.agents.of_shop(shop_id)
                if row.id in agents
            ],
            queues=[
                QueueBefore(
                    queue=str(row.id),
                    policy=row.policy,
                    priority=row.priority,
                    weight=row.weight,
                    target_s=row.target_s,
                )
                for row in await self._stores.queues.of_shop(shop_id)
                if row.id in queues
            ],
        )

    async def note(
        self, simulation_id: UUID, variant: int, agent_id: UUID, now: datetime, before: Before
    ) -> None:
        """Keep that a variant was made true."""
        noted = Noted(variant=variant, agent_id=str(agent_id), at=now, before=before)
        await self._store.note_applied(simulation_id, msgspec.to_builtins(noted, str_keys=True))

    async def of(self, row: SimulationRow) -> list[MadeTrue]:
        """Return what was made of an answer, the first first."""
        if row.result is None:
            return []
        noted = msgspec.convert(row.result.get("applied", ()), list[Noted])
        return [await self._made(each) for each in noted]

    async def _made(self, noted: Noted) -> MadeTrue:
        by = await self._stores.agents.get(UUID(noted.agent_id))
        return MadeTrue(
            variant=noted.variant,
            by=Person(id=noted.agent_id, name="" if by is None else by.name),
            at=noted.at,
            before=noted.before,
        )

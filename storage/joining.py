"""Those who talk with a customer beside the agent, who keeps it. They hold no slot."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from storage.changes import Change, agent_name, notify, write_event
from storage.database import Database, Transaction
from storage.errors import WrongState
from storage.handover_steps import touched
from storage.leading import lock_open
from storage.participants import no_longer_joined
from storage.rows import ConversationRow, Moved
from storage.step_ins import StepIn, StepInKind, write_step_in


class Joining:
    """Lets people join a conversation, and step out of it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def join(self, shop_id: UUID, conversation_id: UUID, by: UUID, now: datetime) -> Moved:
        """Let somebody speak to the customer, who is told that they joined. Again: unchanged.

        Raises Missing, Gone; WrongState while nobody has it, or when it is theirs.
        """
        async with self._db.transaction() as tx:
            row = await lock_open(tx, conversation_id, shop_id)
            if row.state != "active" or row.agent_id == by:
                raise WrongState(row.state)
            if not await tx.execute(JOIN, row.id, by, now):
                return Moved(row, changed=False)
            notice = await notify(tx, row, "agent_joined", await agent_name(tx, shop_id, by), now)
            await _write(tx, row, "joined", by, now)
            again = await touched(tx, row.id)
        return Moved(again, notices=(notice,))

    async def step_out(
        self, shop_id: UUID, conversation_id: UUID, by: UUID, now: datetime
    ) -> Moved:
        """Let somebody who joined be gone; the customer is told. Again: unchanged."""
        async with self._db.transaction() as tx:
            row = await lock_open(tx, conversation_id, shop_id)
            if not await no_longer_joined(tx, row.id, by):
                return Moved(row, changed=False)
            notice = await notify(tx, row, "agent_left", await agent_name(tx, shop_id, by), now)
            await _write(tx, row, "stepped_out", by, now)
            again = await touched(tx, row.id)
        return Moved(again, notices=(notice,))

    async def of_agent(self, agent_id: UUID) -> list[UUID]:
        """Return the conversations beside whose agents somebody still talks."""
        return [row["conversation_id"] for row in await self._db.fetch(OF_AGENT, agent_id)]

    async def has_joined(self, conversation_id: UUID, agent_id: UUID) -> bool:
        """Tell whether somebody may speak beside the agent."""
        return bool(await self._db.fetchval(HAS_JOINED, conversation_id, agent_id))

    async def among(
        self, conversation_ids: Iterable[UUID]
    ) -> dict[UUID, tuple[tuple[UUID, str], ...]]:
        """Return by conversation who has joined, ids and names, the first of them first."""
        found: dict[UUID, tuple[tuple[UUID, str], ...]] = {}
        for row in await self._db.fetch(AMONG, list(conversation_ids)):
            before = found.get(row["conversation_id"], ())
            found[row["conversation_id"]] = (*before, (row["agent_id"], row["name"]))
        return found


async def _write(
    tx: Transaction, row: ConversationRow, kind: StepInKind, by: UUID, now: datetime
) -> None:
    await write_event(tx, row, Change(kind, row.state, ("agent", by), now))
    step = StepIn(
        shop_id=row.shop_id,
        at=now,
        kind=kind,
        by_id=by,
        conversation_id=row.id,
        agent_id=row.agent_id,
    )
    await write_step_in(tx, step)


JOIN = """
INSERT INTO participant (conversation_id, agent_id, joined_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
"""

OF_AGENT = """
SELECT p.conversation_id FROM participant p JOIN conversation c ON c.id = p.conversation_id
 WHERE p.agent_id = $1 AND c.state NOT IN ('wrap_up', 'closed') ORDER BY p.joined_at
"""

HAS_JOINED = "SELECT EXISTS (SELECT FROM participant WHERE conversation_id = $1 AND agent_id = $2)"

AMONG = """
SELECT p.conversation_id, p.agent_id, a.name
  FROM participant p JOIN agent a ON a.id = p.agent_id
 WHERE p.conversation_id = ANY ($1::uuid[]) ORDER BY p.conversation_id, p.joined_at, a.id
"""

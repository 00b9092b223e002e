"""The steps of what those who lead do with a conversation, inside the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.changes import agent_name, lock
from storage.database import Transaction
from storage.errors import Gone, Missing, Taken, WrongState
from storage.handover_steps import IDLE
from storage.rows import ConversationRow


async def lock_open(tx: Transaction, conversation_id: UUID, shop_id: UUID) -> ConversationRow:
    """Lock a conversation of the shop that is not over; Missing, Gone."""
    row = await lock(tx, conversation_id)
    if row.shop_id != shop_id:
        raise Missing
    if row.state in {"wrap_up", "closed"}:
        raise Gone(row.state)
    return row


async def holder_of(tx: Transaction, row: ConversationRow) -> str | None:
    """Return the name of whoever has it in hand."""
    return None if row.agent_id is None else await agent_name(tx, row.shop_id, row.agent_id)


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation as somebody saw it: at what epoch, in whose hands. None: whatever it is."""

    epoch: int | None = None
    held_by: UUID | None = None

    def is_still(self, row: ConversationRow) -> bool:
        """Tell whether nothing has happened since that matters to who takes it from somebody."""
        is_theirs = self.held_by is not None and self.held_by == row.agent_id
        return is_theirs or self.epoch in {None, row.epoch}


WHATEVER = Seen()


async def must_not_be_taken(tx: Transaction, row: ConversationRow, seen: Seen) -> None:
    """Refuse to take it from somebody whom the supervisor has not seen with it (Taken)."""
    if row.agent_id is None or seen.is_still(row):
        return
    raise Taken(row.agent_id, await agent_name(tx, row.shop_id, row.agent_id))


def must_be_as_seen(row: ConversationRow, holder: str | None, seen: Seen) -> None:
    """Refuse what was decided on another state than it is in now.

    Raises Taken when somebody has it, ``holder`` by name, else WrongState.
    """
    if seen.is_still(row):
        return
    if row.agent_id is not None and holder is not None:
        raise Taken(row.agent_id, holder)
    raise WrongState(row.state)


TAKE_FROM_OTHERS = """
DELETE FROM slot WHERE conversation_id = $1 AND ($2::uuid IS NULL OR agent_id <> $2)
RETURNING agent_id
"""


async def take_from_others(
    tx: Transaction, row: ConversationRow, agent_id: UUID | None, now: datetime
) -> tuple[UUID, ...]:
    """Free every slot of the conversation but those of ``agent_id``; return whose they were."""
    slots = await tx.fetch(TAKE_FROM_OTHERS, row.id, agent_id)
    if row.agent_id is not None:
        await tx.execute(IDLE, row.agent_id, now)
    holders: set[UUID] = {slot["agent_id"] for slot in slots}
    if row.agent_id is not None:
        holders.add(row.agent_id)  # of who is quiet they hold no slot
    return tuple(holders)

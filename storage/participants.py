"""Who talks beside the agent when a conversation changes hands, in the caller's transaction."""

from datetime import datetime
from uuid import UUID

from storage.changes import agent_name, notify
from storage.database import Queries
from storage.rows import ConversationRow, MessageRow


async def no_longer_joined(tx: Queries, conversation_id: UUID, agent_id: UUID) -> bool:
    """Strike somebody from those who joined; False when they had not."""
    return bool(await tx.execute(STEP_OUT, conversation_id, agent_id))


async def told_who_has_it(
    tx: Queries, row: ConversationRow, agent_id: UUID, now: datetime
) -> MessageRow:
    """Tell the customer who is there now; of whom they know that already, who left.

    ``row`` is the conversation before. Whoever has it is not beside themselves any more.
    """
    if await no_longer_joined(tx, row.id, agent_id) and row.agent_id is not None:
        left = await agent_name(tx, row.shop_id, row.agent_id)
        return await notify(tx, row, "agent_left", left, now)
    name = await agent_name(tx, row.shop_id, agent_id)
    return await notify(tx, row, "agent_joined", name, now)


STEP_OUT = "DELETE FROM participant WHERE conversation_id = $1 AND agent_id = $2"

"""What supervisors say to the agent of a conversation. No customer's path reads this table."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.changes import agent_name
from storage.columns import row_of
from storage.database import Database
from storage.errors import NotYours, Taken, WrongState
from storage.leading import lock_open
from storage.messages import check_storable
from storage.step_ins import StepIn, write_step_in


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWhisper:
    """What ``by_id`` says; ``client_id`` is theirs, and a retry repeats it.

    ``to_id`` is whom it is meant for; None: whoever has the conversation.
    """

    shop_id: UUID
    conversation_id: UUID
    client_id: str
    by_id: UUID
    text: str
    to_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class WhisperRow:
    """One whisper, and the names that belong to it; columns as in ``whisper``."""

    conversation_id: UUID
    seq: int
    client_id: str
    by_id: UUID
    by_name: str
    to_id: UUID
    to_name: str
    after: int
    text: str
    at: datetime


class Whispers:
    """Stores what is whispered, and reads it for those whom it is meant for."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def say(self, new: NewWhisper, now: datetime) -> tuple[WhisperRow, bool]:
        """Store a whisper to whoever has the conversation; return it, and whether it is new.

        Raises Missing, Gone; WrongState while nobody has it, or when it is the speaker's own; Taken
        when somebody else has it than it is meant for; NotYours when somebody else has used the
        ``client_id``.
        """
        check_storable(new.text)
        async with self._db.transaction() as tx:
            row = await lock_open(tx, new.conversation_id, new.shop_id)
            before = await tx.fetchrow(SAID, row.id, new.client_id)
            if before is not None:
                if before["by_id"] != new.by_id:
                    raise NotYours
                return row_of(WhisperRow, before), False
            if row.state != "active" or row.agent_id is None or row.agent_id == new.by_id:
                raise WrongState(row.state)
            if new.to_id not in {None, row.agent_id}:
                raise Taken(row.agent_id, await agent_name(tx, row.shop_id, row.agent_id))
            await tx.execute(
                SAY, row.id, new.client_id, new.by_id, row.agent_id, row.head, new.text, now
            )
            step = StepIn(
                shop_id=row.shop_id,
                at=now,
                kind="whispered",
                by_id=new.by_id,
                conversation_id=row.id,
                agent_id=row.agent_id,
            )
            await write_step_in(tx, step)
            stored = await tx.fetchrow(SAID, row.id, new.client_id)
            assert stored is not None
        return row_of(WhisperRow, stored), True

    async def of_conversation(
        self, conversation_id: UUID, to: UUID | None, limit: int
    ) -> list[WhisperRow]:
        """Return the newest whispers, oldest first: all, or those to one agent."""
        rows = await self._db.fetch(OF_CONVERSATION, conversation_id, to, limit)
        return [row_of(WhisperRow, row) for row in reversed(rows)]


# The conversation is locked: nobody else gives it a number.
SAY = """
INSERT INTO whisper (conversation_id, seq, client_id, by_id, to_id, after, text, at)
SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7
  FROM whisper WHERE conversation_id = $1
"""

SAID = """
SELECT w.*, speaker.name AS by_name, hearer.name AS to_name
  FROM whisper w
  JOIN agent speaker ON speaker.id = w.by_id
  JOIN agent hearer ON hearer.id = w.to_id
 WHERE w.conversation_id = $1 AND w.client_id = $2
"""

OF_CONVERSATION = """
SELECT w.*, speaker.name AS by_name, hearer.name AS to_name
  FROM whisper w
  JOIN agent speaker ON speaker.id = w.by_id
  JOIN agent hearer ON hearer.id = w.to_id
 WHERE w.conversation_id = $1 AND ($2::uuid IS NULL OR w.to_id = $2)
 ORDER BY w.seq DESC LIMIT $3
"""

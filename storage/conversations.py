"""Conversations: started once, read by whoever may, rated."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.appending import append_all
from storage.changes import Actor, Change, lock, write_event
from storage.columns import row_of
from storage.conversation_lists import OPEN_OF, ConversationLists
from storage.database import Queries, Transaction
from storage.errors import Missing, StorageUnavailable, WrongState
from storage.messages import check_storable
from storage.rows import (
    Appended,
    ConversationRow,
    Draft,
    EventRow,
    NewConversation,
    Read,
    Start,
)

Side = Literal["customer", "agent", "delivered"]
RACES_MAX = 5


class Conversations(ConversationLists):
    """Begins conversations, reads them, and keeps what is said about them."""

    async def start(self, new: NewConversation, now: datetime) -> Start:
        """Open a conversation, or join the one that is open; a retry answers with the first.

        A text is stored as a message with the same client_id, and queues a new conversation.
        """
        if new.text is not None:
            check_storable(new.text)
        for _ in range(RACES_MAX):
            async with self._db.transaction() as tx:
                start = await _start(tx, new, now)
                if start is not None:
                    return start
        raise StorageUnavailable

    async def set_read(self, conversation_id: UUID, side: Side, seq: int) -> Read:
        """Move a read mark forward, never back and never beyond the newest message."""
        row = await self._db.fetchrow(SET_READ, conversation_id, side, seq)
        if row is None:
            raise Missing
        return Read(**row)

    async def rate(
        self,
        conversation_id: UUID,
        visitor_id: UUID,
        score: int,
        comment: str | None,
        now: datetime,
    ) -> ConversationRow:
        """Keep how satisfied the customer was, 1 to 5; the last word counts.

        Raises WrongState while nobody has answered yet.
        """
        check_storable(comment or "")
        async with self._db.transaction() as tx:
            row = await lock(tx, conversation_id)
            if row.visitor_id != visitor_id:
                raise Missing
            if row.state in {"new", "queued", "offered"}:
                raise WrongState(row.state)
            rated = await tx.fetchrow(RATE, conversation_id, score, comment, now)
            assert rated is not None
            customer = ("customer", visitor_id)
            await write_event(tx, row, Change("rated", row.state, customer, now, {"score": score}))
        return row_of(ConversationRow, rated)

    async def events(self, conversation_id: UUID) -> list[EventRow]:
        """Return every change of state, oldest first."""
        rows = await self._db.fetch(
            "SELECT * FROM conversation_event WHERE conversation_id = $1 ORDER BY id",
            conversation_id,
        )
        return [row_of(EventRow, row) for row in rows]


SAID_BEFORE = """
SELECT c.id FROM conversation c JOIN message m ON m.conversation_id = c.id AND m.client_id = $2
 WHERE c.visitor_id = $1 AND m.sender_kind = 'customer'
"""

# Without a conflict target both promises are kept: one of a client_id, one that is open.
INSERT = """
INSERT INTO conversation (shop_id, visitor_id, client_id, state, topic, locale, attributes,
                          queue_id, priority, created_at, last_agent_id)
SELECT $1, $2, $3, 'new', $4, $5, $6, $7, $8, $9,
       coalesce($10, (SELECT agent_id FROM conversation
                       WHERE visitor_id = $2 AND agent_id IS NOT NULL ORDER BY id DESC LIMIT 1))
ON CONFLICT DO NOTHING
RETURNING *
"""

SET_READ = """
WITH before AS (
    SELECT id, read_customer, read_agent, delivered, least($3, head) AS mark
      FROM conversation WHERE id = $1 FOR NO KEY UPDATE
), after AS (
    UPDATE conversation c
       SET read_customer = CASE WHEN $2 = 'customer' THEN b.mark ELSE b.read_customer END,
           read_agent = CASE WHEN $2 = 'agent' THEN b.mark ELSE b.read_agent END,
           -- what was read had arrived
           delivered = CASE WHEN $2 = 'agent' THEN b.delivered
                            ELSE greatest(b.delivered, b.mark) END
      FROM before b
     WHERE c.id = b.id AND b.mark > CASE $2 WHEN 'customer' THEN b.read_customer
                                            WHEN 'agent' THEN b.read_agent ELSE b.delivered END
    RETURNING c.read_customer, c.read_agent, c.delivered
)
SELECT coalesce(a.read_customer, b.read_customer) AS customer,
       coalesce(a.read_agent, b.read_agent) AS agent,
       coalesce(a.delivered, b.delivered) AS delivered,
       a.delivered IS NOT NULL AS changed
  FROM before b LEFT JOIN after a ON true
"""

RATE = """
UPDATE conversation SET score = $2, score_comment = $3, scored_at = $4, epoch = epoch + 1
 WHERE id = $1 RETURNING *
"""


async def insert(
    tx: Queries, new: NewConversation, actor: Actor, now: datetime
) -> ConversationRow | None:
    """Begin a conversation in which nothing was said; None where one is open, or was begun so."""
    made = await tx.fetchrow(
        INSERT,
        new.shop_id,
        new.visitor_id,
        new.client_id,
        new.topic,
        new.locale,
        new.attributes,
        new.queue_id,
        new.priority,
        now,
        new.last_agent_id,
    )
    if made is None:
        return None
    row = row_of(ConversationRow, made)
    await write_event(tx, row, Change("started", "new", actor, now, {"topic": new.topic}))
    return row


async def _start(tx: Transaction, new: NewConversation, now: datetime) -> Start | None:
    """Return None when the conversation to join closed at the same moment: look again."""
    made = None
    row = await _already_said(tx, new)
    if row is None:
        made = await insert(tx, new, ("customer", new.visitor_id), now)
        row = made or await _existing(tx, new)
    if row is None:
        return None
    first = await _say(tx, row, new, now)
    if first is not None and first.status == "closed" and row.client_id != new.client_id:
        return None
    again = await tx.fetchrow("SELECT * FROM conversation WHERE id = $1", row.id)
    assert again is not None
    return Start(row_of(ConversationRow, again), made is not None, first)


async def _already_said(tx: Queries, new: NewConversation) -> ConversationRow | None:
    """Return where this very text went before, also when that was somebody else's start."""
    if new.text is None:
        return None
    found = await tx.fetchval(SAID_BEFORE, new.visitor_id, new.client_id)
    return await lock(tx, found) if isinstance(found, UUID) else None


async def _existing(tx: Queries, new: NewConversation) -> ConversationRow | None:
    row = await tx.fetchrow(
        "SELECT * FROM conversation WHERE visitor_id = $1 AND client_id = $2",
        new.visitor_id,
        new.client_id,
    )
    row = row or await tx.fetchrow(OPEN_OF, new.visitor_id)
    return None if row is None else row_of(ConversationRow, row)


async def _say(
    tx: Queries, row: ConversationRow, new: NewConversation, now: datetime
) -> Appended | None:
    if new.text is None:
        return None
    draft = Draft(
        conversation_id=row.id,
        shop_id=row.shop_id,
        client_id=new.client_id,
        sender_kind="customer",
        sender_id=new.visitor_id,
        sender_name=new.sender_name,
        text=new.text,
        now=now,
    )
    return (await append_all(tx, [draft]))[0]

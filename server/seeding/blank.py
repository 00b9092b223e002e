"""A conversation in which nothing was said yet, and ids that sort by time."""

from datetime import datetime
from random import Random
from uuid import UUID

from storage.people import QueueRow, VisitorRow
from storage.rows import ConversationRow


def id_at(when: datetime, chance: Random) -> UUID:
    """Return a UUID of version 7 that sorts by ``when``."""
    ms = round(when.timestamp() * 1000)
    return UUID(
        int=ms << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    )


def new_row(
    visitor: VisitorRow, queue: QueueRow, topic: str | None, at: datetime, chance: Random
) -> ConversationRow:
    """Return a conversation in which nothing was said yet."""
    return ConversationRow(
        id=id_at(at, chance),
        shop_id=visitor.shop_id,
        visitor_id=visitor.id,
        client_id=f"{chance.getrandbits(128):032x}",
        state="new",
        epoch=1,
        topic=topic,
        locale=visitor.locale,
        attributes={},
        queue_id=queue.id,
        agent_id=None,
        last_agent_id=None,
        wanted_agent_id=None,
        priority=queue.priority,
        head=0,
        note_head=0,
        created_at=at,
        queued_at=None,
        assigned_at=None,
        wrap_up_at=None,
        wrap_up_until=None,
        closed_at=None,
        closed_by=None,
        outcome=None,
        read_customer=0,
        read_agent=0,
        delivered=0,
        last_at=None,
        last_sender=None,
        last_text=None,
        unanswered_since=None,
        waiting_ms=None,
        first_response_ms=None,
        replies=0,
        reply_ms_sum=0,
        reply_ms_max=0,
        customer_talk_ms=0,
        agent_talk_ms=0,
        handle_ms=None,
        wrap_up_ms=None,
        score=None,
        score_comment=None,
        scored_at=None,
    )

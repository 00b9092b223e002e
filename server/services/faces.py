"""Rows as the wire shows them. Pure: what is looked up elsewhere comes in as arguments."""

from msgspec.structs import replace

from server.protocol.shapes import (
    AgentConversation,
    Conversation,
    Handover,
    Hours,
    Matched,
    Message,
    Page,
    Person,
    Preview,
    Prospect,
    QueueRef,
    Rating,
    Read,
    Sender,
    Timing,
    Visitor,
    Whisper,
    Why,
)
from storage.handovers import Pending
from storage.people import VisitorRow, VisitorSummary
from storage.rows import Appended, ConversationRow, Draft, MessageRow
from storage.whispers import WhisperRow

WAITING = frozenset({"queued", "offered"})
OVER = frozenset({"wrap_up", "closed"})


def message_face(row: MessageRow) -> Message:
    """Show a stored message."""
    return Message(
        conversation=str(row.conversation_id),
        seq=row.seq,
        client_id=row.client_id,
        sender=Sender(
            kind=row.sender_kind,
            id=None if row.sender_id is None else str(row.sender_id),
            name=row.sender_name,
        ),
        text=row.text,
        at=row.at,
        private=row.private,
        after=row.after,
        notice=row.notice,
        latency_ms=row.latency_ms,
    )


def fresh_message_face(draft: Draft, appended: Appended) -> Message:
    """Show a message that was stored this moment, without reading it again."""
    if appended.seq is None or appended.at is None:
        raise ValueError("this message was not stored")
    return Message(
        conversation=str(draft.conversation_id),
        seq=appended.seq,
        client_id=draft.client_id,
        sender=Sender(
            kind=draft.sender_kind,
            id=None if draft.sender_id is None else str(draft.sender_id),
            name=draft.sender_name,
        ),
        text=draft.text,
        at=appended.at,
        private=draft.private,
        after=appended.after,
        latency_ms=appended.latency_ms,
    )


def whisper_face(row: WhisperRow) -> Whisper:
    """Show a whisper to those whom it is for."""
    return Whisper(
        conversation=str(row.conversation_id),
        seq=row.seq,
        client_id=row.client_id,
        by=Person(id=str(row.by_id), name=row.by_name),
        to=Person(id=str(row.to_id), name=row.to_name),
        text=row.text,
        at=row.at,
        after=row.after,
    )


def visitor_face(row: VisitorRow, summary: VisitorSummary | None, online: bool) -> Visitor:
    """Show a customer to agents (and to themselves)."""
    return Visitor(
        id=str(row.id),
        signed=row.external_id is not None,
        created_at=row.created_at,
        name=row.name,
        email=row.email,
        phone=row.phone,
        locale=row.locale,
        attributes=row.attributes,
        page=None if row.page_url is None else Page(url=row.page_url, title=row.page_title),
        online=online,
        conversations=summary.conversations if summary else 0,
        csat=summary.csat if summary else None,
    )


def conversation_face(
    row: ConversationRow,
    queue: QueueRef | None,
    agent: Person | None,
    shop: Hours,
    why: Matched | None = None,
    own: Hours | None = None,
) -> Conversation:
    """Show a conversation to its customer. Once it ended for them, it is over, wrap-up or not.

    ``own`` are the hours of its queue, where they are not those of the ``shop``.
    """
    return Conversation(
        id=str(row.id),
        state=row.state,
        head=row.head,
        epoch=row.epoch,
        created_at=row.created_at,
        topic=row.topic,
        queue=queue,
        agent=agent,
        read=read_face(row),
        closed_at=row.closed_at or row.wrap_up_at,
        closed_by=row.closed_by,
        rating=rating_face(row),
        service=(own or shop).service,
        full=_is_full(row),
        why=why,
        hours=own,
    )


def agent_conversation_face(
    row: ConversationRow,
    visitor: Visitor,
    queue: QueueRef | None,
    agent: Person | None,
    why: Why | None,
    service: Prospect,
) -> AgentConversation:
    """Show a conversation to agents."""
    return AgentConversation(
        id=str(row.id),
        state=row.state,
        head=row.head,
        note_head=row.note_head,
        epoch=row.epoch,
        created_at=row.created_at,
        visitor=visitor,
        topic=row.topic,
        locale=row.locale,
        queue=queue,
        agent=agent,
        read=read_face(row),
        preview=_preview(row),
        queued_at=row.queued_at,
        assigned_at=row.assigned_at,
        unanswered_since=row.unanswered_since,
        wrap_up_until=row.wrap_up_until,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        outcome=row.outcome,
        rating=rating_face(row),
        timing=_timing(row),
        why=why,
        full=_is_full(row),
        unclaimed=row.unclaimed_at is not None and row.state in WAITING,
        service=service,
        priority=row.priority,
        emergency=row.emergency,
    )


def handover_face(pending: Pending) -> Handover:
    """Show that somebody was asked to take over."""
    return Handover(
        offer=str(pending.offer_id),
        by=Person(id=str(pending.by_id), name=pending.by_name),
        to=Person(id=str(pending.to_id), name=pending.to_name),
        expires_at=pending.expires_at,
        note=pending.note,
    )


def spoken_by(preview: Preview | None, agent: Person | None) -> Preview | None:
    """Say which of the agents spoke last, where one of them did."""
    return replace(preview, by=agent) if preview is not None and agent is not None else preview


def read_face(row: ConversationRow) -> Read:
    """Show how far each side has read."""
    return Read(customer=row.read_customer, agent=row.read_agent, delivered=row.delivered)


def rating_face(row: ConversationRow) -> Rating | None:
    """Show how satisfied the customer was, if they said so."""
    if row.score is None:
        return None
    return Rating(score=row.score, comment=row.score_comment, at=row.scored_at)


def _is_full(row: ConversationRow) -> bool:
    """Tell whether they wait in vain for the first time; who was taken once waits by right."""
    return row.full_at is not None and row.waiting_ms is None and row.state in WAITING


def _preview(row: ConversationRow) -> Preview | None:
    if row.last_at is None or row.last_sender is None:
        return None
    return Preview(text=row.last_text or "", sender=row.last_sender, at=row.last_at)


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _timing(row: ConversationRow) -> Timing:
    return Timing(
        waiting_s=_seconds(row.waiting_ms),
        first_response_s=_seconds(row.first_response_ms),
        replies=row.replies,
        mean_reply_s=row.reply_ms_sum / row.replies / 1000 if row.replies else None,
        max_reply_s=row.reply_ms_max / 1000 if row.replies else None,
        customer_talk_s=row.customer_talk_ms / 1000,
        agent_talk_s=row.agent_talk_ms / 1000,
        handle_s=_seconds(row.handle_ms),
        wrap_up_s=_seconds(row.wrap_up_ms),
    )

"""Rows of the live view as the wire shows them. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from server.protocol.live import LiveAgent, LiveQueue, LiveTalk
from storage.live import AgentNow, QueueNow, TalkNow

NO_QUEUE = ""
WAITING = frozenset({"queued", "offered"})


def talk_face(row: TalkNow) -> LiveTalk:
    """Show a conversation."""
    return LiveTalk(
        id=str(row.id),
        state=row.state,
        visitor=str(row.visitor_id),
        name=row.visitor_name,
        queue=None if row.queue_id is None else str(row.queue_id),
        agent=None if row.agent_id is None else str(row.agent_id),
        priority=row.priority,
        emergency=row.emergency,
        unclaimed=row.is_unclaimed,
        queued_at=row.queued_at,
        assigned_at=row.assigned_at,
        unanswered_since=row.unanswered_since,
        wrap_up_until=row.wrap_up_until,
    )


def agent_face(row: AgentNow, here: Collection[UUID]) -> LiveAgent:
    """Show an agent; ``here`` are those who are connected."""
    return LiveAgent(
        id=str(row.id),
        name=row.name,
        status=row.status,
        since=row.status_at,
        here=row.id in here,
        responding=row.is_responding,
        idle=row.is_idle,
        capacity=row.capacity,
        taken=row.taken,
    )


def queue_faces(rows: Iterable[QueueNow], talks: Iterable[LiveTalk]) -> dict[str, LiveQueue]:
    """Show queues with those who are in them now, by id."""
    waiting, in_hand = Counter[str](), Counter[str]()
    oldest: dict[str, datetime] = {}
    for talk in talks:
        queue = talk.queue or NO_QUEUE
        if talk.state not in WAITING:
            in_hand[queue] += 1
            continue
        waiting[queue] += 1
        if talk.queued_at is not None:
            oldest[queue] = min(talk.queued_at, oldest.get(queue, talk.queued_at))
    faces = {str(row.id): queue_face(row) for row in rows}
    if waiting[NO_QUEUE] or in_hand[NO_QUEUE]:
        faces[NO_QUEUE] = LiveQueue(id=NO_QUEUE, name="")
    return {
        key: replace(face, waiting=waiting[key], oldest=oldest.get(key), in_hand=in_hand[key])
        for key, face in faces.items()
    }


def queue_face(row: QueueNow) -> LiveQueue:
    """Show what became of those who came to a queue today."""
    return LiveQueue(
        id=str(row.id),
        name=row.name,
        target_s=row.target_s,
        answered=row.answered,
        in_time=row.in_time,
        abandoned=row.abandoned,
    )

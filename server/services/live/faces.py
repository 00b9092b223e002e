"""Rows of the live view as the wire shows them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from server.protocol.live import LiveAgent, LiveQueue, LiveTalk
from server.services.live.cover import Takers
from storage.live import QueueNow, TalkNow
from storage.live_agents import AgentDay, AgentNow, Stay

Hope = tuple[int, int]
"""Seconds that one would wait, from and to."""

NO_QUEUE = ""
NO_TAKERS = Takers()
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


def agent_face(
    row: AgentNow,
    line: bool | None,
    day: AgentDay,
    replied_at: datetime | None,
    serves: list[str],
    stay: Stay,
) -> LiveAgent:
    """Show an agent; ``line``: whether it is whole, None for who is not here."""
    return LiveAgent(
        id=str(row.id),
        name=row.name,
        status=row.status,
        since=_since(row, line is not None, stay),
        here=line is not None,
        reconnecting=line is False,
        responding=row.is_responding,
        idle=row.is_idle,
        capacity=row.capacity,
        taken=row.taken,
        replied_at=replied_at,
        handled=day.handled,
        handle_s=None if day.mean_s is None else round(day.mean_s),
        missed=day.missed,
        serves=serves,
    )


def _since(row: AgentNow, is_here: bool, stay: Stay) -> datetime:
    """Return since when they are as they are shown, which is not always what they chose."""
    if not is_here:
        return stay.left_at or row.as_is_at
    if row.idle_at is not None and row.status == "available" and row.is_responding:
        return row.idle_at
    return max(row.as_is_at, stay.came_at or row.as_is_at)


@dataclass(slots=True)
class Line:
    """Who is in a queue now. ``last`` came last of those who wait: behind them one would stand."""

    waiting: int = 0
    in_hand: int = 0
    oldest: datetime | None = None
    last: LiveTalk | None = None


def lines_of(talks: Iterable[LiveTalk]) -> dict[str, Line]:
    """Count who is in which queue."""
    lines: dict[str, Line] = {}
    for talk in talks:
        line = lines.setdefault(talk.queue or NO_QUEUE, Line())
        if talk.state not in WAITING:
            line.in_hand += 1
            continue
        line.waiting += 1
        at = talk.queued_at
        if at is not None and (line.oldest is None or at < line.oldest):
            line.oldest = at
        if at is not None and not talk.emergency and (line.last is None or _after(talk, line.last)):
            line.last = talk
    return lines


def queue_faces(
    rows: Iterable[QueueNow],
    lines: Mapping[str, Line],
    takers: Mapping[str, Takers],
    hopes: Mapping[str, Hope],
) -> dict[str, LiveQueue]:
    """Show queues with those who are in them now, by id."""
    faces = {str(row.id): queue_face(row) for row in rows}
    if NO_QUEUE in lines:
        faces[NO_QUEUE] = LiveQueue(id=NO_QUEUE, name="")
    return {
        key: _filled(face, lines.get(key, NOBODY), takers.get(key, NO_TAKERS), hopes.get(key))
        for key, face in faces.items()
    }


def queue_face(row: QueueNow) -> LiveQueue:
    """Show what became of those who came to a queue today."""
    return LiveQueue(
        id=str(row.id),
        name=row.name,
        target_s=row.target_s,
        promises=row.promises,
        answered=row.answered,
        in_time=row.in_time,
        abandoned=row.abandoned,
    )


NOBODY = Line()


def _filled(face: LiveQueue, line: Line, takers: Takers, hope: Hope | None) -> LiveQueue:
    return replace(
        face,
        waiting=line.waiting,
        oldest=line.oldest,
        in_hand=line.in_hand,
        eta_s=hope if line.waiting else None,
        able=takers.able,
        ready=takers.ready,
        free=takers.free,
        lacks=list(takers.lacks),
    )


def _after(talk: LiveTalk, other: LiveTalk) -> bool:
    """Tell who came later; of two who came at once routing serves the smaller id first."""
    assert talk.queued_at is not None
    assert other.queued_at is not None
    return (talk.queued_at, talk.id) > (other.queued_at, other.id)

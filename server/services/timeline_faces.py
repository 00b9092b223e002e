"""What happened in a conversation, as the wire shows it. Pure: names come in as arguments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from routing.explain import Record
from server.protocol.shapes import Person, Sender
from server.protocol.timeline import StepIn, TimelineEntry
from server.services.callers import Caller
from server.services.routing_faces import Names, person
from server.services.silences import Silence
from storage.rows import EventRow, MessageRow, OfferRow
from storage.step_ins import StepInRow
from storage.whispers import WhisperRow

TOLD_APART = frozenset({"agent", "from", "to_agent", "to_queue", "reason", "offer"})
"""What of an event's data has a field of its own."""


def message_entry(row: MessageRow) -> TimelineEntry:
    """Show what was said, told or noted."""
    spoken = "noted" if row.private else "said"
    return TimelineEntry(
        kind="told" if row.sender_kind == "system" else spoken,
        at=row.at,
        by=Sender(
            kind=row.sender_kind,
            id=None if row.sender_id is None else str(row.sender_id),
            name=row.sender_name,
        ),
        text=row.text,
        length=len(row.text),
        latency_ms=row.latency_ms,
        notice=row.notice,
    )


def whisper_entry(row: WhisperRow) -> TimelineEntry:
    """Show what was whispered."""
    return TimelineEntry(
        kind="whispered",
        at=row.at,
        by=Sender(kind="agent", id=str(row.by_id), name=row.by_name),
        to=Person(id=str(row.to_id), name=row.to_name),
        text=row.text,
        length=len(row.text),
    )


def event_entry(row: EventRow, names: Names, queues: Mapping[str, str]) -> TimelineEntry:
    """Show a change of state, or what somebody did."""
    data = row.data
    actor = None if row.actor_id is None else str(row.actor_id)
    return TimelineEntry(
        kind="changed",
        at=row.at,
        by=Sender(kind=row.actor_kind, id=actor, name=names.get(actor or "")),
        to=_person(data.get("to_agent") or data.get("agent"), names),
        taken_from=_person(data.get("from"), names),
        event=row.kind,
        state=row.to_state,
        queue=queues.get(str(data.get("to_queue"))),
        reason=_text(data.get("reason")),
        details=cast("dict[str, Any]", {k: v for k, v in data.items() if k not in TOLD_APART}),
    )


def offer_entry(offer: OfferRow, record: Record | None, names: Names) -> TimelineEntry:
    """Show an offer, what became of it, and what decided that it was made."""
    asked_by = None if offer.from_agent_id is None else str(offer.from_agent_id)
    runner_up = None if record is None else record.runner_up
    return TimelineEntry(
        kind="offered",
        at=offer.made_at,
        until=offer.ended_at,
        by=None if asked_by is None else Sender(kind="agent", id=asked_by, name=names[asked_by]),
        to=person(str(offer.agent_id), names),
        reason=offer.decline_reason,
        result=offer.end_reason or "live",
        decided_by=None if record is None else record.decided_by,
        runner_up=None if runner_up is None else person(runner_up, names),
    )


def silence_entry(silence: Silence) -> TimelineEntry:
    """Show how long nobody said anything."""
    return TimelineEntry(kind="silence", at=silence.at, until=silence.until, turn=silence.turn)


def watch_entry(row: StepInRow, names: Names) -> TimelineEntry:
    """Show that somebody watched."""
    by = str(row.by_id)
    return TimelineEntry(
        kind="watched",
        at=row.at,
        until=row.ended_at,
        by=Sender(kind="agent", id=by, name=names.get(by)),
    )


def step_in_face(row: StepInRow, names: Names, caller: Caller | None = None) -> StepIn:
    """Show what somebody did over others' heads, and whose conversation it was."""
    return StepIn(
        id=str(row.id),
        at=row.at,
        kind=row.kind,
        by=person(str(row.by_id), names),
        conversation=_text(row.conversation_id),
        visitor=None if caller is None else caller.visitor,
        customer=None if caller is None else caller.name,
        agent=_person(row.agent_id, names),
        to=_person(row.data.get("to"), names),
        reason=row.reason,
        until=row.ended_at,
        details={name: value for name, value in row.data.items() if name != "to"},
    )


def watched_s(rows: list[StepInRow], now: datetime) -> float:
    """Return for how many seconds somebody watched, in all."""
    return sum(((row.ended_at or now) - row.at).total_seconds() for row in rows)


def _person(agent_id: object, names: Names) -> Person | None:
    return None if agent_id is None else person(str(agent_id), names)


def _text(value: object) -> str | None:
    return None if value is None else str(value)

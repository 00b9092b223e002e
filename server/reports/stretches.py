"""In whose hands a conversation was and when, and in which queue, by its events. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from storage.reports.rows import Ending, Story, Told

MOVES: Final = frozenset({"transferred", "requeued", "moved"})
"""Events that may say to which queue it came, and from which."""


@dataclass(slots=True)
class Stretch:
    """From when on an agent had it, until when they talked, and how it left them."""

    agent_id: UUID
    at: datetime
    queue_id: UUID | None
    after: int = 0
    """``seq`` of the last message before it."""
    talked_until: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    until: int | None = None
    """``seq`` of the last message in it."""

    def holds(self, seq: int) -> bool:
        """Tell whether they had it when this message was said."""
        return self.after < seq and (self.until is None or seq <= self.until)


@dataclass(frozen=True, slots=True)
class Path:
    """The stretches in order of time; ``moves`` are the queues it was sent on to, and when."""

    queue_at_first: UUID | None
    moves: Sequence[tuple[datetime, UUID | None]]
    stretches: list[Stretch] = field(default_factory=list[Stretch])

    def queue_at(self, moment: datetime) -> UUID | None:
        """Return the queue it was in; at the moment of a move, the one it came to."""
        queue_id = self.queue_at_first
        for at, moved_to in self.moves:
            if at <= moment:
                queue_id = moved_to
        return queue_id


def path_of(story: Story) -> Path:
    """Follow a conversation through queues and hands."""
    path = _queues_of(story)
    current: Stretch | None = None
    for event in story.events:
        taken_by, ending = _holder(event), _ending(event)
        if current is not None:
            # Who waits for the row has looked at the clock already: events may go back a moment.
            moment = max(event.at, current.at)
            if event.kind in {"ended", "resumed"}:
                current.talked_until = moment if event.kind == "ended" else None
            elif ending is not None or taken_by is not None:
                current.ended_at, current.ending = moment, ending or "assigned"
                current.until = _head(event, story)
                current = None
        if taken_by is not None:
            queue_id = path.queue_at(event.at)
            current = Stretch(taken_by, event.at, queue_id, _head(event, story))
            path.stretches.append(current)
    return path


def _holder(event: Told) -> UUID | None:
    """Return who has it from this event on."""
    if event.kind in {"accepted", "picked"}:
        return event.actor_id
    if event.kind == "assigned":
        return event.agent
    return event.to_agent if event.kind == "transferred" and event.is_warm else None


def _head(event: Told, story: Story) -> int:
    """Return the last message before an event; of older ones by the time, a tie is after it."""
    if event.head is not None:
        return event.head
    return max((each.seq for each in story.lines if each.at < event.at), default=0)


def _ending(event: Told) -> Ending | None:
    """Return how it leaves the hands it is in with this event."""
    match event.kind:
        case "closed":
            return "closed"
        case "transferred":
            return "transferred"
        case "agent_left" | "requeued":
            return "left"
        case _:
            return None


def _queues_of(story: Story) -> Path:
    """Go back from the queue it is in now; what older versions wrote may not say from where."""
    queue_id, moves = story.queue_id, list[tuple[datetime, UUID | None]]()
    for event in reversed(story.events):
        if event.kind in MOVES and event.to_queue is not None:
            moves.append((event.at, event.to_queue))
            queue_id = None if event.from_none else event.from_queue or queue_id
    return Path(queue_id, moves[::-1])

"""How long each side talked, and how long replies took, by the public messages. Pure.

A customer waits for a reply from their first message that nobody has answered; the first agent
message answers it, and a system line never does. The gap before a message is the talk time of who
sent it, while it is in somebody's hands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.reports.stretches import Stretch
from server.reports.times import ms
from storage.reports.rows import Line


@dataclass(frozen=True, slots=True)
class Reply:
    """An agent message that answered a customer: when they had asked, and when it was said."""

    asked_at: datetime
    at: datetime


@dataclass(slots=True)
class Talk:
    """What was said in one stretch; ``has_first`` says that the first reply of all is here."""

    customer_ms: int
    agent_ms: int
    replies: list[Reply]
    has_first: bool = False


def talks_of(lines: Sequence[Line], stretches: Sequence[Stretch]) -> list[Talk]:
    """Return for each stretch what was said in it."""
    talks = [Talk(0, 0, []) for _ in stretches]
    before: datetime | None = None
    asked: datetime | None = None
    is_first = True
    for line in lines:
        place = next((at for at, each in enumerate(stretches) if each.holds(line.seq)), None)
        if place is not None:
            _add(talks[place], line, ms(max(before or line.at, stretches[place].at), line.at))
        if line.by == "customer":
            asked = asked or line.at
        elif line.by == "agent" and asked is not None:
            if place is not None:
                talks[place].replies.append(Reply(asked, line.at))
                talks[place].has_first |= is_first
            asked, is_first = None, False
        before = line.at
    return talks


def _add(talk: Talk, line: Line, gap_ms: int) -> None:
    if line.by == "customer":
        talk.customer_ms += gap_ms
    elif line.by == "agent":
        talk.agent_ms += gap_ms

"""How long nobody said anything, and whose turn it was. Pure: rows come in as arguments.

What is typed is not kept, so these are silences of saying, not of typing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.protocol.timeline import Turn
from storage.rows import EventRow, MessageRow

SILENCE = timedelta(minutes=1)
"""From so long on a silence is worth naming."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody said anything from ``at`` until ``until``; None: nobody has yet."""

    at: datetime
    until: datetime | None
    turn: Turn


@dataclass(frozen=True, slots=True)
class _Span:
    begins: datetime
    ends: datetime | None


def silences(
    said: Sequence[MessageRow], events: Iterable[EventRow], now: datetime
) -> list[Silence]:
    """Return the silences between what customer and agent said, while it was in somebody's hands.

    ``said`` is in order. Waiting for an agent is none: states tell of it. It is the agent's turn
    after the customer's words, else the customer's.
    """
    words = [each for each in said if each.sender_kind != "system" and not each.private]
    found: list[Silence] = []
    for span in _in_hand(events):
        inside = [each for each in words if _is_in(span, each.at)]
        before = [each for each in words if each.at < span.begins]
        marks = [(span.begins, before[-1])] if before else []
        marks += [(each.at, each) for each in inside]
        ends = [at for at, _ in marks[1:]] + [span.ends]
        for (at, last), until in zip(marks, ends, strict=True):
            if (until or now) - at >= SILENCE:
                found.append(Silence(at, until, _turn_after(last)))
    return found


def _turn_after(last: MessageRow) -> Turn:
    return "agent" if last.sender_kind == "customer" else "customer"


def _is_in(span: _Span, at: datetime) -> bool:
    return span.begins <= at and (span.ends is None or at < span.ends)


def _in_hand(events: Iterable[EventRow]) -> list[_Span]:
    """Return when somebody had it, by the states that events led to."""
    spans: list[_Span] = []
    begins: datetime | None = None
    for event in events:
        if event.to_state is None:  # a fact that is no change of state
            continue
        if event.to_state == "active" and begins is None:
            begins = event.at
        elif event.to_state != "active" and begins is not None:
            spans.append(_Span(begins, event.at))
            begins = None
    return spans if begins is None else [*spans, _Span(begins, None)]

"""What somebody really did, as one state after the other, from what was logged of them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from server.schedule.spans import Span, common, joined, without

State = Literal["available", "busy", "away", "unresponsive"]
Word = Literal["present", "held"] | State
"""``present``: connected; ``held``: with a conversation in hand; else what they were ready for."""

AT_WORK: tuple[State, State] = ("available", "busy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Was:
    """A time in one state, connected. Where there is none, they were not connected."""

    state: State
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """Somebody's time. ``at_work``: available, busy, or with a conversation in hand."""

    states: Sequence[Was] = ()
    at_work: Sequence[Span] = field(default=())

    @classmethod
    def of(cls, logged: Iterable[tuple[Word, datetime, datetime]]) -> "Attended":
        """Put together what was logged; only what was while they were connected counts.

        Who is away, or does not respond, and has a conversation in hand is busy with it.
        """
        spans: dict[Word, list[Span]] = {}
        for word, since, until in logged:
            spans.setdefault(word, []).append((since, until))
        present = joined(spans.get("present", ()))
        left, found = present, list[Was]()
        parts: tuple[tuple[State, list[Span]], ...] = (
            ("available", spans.get("available", [])),
            ("busy", [*spans.get("busy", []), *spans.get("held", [])]),
            ("unresponsive", spans.get("unresponsive", [])),
            ("away", present),
        )
        for state, those in parts:
            found += [
                Was(state=state, since=begin, until=end) for begin, end in common(left, those)
            ]
            left = without(left, those)
        return cls(
            states=sorted(found, key=lambda was: was.since),
            at_work=joined((was.since, was.until) for was in found if was.state in AT_WORK),
        )

    def within(self, spans: Sequence[Span]) -> list[Was]:
        """Return the states as far as they lie in some spans."""
        return [
            Was(state=was.state, since=begin, until=end)
            for was in self.states
            for begin, end in common([(was.since, was.until)], spans)
        ]

    def at(self, moment: datetime) -> Was | None:
        """Return the state at a moment, or just before it ended; None while not connected."""
        return next((was for was in self.states if was.since <= moment <= was.until), None)

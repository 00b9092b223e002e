"""What the REST API tells of routing: why this agent, why not me, why still waiting."""

from datetime import datetime
from typing import Any, Literal

from server.protocol.shapes import Person, Shape, Why

OfferResult = Literal[
    "live",
    "accepted",
    "declined",
    "timed_out",
    "agent_lost",
    "agent_away",
    "customer_gone",
    "rescinded",
]
ActKind = Literal["assigned", "prioritized", "picked"]
Outlook = Literal[
    "offered",
    "uncovered",
    "nobody",
    "kept",
    "free",
    "saving",
    "reserved",
    "short",
    "full",
    "refused",
    "ring",
]


class OfferOutcome(Shape, frozen=True):
    """What became of an offer."""

    agent: Person
    result: OfferResult
    ended_at: datetime | None = None


class RankTerm(Shape, frozen=True):
    """One part of a rank; the smaller value is better. ``decided``: here the winner was ahead."""

    term: str
    value: float
    decided: bool = False


class Candidate(Shape, frozen=True):
    """Somebody who could have taken it, with their rank, the most important term first."""

    agent: Person
    place: int
    terms: list[RankTerm]
    chosen: bool = False


class LeftOut(Shape, frozen=True):
    """Those whom one filter left out: how many, and where the shop is not too large, who."""

    filter: str
    count: int
    agents: list[Person] = []


class OwnPart(Shape, frozen=True):
    """Where whoever asks stood themselves: chosen, behind in a term, or left out by a filter.

    ``candidate`` are their own figures only. Nothing is known of who was not there yet.
    """

    why: Why | None = None
    candidate: Candidate | None = None
    behind_in: str | None = None
    filter: str | None = None


class Decision(Shape, frozen=True):
    """Why a conversation was offered to whom. Smaller values are better, in every term.

    Whoever leads the shop sees everything; others what it was about, to whom it went, and their
    own part (``me``). ``record`` is all that it was made from; ``replays`` tells whether deciding
    again from it gives the same agents. A record of an earlier version is shown as it stands.
    """

    id: str
    at: datetime
    chosen: list[Person]
    offer: str | None = None
    outcomes: list[OfferOutcome] = []
    policy: str | None = None
    ring: int = 0
    rings: int = 1
    waited_s: float = 0.0
    candidates: list[Candidate] = []
    compared: int = 0
    left_out: list[LeftOut] = []
    runner_up: Person | None = None
    decided_by: str | None = None
    margin: float | None = None
    replays: bool | None = None
    me: OwnPart | None = None
    record: dict[str, Any] | None = None


class Act(Shape, frozen=True):
    """What somebody did over the engine's head, and why.

    ``assigned`` ``to`` somebody, perhaps ``taken_from`` another and ``over`` their capacity;
    ``prioritized``; ``picked`` by who was not asked.
    """

    at: datetime
    kind: ActKind
    by: Person
    to: Person | None = None
    taken_from: Person | None = None
    over: bool = False
    priority: int | None = None
    emergency: bool = False
    reason: str | None = None


class DecisionItems(Shape, frozen=True):
    """The newest 100 decisions of a conversation, and what people did themselves, oldest first."""

    items: list[Decision]
    acts: list[Act] = []


class SkillStep(Shape, frozen=True):
    """A skill, by key, and the level it is asked at before and after; 0 is not at all."""

    skill: str
    before: int
    after: int


class WaitingChange(Shape, frozen=True):
    """What time alone changes: a ring opens, a window or a refusal ends, they become aged."""

    kind: Literal["ring", "kept", "refusal", "aged", "saves", "offer"]
    at: datetime
    agent: Person | None = None
    ring: int | None = None
    skills: list[SkillStep] = []


class TurnTerms(Shape, frozen=True):
    """What makes a customer's turn, in seconds. ``tier`` -1 goes before all others."""

    tier: int
    waited_s: float
    priority_s: float
    boost_s: float
    weight: float
    aged: bool = False
    target_s: float | None = None


class WaitingReasons(Shape, frozen=True):
    """Why a customer still waits, from facts no older than a second.

    ``position`` is their place in the line from 1, ``rivals`` wait in other lines and go first.
    Who leads the shop sees names; others learn how many, and what keeps them themselves (``me``:
    "behind" if nothing does).
    """

    at: datetime
    outlook: Outlook
    position: int
    rivals: int
    ring: int
    rings: int
    turn: TurnTerms
    agents: list[Person] = []
    until: datetime | None = None
    left_out: list[LeftOut] = []
    changes: list[WaitingChange] = []
    me: str | None = None

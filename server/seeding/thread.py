"""One conversation of the past, told step by step by the rules that the storage keeps.

The arithmetic is that of storage/sql/append_message.sql and storage/transitions.py; a test plays
the same steps through both and compares.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal
from uuid import UUID

from server.seeding.blank import id_at
from storage.changes import WORDS
from storage.people import AgentRow, QueueRow, VisitorRow
from storage.rows import (
    ConversationRow,
    EventRow,
    MessageRow,
    Notice,
    OfferEnd,
    OfferRow,
    SenderKind,
    State,
)

Actor = tuple[SenderKind, UUID | None]
SYSTEM: Actor = ("system", None)
PREVIEW_CHARS = 200


def elapsed_ms(since: datetime | None, until: datetime) -> int | None:
    """Return whole milliseconds between two moments; None when the first is unknown."""
    return None if since is None else round((until - since) / timedelta(milliseconds=1))


@dataclass(slots=True)
class Thread:
    """A conversation while it is being told."""

    row: ConversationRow
    visitor: VisitorRow
    queue: QueueRow
    chance: Random
    messages: list[MessageRow] = field(default_factory=list[MessageRow])
    events: list[EventRow] = field(default_factory=list[EventRow])
    offers: list[OfferRow] = field(default_factory=list[OfferRow])

    def begin(self, text: str, at: datetime) -> None:
        """Ask the first question: the conversation waits from now on."""
        customer: Actor = ("customer", self.visitor.id)
        data: dict[str, object] = {"topic": self.row.topic} if self.row.topic else {}
        self._event("started", "new", customer, at, data, from_state=None)
        self._say(customer, self.visitor.name, text, at, client_id=self.row.client_id)
        self._event("queued", "queued", customer, at)
        self._become("queued", queued_at=at)

    def offer(self, agent: AgentRow, at: datetime) -> None:
        """Hold it for an agent."""
        made = OfferRow(
            id=id_at(at, self.chance),
            conversation_id=self.row.id,
            agent_id=agent.id,
            made_at=at,
            expires_at=at + timedelta(seconds=self.queue.offer_timeout_s),
            ended_at=None,
            end_reason=None,
            decline_reason=None,
        )
        self.offers.append(made)
        self._event(
            "offered", "offered", SYSTEM, at, {"agent": str(agent.id), "offer": str(made.id)}
        )
        self._become("offered")

    def refuse(self, reason: OfferEnd, at: datetime) -> None:
        """Let the offer end without being taken: it waits again, its age kept."""
        offer = self._end_offer(reason, at)
        actor: Actor = ("agent", offer.agent_id) if reason == "declined" else SYSTEM
        data: dict[str, object] = {"agent": str(offer.agent_id), "offer": str(offer.id)}
        self._event(reason, "queued", actor, at, data)
        self._become("queued")

    def accept(self, agent: AgentRow, at: datetime) -> None:
        """Let the agent take the offer."""
        offer = self._end_offer("accepted", at)
        self._notice("agent_joined", agent.name, at)
        self._event("accepted", "active", ("agent", agent.id), at, {"offer": str(offer.id)})
        waited = elapsed_ms(self.row.queued_at, at)
        self._become("active", agent_id=agent.id, assigned_at=at, waiting_ms=waited)

    def customer_says(self, text: str, at: datetime) -> None:
        """Add a message of the customer."""
        self._say(("customer", self.visitor.id), self.visitor.name, text, at)

    def agent_says(self, agent: AgentRow, text: str, at: datetime) -> None:
        """Add a message of the agent."""
        self._say(("agent", agent.id), agent.name, text, at)

    def give_up(self, at: datetime) -> None:
        """Let the customer leave while nobody has taken it."""
        self._notice("ended_by_customer", self.visitor.name, at)
        self._event("closed", "closed", ("customer", self.visitor.id), at)
        self._become("closed", closed_at=at, closed_by="customer")

    def end(self, by: Actor, name: str | None, outcome: str | None, at: datetime) -> None:
        """End the talk; the wrap-up begins and lasts as long as the queue says."""
        self._notice("ended_by_agent" if by[0] == "agent" else "ended_by_customer", name, at)
        self._event("ended", "wrap_up", by, at, {"outcome": outcome} if outcome else {})
        until = at + timedelta(seconds=self.queue.wrap_up_s)
        self._become(
            "wrap_up", wrap_up_at=at, wrap_up_until=until, closed_by=by[0], outcome=outcome
        )

    def finish(self) -> datetime:
        """Let the wrap-up run out; return when."""
        at = self.row.wrap_up_until
        assert at is not None
        data: dict[str, object] = {"outcome": self.row.outcome} if self.row.outcome else {}
        self._event("closed", "closed", SYSTEM, at, data)
        self._become(
            "closed",
            closed_at=at,
            wrap_up_until=None,
            handle_ms=elapsed_ms(self.row.assigned_at, at),
            wrap_up_ms=elapsed_ms(self.row.wrap_up_at, at),
        )
        return at

    def rate(self, score: int, comment: str | None, at: datetime) -> None:
        """Let the customer say how satisfied they were."""
        customer: Actor = ("customer", self.visitor.id)
        self._event("rated", self.row.state, customer, at, {"score": score})
        self._become(self.row.state, score=score, score_comment=comment, scored_at=at)

    def read_to_the_end(self) -> None:
        """Both have seen everything."""
        head = self.row.head
        self.row = replace(self.row, read_customer=head, read_agent=head, delivered=head)

    def _become(self, state: State, **changes: object) -> None:
        self.row = replace(self.row, state=state, epoch=self.row.epoch + 1, **changes)

    def _end_offer(self, reason: OfferEnd, at: datetime) -> OfferRow:
        self.offers[-1] = replace(self.offers[-1], ended_at=at, end_reason=reason)
        return self.offers[-1]

    def _notice(self, notice: Notice, name: str | None, at: datetime) -> None:
        client_id = f"notice-{self.chance.getrandbits(128):032x}"
        text = WORDS[notice].format(name=name or "Customer")
        self._say(SYSTEM, name, text, at, client_id=client_id, notice=notice)

    def _say(
        self,
        who: Actor,
        name: str | None,
        text: str,
        at: datetime,
        *,
        client_id: str | None = None,
        notice: Notice | None = None,
    ) -> None:
        kind, sender_id = who
        row = self.row
        gap = elapsed_ms(row.last_at, at)
        latency = elapsed_ms(row.unanswered_since, at) if kind == "agent" else None
        self.messages.append(
            MessageRow(
                conversation_id=row.id,
                private=False,
                seq=row.head + 1,
                client_id=client_id or f"{self.chance.getrandbits(128):032x}",
                after=None,
                sender_kind=kind,
                sender_id=sender_id,
                sender_name=name,
                text=text,
                notice=notice,
                at=at,
                gap_ms=gap,
                latency_ms=latency,
            )
        )
        row = _timed(row, kind, at, latency)
        if kind != "system":
            row = replace(row, last_sender=kind, last_text=text[:PREVIEW_CHARS])
        self.row = replace(row, head=row.head + 1, last_at=at)

    def _event(
        self,
        kind: str,
        to_state: State,
        actor: Actor,
        at: datetime,
        data: dict[str, object] | None = None,
        *,
        from_state: State | Literal["present"] | None = "present",
    ) -> None:
        self.events.append(
            EventRow(
                id=0,
                conversation_id=self.row.id,
                at=at,
                kind=kind,
                from_state=self.row.state if from_state == "present" else from_state,
                to_state=to_state,
                actor_kind=actor[0],
                actor_id=actor[1],
                data=data or {},
                head=self.row.head,
            )
        )


def _timed(
    row: ConversationRow, kind: SenderKind, at: datetime, latency: int | None
) -> ConversationRow:
    """Add a message's share to the sums: talk time of its sender, and a reply's latency."""
    talked = 0
    if row.assigned_at is not None and row.last_at is not None:
        talked = elapsed_ms(max(row.last_at, row.assigned_at), at) or 0
    if kind == "customer":
        since = row.unanswered_since or at
        return replace(row, customer_talk_ms=row.customer_talk_ms + talked, unanswered_since=since)
    if kind != "agent":
        return row
    row = replace(row, agent_talk_ms=row.agent_talk_ms + talked)
    if latency is None:
        return row
    first = latency if row.first_response_ms is None else row.first_response_ms
    return replace(
        row,
        unanswered_since=None,
        first_response_ms=first,
        replies=row.replies + 1,
        reply_ms_sum=row.reply_ms_sum + latency,
        reply_ms_max=max(row.reply_ms_max, latency),
    )

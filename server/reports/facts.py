"""Derives the facts of one conversation from all that is stored of it. Pure.

What was said counts once the talk is over (wrap-up or closed). Until then those figures are absent,
so that reports cost messages nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.reports.said import Talk, talks_of
from server.reports.stretches import Path, Stretch, path_of
from server.reports.times import ms
from storage.reports.rows import FactRow, Facts, Fate, LegRow, OfferFactRow, Story

CHANNEL = "chat"
"""The only way in and out that there is."""

OpenMs = Callable[[UUID | None, datetime, datetime], int]
"""How long a queue was open between two moments, in milliseconds."""


def facts_of(story: Story, open_ms: OpenMs) -> Facts:
    """Return the facts of a conversation."""
    path = path_of(story)
    facts = _Facts(story, path, open_ms, is_over=story.state in {"wrap_up", "closed"})
    return Facts(facts.fact(), facts.legs(), facts.offers())


@dataclass(frozen=True, slots=True)
class _Facts:
    story: Story
    path: Path
    open_ms: OpenMs
    is_over: bool

    def fact(self) -> FactRow:
        story, stretches, kinds = self.story, self.path.stretches, self._kinds()
        asked = next((each.at for each in story.events if each.kind == "queued"), None)
        fate, until = self._fate(asked)
        waited = (asked, until) if asked is not None and until is not None else None
        queue_id = self.path.queue_at_first
        return FactRow(
            conversation_id=story.conversation_id,
            shop_id=story.shop_id,
            at=asked or story.created_at,
            queue_id=queue_id,
            agent_id=stretches[0].agent_id if stretches else None,
            topic=story.topic,
            channel=CHANNEL,
            language=self._language(),
            fate=fate,
            is_over=self.is_over,
            wait_ms=ms(*waited) if waited else None,
            wait_open_ms=self.open_ms(queue_id, *waited) if waited else None,
            transfers=kinds.count("transferred"),
            reopened=kinds.count("resumed"),
            customer_messages=self._said_by("customer"),
            agent_messages=self._said_by("agent"),
        )

    def legs(self) -> tuple[LegRow, ...]:
        stretches = self.path.stretches
        talks = talks_of(self.story.lines, stretches) if self.is_over else [None] * len(stretches)
        pairs = enumerate(zip(stretches, talks, strict=True), 1)
        return tuple(self._leg(number, stretch, talk) for number, (stretch, talk) in pairs)

    def offers(self) -> tuple[OfferFactRow, ...]:
        return tuple(
            OfferFactRow(
                offer_id=each.id,
                conversation_id=self.story.conversation_id,
                shop_id=self.story.shop_id,
                at=each.at,
                ending=each.ending,
                is_warm=each.is_warm,
                queue_id=self.path.queue_at(each.at),
                agent_id=each.agent_id,
                topic=self.story.topic,
                channel=CHANNEL,
                language=self._language(),
            )
            for each in self.story.offers
        )

    def _fate(self, asked: datetime | None) -> tuple[Fate, datetime | None]:
        """Return what became of a customer's asking, and when."""
        if asked is None:
            return "silent", None
        if self.path.stretches:
            return "answered", self.path.stretches[0].at
        closed = next((each.at for each in self.story.events if each.kind == "closed"), None)
        if closed is None:
            return "waiting", None
        return ("abandoned" if self.story.closed_by == "customer" else "unanswered"), closed

    def _leg(self, number: int, stretch: Stretch, talk: Talk | None) -> LegRow:
        queue_id, ended = stretch.queue_id, stretch.ended_at
        is_last = number == len(self.path.stretches)
        replies = talk.replies if talk else []
        first = replies[0] if talk and talk.has_first else None
        in_ms = [ms(each.asked_at, each.at) for each in replies]
        in_open_ms = [self.open_ms(queue_id, each.asked_at, each.at) for each in replies]
        return LegRow(
            conversation_id=self.story.conversation_id,
            number=number,
            shop_id=self.story.shop_id,
            at=stretch.at,
            ended_at=ended,
            ending=stretch.ending,
            queue_id=queue_id,
            agent_id=stretch.agent_id,
            topic=self.story.topic,
            channel=CHANNEL,
            language=self._language(),
            handle_ms=ms(stretch.at, ended) if ended else None,
            wrap_up_ms=ms(stretch.talked_until, ended) if ended and stretch.talked_until else None,
            customer_talk_ms=talk.customer_ms if talk else None,
            agent_talk_ms=talk.agent_ms if talk else None,
            replies=len(replies) if talk else None,
            reply_ms=sum(in_ms) if talk else None,
            reply_open_ms=sum(in_open_ms) if talk else None,
            first_response_ms=in_ms[0] if first else None,
            first_response_open_ms=in_open_ms[0] if first else None,
            is_last=is_last,
            score=self.story.score if is_last else None,
        )

    def _said_by(self, side: str) -> int | None:
        return sum(line.by == side for line in self.story.lines) if self.is_over else None

    def _language(self) -> str | None:
        locale = self.story.locale
        return (locale or "").partition("-")[0].lower() or None

    def _kinds(self) -> list[str]:
        return [each.kind for each in self.story.events]

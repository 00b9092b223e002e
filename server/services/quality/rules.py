"""The rules that choose what is to be reviewed. Those who lead keep them."""

from dataclasses import dataclass
from uuid import UUID

from msgspec import UNSET

from server.protocol.errors import Invalid, NotFound
from server.protocol.sampling import (
    NewReviewRule,
    ReviewRule,
    ReviewRuleItems,
    ReviewRulePatch,
    RuleKind,
)
from server.protocol.shapes import QueueRef
from server.protocol.tags import Tag
from server.services.clock import Clock
from server.services.ids import uuid_at
from server.services.seats import AgentSeat
from server.services.texts import Texts
from storage.errors import Changed
from storage.quality.rows import RuleRow
from storage.quality.rules import NewRule
from storage.quality.rules import Rules as Store

AMOUNTS: dict[RuleKind, tuple[float, float]] = {
    "share": (0.001, 1),
    "per_agent_week": (1, 50),
    "low_score": (1, 4),
    "long_handle": (60, 86_400),
    "transfers": (1, 20),
    "reopened": (1, 20),
    "tag": (0, 0),
}
"""The least and the most that each kind takes."""

PLACES = 4
"""Digits of an amount that are meant; it is stored as a float of four bytes."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a shop."""

    store: Store
    texts: Texts
    clock: Clock

    async def list(self, seat: AgentSeat) -> ReviewRuleItems:
        """Return all, by name."""
        seat.must_lead()
        rows = await self.store.of_shop(seat.shop_id)
        return ReviewRuleItems(items=[_face(row) for row in rows])

    async def create(self, seat: AgentSeat, new: NewReviewRule) -> ReviewRule:
        """Make one; it judges what ends from now on."""
        seat.must_lead()
        _check_amount(new.kind, new.amount)
        if (new.kind == "tag") != (new.tag is not None):
            raise Invalid("A rule for a tag says which one, and no other rule does.", field="tag")
        made = await self.store.create(
            NewRule(
                shop_id=seat.shop_id,
                name=self.texts.name(new.name, "name"),
                scorecard_id=uuid_at(new.scorecard, "scorecard"),
                kind=new.kind,
                amount=new.amount,
                tag_id=None if new.tag is None else uuid_at(new.tag, "tag"),
                queue_id=None if new.queue is None else uuid_at(new.queue, "queue"),
                since=self.clock.now(),
            )
        )
        return _face(await self._row(seat, made))

    async def change(self, seat: AgentSeat, rule_id: UUID, patch: ReviewRulePatch) -> ReviewRule:
        """Change one as it was seen; Changed when somebody else has meanwhile."""
        seat.must_lead()
        row = await self._row(seat, rule_id)
        if row.version != patch.version:
            raise Changed(str(row.version))
        amount = row.amount if patch.amount is UNSET else patch.amount
        active = row.active if patch.active is UNSET else patch.active
        if patch.amount is not UNSET:
            _check_amount(row.kind, amount)
        is_new = round(amount, PLACES) != round(row.amount, PLACES) or (active and not row.active)
        if not await self.store.change(
            row,
            row.name if patch.name is UNSET else self.texts.name(patch.name, "name"),
            amount,
            active=active,
            since=self.clock.now() if is_new else row.since,
        ):
            raise Changed(str((await self._row(seat, rule_id)).version))
        return _face(await self._row(seat, rule_id))

    async def remove(self, seat: AgentSeat, rule_id: UUID) -> None:
        """Remove one; what it chose stays to be reviewed."""
        seat.must_lead()
        if not await self.store.remove(seat.shop_id, rule_id, self.clock.now()):
            raise NotFound

    async def _row(self, seat: AgentSeat, rule_id: UUID) -> RuleRow:
        rows = await self.store.of_shop(seat.shop_id)
        row = next((row for row in rows if row.id == rule_id), None)
        if row is None:
            raise NotFound
        return row


def _check_amount(kind: RuleKind, amount: float) -> None:
    least, most = AMOUNTS[kind]
    if not least <= amount <= most:
        raise Invalid(f"This rule takes {least:g} to {most:g}.", field="amount")
    if kind != "share" and amount != round(amount):
        raise Invalid("This rule takes a whole number.", field="amount")


def _face(row: RuleRow) -> ReviewRule:
    tag = queue = None
    if row.tag_id is not None:
        tag = Tag(id=str(row.tag_id), name=row.tag_name or "")
    if row.queue_id is not None:
        queue = QueueRef(id=str(row.queue_id), name=row.queue_name or "")
    return ReviewRule(
        id=str(row.id),
        name=row.name,
        scorecard=str(row.scorecard_id),
        scorecard_name=row.card_name,
        kind=row.kind,
        amount=round(row.amount, PLACES),
        active=row.active,
        since=row.since,
        waiting=row.waiting,
        chosen=row.chosen,
        version=row.version,
        tag=tag,
        queue=queue,
    )

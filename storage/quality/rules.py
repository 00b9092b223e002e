"""Rules that choose what is to be reviewed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database
from storage.errors import Missing
from storage.quality.rows import RuleKind, RuleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRule:
    """A rule to be; it judges what ends from ``since`` on."""

    shop_id: UUID
    name: str
    scorecard_id: UUID
    kind: RuleKind
    amount: float
    tag_id: UUID | None
    queue_id: UUID | None
    since: datetime


class Rules:
    """Keeps a shop's rules. What was removed stays for what it has chosen."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of_shop(self, shop_id: UUID) -> list[RuleRow]:
        """Return a shop's rules by name, with how much they chose."""
        return [row_of(RuleRow, row) for row in await self._db.fetch(OF_SHOP, shop_id)]

    async def create(self, new: NewRule) -> UUID:
        """Make a rule; Missing when its scorecard, tag or queue is not the shop's."""
        made = await self._db.fetchval(
            CREATE,
            new.shop_id,
            new.name,
            new.scorecard_id,
            new.kind,
            new.amount,
            new.tag_id,
            new.queue_id,
            new.since,
        )
        if made is None:
            raise Missing
        assert isinstance(made, UUID)
        return made

    async def change(
        self, rule: RuleRow, name: str, amount: float, *, active: bool, since: datetime
    ) -> bool:
        """Change a rule as it was read; False when it is gone, or another by now."""
        as_read = rule.shop_id, rule.id, rule.version
        return await self._db.execute(CHANGE, *as_read, name, amount, active, since) == 1

    async def remove(self, shop_id: UUID, rule_id: UUID, now: datetime) -> bool:
        """Remove a rule; what it chose stays to be reviewed. False when there is none."""
        return await self._db.execute(REMOVE, shop_id, rule_id, now) == 1


OF_SHOP = """
SELECT r.*, s.name AS card_name, t.name AS tag_name, q.name AS queue_name,
       k.waiting, k.chosen
  FROM review_rule r
  JOIN scorecard s ON s.id = r.scorecard_id
  LEFT JOIN tag t ON t.id = r.tag_id
  LEFT JOIN queue q ON q.id = r.queue_id
 CROSS JOIN LATERAL (
       SELECT count(*)::int AS chosen, count(*) FILTER (WHERE ended_at IS NULL)::int AS waiting
         FROM review_task WHERE rule_id = r.id) k
 WHERE r.shop_id = $1 AND r.removed_at IS NULL
 ORDER BY r.name, r.id
"""

CREATE = """
INSERT INTO review_rule (shop_id, name, scorecard_id, kind, amount, tag_id, queue_id, since)
SELECT $1, $2, s.id, $4, $5, $6, $7, $8 FROM scorecard s
 WHERE s.id = $3 AND s.shop_id = $1
   AND ($6::uuid IS NULL OR EXISTS (SELECT FROM tag WHERE id = $6 AND shop_id = $1))
   AND ($7::uuid IS NULL OR EXISTS (SELECT FROM queue WHERE id = $7 AND shop_id = $1))
RETURNING id
"""

CHANGE = """
UPDATE review_rule SET name = $4, amount = $5, active = $6, since = $7, version = version + 1
 WHERE shop_id = $1 AND id = $2 AND version = $3 AND removed_at IS NULL
"""

REMOVE = """
UPDATE review_rule SET removed_at = $3, active = false
 WHERE shop_id = $1 AND id = $2 AND removed_at IS NULL
"""

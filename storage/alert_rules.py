"""What those who lead want to be told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Record

Metric = Literal[
    "waiting",
    "longest_wait",
    "service_level",
    "abandonment",
    "uncovered",
    "not_responding",
    "missed",
    "unanswered",
    "gone",
]


@dataclass(frozen=True, slots=True)
class AlertRuleRow:
    """One rule. ``threshold`` is in people, seconds or percent, as the metric has it.

    A breach is raised when it lasts ``hold_s`` seconds, and cleared when it is well for
    ``clear_s``. Of a metric of queues ``queue_id`` names the only one it is about, of a metric of
    agents ``agent_id``; None: each of them for itself. ``mail_to`` are agents who are told by
    e-mail while they lead.
    """

    id: UUID
    shop_id: UUID
    name: str
    metric: Metric
    threshold: int
    queue_id: UUID | None
    agent_id: UUID | None
    hold_s: int
    clear_s: int
    active: bool
    webhook_url: str | None
    webhook_secret: str
    mail_to: Sequence[UUID] = ()


class AlertRules:
    """Keeps the rules of shops."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def shops(self) -> list[UUID]:
        """Return the shops that have something to look for, or something that stands."""
        return [row["shop_id"] for row in await self._db.fetch(SHOPS)]

    async def get(self, shop_id: UUID, rule_id: UUID) -> AlertRuleRow | None:
        """Return the shop's rule, or None."""
        return _row(await self._db.fetchrow(GET, rule_id, shop_id))

    async def of_shop(self, shop_id: UUID) -> list[AlertRuleRow]:
        """Return a shop's rules by name."""
        return [row_of(AlertRuleRow, row) for row in await self._db.fetch(OF_SHOP, shop_id)]

    async def create(
        self, shop_id: UUID, values: dict[str, Any], rules_max: int
    ) -> AlertRuleRow | None:
        """Make a rule of all columns but ids; None where the shop has as many as it may."""
        async with self._db.transaction() as tx:
            await tx.execute("SELECT 1 FROM shop WHERE id = $1 FOR NO KEY UPDATE", shop_id)
            if len(await tx.fetch(OF_SHOP, shop_id)) >= rules_max:
                return None
            return _row(await tx.fetchrow(CREATE, shop_id, *_columns(values)))

    async def update(self, before: AlertRuleRow, values: dict[str, Any]) -> AlertRuleRow | None:
        """Replace all columns but ids; None when the rule is not as it was ``before`` any more."""
        async with self._db.transaction() as tx:
            if (
                _row(await tx.fetchrow(f"{GET} FOR NO KEY UPDATE", before.id, before.shop_id))
                != before
            ):
                return None
            return _row(await tx.fetchrow(UPDATE, before.id, before.shop_id, *_columns(values)))

    async def archive(self, shop_id: UUID, rule_id: UUID, now: datetime) -> bool:
        """Take the rule out of use; what it has raised stays known. False when there was none."""
        return await self._db.execute(ARCHIVE, rule_id, shop_id, now) == 1


COLUMNS = (
    "name",
    "metric",
    "threshold",
    "queue_id",
    "agent_id",
    "hold_s",
    "clear_s",
    "active",
    "webhook_url",
    "webhook_secret",
    "mail_to",
)


def _columns(values: dict[str, Any]) -> list[object]:
    return [values[name] for name in COLUMNS]


def _row(record: Record | None) -> AlertRuleRow | None:
    return None if record is None else row_of(AlertRuleRow, record)


SHOPS = """
SELECT shop_id FROM alert_rule WHERE archived_at IS NULL AND active
 UNION
SELECT shop_id FROM alert WHERE cleared_at IS NULL
"""

GET = "SELECT * FROM alert_rule WHERE id = $1 AND shop_id = $2 AND archived_at IS NULL"

OF_SHOP = """
SELECT * FROM alert_rule WHERE shop_id = $1 AND archived_at IS NULL ORDER BY name, id
"""

CREATE = """
INSERT INTO alert_rule (shop_id, name, metric, threshold, queue_id, agent_id, hold_s, clear_s,
                        active, webhook_url, webhook_secret, mail_to)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING *
"""

UPDATE = """
UPDATE alert_rule
   SET name = $3, metric = $4, threshold = $5, queue_id = $6, agent_id = $7, hold_s = $8,
       clear_s = $9, active = $10, webhook_url = $11, webhook_secret = $12, mail_to = $13
 WHERE id = $1 AND shop_id = $2 AND archived_at IS NULL RETURNING *
"""

ARCHIVE = """
UPDATE alert_rule SET archived_at = $3 WHERE id = $1 AND shop_id = $2 AND archived_at IS NULL
"""

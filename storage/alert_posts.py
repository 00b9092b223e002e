"""What is to be told to other programs: an outbox. At least once, in order of each alert."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from storage.alerts import Post, write_post
from storage.columns import row_of
from storage.database import Database
from storage.outbox import Outbox


@dataclass(frozen=True, slots=True)
class DuePost:
    """Something to be told, for the ``tries``-th time, where and signed with what."""

    id: UUID
    shop_id: UUID
    kind: Literal["raised", "cleared", "test"]
    body: dict[str, object]
    tries: int
    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class PostState:
    """How the newest thing that was to be told by a rule fared; it goes on until ``ended_at``."""

    rule_id: UUID
    kind: Literal["raised", "cleared", "test"]
    tries: int
    due_at: datetime
    ended_at: datetime | None
    arrived: bool
    problem: str | None


class AlertPosts(Outbox):
    """Gives out what is due, to one node each, and remembers how it went."""

    def __init__(self, db: Database) -> None:
        super().__init__(db, "alert_post")

    async def write(self, post: Post) -> None:
        """Have something told by itself."""
        await write_post(self._db, post)

    async def take(self, now: datetime, until: datetime, limit: int) -> list[DuePost]:
        """Take what is due; it is due again at ``until`` unless said otherwise by then.

        Rules that tell nobody any more are passed over, and what they had to tell is ended.
        """
        await self._db.execute(END_POINTLESS, now)
        return [row_of(DuePost, row) for row in await self._db.fetch(TAKE, now, until, limit)]

    async def newest(self, shop_id: UUID) -> dict[UUID, PostState]:
        """Return by rule of a shop how the newest fared."""
        rows = await self._db.fetch(NEWEST, shop_id)
        return {row["rule_id"]: row_of(PostState, row) for row in rows}


END_POINTLESS = """
UPDATE alert_post p SET ended_at = $1, problem = 'nobody_told'
  FROM alert_rule r
 WHERE p.ended_at IS NULL AND r.id = p.rule_id AND r.webhook_url IS NULL
"""

# What was to be told earlier of the same alert goes first, however often it must be tried.
TAKE = """
WITH due AS (
    SELECT p.id FROM alert_post p
     WHERE p.ended_at IS NULL AND p.due_at <= $1
       AND NOT EXISTS (SELECT 1 FROM alert_post q
                        WHERE q.alert_id = p.alert_id AND q.id < p.id AND q.ended_at IS NULL)
     ORDER BY p.due_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE alert_post p SET due_at = $2, tries = p.tries + 1
  FROM due, alert_rule r
 WHERE p.id = due.id AND r.id = p.rule_id AND r.webhook_url IS NOT NULL
RETURNING p.id, r.shop_id, p.kind, p.body, p.tries, r.webhook_url AS url, r.webhook_secret AS secret
"""

NEWEST = """
SELECT DISTINCT ON (p.rule_id) p.* FROM alert_post p JOIN alert_rule r ON r.id = p.rule_id
 WHERE r.shop_id = $1 AND r.archived_at IS NULL ORDER BY p.rule_id, p.id DESC
"""

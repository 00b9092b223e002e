"""Judges what has ended or was rated: who is to be reviewed, and who is to be seen to.

A step is one transaction under a lock that one node has at a time. What a step did not commit is
still due, on whichever node takes the next one; judging the same twice changes nothing.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Transaction
from storage.errors import AnotherNode
from storage.quality.follow_ups import LOW_SCORE
from storage.quality.rows import Chosen, RuleRow
from storage.reports.keeping import stories
from storage.reports.rows import Story

LOCK = 0x6B65667571  # "kefuq"


@dataclass(frozen=True, slots=True)
class Weekly:
    """A rule that draws by the week, and the clock of its shop."""

    rule: RuleRow
    time_zone: str


class Judging:
    """Where it is judged."""

    def __init__(self, db: Database) -> None:
        self._db = db

    @asynccontextmanager
    async def step(self) -> AsyncGenerator["Step"]:
        """Do what is done within, all of it or nothing; AnotherNode while another is at one."""
        async with self._db.transaction() as tx:
            if not await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
                raise AnotherNode
            yield Step(tx)


class Step:
    """What can be done under the lock."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def due(self, notes_max: int) -> tuple[list[UUID], bool]:
        """Take conversations that ended or were rated off the list; tell whether there are more."""
        rows = await self._tx.fetch(TAKE, notes_max)
        return list({row["conversation_id"] for row in rows}), len(rows) >= notes_max

    async def stories(self, conversations: Sequence[UUID]) -> list[Story]:
        """Return what is known of conversations."""
        return await stories(self._tx, conversations)

    async def tags(self, conversations: Sequence[UUID]) -> dict[UUID, set[UUID]]:
        """Return which tags conversations bear."""
        found: dict[UUID, set[UUID]] = {}
        for row in await self._tx.fetch(TAGS, list(conversations)):
            found.setdefault(row["conversation_id"], set()).add(row["tag_id"])
        return found

    async def rules(self, shops: Iterable[UUID]) -> list[RuleRow]:
        """Return the rules of shops that are in use, in the order in which they were made."""
        return [row_of(RuleRow, row) for row in await self._tx.fetch(RULES, list(set(shops)))]

    async def weekly(self) -> list[Weekly]:
        """Return the rules that draw by the week."""
        rows = await self._tx.fetch(WEEKLY)
        return [Weekly(row_of(RuleRow, row), row["time_zone"]) for row in rows]

    async def choose(self, chosen: Sequence[Chosen], now: datetime) -> int:
        """Let parts be reviewed that are not yet, and were not; return how many that were."""
        return await self._tx.execute(
            CHOOSE,
            [each.conversation_id for each in chosen],
            [each.agent_id for each in chosen],
            [each.shop_id for each in chosen],
            [each.rule_id for each in chosen],
            now,
        )

    async def draw(self, rule: RuleRow, week: tuple[datetime, datetime], now: datetime) -> int:
        """Draw from the parts of each agent that ended in a week; return how many are new.

        Who is drawn depends on the ids alone: whoever draws again draws the same.
        """
        since = max(week[0], rule.since)
        drawn = await self._tx.execute(
            DRAW, rule.shop_id, rule.id, since, week[1], round(rule.amount), rule.queue_id, now
        )
        await self._tx.execute(WEEK_DONE, rule.id, week[1])
        return drawn

    async def follow_up(self, conversations: Sequence[UUID], now: datetime) -> int:
        """Let somebody see to those who rated low; return how many are new, or unhappy again."""
        ids = list(conversations)
        await self._tx.execute(RATED_ANEW, ids, LOW_SCORE)
        return await self._tx.execute(FOLLOW_UP, ids, now, LOW_SCORE)


TAKE = """
DELETE FROM quality_due
 WHERE id = ANY (ARRAY(SELECT id FROM quality_due ORDER BY id LIMIT $1))
RETURNING conversation_id
"""

TAGS = """
SELECT conversation_id, tag_id FROM conversation_tag WHERE conversation_id = ANY ($1::uuid[])
"""

# A rule whose scorecard is out of use rests.
RULES = """
SELECT r.* FROM review_rule r JOIN scorecard s ON s.id = r.scorecard_id
 WHERE r.shop_id = ANY ($1::uuid[]) AND r.active AND r.removed_at IS NULL
   AND s.archived_at IS NULL
 ORDER BY r.id
"""

WEEKLY = """
SELECT r.*, s.time_zone FROM review_rule r JOIN shop s ON s.id = r.shop_id
  JOIN scorecard k ON k.id = r.scorecard_id
 WHERE r.kind = 'per_agent_week' AND r.active AND r.removed_at IS NULL AND k.archived_at IS NULL
 ORDER BY r.id
"""

CHOOSE = """
INSERT INTO review_task (conversation_id, agent_id, shop_id, rule_id, at)
SELECT n.*, $5 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
       AS n (conversation_id, agent_id, shop_id, rule_id)
 WHERE NOT EXISTS (SELECT FROM review r
                    WHERE r.conversation_id = n.conversation_id AND r.agent_id = n.agent_id
                      AND r.published_at IS NOT NULL AND r.calibration_id IS NULL)
ON CONFLICT (conversation_id, agent_id) DO NOTHING
"""

# Whoever holds a conversation for more than thirty days is not drawn. What others chose, or what
# was reviewed but for this rule, takes no place: who draws again still draws the same.
DRAW = """
WITH part AS (
    SELECT DISTINCT conversation_id, agent_id FROM report_leg l
     WHERE shop_id = $1 AND at >= $3::timestamptz - interval '30 days' AND at < $4
       AND ended_at >= $3 AND ended_at < $4 AND ($6::uuid IS NULL OR queue_id = $6)
       AND NOT EXISTS (SELECT FROM review_task t
                        WHERE t.conversation_id = l.conversation_id AND t.agent_id = l.agent_id
                          AND t.rule_id <> $2)
       AND (NOT EXISTS (SELECT FROM review r
                         WHERE r.conversation_id = l.conversation_id AND r.agent_id = l.agent_id
                           AND r.published_at IS NOT NULL AND r.calibration_id IS NULL)
            OR EXISTS (SELECT FROM review_task t
                        WHERE t.conversation_id = l.conversation_id AND t.agent_id = l.agent_id))
), placed AS (
    SELECT part.*, row_number() OVER (
               PARTITION BY agent_id
               ORDER BY md5($2::uuid::text || conversation_id::text || agent_id::text)) AS place
      FROM part
)
INSERT INTO review_task (conversation_id, agent_id, shop_id, rule_id, at)
SELECT p.conversation_id, p.agent_id, $1, $2::uuid, $7 FROM placed p
  JOIN conversation c ON c.id = p.conversation_id
 WHERE p.place <= $5
ON CONFLICT (conversation_id, agent_id) DO NOTHING
"""

WEEK_DONE = "UPDATE review_rule SET weeks_done = $2 WHERE id = $1"

# What is done hears of ratings that are not low; a low one opens it again, below.
RATED_ANEW = """
UPDATE follow_up f SET score = c.score, rated_at = c.scored_at, version = f.version + 1
  FROM conversation c LEFT JOIN shop_quality q ON q.shop_id = c.shop_id
 WHERE c.id = ANY ($1::uuid[]) AND f.conversation_id = c.id AND c.scored_at > f.rated_at
   AND (f.state <> 'done'
        OR (c.score <= CASE WHEN q.shop_id IS NULL THEN $2 ELSE q.low_score END) IS NOT TRUE)
"""

# Who rates low again after it was done is seen to again.
FOLLOW_UP = """
INSERT INTO follow_up (shop_id, conversation_id, agent_id, score, rated_at, changed_at)
SELECT c.shop_id, c.id, c.agent_id, c.score, c.scored_at, $2
  FROM conversation c LEFT JOIN shop_quality q ON q.shop_id = c.shop_id
 WHERE c.id = ANY ($1::uuid[])
   AND c.score <= CASE WHEN q.shop_id IS NULL THEN $3 ELSE q.low_score END
   AND c.scored_at >= coalesce(q.since, c.scored_at)
 ORDER BY c.scored_at, c.id
ON CONFLICT (conversation_id) DO UPDATE
   SET score = excluded.score, rated_at = excluded.rated_at, state = 'open', outcome = NULL,
       version = follow_up.version + 1, changed_by = NULL, changed_at = excluded.changed_at
 WHERE follow_up.state = 'done' AND excluded.rated_at > follow_up.rated_at
"""

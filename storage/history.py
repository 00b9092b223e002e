"""A past that is written at once: a new shop, its people and what they said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import LiteralString

from storage.alert_rules import AlertRuleRow
from storage.database import Database, Transaction
from storage.people import (
    AgentRow,
    CannedReplyRow,
    QueueRow,
    ShopRow,
    SkillRow,
    VisitorRow,
)
from storage.rows import ConversationRow, EventRow, MessageRow, OfferRow
from storage.schedule.rows import ShiftRow, SwapRow
from storage.states import PresenceRow, StateRow

BATCH = 2000  # rows a statement, so that none runs long


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """People and what they are sorted by. Levels and needs stand inside agents and queues."""

    skills: Sequence[SkillRow]
    queues: Sequence[QueueRow]
    agents: Sequence[AgentRow]


Row = Mapping[str, object]
"""Columns by name; those that may be empty may be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What conversations are judged by, and what came of it: rows of the tables of these names."""

    scorecard: Sequence[Row] = ()
    scorecard_version: Sequence[Row] = ()
    review: Sequence[Row] = ()
    review_rule: Sequence[Row] = ()
    tag: Sequence[Row] = ()
    conversation_tag: Sequence[Row] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was said, and how people worked. ``events`` are numbered as stored, in their order."""

    visitors: Sequence[VisitorRow]
    conversations: Sequence[ConversationRow]
    messages: Sequence[MessageRow]
    events: Sequence[EventRow]
    offers: Sequence[OfferRow]
    shifts: Sequence[ShiftRow] = ()
    swaps: Sequence[SwapRow] = ()
    states: Sequence[StateRow] = ()
    presence: Sequence[PresenceRow] = ()
    alert_rules: Sequence[AlertRuleRow] = ()
    alerts: Sequence[Row] = ()
    judged: Judged = field(default_factory=Judged)


class History:
    """Writes whole shops. Nothing of it is seen before all of it is there."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def found(
        self, shop: ShopRow, staff: Staff, replies: Sequence[CannedReplyRow], past: Past
    ) -> bool:
        """Write a shop and its past; False, and nothing changed, when its key is there already."""
        async with self._db.transaction() as tx:
            if not await tx.execute(SHOP, [shop]):
                return False
            await _hire(tx, staff)
            await tx.execute(CANNED_REPLIES, replies)
            await _tell(tx, past)
        return True

    async def hire(self, staff: Staff) -> None:
        """Add people, queues and skills to a shop; who is there already gets the new password."""
        async with self._db.transaction() as tx:
            await _hire(tx, staff)

    async def password_hash_of(self, email: str) -> str | None:
        """Return the stored hash of an agent's password, or None."""
        found = await self._db.fetchval("SELECT password_hash FROM agent WHERE email = $1", email)
        return None if found is None else str(found)

    async def renew(self, old_hash: str, new_hash: str) -> None:
        """Give a new password to all who share the old one."""
        await self._db.execute(
            "UPDATE agent SET password_hash = $2 WHERE password_hash = $1", old_hash, new_hash
        )


async def _tell(tx: Transaction, past: Past) -> None:
    parts: tuple[tuple[LiteralString, Sequence[object]], ...] = (
        (VISITORS, past.visitors),
        (CONVERSATIONS, past.conversations),
        (MESSAGES, past.messages),
        (EVENTS, past.events),
        (OFFERS, past.offers),
        (SHIFTS, past.shifts),
        (SWAPS, past.swaps),
        (STATES, past.states),
        (PRESENCE, past.presence),
        (ALERT_RULES, past.alert_rules),
        (ALERTS, past.alerts),
        (SCORECARDS, past.judged.scorecard),
        (SCORECARD_VERSIONS, past.judged.scorecard_version),
        (REVIEWS, past.judged.review),
        (REVIEW_RULES, past.judged.review_rule),
        (TAGS, past.judged.tag),
        (CONVERSATION_TAGS, past.judged.conversation_tag),
    )
    for statement, rows in parts:
        for first in range(0, len(rows), BATCH):
            await tx.execute(statement, rows[first : first + BATCH])


async def _hire(tx: Transaction, staff: Staff) -> None:
    """Ids of those that were there already stay theirs; so levels and needs are joined by key."""
    await tx.execute(SKILLS, staff.skills)
    await tx.execute(QUEUES, staff.queues)
    await tx.execute(AGENTS, [replace(agent, skills={}) for agent in staff.agents])
    names = {skill.id: skill.key for skill in staff.skills}
    needs = [
        {
            "queue": queue.key,
            "skill": names[need.skill_id],
            "level": need.level,
            "required": need.required,
            "steps": need.steps,
        }
        for queue in staff.queues
        for need in queue.skills
    ]
    levels = [
        {"email": agent.email, "skill": names[skill_id], "level": level}
        for agent in staff.agents
        for skill_id, level in agent.skills.items()
    ]
    shop_id = staff.agents[0].shop_id if staff.agents else None
    await tx.execute(QUEUE_SKILLS, needs, shop_id)
    await tx.execute(AGENT_SKILLS, levels, shop_id)


SHOP = """
INSERT INTO shop SELECT * FROM jsonb_populate_recordset(NULL::shop, $1) ON CONFLICT (key) DO NOTHING
"""

SKILLS = """
INSERT INTO skill SELECT * FROM jsonb_populate_recordset(NULL::skill, $1) ON CONFLICT DO NOTHING
"""

QUEUES = """
INSERT INTO queue SELECT * FROM jsonb_populate_recordset(NULL::queue, $1) ON CONFLICT DO NOTHING
"""

AGENTS = """
INSERT INTO agent SELECT * FROM jsonb_populate_recordset(NULL::agent, $1)
ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash
 WHERE agent.shop_id = excluded.shop_id
"""

QUEUE_SKILLS = """
INSERT INTO queue_skill
SELECT q.id, s.id, need.level, need.required, need.steps
  FROM jsonb_to_recordset($1)
       need (queue text, skill text, level smallint, required boolean, steps jsonb)
  JOIN queue q ON q.shop_id = $2 AND q.key = need.queue
  JOIN skill s ON s.shop_id = $2 AND s.key = need.skill
ON CONFLICT DO NOTHING
"""

AGENT_SKILLS = """
INSERT INTO agent_skill
SELECT a.id, s.id, has.level
  FROM jsonb_to_recordset($1) has (email text, skill text, level smallint)
  JOIN agent a ON a.shop_id = $2 AND a.email = has.email
  JOIN skill s ON s.shop_id = $2 AND s.key = has.skill
ON CONFLICT DO NOTHING
"""

CANNED_REPLIES = """
INSERT INTO canned_reply SELECT * FROM jsonb_populate_recordset(NULL::canned_reply, $1)
"""

VISITORS = "INSERT INTO visitor SELECT * FROM jsonb_populate_recordset(NULL::visitor, $1)"

CONVERSATIONS = """
INSERT INTO conversation SELECT * FROM jsonb_populate_recordset(NULL::conversation, $1)
"""

MESSAGES = "INSERT INTO message SELECT * FROM jsonb_populate_recordset(NULL::message, $1)"

EVENTS = """
INSERT INTO conversation_event
       (conversation_id, at, kind, from_state, to_state, actor_kind, actor_id, data, head)
SELECT conversation_id, at, kind, from_state, to_state, actor_kind, actor_id, data, head
  FROM jsonb_populate_recordset(NULL::conversation_event, $1)
"""

OFFERS = "INSERT INTO offer SELECT * FROM jsonb_populate_recordset(NULL::offer, $1)"

SHIFTS = "INSERT INTO shift SELECT * FROM jsonb_populate_recordset(NULL::shift, $1)"

SWAPS = "INSERT INTO shift_swap SELECT * FROM jsonb_populate_recordset(NULL::shift_swap, $1)"

STATES = "INSERT INTO agent_state SELECT * FROM jsonb_populate_recordset(NULL::agent_state, $1)"

PRESENCE = """
INSERT INTO agent_presence SELECT * FROM jsonb_populate_recordset(NULL::agent_presence, $1)
"""

ALERT_RULES = """
INSERT INTO alert_rule
       (id, shop_id, name, metric, threshold, hold_s, clear_s, active, webhook_secret)
SELECT id, shop_id, name, metric, threshold, hold_s, clear_s, active, webhook_secret
  FROM jsonb_populate_recordset(NULL::alert_rule, $1)
"""

ALERTS = "INSERT INTO alert SELECT * FROM jsonb_populate_recordset(NULL::alert, $1)"

SCORECARDS = "INSERT INTO scorecard SELECT * FROM jsonb_populate_recordset(NULL::scorecard, $1)"

SCORECARD_VERSIONS = """
INSERT INTO scorecard_version SELECT * FROM jsonb_populate_recordset(NULL::scorecard_version, $1)
"""

REVIEWS = "INSERT INTO review SELECT * FROM jsonb_populate_recordset(NULL::review, $1)"

REVIEW_RULES = """
INSERT INTO review_rule SELECT * FROM jsonb_populate_recordset(NULL::review_rule, $1)
"""

TAGS = "INSERT INTO tag SELECT * FROM jsonb_populate_recordset(NULL::tag, $1)"

CONVERSATION_TAGS = """
INSERT INTO conversation_tag SELECT * FROM jsonb_populate_recordset(NULL::conversation_tag, $1)
"""

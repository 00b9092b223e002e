"""Queues: where conversations wait, and for whom."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from storage.columns import row_of
from storage.database import Queries, Record, Store
from storage.errors import Missing, Stale
from storage.people import Overflow, Policy, QueueRow, QueueSkill, Steps
from storage.unique import named

GENERAL = "general"  # the key of the queue that takes what no other does


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQueue:
    """A queue to be; see ``QueueRow`` for what things mean."""

    shop_id: UUID
    key: str
    name: str
    topics: tuple[str, ...] = ()
    priority: int = 0
    offer_timeout_s: int = 30
    wrap_up_s: int = 10
    auto_accept: bool = False
    match_language: bool = True
    policy: Policy = "min_cost"
    target_s: int | None = None
    weight: float = 1.0
    units: int = 1
    per_agent_max: int | None = None
    length_max: int | None = None
    wait_max_s: int | None = None
    sticky_s: int = 20
    offers_at_once: int = 1
    overflow: tuple[Overflow, ...] = ()
    takes_transfers_when_empty: bool = True
    quiet_after_s: int | None = None
    skills: tuple[QueueSkill, ...] = ()


class QueueChanges(TypedDict, total=False):
    """What may be changed; what is left out stays. ``skills`` replaces all of them.

    ``archived_at`` None takes a queue back into use; `Queues.archive` is the way out.
    """

    key: str
    name: str
    topics: list[str]
    priority: int
    offer_timeout_s: int
    wrap_up_s: int
    auto_accept: bool
    match_language: bool
    policy: Policy
    target_s: int | None
    weight: float
    units: int
    per_agent_max: int | None
    length_max: int | None
    wait_max_s: int | None
    sticky_s: int
    offers_at_once: int
    overflow: Sequence[Overflow]
    takes_transfers_when_empty: bool
    quiet_after_s: int | None
    skills: Iterable[QueueSkill]
    archived_at: None


class Queues:
    """Keeps a shop's queues."""

    def __init__(self, db: Store) -> None:
        self._db = db

    async def get(self, shop_id: UUID, queue_id: UUID) -> QueueRow | None:
        """Return the shop's queue, archived or not, or None."""
        return _row(await self._db.fetchrow(GET, queue_id, shop_id))

    async def of_shop(self, shop_id: UUID, archived: bool = False) -> list[QueueRow]:
        """Return a shop's queues by name, with ``archived`` those out of use too."""
        return [_queue(row) for row in await self._db.fetch(OF_SHOP, shop_id, archived)]

    async def for_topic(self, shop_id: UUID, topic: str | None) -> QueueRow | None:
        """Return the queue that a topic leads to; ``general`` takes what leads nowhere."""
        return _row(await self._db.fetchrow(FOR_TOPIC, shop_id, topic, GENERAL))

    async def create(self, new: NewQueue) -> QueueRow:
        """Make a queue; Duplicate when the key is taken in this shop."""
        async with self._db.transaction() as tx:
            with named():
                queue_id = await tx.fetchval(CREATE, new.shop_id, new.key, new.name)
            assert isinstance(queue_id, UUID)
            await _change(tx, new.shop_id, queue_id, _settings(new))
            await _set_skills(tx, new.shop_id, queue_id, new.skills)
            row = await tx.fetchrow(GET, queue_id, new.shop_id)
        assert row is not None
        return _queue(row)

    async def update(
        self,
        shop_id: UUID,
        queue_id: UUID,
        changes: QueueChanges,
        is_as_read: Callable[[QueueRow], bool] = lambda _: True,
    ) -> QueueRow | None:
        """Change the shop's queue; None when there is none, Stale when it is not as it was read."""
        async with self._db.transaction() as tx:
            await tx.execute(HOLD, queue_id, shop_id)
            held = _row(await tx.fetchrow(GET, queue_id, shop_id))
            if held is not None and not is_as_read(held):
                raise Stale(())
            plain = {name: value for name, value in changes.items() if name != "skills"}
            if not await _change(tx, shop_id, queue_id, plain):
                return None
            if "skills" in changes:
                await _set_skills(tx, shop_id, queue_id, changes["skills"])
            return _row(await tx.fetchrow(GET, queue_id, shop_id))

    async def archive(self, shop_id: UUID, queue_id: UUID, now: datetime) -> QueueRow | None:
        """Take a queue out of use; who waits in it moves to ``general``.

        None when there is no such queue, and for ``general`` itself, which stays.
        """
        async with self._db.transaction() as tx:
            if not await tx.execute(ARCHIVE, queue_id, shop_id, now, GENERAL):
                return None
            await tx.execute(MOVE_WAITING, queue_id, shop_id, GENERAL, now)
            return _row(await tx.fetchrow(GET, queue_id, shop_id))


GET = """
SELECT q.*, (SELECT jsonb_agg(jsonb_build_array(skill_id, level, required, steps)
                              ORDER BY skill_id)
               FROM queue_skill WHERE queue_id = q.id) AS skills,
       (SELECT after_s FROM queue_quiet WHERE queue_id = q.id) AS quiet_after_s
  FROM queue q WHERE q.id = $1 AND q.shop_id = $2
"""

OF_SHOP = """
SELECT q.*, (SELECT jsonb_agg(jsonb_build_array(skill_id, level, required, steps)
                              ORDER BY skill_id)
               FROM queue_skill WHERE queue_id = q.id) AS skills,
       (SELECT after_s FROM queue_quiet WHERE queue_id = q.id) AS quiet_after_s
  FROM queue q WHERE q.shop_id = $1 AND ($2 OR q.archived_at IS NULL) ORDER BY q.name, q.id
"""

FOR_TOPIC = """
SELECT q.*, (SELECT jsonb_agg(jsonb_build_array(skill_id, level, required, steps)
                              ORDER BY skill_id)
               FROM queue_skill WHERE queue_id = q.id) AS skills,
       (SELECT after_s FROM queue_quiet WHERE queue_id = q.id) AS quiet_after_s
  FROM queue q
 WHERE q.shop_id = $1 AND q.archived_at IS NULL AND ($2 = ANY (q.topics) OR q.key = $3)
 ORDER BY ($2 = ANY (q.topics)) IS TRUE DESC, q.id LIMIT 1
"""

HOLD = "SELECT 1 FROM queue WHERE id = $1 AND shop_id = $2 FOR NO KEY UPDATE"

CREATE = "INSERT INTO queue (shop_id, key, name) VALUES ($1, $2, $3) RETURNING id"

UPDATE = """
UPDATE queue q
   SET key = n.key, name = n.name, topics = n.topics, priority = n.priority,
       offer_timeout_s = n.offer_timeout_s, wrap_up_s = n.wrap_up_s, auto_accept = n.auto_accept,
       match_language = n.match_language, archived_at = n.archived_at, policy = n.policy,
       target_s = n.target_s, weight = n.weight, units = n.units, per_agent_max = n.per_agent_max,
       length_max = n.length_max, wait_max_s = n.wait_max_s, sticky_s = n.sticky_s,
       offers_at_once = n.offers_at_once, overflow = n.overflow,
       takes_transfers_when_empty = n.takes_transfers_when_empty
  FROM (SELECT (jsonb_populate_record(held, $3)).*
          FROM queue held WHERE id = $1 AND shop_id = $2 FOR NO KEY UPDATE) n
 WHERE q.id = $1 AND q.shop_id = $2
"""

SET_QUIET = """
INSERT INTO queue_quiet (queue_id, after_s) VALUES ($1, $2::integer)
    ON CONFLICT (queue_id) DO UPDATE SET after_s = excluded.after_s
"""

# A queue that never had a rule has no row: as long as no queue has one, nobody asks who was quiet.
NOT_QUIET = "UPDATE queue_quiet SET after_s = NULL WHERE queue_id = $1"

ARCHIVE = """
UPDATE queue SET archived_at = coalesce(archived_at, $3)
 WHERE id = $1 AND shop_id = $2 AND key <> $4
"""

MOVE_WAITING = """
WITH moved AS (
    UPDATE conversation c SET queue_id = g.id, epoch = epoch + 1
      FROM queue g
     WHERE g.shop_id = $2 AND g.key = $3 AND c.shop_id = $2 AND c.queue_id = $1
       AND c.id IN (SELECT id FROM conversation
                     WHERE shop_id = $2 AND queue_id = $1 AND state IN ('new', 'queued', 'offered')
                     ORDER BY id FOR NO KEY UPDATE)
    RETURNING c.id, c.state, c.queue_id
)
INSERT INTO conversation_event (conversation_id, at, kind, from_state, to_state, actor_kind, data)
SELECT id, $4, 'moved', state, state, 'system',
       jsonb_build_object('from_queue', $1::uuid, 'to_queue', queue_id)
  FROM moved
"""

SET_SKILLS = """
INSERT INTO queue_skill (queue_id, skill_id, level, required, steps)
SELECT $2, s.id, w.level, w.required, w.steps
  FROM jsonb_to_recordset($3) w (skill_id uuid, level smallint, required boolean, steps jsonb)
  JOIN skill s ON s.id = w.skill_id AND s.shop_id = $1
"""


def _settings(new: NewQueue) -> dict[str, object]:
    return {each.name: getattr(new, each.name) for each in fields(new) if each.name != "skills"}


async def _change(tx: Queries, shop_id: UUID, queue_id: UUID, settings: dict[str, object]) -> bool:
    with named():
        is_there = bool(await tx.execute(UPDATE, queue_id, shop_id, settings))
    if is_there and "quiet_after_s" in settings:
        after_s = settings["quiet_after_s"]
        if after_s is None:
            await tx.execute(NOT_QUIET, queue_id)
        else:
            await tx.execute(SET_QUIET, queue_id, after_s)
    return is_there


async def _set_skills(
    tx: Queries, shop_id: UUID, queue_id: UUID, skills: Iterable[QueueSkill]
) -> None:
    wanted = list(skills)
    await tx.execute("DELETE FROM queue_skill WHERE queue_id = $1", queue_id)
    known = await tx.execute(SET_SKILLS, shop_id, queue_id, wanted)
    if known != len(wanted):
        raise Missing("There is no such skill.")


def _queue(record: Record) -> QueueRow:
    needs: list[tuple[str, int, bool, list[list[int]]]] = record["skills"] or []
    skills = tuple(
        QueueSkill(UUID(skill), level, required, steps_of(steps))
        for skill, level, required, steps in needs
    )
    return row_of(QueueRow, record, skills=skills, overflow=overflow_of(record["overflow"]))


def steps_of(stored: Iterable[Iterable[int]]) -> Steps:
    """Read the steps of a skill as they are stored."""
    return tuple((after_s, level) for after_s, level in stored)


def overflow_of(stored: Iterable[dict[str, Any]]) -> tuple[Overflow, ...]:
    """Read the overflow of a queue as it is stored."""
    return tuple(
        Overflow(UUID(each["queue"]), each["after_s"], each["skip_if_empty"]) for each in stored
    )


def _row(record: Record | None) -> QueueRow | None:
    return None if record is None else _queue(record)

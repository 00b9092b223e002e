"""What the database says at one moment, in plain facts; nothing here knows the engine."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from msgspec import Struct, json

from storage.database import Database

Steps = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works here."""

    id: UUID
    name: str
    capacity: int
    is_ready: bool  # wants work, responds, is not idle; whether they are connected is not stored
    is_idle: bool
    skills: dict[str, int]


@dataclass(frozen=True, slots=True)
class Need:
    """What a queue asks for, and as how little from which age on."""

    key: str
    level: int
    required: bool
    steps: Steps


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue as it is set up."""

    id: UUID
    is_archived: bool
    priority: int
    target_s: int | None
    weight: float
    units: int
    per_agent_max: int | None
    sticky_s: int
    offers_at_once: int
    quiet_after_s: int | None
    needs: list[Need]
    overflow: list[tuple[UUID, int, bool]]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that is not over, or was not when we looked last."""

    id: UUID
    visitor_id: UUID
    state: str
    epoch: int
    queue_id: UUID | None
    agent_id: UUID | None
    last_agent_id: UUID | None
    wanted_agent_id: UUID | None
    priority: int
    emergency: bool
    queued_at: datetime | None
    head: int
    note_head: int
    said_at: datetime | None  # when anybody said anything, or somebody took it
    unanswered_since: datetime | None
    is_quiet: bool  # by what happened to it last


@dataclass(frozen=True, slots=True)
class Slot:
    """One unit of an agent's capacity, and what takes it."""

    agent_id: UUID
    number: int
    conversation_id: UUID
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A live offer, or (with ``from_agent_id``) a question to a colleague."""

    id: UUID
    conversation_id: UUID
    agent_id: UUID
    made_at: datetime
    expires_at: datetime
    from_agent_id: UUID | None


@dataclass(slots=True)
class Picture:
    """Everything of the shop that is not over."""

    now: datetime
    agents: dict[UUID, Agent]
    queues: dict[UUID, Queue]
    talks: dict[UUID, Talk]
    slots: list[Slot]
    offers: list[Offer]
    refusals: dict[UUID, list[tuple[UUID, str, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def units(self, talk: Talk) -> int:
        """Return how many slots a conversation takes; an archived queue asks for nothing."""
        queue = self.queues.get(talk.queue_id) if talk.queue_id else None
        return 1 if queue is None or queue.is_archived else queue.units

    def taken(self, agent_id: UUID) -> int:
        """Return how many slots of an agent are taken."""
        return sum(slot.agent_id == agent_id for slot in self.slots)

    def held(self, agent_id: UUID, queue_id: UUID | None) -> set[UUID]:
        """Return the conversations of a queue that take slots of an agent."""
        of_agent = (slot.conversation_id for slot in self.slots if slot.agent_id == agent_id)
        return {each for each in of_agent if self.talks[each].queue_id == queue_id}

    def within(self, *states: str) -> list[Talk]:
        """Return the conversations in some states, oldest first."""
        return [talk for talk in self.talks.values() if talk.state in states]


class _Seen(Struct):
    """What one statement answers, so that it is of one moment."""

    agents: list[Agent]
    queues: list[Queue]
    talks: list[Talk]
    slots: list[Slot]
    offers: list[Offer]
    refusals: list[tuple[UUID, UUID, str, datetime]]


_SEEN = json.Decoder(_Seen)


async def open_eyes(db: Database) -> None:
    """Make ready to look: a long day has many rows, and few that are not over."""
    await db.execute(SEEN)


async def look(db: Database, now: datetime, also: Iterable[UUID] = ()) -> Picture:
    """Read everything at one moment; ``also`` those that may be over by now."""
    seen = _SEEN.decode(await db.fetchval("SELECT seen($1)", list(also)))
    picture = Picture(
        now=now,
        agents={each.id: each for each in seen.agents},
        queues={each.id: each for each in seen.queues},
        talks={each.id: each for each in seen.talks},
        slots=seen.slots,
        offers=seen.offers,
    )
    for talk_id, agent_id, how, at in seen.refusals:
        picture.refusals[talk_id].append((agent_id, how, at))
    return picture


AGENTS = """
SELECT a.id, a.name, a.capacity,
       a.status = 'available' AND a.unresponsive_at IS NULL AND a.deactivated_at IS NULL
           AND i.agent_id IS NULL AS is_ready, i.agent_id IS NOT NULL AS is_idle,
       coalesce((SELECT json_object_agg(s.key, k.level)
                   FROM agent_skill k JOIN skill s ON s.id = k.skill_id
                  WHERE k.agent_id = a.id), '{}') AS skills
  FROM agent a LEFT JOIN agent_idle i ON i.agent_id = a.id ORDER BY a.name
"""

QUEUES = """
SELECT q.id, q.archived_at IS NOT NULL AS is_archived, q.priority, q.target_s, q.weight, q.units,
       q.per_agent_max, q.sticky_s, q.offers_at_once,
       (SELECT after_s FROM queue_quiet WHERE queue_id = q.id) AS quiet_after_s,
       coalesce((SELECT json_agg(json_build_array(o -> 'queue', o -> 'after_s',
                                                  o -> 'skip_if_empty') ORDER BY number)
                   FROM jsonb_array_elements(q.overflow) WITH ORDINALITY AS each (o, number)),
                '[]') AS overflow,
       coalesce((SELECT json_agg(json_build_object('key', s.key, 'level', k.level,
                                                   'required', k.required, 'steps', k.steps))
                   FROM queue_skill k JOIN skill s ON s.id = k.skill_id
                  WHERE k.queue_id = q.id), '[]') AS needs
  FROM queue q
"""

TALKS = """
SELECT id, visitor_id, state, epoch, queue_id, agent_id, last_agent_id, wanted_agent_id, priority,
       emergency, queued_at, head, note_head, greatest(last_at, assigned_at) AS said_at,
       unanswered_since,
       coalesce((SELECT e.kind = 'gone_quiet' FROM conversation_event e
                  WHERE e.conversation_id = c.id
                    AND e.kind IN ('gone_quiet', 'woke', 'accepted', 'picked', 'assigned',
                                   'transferred', 'agent_left')
                  ORDER BY e.id DESC LIMIT 1), false) AS is_quiet
  FROM conversation c
 WHERE state NOT IN ('wrap_up', 'closed') OR state = 'wrap_up' OR id = ANY ($1)
 ORDER BY created_at, id
"""

OFFERS = """
SELECT id, conversation_id, agent_id, made_at, expires_at, from_agent_id
  FROM offer WHERE ended_at IS NULL ORDER BY made_at, id
"""

REFUSALS = """
SELECT o.conversation_id, o.agent_id,
       CASE WHEN o.from_agent_id IS NULL THEN o.end_reason ELSE 'asked' END AS how, o.ended_at AS at
  FROM offer o JOIN conversation c ON c.id = o.conversation_id
 WHERE c.state IN ('queued', 'offered') AND o.end_reason IN ('declined', 'timed_out')
 UNION ALL
SELECT e.conversation_id, e.actor_id, e.kind, e.at
  FROM conversation_event e JOIN conversation c ON c.id = e.conversation_id
 WHERE c.state IN ('queued', 'offered') AND e.kind = 'transferred'
 UNION ALL
SELECT e.conversation_id, (e.data ->> 'from')::uuid, e.kind, e.at
  FROM conversation_event e JOIN conversation c ON c.id = e.conversation_id
 WHERE c.state IN ('queued', 'offered') AND e.kind = 'requeued' AND e.data ? 'from'
"""

SLOTS = "SELECT agent_id, number, conversation_id, taken_at FROM slot ORDER BY agent_id, number"


def _list(rows: str, what: str = "to_json(each)") -> str:
    return f"coalesce((SELECT json_agg({what}) FROM ({rows}) AS each), '[]')"


SEEN = f"""
CREATE OR REPLACE FUNCTION seen(uuid[]) RETURNS json LANGUAGE sql STABLE
   SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
SELECT json_build_object(
    'agents', {_list(AGENTS)}, 'queues', {_list(QUEUES)}, 'talks', {_list(TALKS)},
    'slots', {_list(SLOTS)}, 'offers', {_list(OFFERS)},
    'refusals', {_list(REFUSALS, "json_build_array(conversation_id, agent_id, how, at)")})
$$
"""

"""Agents: who they are, what they can do, whether they are ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from storage.columns import row_of
from storage.database import Queries, Record, Store
from storage.errors import Missing
from storage.idle import woken
from storage.people import AgentRow
from storage.rows import Role, Status
from storage.unique import named


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgent:
    """An agent to be; ``skills`` maps a skill's id to the level 1 to 5."""

    shop_id: UUID
    email: str
    name: str
    password_hash: str
    role: Role = "agent"
    capacity: int = 3
    skills: Mapping[UUID, int] = field(default_factory=dict[UUID, int])


class AgentChanges(TypedDict, total=False):
    """What may be changed; what is left out stays. ``skills`` replaces all of them.

    ``deactivated_at`` None takes an agent back into service; `Agents.deactivate` is the way out.
    """

    email: str
    name: str
    password_hash: str
    role: Role
    capacity: int
    skills: Mapping[UUID, int]
    deactivated_at: None


class Agents:
    """Keeps agents. Addresses are compared in lower case."""

    def __init__(self, db: Store) -> None:
        self._db = db

    async def get(self, agent_id: UUID) -> AgentRow | None:
        """Return the agent, deactivated or not, or None."""
        return _row(await self._db.fetchrow(GET, agent_id))

    async def get_many(self, agent_ids: Iterable[UUID]) -> dict[UUID, AgentRow]:
        """Return those that exist, by id."""
        rows = await self._db.fetch(GET_MANY, list(agent_ids))
        return {row["id"]: _agent(row) for row in rows}

    async def by_email(self, email: str) -> AgentRow | None:
        """Return the agent with this address, or None."""
        return _row(await self._db.fetchrow(BY_EMAIL, email.lower()))

    async def of_shop(self, shop_id: UUID) -> list[AgentRow]:
        """Return a shop's agents by name, deactivated ones last."""
        return [_agent(row) for row in await self._db.fetch(OF_SHOP, shop_id)]

    async def create(self, new: NewAgent) -> AgentRow:
        """Make an agent, away at first. Duplicate when the address is taken."""
        async with self._db.transaction() as tx:
            with named():
                agent_id = await tx.fetchval(
                    CREATE,
                    new.shop_id,
                    new.email.lower(),
                    new.name,
                    new.password_hash,
                    new.role,
                    new.capacity,
                )
            assert isinstance(agent_id, UUID)
            await _set_skills(tx, new.shop_id, agent_id, new.skills)
            row = await tx.fetchrow(GET, agent_id)
        assert row is not None
        return _agent(row)

    async def update(self, shop_id: UUID, agent_id: UUID, changes: AgentChanges) -> AgentRow | None:
        """Change an agent of the shop; None when there is no such agent."""
        plain = {name: value for name, value in changes.items() if name != "skills"}
        if "email" in changes:
            plain["email"] = changes["email"].lower()
        async with self._db.transaction() as tx:
            with named():
                if not await tx.execute(UPDATE, agent_id, shop_id, plain):
                    return None
            if "skills" in changes:
                await _set_skills(tx, shop_id, agent_id, changes["skills"])
            return _row(await tx.fetchrow(GET, agent_id))

    async def deactivate(self, shop_id: UUID, agent_id: UUID, now: datetime) -> AgentRow | None:
        """Take an agent out of service and end their sessions; what they did stays."""
        async with self._db.transaction() as tx:
            if not await tx.execute(DEACTIVATE, agent_id, shop_id, now):
                return None
            await tx.execute("DELETE FROM agent_session WHERE agent_id = $1", agent_id)
            return _row(await tx.fetchrow(GET, agent_id))

    async def set_status(self, agent_id: UUID, status: Status, now: datetime) -> AgentRow | None:
        """Keep what the agent chose; becoming available begins their idle time.

        Choosing, even the same again, shows that they respond, and are not idle.
        """
        async with self._db.transaction() as tx:
            await tx.execute(SET_STATUS, agent_id, status, now)
            await woken(tx, agent_id)
            return _row(await tx.fetchrow(GET, agent_id))


GET = """
SELECT a.*, (SELECT since FROM agent_idle WHERE agent_id = a.id) AS idle_at,
       (SELECT jsonb_object_agg(skill_id, level) FROM agent_skill WHERE agent_id = a.id) AS skills
  FROM agent a WHERE a.id = $1
"""

GET_MANY = """
SELECT a.*, (SELECT since FROM agent_idle WHERE agent_id = a.id) AS idle_at,
       (SELECT jsonb_object_agg(skill_id, level) FROM agent_skill WHERE agent_id = a.id) AS skills
  FROM agent a WHERE a.id = ANY ($1::uuid[])
"""

BY_EMAIL = """
SELECT a.*, (SELECT since FROM agent_idle WHERE agent_id = a.id) AS idle_at,
       (SELECT jsonb_object_agg(skill_id, level) FROM agent_skill WHERE agent_id = a.id) AS skills
  FROM agent a WHERE a.email = $1
"""

OF_SHOP = """
SELECT a.*, (SELECT since FROM agent_idle WHERE agent_id = a.id) AS idle_at,
       (SELECT jsonb_object_agg(skill_id, level) FROM agent_skill WHERE agent_id = a.id) AS skills
  FROM agent a WHERE a.shop_id = $1 ORDER BY a.deactivated_at IS NOT NULL, a.name, a.id
"""

CREATE = """
INSERT INTO agent (shop_id, email, name, password_hash, role, capacity)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""

UPDATE = """
UPDATE agent a
   SET email = n.email, name = n.name, password_hash = n.password_hash, role = n.role,
       capacity = n.capacity, deactivated_at = n.deactivated_at
  FROM (SELECT (jsonb_populate_record(held, $3)).*
          FROM agent held WHERE id = $1 AND shop_id = $2 FOR NO KEY UPDATE) n
 WHERE a.id = $1 AND a.shop_id = $2
"""

DEACTIVATE = """
UPDATE agent SET deactivated_at = coalesce(deactivated_at, $3), status = 'away', status_at = $3
 WHERE id = $1 AND shop_id = $2
"""

SET_STATUS = """
UPDATE agent
   SET status = $2, status_at = CASE WHEN status <> $2 THEN $3 ELSE status_at END,
       idle_since = CASE WHEN $2 = 'available' AND status <> $2 THEN $3 ELSE idle_since END,
       misses = 0, unresponsive_at = NULL
 WHERE id = $1 AND deactivated_at IS NULL
   AND (status <> $2 OR misses > 0 OR unresponsive_at IS NOT NULL)
"""

SET_SKILLS = """
INSERT INTO agent_skill (agent_id, skill_id, level)
SELECT $2, s.id, w.level FROM unnest($3::uuid[], $4::smallint[]) AS w (skill_id, level)
  JOIN skill s ON s.id = w.skill_id AND s.shop_id = $1
"""


async def _set_skills(
    tx: Queries, shop_id: UUID, agent_id: UUID, skills: Mapping[UUID, int]
) -> None:
    await tx.execute("DELETE FROM agent_skill WHERE agent_id = $1", agent_id)
    known = await tx.execute(SET_SKILLS, shop_id, agent_id, list(skills), list(skills.values()))
    if known != len(skills):
        raise Missing("There is no such skill.")


def _agent(record: Record) -> AgentRow:
    levels: dict[str, int] = record["skills"] or {}
    skills = {UUID(skill): level for skill, level in levels.items()}
    return row_of(AgentRow, record, skills=skills)


def _row(record: Record | None) -> AgentRow | None:
    return None if record is None else _agent(record)

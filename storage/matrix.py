"""The skills matrix: many levels and capacities at once, or none of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from storage.agents import Agents
from storage.database import Queries, Record, Store
from storage.errors import Missing, Stale
from storage.people import AgentRow


@dataclass(frozen=True, slots=True)
class Cell:
    """An agent's level in a skill as it is to be, and as it was when it was read; 0 is none."""

    agent_id: UUID
    skill_id: UUID
    level: int
    was: int


@dataclass(frozen=True, slots=True)
class Room:
    """An agent's capacity as it is to be, and as it was when it was read."""

    agent_id: UUID
    capacity: int
    was: int


class SkillsMatrix:
    """Changes the levels of many agents in one transaction."""

    def __init__(self, db: Store) -> None:
        self._db = db

    async def save(
        self, shop_id: UUID, cells: Sequence[Cell], rooms: Sequence[Room]
    ) -> list[AgentRow]:
        """Change all and return the agents; Stale when anything is not as it ``was``.

        Missing when an agent is not in the shop's service, or a skill not the shop's.
        """
        agent_ids = list(dict.fromkeys(each.agent_id for each in (*cells, *rooms)))
        skill_ids = list(dict.fromkeys(cell.skill_id for cell in cells))
        async with self._db.transaction() as tx:
            held = await tx.fetch(HOLD_AGENTS, shop_id, agent_ids)
            known = await tx.fetch(HOLD_SKILLS, shop_id, skill_ids)
            if (len(held), len(known)) != (len(agent_ids), len(skill_ids)):
                raise Missing
            stale = [*_stale_rooms(held, rooms), *await _stale_cells(tx, cells)]
            if stale:
                raise Stale(stale)
            await _write(tx, cells, rooms)
            rows = await Agents(tx).get_many(agent_ids)
        return [rows[agent_id] for agent_id in agent_ids]


# In the order of their ids, so that two who save at once wait for each other rather than both fail.
HOLD_AGENTS = """
SELECT id, capacity FROM agent
 WHERE shop_id = $1 AND id = ANY ($2::uuid[]) AND deactivated_at IS NULL
 ORDER BY id FOR NO KEY UPDATE
"""

HOLD_SKILLS = """
SELECT id FROM skill WHERE shop_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR KEY SHARE
"""

STALE = """
SELECT w.agent_id, w.skill_id, coalesce(k.level, 0) AS level
  FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) WITH ORDINALITY
       AS w (agent_id, skill_id, was, place)
  LEFT JOIN agent_skill k ON (k.agent_id, k.skill_id) = (w.agent_id, w.skill_id)
 WHERE coalesce(k.level, 0) <> w.was ORDER BY w.place
"""

REMOVE = """
DELETE FROM agent_skill k USING unnest($1::uuid[], $2::uuid[]) AS w (agent_id, skill_id)
 WHERE (k.agent_id, k.skill_id) = (w.agent_id, w.skill_id)
"""

SET = """
INSERT INTO agent_skill (agent_id, skill_id, level)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[])
    ON CONFLICT (agent_id, skill_id) DO UPDATE SET level = excluded.level
"""

SET_CAPACITY = """
UPDATE agent a SET capacity = w.capacity
  FROM unnest($1::uuid[], $2::smallint[]) AS w (agent_id, capacity) WHERE a.id = w.agent_id
"""

Changed = tuple[UUID, UUID | None, int]


def _stale_rooms(held: Sequence[Record], rooms: Sequence[Room]) -> list[Changed]:
    now: dict[UUID, int] = {row["id"]: row["capacity"] for row in held}
    return [
        (room.agent_id, None, now[room.agent_id])
        for room in rooms
        if now[room.agent_id] != room.was
    ]


async def _stale_cells(tx: Queries, cells: Sequence[Cell]) -> list[Changed]:
    rows = await tx.fetch(
        STALE,
        [cell.agent_id for cell in cells],
        [cell.skill_id for cell in cells],
        [cell.was for cell in cells],
    )
    return [(row["agent_id"], row["skill_id"], row["level"]) for row in rows]


async def _write(tx: Queries, cells: Sequence[Cell], rooms: Sequence[Room]) -> None:
    gone = [cell for cell in cells if cell.level == 0]
    kept = [cell for cell in cells if cell.level > 0]
    await tx.execute(REMOVE, [cell.agent_id for cell in gone], [cell.skill_id for cell in gone])
    await tx.execute(
        SET,
        [cell.agent_id for cell in kept],
        [cell.skill_id for cell in kept],
        [cell.level for cell in kept],
    )
    await tx.execute(
        SET_CAPACITY, [room.agent_id for room in rooms], [room.capacity for room in rooms]
    )

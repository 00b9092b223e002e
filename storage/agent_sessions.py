"""Who is signed in. Only hashes of tokens are kept."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from storage.agents import Agents
from storage.database import Database
from storage.people import AgentRow
from storage.rows import Role


class AgentSessions:
    """Keeps the sessions of agents."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._agents = Agents(db)

    async def create(
        self, token_hash: bytes, agent_id: UUID, now: datetime, expires_at: datetime
    ) -> None:
        """Keep a session under the sha256 of its token."""
        await self._db.execute(
            """
            INSERT INTO agent_session (token_hash, agent_id, created_at, expires_at)
            VALUES ($1, $2, $3, $4)
            """,
            token_hash,
            agent_id,
            now,
            expires_at,
        )

    async def agent_of(self, token_hash: bytes, now: datetime) -> AgentRow | None:
        """Return whose session this is, while it lasts and they are in service."""
        agent_id = await self._db.fetchval(
            """
            SELECT a.id FROM agent_session s JOIN agent a ON a.id = s.agent_id
             WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.deactivated_at IS NULL
            """,
            token_hash,
            now,
        )
        return await self._agents.get(agent_id) if isinstance(agent_id, UUID) else None

    async def over(self, token_hashes: Sequence[bytes], now: datetime) -> list[bytes]:
        """Return those that are nobody's any more: signed out, expired, or out of service."""
        rows = await self._db.fetch(
            """
            SELECT asked FROM unnest($1::bytea[]) asked
             WHERE NOT EXISTS (SELECT FROM agent_session s JOIN agent a ON a.id = s.agent_id
                                WHERE s.token_hash = asked AND s.expires_at > $2
                                  AND a.deactivated_at IS NULL)
            """,
            token_hashes,
            now,
        )
        return [row["asked"] for row in rows]

    async def of_other_roles(self, seats: Collection[tuple[UUID, Role]]) -> list[UUID]:
        """Return the agents whose role is not the one with which they came."""
        ids, roles = [each for each, _ in seats], [role for _, role in seats]
        rows = await self._db.fetch(
            """
            SELECT DISTINCT a.id FROM unnest($1::uuid[], $2::text[]) AS asked (id, role)
              JOIN agent a ON a.id = asked.id WHERE a.role <> asked.role
            """,
            ids,
            roles,
        )
        return [row["id"] for row in rows]

    async def has_other(self, token_hash: bytes, agent_id: UUID, now: datetime) -> bool:
        """Tell whether the agent is signed in elsewhere too."""
        found = await self._db.fetchval(
            """
            SELECT EXISTS (SELECT FROM agent_session
                            WHERE agent_id = $2 AND expires_at > $3 AND token_hash <> $1)
            """,
            token_hash,
            agent_id,
            now,
        )
        return found is True

    async def delete(self, token_hash: bytes) -> None:
        """Sign out."""
        await self._db.execute("DELETE FROM agent_session WHERE token_hash = $1", token_hash)

    async def delete_of(self, agent_id: UUID) -> None:
        """Sign the agent out everywhere."""
        await self._db.execute("DELETE FROM agent_session WHERE agent_id = $1", agent_id)

    async def delete_expired(self, now: datetime) -> int:
        """Forget what has expired; return how many."""
        return await self._db.execute("DELETE FROM agent_session WHERE expires_at <= $1", now)

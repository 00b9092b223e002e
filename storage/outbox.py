"""What every outbox remembers of what it holds: that it arrived, why not, and for how long."""

from datetime import datetime, timedelta
from typing import Final, Literal, LiteralString, NamedTuple
from uuid import UUID

from storage.database import Database

KEPT = timedelta(days=30)
"""So long it stays known what arrived."""


class Endings(NamedTuple):
    """How an outbox says each of them."""

    arrived: LiteralString
    failed: LiteralString
    given_up: LiteralString
    forget: LiteralString


class Outbox:
    """The endings of an outbox; what is due, each outbox knows itself."""

    def __init__(self, db: Database, table: Literal["alert_post", "mail"]) -> None:
        self._db = db
        self._say = ENDINGS[table]

    async def arrived(self, due_id: UUID, now: datetime) -> None:
        """Note that it was taken."""
        await self._db.execute(self._say.arrived, due_id, now)

    async def failed(self, due_id: UUID, problem: str, due_at: datetime) -> None:
        """Note why it was not, and try again at ``due_at``."""
        await self._db.execute(self._say.failed, due_id, problem, due_at)

    async def given_up(self, due_id: UUID, problem: str, now: datetime) -> None:
        """Note why it was not, and leave it."""
        await self._db.execute(self._say.given_up, due_id, problem, now)

    async def forget(self, now: datetime) -> int:
        """Forget what ended long ago."""
        return await self._db.execute(self._say.forget, now - KEPT)


ENDINGS: Final = {
    "alert_post": Endings(
        "UPDATE alert_post SET ended_at = $2, arrived = true, problem = NULL WHERE id = $1",
        "UPDATE alert_post SET problem = $2, due_at = $3 WHERE id = $1 AND ended_at IS NULL",
        "UPDATE alert_post SET problem = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL",
        "DELETE FROM alert_post WHERE ended_at < $1",
    ),
    # What was attached is dropped as soon as it is of no use any more.
    "mail": Endings(
        "UPDATE mail SET ended_at = $2, arrived = true, problem = NULL, sheet = NULL WHERE id = $1",
        "UPDATE mail SET problem = $2, due_at = $3 WHERE id = $1 AND ended_at IS NULL",
        "UPDATE mail SET problem = $2, ended_at = $3, sheet = NULL"
        " WHERE id = $1 AND ended_at IS NULL",
        "DELETE FROM mail WHERE ended_at < $1",
    ),
}

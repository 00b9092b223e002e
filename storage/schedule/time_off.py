"""Time off: asked for, approved or refused, taken back."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Queries
from storage.errors import Changed, Clash, Missing
from storage.schedule.holding import hold, must_serve
from storage.schedule.rows import TimeOffRow, TimeOffState
from storage.schedule.shifts import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Whole days, both included, and the moments at which they begin and end."""

    first: date
    last: date
    starts_at: datetime
    ends_at: datetime


class TimeOff:
    """Keeps who is away on which days."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def touching(
        self, shop_id: UUID, since: datetime, until: datetime, agent_id: UUID | None = None
    ) -> list[TimeOffRow]:
        """Return what is asked or approved and lies in [``since``, ``until``), of all or of one."""
        rows = await self._db.fetch(TOUCHING, shop_id, since, until, agent_id)
        return [row_of(TimeOffRow, row) for row in rows]

    async def asked(self, shop_id: UUID, since: datetime) -> list[TimeOffRow]:
        """Return what nobody has decided about and is not over, the oldest question first."""
        rows = await self._db.fetch(ASKED, shop_id, since)
        return [row_of(TimeOffRow, row) for row in rows]

    async def of_agent(self, agent_id: UUID, since: datetime) -> list[TimeOffRow]:
        """Return what somebody asked for that is not over, whatever became of it."""
        rows = await self._db.fetch(OF_AGENT, agent_id, since)
        return [row_of(TimeOffRow, row) for row in rows]

    async def ask(self, author: Author, agent_id: UUID, days: Days, note: str | None) -> TimeOffRow:
        """Ask for days. Raises Clash where some of them were asked for already."""
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            await must_serve(tx, author.shop_id, agent_id)
            if await tx.fetchval(ASKED_ALREADY, agent_id, days.starts_at, days.ends_at):
                raise Clash("time_off")
            row = await tx.fetchrow(
                ASK,
                author.shop_id,
                agent_id,
                days.first,
                days.last,
                days.starts_at,
                days.ends_at,
                note,
                author.now,
            )
        assert row is not None
        return row_of(TimeOffRow, row)

    async def withdraw(self, author: Author, time_off_id: UUID) -> TimeOffRow:
        """Take one's own question back, approved or not. Raises Missing and Changed."""
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            held = await _held(tx, author.shop_id, time_off_id)
            if held.agent_id != author.by:
                raise Missing
            if held.state not in {"asked", "approved"}:
                raise Changed(held.state)
            return await _become(tx, author, time_off_id, "withdrawn")

    async def decide(
        self, author: Author, time_off_id: UUID, *, approves: bool, releases: bool
    ) -> tuple[TimeOffRow, int]:
        """Approve or refuse what is asked; return it, and how many shifts were taken out for it.

        Raises Missing, Changed when somebody has decided already, and Clash ("planned") where they
        are planned to work then, unless ``releases`` takes those shifts out of the plan. What has
        begun stays: it was worked.
        """
        released = 0
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            held = await _held(tx, author.shop_id, time_off_id)
            if held.state != "asked":
                raise Changed(held.state)
            if approves:
                span = (held.agent_id, held.starts_at, held.ends_at, author.now)
                if not releases and await tx.fetchval(PLANNED, *span):
                    raise Clash("planned")
                released = await tx.execute(RELEASE, *span)
            row = await _become(tx, author, time_off_id, "approved" if approves else "refused")
        return row, released


async def _held(tx: Queries, shop_id: UUID, time_off_id: UUID) -> TimeOffRow:
    row = await tx.fetchrow(HELD, time_off_id, shop_id)
    if row is None:
        raise Missing
    return row_of(TimeOffRow, row)


async def _become(
    tx: Queries, author: Author, time_off_id: UUID, state: TimeOffState
) -> TimeOffRow:
    row = await tx.fetchrow(BECOME, time_off_id, state, author.by, author.now)
    assert row is not None
    return row_of(TimeOffRow, row)


TOUCHING = """
SELECT * FROM time_off
 WHERE shop_id = $1 AND state IN ('asked', 'approved') AND starts_at < $3 AND ends_at > $2
   AND ($4::uuid IS NULL OR agent_id = $4)
 ORDER BY starts_at, id
"""

ASKED = """
SELECT * FROM time_off WHERE shop_id = $1 AND state = 'asked' AND ends_at > $2 ORDER BY id
"""

OF_AGENT = "SELECT * FROM time_off WHERE agent_id = $1 AND ends_at > $2 ORDER BY starts_at, id"

ASKED_ALREADY = """
SELECT EXISTS (SELECT FROM time_off WHERE agent_id = $1 AND state IN ('asked', 'approved')
                  AND starts_at < $3 AND ends_at > $2)
"""

ASK = """
INSERT INTO time_off (shop_id, agent_id, first_day, last_day, starts_at, ends_at, note, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *
"""

HELD = "SELECT * FROM time_off WHERE id = $1 AND shop_id = $2 FOR UPDATE"

BECOME = """
UPDATE time_off SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 RETURNING *
"""

PLANNED = """
SELECT EXISTS (SELECT FROM shift
                WHERE agent_id = $1 AND starts_at < $3 AND ends_at > $2 AND starts_at > $4)
"""

RELEASE = """
DELETE FROM shift WHERE agent_id = $1 AND starts_at < $3 AND ends_at > $2 AND starts_at > $4
"""

"""Shifts that are to change hands: asked, accepted by a colleague, approved by who leads.

Each step asks what the state is while it holds the shop, so that of two who answer at once one wins
and the other is told. The shift changes hands with the approval, and not before.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from storage.columns import row_of
from storage.database import Database, Queries
from storage.errors import Changed, Clash, Missing
from storage.schedule.holding import clash_of, hold, must_serve
from storage.schedule.rows import ShiftRow, SwapRow, SwapState
from storage.schedule.shifts import Author, locked
from storage.unique import named


class Swaps:
    """Keeps who asked whom to take over."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def open(self, shop_id: UUID, now: datetime) -> list[SwapRow]:
        """Return those of shifts to come that are not decided, the oldest question first."""
        rows = await self._db.fetch(OPEN, shop_id, now)
        return [row_of(SwapRow, row) for row in rows]

    async def of_agent(self, shop_id: UUID, agent_id: UUID, now: datetime) -> list[SwapRow]:
        """Return those of shifts to come that somebody asked, or may answer, or has answered."""
        rows = await self._db.fetch(OF_AGENT, shop_id, agent_id, now)
        return [row_of(SwapRow, row) for row in rows]

    async def ask(self, author: Author, shift_id: UUID, to_id: UUID | None) -> SwapRow:
        """Ask a colleague, or whoever is first, to take one's own shift over.

        Raises Missing for the shift of somebody else, Duplicate where it is asked already, and
        Clash ("begun") when it is too late.
        """
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            shift = await _shift(tx, author.shop_id, shift_id)
            if shift.agent_id != author.by:
                raise Missing
            if shift.starts_at <= author.now:
                raise Clash("begun")
            if to_id is not None:
                await must_serve(tx, author.shop_id, to_id)
            with named():
                row = await tx.fetchrow(ASK, author.shop_id, shift_id, author.by, to_id, author.now)
        assert row is not None
        return row_of(SwapRow, row)

    async def answer(self, author: Author, swap_id: UUID, state: SwapState) -> SwapRow:
        """Accept or decline as the colleague, or withdraw as who asked.

        Raises Missing for what is none of theirs, Changed where somebody was quicker, Clash where
        the colleague cannot work then.
        """
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            swap = await _held(tx, author.shop_id, swap_id)
            _must_concern(swap, author.by, state)
            live = {"asked", "accepted"} if state == "withdrawn" else {"asked"}
            if swap.state not in live:
                raise Changed(swap.state)
            if state == "accepted":
                shift = await _shift(tx, author.shop_id, swap.shift_id)
                await _must_be_able(tx, shift, author.by, author.now)
            to_id = author.by if state == "accepted" else swap.to_id
            row = await tx.fetchrow(ANSWER, swap_id, state, to_id, author.now)
        assert row is not None
        return row_of(SwapRow, row)

    async def decide(
        self, author: Author, swap_ids: Sequence[UUID], *, approves: bool
    ) -> list[SwapRow]:
        """Approve what colleagues have accepted: the shifts are theirs; or refuse it. All or none.

        Raises Missing, Changed where one is decided already or not accepted yet, and Clash where
        a colleague can no longer work then.
        """
        async with self._db.transaction() as tx:
            await hold(tx, author.shop_id)
            return [await _decide(tx, author, swap_id, approves) for swap_id in swap_ids]


async def _decide(tx: Queries, author: Author, swap_id: UUID, approves: bool) -> SwapRow:
    swap = await _held(tx, author.shop_id, swap_id)
    if swap.state != "accepted" and (approves or swap.state != "asked"):
        raise Changed(swap.state)
    if approves:
        assert swap.to_id is not None
        shift = await _shift(tx, author.shop_id, swap.shift_id)
        await must_serve(tx, author.shop_id, swap.to_id)
        await _must_be_able(tx, shift, swap.to_id, author.now)
        await tx.execute(HAND_OVER, shift.id, swap.to_id, author.by, author.now)
    state = "approved" if approves else "refused"
    row = await tx.fetchrow(DECIDE, swap_id, state, author.by, author.now)
    assert row is not None
    return row_of(SwapRow, row)


def _must_concern(swap: SwapRow, agent_id: UUID, state: SwapState) -> None:
    """Raise Missing unless this answer is theirs to give; who asked cannot answer themselves."""
    if state == "withdrawn":
        is_theirs = swap.from_id == agent_id
    else:
        is_open_to_all = swap.to_id is None and state == "accepted" and swap.from_id != agent_id
        # Who answered second to a question to all is told, rather than that there was none.
        is_late = state == "accepted" and swap.state == "accepted" and swap.from_id != agent_id
        is_theirs = swap.to_id == agent_id or is_open_to_all or is_late
    if not is_theirs:
        raise Missing


async def _must_be_able(tx: Queries, shift: ShiftRow, agent_id: UUID, now: datetime) -> None:
    if shift.starts_at <= now:
        raise Clash("begun")
    clash = await clash_of(tx, agent_id, shift.starts_at, shift.ends_at, shift.id)
    if clash is not None:
        raise Clash(clash)


async def _held(tx: Queries, shop_id: UUID, swap_id: UUID) -> SwapRow:
    row = await tx.fetchrow(HELD, swap_id, shop_id)
    if row is None:
        raise Missing
    return row_of(SwapRow, row)


async def _shift(tx: Queries, shop_id: UUID, shift_id: UUID) -> ShiftRow:
    row = await locked(tx, shop_id, shift_id)
    if row is None:
        raise Missing
    return row_of(ShiftRow, row)


OPEN = """
SELECT w.* FROM shift_swap w JOIN shift s ON s.id = w.shift_id
 WHERE w.shop_id = $1 AND w.state IN ('asked', 'accepted') AND s.ends_at > $2
 ORDER BY w.id
"""

OF_AGENT = """
SELECT w.* FROM shift_swap w JOIN shift s ON s.id = w.shift_id
 WHERE w.shop_id = $1 AND s.ends_at > $3
   AND (w.from_id = $2 OR w.to_id = $2 OR w.to_id IS NULL AND w.state = 'asked')
 ORDER BY s.starts_at, w.id
"""

ASK = """
INSERT INTO shift_swap (shop_id, shift_id, from_id, to_id, asked_at)
VALUES ($1, $2, $3, $4, $5) RETURNING *
"""

HELD = "SELECT * FROM shift_swap WHERE id = $1 AND shop_id = $2 FOR UPDATE"

ANSWER = """
UPDATE shift_swap SET state = $2, to_id = $3, answered_at = $4 WHERE id = $1 RETURNING *
"""

DECIDE = """
UPDATE shift_swap SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 RETURNING *
"""

HAND_OVER = """
UPDATE shift SET agent_id = $2, changed_by = $3, changed_at = $4, version = version + 1
 WHERE id = $1
"""

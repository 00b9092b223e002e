"""Keeps the facts of reports: what is due is read, and what was derived from it is written.

A step is one transaction under a lock that one node has at a time, and so does a change of opening
hours. What a step did not commit is still due, on whichever node takes the next one.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import asyncpg

from storage.columns import row_of
from storage.database import Database, Queries, Record, Transaction
from storage.errors import AnotherNode, Uncountable
from storage.reports.rows import (
    Asked,
    FactRow,
    Facts,
    HoursSince,
    LegRow,
    Line,
    OfferFactRow,
    ShopHours,
    Story,
    Told,
)

LOCK = 0x6B65667572  # "kefur"; also in storage/sql/shop_hours_noted.sql


@dataclass(frozen=True, slots=True)
class Due:
    """Conversations to be counted, and of how many notes of something new."""

    conversations: list[UUID]
    notes: int


class Keeping:
    """Where facts are kept."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._from = 0  # nothing that is older is left; only to step over what was deleted

    @asynccontextmanager
    async def step(self) -> AsyncGenerator["Step"]:
        """Do what is done within, all of it or nothing.

        AnotherNode while another is at one; Uncountable when PostgreSQL refuses what is written.
        """
        try:
            async with self._db.transaction() as tx:
                if not await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
                    raise AnotherNode
                step = Step(tx, self._from)
                yield step
        except asyncpg.PostgresError as error:
            raise Uncountable(error.sqlstate or "") from None
        self._from = step.gone_through

    async def lag_s(self) -> float:
        """Return how long what is due next has been waiting, in seconds."""
        found = await self._db.fetchval(LAG, self._from)
        return found if isinstance(found, float) else 0.0


class Step:
    """What can be done under the lock."""

    def __init__(self, tx: Transaction, gone_through: int) -> None:
        self._tx, self.gone_through = tx, gone_through

    async def due(self, notes_max: int) -> Due:
        """Take conversations to which something has happened off the list."""
        rows = await self._tx.fetch(TAKE, self.gone_through, notes_max)
        notes = sum(row["notes"] for row in rows)
        if rows:
            under_way = rows[0]["under_way"]
            newest = max(row["newest"] for row in rows) if notes >= notes_max else under_way
            self.gone_through = min(newest, under_way)
        return Due([row["conversation_id"] for row in rows], notes)

    async def older(self, conversations_max: int) -> list[UUID] | None:
        """Return conversations from before there were reports, newest first; None: no more."""
        shop = await self._tx.fetchrow("SELECT * FROM report_backlog ORDER BY shop_id LIMIT 1")
        if shop is None:
            return None
        rows = await self._tx.fetch(OLDER, *shop, conversations_max)
        if len(rows) < conversations_max:
            await self._tx.execute("DELETE FROM report_backlog WHERE shop_id = $1", shop["shop_id"])
        else:
            await self._tx.execute(GO_ON, shop["shop_id"], rows[-1]["created_at"], rows[-1]["id"])
        return [row["id"] for row in rows]

    async def roll(self) -> bool:
        """Roll up a day that is not yet, or clear away what is of another clock; False: no more."""
        shop = await self._tx.fetchrow(TO_ROLL)
        if shop is None:
            return False
        if not shop["is_stale"]:
            await self._tx.execute("SELECT report_roll_older($1)", shop["shop_id"])
            return True
        gone = [await self._tx.execute(query, shop["shop_id"], CLEARED) for query in CLEAR]
        if not any(gone):
            await self._tx.execute(FRESH, shop["shop_id"])
        return True

    async def stories(self, conversations: Sequence[UUID]) -> list[Story]:
        """Return what is known of conversations; those that are no more are missing."""
        return await stories(self._tx, conversations)

    async def hours(self, shops: Iterable[UUID]) -> dict[UUID, ShopHours]:
        """Return by shop which hours it kept when."""
        return await hours(self._tx, shops)

    async def write(self, conversations: Sequence[UUID], found: Sequence[Facts]) -> None:
        """Put these facts in the place of all that was kept of these conversations.

        What is kept already is left alone: sums follow every row that is written.
        """
        new = {each.fact.conversation_id: each for each in found}
        old = await kept(self._tx, conversations)
        both = [(each, old.get(each), new.get(each)) for each in conversations]
        legs = [each for each, was, now in both if not was or not now or was.legs != now.legs]
        offers = [each for each, was, now in both if not was or not now or was.offers != now.offers]
        facts = [each for each, was, now in both if not was or not now or was.fact != now.fact]
        await self._tx.execute(FORGET_LEGS, legs)
        await self._tx.execute(FORGET_OFFERS, offers)
        await self._tx.execute(FORGET_FACTS, facts)
        known = new.keys()
        await self._tx.execute(WRITE_FACTS, [new[each].fact for each in facts if each in known])
        await self._tx.execute(
            WRITE_LEGS, [leg for each in legs if each in known for leg in new[each].legs]
        )
        await self._tx.execute(
            WRITE_OFFERS, [offer for each in offers if each in known for offer in new[each].offers]
        )


async def stories(db: Queries, conversations: Sequence[UUID]) -> list[Story]:
    """Return conversations as they are stored, each as it was at one moment."""
    return [_story(row) for row in await db.fetch(STORIES, list(conversations))]


async def hours(db: Queries, shops: Iterable[UUID]) -> dict[UUID, ShopHours]:
    """Return by shop which hours it kept when."""
    ids = list(set(shops))
    logs: dict[UUID, list[HoursSince]] = {shop: [] for shop in ids}
    for row in await db.fetch(HOURS, ids):
        logs[row["shop_id"]].append(row_of(HoursSince, row))
    keys: dict[UUID, dict[UUID, str]] = {shop: {} for shop in ids}
    for row in await db.fetch(QUEUES, ids):
        keys[row["shop_id"]][row["id"]] = row["key"]
    return {shop: ShopHours(logs[shop], keys[shop]) for shop in ids}


async def kept(db: Queries, conversations: Sequence[UUID]) -> dict[UUID, Facts]:
    """Return the facts that are kept of conversations; of some of them perhaps none."""
    ids = list(conversations)
    facts = {row["conversation_id"]: row_of(FactRow, row) for row in await db.fetch(FACTS, ids)}
    legs: dict[UUID, list[LegRow]] = {}
    for row in await db.fetch(LEGS, ids):
        legs.setdefault(row["conversation_id"], []).append(row_of(LegRow, row))
    offers: dict[UUID, list[OfferFactRow]] = {}
    for row in await db.fetch(OFFERS, ids):
        offers.setdefault(row["conversation_id"], []).append(row_of(OfferFactRow, row))
    return {
        each: Facts(fact, tuple(legs.get(each, ())), tuple(offers.get(each, ())))
        for each, fact in facts.items()
    }


def _story(row: Record) -> Story:
    return Story(
        conversation_id=row["id"],
        shop_id=row["shop_id"],
        state=row["state"],
        topic=row["topic"] or None,
        locale=row["locale"],
        queue_id=row["queue_id"],
        created_at=row["created_at"],
        closed_by=row["closed_by"],
        score=row["score"],
        events=[Told(*each) for each in _columns(row, TOLD)],
        lines=[Line(*each) for each in _columns(row, LINE)],
        offers=[Asked(*each) for each in _columns(row, ASKED)],
    )


def _columns(row: Record, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Return what stands in arrays side by side as rows."""
    return zip(*(row[name] or () for name in names), strict=True)


TOLD = (
    "told_at",
    "kinds",
    "actors",
    "agents",
    "to_agents",
    "to_queues",
    "from_queues",
    "from_none",
    "warm",
    "heads",
)
LINE = ("seqs", "said_at", "said_by", "senders")
ASKED = ("offer_ids", "offered_to", "offered_at", "offer_ends", "offer_warm")

# Rows of transactions that are under way are not seen yet; those are `under_way` or younger.
TAKE = """
WITH taken AS (
    DELETE FROM report_due
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM report_due WHERE xid >= $1::bigint::text::xid8
                              ORDER BY xid LIMIT $2))
    RETURNING xid, conversation_id
)
SELECT conversation_id, count(*) AS notes, max(xid)::text::bigint AS newest,
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS under_way
  FROM taken GROUP BY conversation_id
"""

OLDER = """
SELECT id, created_at FROM conversation
 WHERE shop_id = $1 AND (created_at, id) < ($2, $3)
 ORDER BY created_at DESC, id DESC LIMIT $4
"""

GO_ON = "UPDATE report_backlog SET before_at = $2, before_id = $3 WHERE shop_id = $1"

# One statement, so that all of it is of one moment.
STORIES = """
SELECT c.id, c.shop_id, c.state, c.topic, c.locale, c.queue_id, c.created_at, c.closed_by, c.score,
       e.told_at, e.kinds, e.actors, e.agents, e.to_agents, e.to_queues, e.from_queues,
       e.from_none, e.warm, e.heads,
       m.seqs, m.said_at, m.said_by, m.senders,
       o.offer_ids, o.offered_to, o.offered_at, o.offer_ends, o.offer_warm
  FROM conversation c
 CROSS JOIN LATERAL (
       SELECT array_agg(at ORDER BY id) AS told_at, array_agg(kind ORDER BY id) AS kinds,
              array_agg(actor_id ORDER BY id) AS actors,
              array_agg((data ->> 'agent')::uuid ORDER BY id) AS agents,
              array_agg((data ->> 'to_agent')::uuid ORDER BY id) AS to_agents,
              array_agg((data ->> 'to_queue')::uuid ORDER BY id) AS to_queues,
              array_agg((data ->> 'from_queue')::uuid ORDER BY id) AS from_queues,
              array_agg(data ? 'from_none' ORDER BY id) AS from_none,
              array_agg(data ? 'warm' ORDER BY id) AS warm, array_agg(head ORDER BY id) AS heads
         FROM conversation_event WHERE conversation_id = c.id) e
 CROSS JOIN LATERAL (
       SELECT array_agg(seq ORDER BY seq) AS seqs, array_agg(at ORDER BY seq) AS said_at,
              array_agg(sender_kind ORDER BY seq) AS said_by,
              array_agg(sender_id ORDER BY seq) AS senders
         FROM message WHERE conversation_id = c.id AND NOT private) m
 CROSS JOIN LATERAL (
       SELECT array_agg(id ORDER BY made_at, id) AS offer_ids,
              array_agg(agent_id ORDER BY made_at, id) AS offered_to,
              array_agg(made_at ORDER BY made_at, id) AS offered_at,
              array_agg(end_reason ORDER BY made_at, id) AS offer_ends,
              array_agg(from_agent_id IS NOT NULL ORDER BY made_at, id) AS offer_warm
         FROM offer WHERE conversation_id = c.id) o
 WHERE c.id = ANY ($1::uuid[])
"""

HOURS = """
SELECT shop_id, since, time_zone, hours, plans FROM shop_hours_log
 WHERE shop_id = ANY ($1::uuid[]) ORDER BY shop_id, since
"""

QUEUES = "SELECT shop_id, id, key FROM queue WHERE shop_id = ANY ($1::uuid[])"

TO_ROLL = """
SELECT shop_id, is_stale FROM report_rolled
 WHERE is_stale OR since > '-infinity' ORDER BY shop_id LIMIT 1
"""
FRESH = "UPDATE report_rolled SET is_stale = false WHERE shop_id = $1"

CLEARED = 20_000
"""Rows of each kind in one step."""

CLEAR: tuple[LiteralString, ...] = (
    """DELETE FROM report_day WHERE ctid = ANY (
           ARRAY(SELECT ctid FROM report_day WHERE shop_id = $1 LIMIT $2))""",
    """DELETE FROM report_bin WHERE ctid = ANY (
           ARRAY(SELECT ctid FROM report_bin WHERE shop_id = $1 LIMIT $2))""",
    """DELETE FROM report_busy WHERE ctid = ANY (
           ARRAY(SELECT ctid FROM report_busy WHERE shop_id = $1 LIMIT $2))""",
)

FORGET_LEGS = "DELETE FROM report_leg WHERE conversation_id = ANY ($1::uuid[])"
FORGET_OFFERS = "DELETE FROM report_offer WHERE conversation_id = ANY ($1::uuid[])"
FORGET_FACTS = "DELETE FROM report_fact WHERE conversation_id = ANY ($1::uuid[])"

WRITE_FACTS = """
INSERT INTO report_fact SELECT * FROM jsonb_populate_recordset(NULL::report_fact, $1)
"""
WRITE_LEGS = """
INSERT INTO report_leg SELECT * FROM jsonb_populate_recordset(NULL::report_leg, $1)
"""
WRITE_OFFERS = """
INSERT INTO report_offer SELECT * FROM jsonb_populate_recordset(NULL::report_offer, $1)
"""

FACTS = "SELECT * FROM report_fact WHERE conversation_id = ANY ($1::uuid[])"
LEGS = """
SELECT * FROM report_leg WHERE conversation_id = ANY ($1::uuid[]) ORDER BY conversation_id, number
"""
OFFERS = """
SELECT * FROM report_offer WHERE conversation_id = ANY ($1::uuid[]) ORDER BY at, offer_id
"""

LAG = """
SELECT extract(epoch FROM clock_timestamp() - at)::float8 FROM report_due
 WHERE xid >= $1::bigint::text::xid8 ORDER BY xid LIMIT 1
"""

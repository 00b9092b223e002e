"""The statements that run all the time use their indexes once there is something to read."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from storage import (
    appending,
    conversation_lists,
    decisions,
    live,
    live_agents,
    messages,
    offers,
    quiet,
    routing_facts,
    transitions,
    visitors,
)
from storage.database import Database
from tests.storage.floor import Floor, at

FILL = """
SELECT setseed(0.42);
INSERT INTO shop (key, name, identity_secret)
SELECT 'shop' || n, 'Shop', '-' FROM generate_series(1, 19) n;
INSERT INTO visitor (shop_id) SELECT id FROM shop, generate_series(1, 200);
INSERT INTO conversation (shop_id, visitor_id, client_id, state, queue_id, agent_id, closed_at,
                          queued_at, wrap_up_until)
SELECT v.shop_id, v.id, 'x' || n, state, (SELECT id FROM queue LIMIT 1),
       CASE WHEN state IN ('active', 'wrap_up', 'closed')
            THEN (SELECT id FROM agent OFFSET n % 20 LIMIT 1) END,
       CASE WHEN state = 'closed' THEN now() - n * interval '1 hour' END, now(),
       CASE WHEN state = 'wrap_up' THEN now() END
  FROM visitor v, generate_series(1, 5) n,
       LATERAL (SELECT CASE WHEN n > 1 OR random() < 0.5 THEN 'closed'
                            ELSE (ARRAY['queued', 'active', 'wrap_up'])[1 + (random() * 2)::int] END
                    AS state) s;
INSERT INTO message (conversation_id, private, seq, client_id, sender_kind, text, at)
SELECT id, false, n, 'y' || n, 'customer', 'text', now()
  FROM conversation, generate_series(1, 10) n WHERE conversation.client_id = 'x1';
INSERT INTO offer (conversation_id, agent_id, expires_at, ended_at, end_reason)
SELECT id, agent_id, now(), now(), 'accepted' FROM conversation WHERE agent_id IS NOT NULL;
INSERT INTO conversation_event (conversation_id, kind, actor_kind)
SELECT id, 'queued', 'customer' FROM conversation;
"""


async def fill(floor: Floor) -> None:
    for number in range(20):
        await floor.agent(f"agent {number}")
    async with floor.db.transaction() as tx:
        # No triggers: what they keep is not read here, and they take most of the time.
        await tx.execute("SET LOCAL session_replication_role = replica")
        for statement in FILL.split(";")[:-1]:
            await tx.execute(statement)
    await floor.db.execute("ANALYZE")


async def read(db: Database, query: str, *arguments: object) -> tuple[float, set[str]]:
    """Return how many rows a query looked at, and the tables that it read whole."""
    found = await db.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}", *arguments)
    nodes = walk(json.loads(str(found))[0]["Plan"])
    scans = [node for node in nodes if "Relation Name" in node]
    looked_at = sum(
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        for node in scans
    )
    return looked_at, {n["Relation Name"] for n in scans if n["Node Type"] == "Seq Scan"}


def walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(below for child in node.get("Plans", []) for below in walk(child))]


async def test_e19_hot_queries_use_their_indexes(floor: Floor) -> None:
    await fill(floor)
    shop, one = floor.shop.id, (await floor.asked()).id
    visitor = await floor.db.fetchval("SELECT id FROM visitor LIMIT 1")
    agent = await floor.db.fetchval("SELECT id FROM agent LIMIT 1")
    busy = await floor.db.fetchval("SELECT shop_id FROM conversation ORDER BY id LIMIT 1")
    closed = await floor.db.fetchval("SELECT id FROM conversation WHERE state = 'closed' LIMIT 1")
    last = conversation_lists.LAST_ID
    words: tuple[object, ...] = ("x", "customer", visitor, None, "Hello?", False, None, at(0))
    stranger = [[each] for each in (uuid4(), shop, *words)]
    statements = [
        (messages.SINCE, one, False, 5, 200),
        (messages.LAST, one, False, 50),
        (messages.HEADS, [one]),
        (appending.APPEND_UNHELD, *stranger),
        (conversation_lists.OPEN_OF, visitor),
        (conversation_lists.WAITING, shop, 200),
        (conversation_lists.IN_HAND, agent),
        (conversation_lists.OF_VISITOR, visitor, None, 20),
        (conversation_lists.OF_SHOP, busy, closed, 20, last),
        (conversation_lists.CLOSED, busy, closed, 20, last),
        (conversation_lists.CLOSED_OF_AGENT, busy, closed, 20, last, agent),
        (routing_facts.WAITING_OF_SHOP, shop),
        (routing_facts.WAITING, [one]),
        (transitions.WRAP_UPS_BY, at(0)),
        (offers.LIVE_OF_AGENT, agent),
        (visitors.SUMMARIES, [visitor]),
        (decisions.IN_FORCE, [one, closed]),
        (decisions.OFFERS_OF, closed),
        (quiet.DUE, at(0), 1000),
        (quiet.AWAKE, [one, closed], at(0), 100),
        (quiet.AMONG, [one, closed]),
    ]
    for query, *arguments in statements:
        rows, whole = await read(floor.db, query, *arguments)
        assert rows < 1500, query
        assert not whole & {"conversation", "message", "offer", "conversation_event"}, query
    for query, *arguments in [  # as many as there are, and what belongs to them
        (quiet.ALL,),
        (live.OPEN, shop),
        (live.CHANGED, [busy], 100, 200),
        (live_agents.REPLIED, shop),
        (live_agents.DAYS, busy, at(0)),
    ]:
        _, whole = await read(floor.db, query, *arguments)
        assert not whole & {"conversation", "conversation_event", "offer", "message"}, query


async def test_appending_never_reads_a_table_whole(floor: Floor) -> None:
    rows = [await floor.asked() for _ in range(5)]
    counts = """
        SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN ('conversation', 'message')
    """
    flush = "SELECT pg_stat_force_next_flush()"
    await floor.db.fetchval(flush)
    before = await floor.db.fetchval(counts)
    for number in range(20):
        await floor.says(rows[number % 5], "again")
    await floor.db.fetchval(flush)
    assert await floor.db.fetchval(counts) == before

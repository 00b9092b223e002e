"""What reports ask goes by an index once there is a past of some length."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, get_args

import pytest

from storage.database import Database
from storage.reports.facts import PLAIN, SOURCES
from storage.reports.figures import BY_NAME, FIGURES
from storage.reports.queries import By, counting, levelling, listing, overlapping
from storage.reports.rolled import SUMS, busying, summing
from storage.reports.spread import spreading, surviving
from storage.states import SPENT, StateLog
from tests.storage.floor import NOON, Floor

FILL = """
WITH past AS (
    SELECT uuidv7() AS id, $1::uuid AS shop_id, $2::timestamptz - n * interval '10 min' AS at
      FROM generate_series(1, 20000) n
), facts AS (
    INSERT INTO report_fact (conversation_id, shop_id, at, channel, fate, is_over, wait_ms,
                             wait_open_ms, transfers, reopened)
    SELECT id, shop_id, at, 'chat', 'answered', true, 1000, 1000, 0, 0 FROM past
), offers AS (
    INSERT INTO report_offer (offer_id, conversation_id, shop_id, at, is_warm, agent_id, channel)
    SELECT uuidv7(), id, shop_id, at, false, id, 'chat' FROM past
)
INSERT INTO report_leg (conversation_id, number, shop_id, at, ended_at, agent_id, channel,
                        handle_ms, is_last)
SELECT id, 1, shop_id, at, at + interval '1 min', id, 'chat', 60000, true FROM past
"""


@pytest.fixture
async def past(floor: Floor) -> Floor:
    """Let a shop have four months behind it, of which nothing is rolled up."""
    await floor.db.execute("UPDATE report_rolled SET since = 'infinity'")
    await floor.db.execute(FILL, floor.shop.id, NOON)
    for table in ("report_fact", "report_leg", "report_offer"):
        await floor.db.execute(f"ANALYZE {table}")  # type: ignore[arg-type]
    return floor


async def whole(db: Database, query: str, *arguments: object) -> set[str]:
    """Return the tables that a statement reads from end to end."""
    found = await db.fetchval(f"EXPLAIN (FORMAT JSON) {query}", *arguments)  # type: ignore[arg-type]
    return set(scanned(json.loads(str(found))[0]["Plan"]))


def scanned(node: dict[str, Any]) -> list[str]:
    inner = [each for part in node.get("Plans", []) for each in scanned(part)]
    return [*inner, *([node["Relation Name"]] if "Seq Scan" in node["Node Type"] else [])]


async def test_a_week_is_not_looked_for_in_all_months(past: Floor) -> None:
    asked = (past.shop.id, NOON - timedelta(days=7), NOON, "UTC", False, 60_000)
    for by in get_args(By):
        for source in ("conversations", "stretches", "offers"):
            figures = [each for each in FIGURES if each.source == source and each.way in PLAIN]
            assert await whole(past.db, counting(source, by, figures), *asked) == set()
        for each in FIGURES:
            rows = (*asked, "x", False, NOON, "", 51)
            assert await whole(past.db, listing(by, each), *rows) == set(), each.name
        assert await whole(past.db, levelling(by, BY_NAME["level_virtual"]), *asked) == set()
        assert await whole(past.db, overlapping(by, BY_NAME["concurrency"]), *asked) == set()


async def test_what_agents_had_in_hand_is_looked_for_by_when_it_ended(past: Floor) -> None:
    lin = await past.agent()
    await past.db.execute("UPDATE report_leg SET agent_id = $1", lin)
    await past.db.execute("ANALYZE report_leg")
    await StateLog(past.db).vouch(past.shop.id, [lin], "n", NOON - timedelta(days=1), NOON)
    plan = await past.db.fetchval(
        f"EXPLAIN (FORMAT JSON) {SPENT}", past.shop.id, NOON - timedelta(days=1), NOON
    )
    assert "report_leg_ended" in str(plan)


async def test_a_long_time_is_looked_for_in_days_and_months(past: Floor) -> None:
    asked = (past.shop.id, NOON - timedelta(days=100), NOON, "UTC", False, 60_000)
    bins = (*asked[:5], 60, 0.5)
    facts = {"report_fact", "report_leg", "report_offer"}
    spread = [each for each in FIGURES if each.name not in SUMS and each.way in PLAIN]
    for by in get_args(By):
        for source in SOURCES:
            sums = [each for each in FIGURES if each.source == source and each.name in SUMS]
            assert not facts & await whole(past.db, summing(source, by, sums), *asked)
        assert not facts & await whole(past.db, busying(by), *asked)
        if by != "weekhour":
            assert not facts & await whole(past.db, spreading(by, spread), *bins)
            virtual = surviving(by, BY_NAME["level_virtual"])
            assert not facts & await whole(past.db, virtual, *bins)

"""The demo shop is filled once, and its past is one that could have happened."""

from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry

from routing.simulator.replay import SimulationRequest
from server.seeding.crew import hire
from server.seeding.first import found, keep_logins
from server.seeding.setup import SHOP_KEY
from server.services.passwords import Passwords
from server.services.quality.job import Judge, JudgeMetrics
from server.simulating.replays import read_change, simulate
from server.simulating.shop import recorded_traffic
from storage.alert_rules import AlertRules
from storage.database import Database
from storage.quality.judging import Judging
from storage.quality.reviews import Reviews
from storage.quality.scorecards import Scorecards
from storage.shops import Shops
from tests.seeding.recount import FINGERPRINT, RECOUNT
from tests.support.clock import FakeClock

NOW = datetime(2026, 7, 10, 9, 30, 17, tzinfo=UTC)
PASSWORD = "river-and-reed"
ORIGINS = ["http://localhost:8080"]


async def test_filling_it_twice_changes_nothing(database: Database) -> None:
    assert await found(database, PASSWORD, ORIGINS, NOW)
    before = await database.fetchrow(FINGERPRINT)

    assert not await found(database, "another password", [], NOW)

    assert await database.fetchrow(FINGERPRINT) == before


async def test_another_password_lets_in_those_who_shared_the_old_one(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)
    await database.execute("UPDATE agent SET password_hash = 'own' WHERE email = 'sofia@demo.kefu'")

    await keep_logins(database, "another password")

    rows = await database.fetch("SELECT email, password_hash FROM agent")
    stored = {row["email"]: row["password_hash"] for row in rows}
    assert await Passwords().matches(stored["admin@demo.kefu"], "another password")
    assert stored["sofia@demo.kefu"] == "own"


async def test_p12_every_stored_figure_equals_a_recount_of_the_messages(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)

    wrong = await database.fetch(RECOUNT)

    assert [dict(row) for row in wrong] == []
    assert await database.fetchval("SELECT count(*) FROM conversation") > 400  # pyright: ignore[reportOperatorIssue]


async def test_p3_the_messages_of_the_past_have_no_holes(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)

    holes = await database.fetch(
        "SELECT c.id FROM conversation c JOIN message m ON m.conversation_id = c.id"
        " GROUP BY c.id HAVING max(m.seq) <> count(*) OR c.head <> count(*)"
    )

    assert holes == []


async def test_p4_nobody_ever_held_more_than_they_can(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)

    over = await database.fetch(
        "SELECT a.name FROM conversation c JOIN agent a ON a.id = c.agent_id"
        " JOIN conversation o ON o.agent_id = a.id AND o.assigned_at <= c.assigned_at"
        "  AND o.closed_at > c.assigned_at"
        " GROUP BY c.id, a.id HAVING count(*) > a.capacity"
    )

    assert over == []


async def test_both_languages_and_every_topic_are_spoken(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)

    spoken = await database.fetch("SELECT DISTINCT locale, topic FROM conversation")

    assert len(spoken) == 10


async def test_the_past_ends_before_the_present_and_nothing_is_open(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)

    late = await database.fetchval(
        "SELECT count(*) FROM conversation WHERE closed_at >= $1 OR scored_at >= $1"
        " OR closed_at IS NULL",
        NOW,
    )

    assert late == 0


async def test_agents_for_a_load_test_can_sign_in_and_serve(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)

    await hire(database, "first password", 5, 2, NOW)
    emails = await hire(database, "second password", 7, 3, NOW)

    rows = await database.fetch(
        "SELECT email, password_hash, (SELECT count(*) FROM agent_skill"
        " WHERE agent_id = id) AS skills"
        " FROM agent WHERE email LIKE 'agent%' ORDER BY id"
    )
    assert {row["email"] for row in rows} == set(emails)
    assert all(row["skills"] >= 3 for row in rows)
    assert await Passwords().matches(rows[0]["password_hash"], "second password")
    assert await database.fetchval("SELECT count(*) FROM queue WHERE key LIKE 'load-%'") == 3


async def test_yesterday_had_a_busy_stretch_in_which_customers_waited(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)

    noon = datetime(2026, 7, 9, 4, 0, tzinfo=UTC)  # 12:00 in the shop
    rows = await database.fetch(
        "SELECT count(*) AS came, count(*) FILTER (WHERE agent_id IS NULL) AS left_it,"
        " count(DISTINCT agent_id) AS agents, avg(waiting_ms)::float8 / 1000 AS waited_s"
        " FROM conversation WHERE queued_at BETWEEN $1 AND $1 + interval '1 hour'",
        noon,
    )

    (stretch,) = rows
    assert stretch["came"] == 110
    assert stretch["agents"] == 2
    assert 20 < stretch["waited_s"] < 120
    assert 3 < stretch["left_it"] < 40


async def test_pages_of_those_who_lead_are_not_empty(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)
    shop = await Shops(database).by_key(SHOP_KEY)
    assert shop is not None

    rules = {each.id: each for each in await AlertRules(database).of_shop(shop.id)}
    raised = await database.fetch(
        "SELECT a.*, EXISTS (SELECT FROM conversation c WHERE c.queue_id = a.subject_id"
        " AND coalesce(c.assigned_at, c.closed_at) - c.queued_at >= a.value * interval '1 s'"
        " AND c.queued_at < a.raised_at) AS is_true FROM alert a"
    )
    assert len(rules) == 5
    assert raised, "yesterday at noon somebody waited too long"
    for each in raised:
        rule = rules[each["rule_id"]]
        assert each["is_true"]
        assert each["value"] > rule.threshold
        assert each["began_at"] < each["raised_at"] < each["cleared_at"] < NOW, "and all is over"

    cards = await Scorecards(database).of_shop(shop.id)
    assert [each.name for each in cards] == ["Complaints", "Every conversation"]
    reviews = await database.fetch("SELECT * FROM review ORDER BY id")
    assert {each["reply"] for each in reviews} == {None, "acknowledged", "answered", "disputed"}
    assert [each["published_at"] is None for each in reviews].count(True) == 1
    for each in reviews:
        parts = await Reviews(database).parts(each["conversation_id"])
        assert each["agent_id"] in {part.agent_id for part in parts}
    metrics = JudgeMetrics(CollectorRegistry())
    judge = Judge(Judging(database), FakeClock(NOW), metrics)
    while await judge.turn():
        pass
    assert await database.fetchval("SELECT count(*) FROM review_task"), "there is something to do"
    assert await database.fetchval("SELECT count(*) FROM conversation_tag") == 18


async def test_one_more_at_noon_would_have_shortened_the_wait(database: Database) -> None:
    await found(database, PASSWORD, ORIGINS, NOW)
    shop = await Shops(database).by_key(SHOP_KEY)
    assert shop is not None
    week = await recorded_traffic(database, shop.id, NOW - timedelta(days=7), NOW)
    change = read_change(b'{"agents": {"change": {"mei@demo.kefu": {"capacity": 5}}}}')

    shorter = simulate(SimulationRequest(traffic=week, change=change, seeds=3)).difference

    wait = shorter.total["mean_wait"]
    assert wait.mean + wait.half < -1

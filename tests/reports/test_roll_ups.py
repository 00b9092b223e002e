"""Roll-ups say what the facts say, whoever writes those, and whatever clock the shop goes by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from server.seeding.first import found
from server.seeding.setup import SHOP_KEY
from storage.database import Database
from storage.reports.bins import LAST, bin_of, end_ms, limit, middle_ms
from storage.reports.counts import Counted, Key, Scope, Table, together
from storage.reports.facts import FromFacts
from storage.reports.figures import BY_NAME, FIGURES, Figure
from storage.reports.keeping import LOCK
from storage.reports.queries import By
from storage.reports.roll_ups import FromRollUps
from storage.shops import Shops
from tests.reports.books import Books
from tests.reports.test_figures import a_day
from tests.storage.floor import NOON, Floor, at

NOW = datetime(2026, 7, 10, 9, 30, tzinfo=UTC)
HALF_A_SECOND_MS = 500.0
SHARE = 0.0125
LIMIT_OFF = 2
"""Conversations that wait as long as the bin of the limit is wide."""


@dataclass(frozen=True)
class Both:
    """The same report from facts and from roll-ups."""

    db: Database
    shop_id: UUID
    zone: str
    until: datetime = NOW.replace(hour=0, minute=0) + timedelta(days=1)

    def scope(self, hours: bool, within_s: int = 60) -> Scope:
        return Scope(
            shop_id=self.shop_id,
            since=self.until - timedelta(days=75),
            until=self.until,
            time_zone=self.zone,
            in_open_hours=hours,
            within_ms=1000 * within_s,
        )

    async def counted(self, by: By, scope: Scope, figures: Sequence[Figure]) -> tuple[Table, Table]:
        facts = FromFacts(self.db.fetch)
        rolled = FromRollUps(self.db.fetch, facts)
        return (
            together([await part for part in facts.parts(scope, by, figures)]),
            together([await part for part in rolled.parts(scope, by, figures)]),
        )

    async def agree(self, by: By, hours: bool, within_s: int = 60) -> int:
        """Compare all figures of all lines; return how many were rough."""
        figures = FIGURES
        if by == "weekhour":
            figures = tuple(each for each in FIGURES if each.way in {"sum", "mean"})
        facts, rolled = await self.counted(by, self.scope(hours, within_s), figures)
        assert with_rows(facts) == with_rows(rolled)
        assert with_rows(facts)
        rough = 0
        for key, line in facts.items():
            for name, exact in line.items():
                found = rolled.get(key, {}).get(name, Counted(0))
                assert found.rows == exact.rows or rounded(BY_NAME[name], found, exact), (
                    by,
                    key,
                    name,
                )
                if exact.rows:
                    near(BY_NAME[name], found, exact)
                    rough += found.rough
        return rough


def with_rows(table: Table) -> set[Key]:
    """Return the lines in which anything was counted."""
    return {key for key, line in table.items() if any(each.rows for each in line.values())}


def rounded(figure: Figure, found: Counted, exact: Counted) -> bool:
    """Tell whether rows differ only by those whom a limit within a bin leaves out."""
    return found.rough and figure.level is not None and abs(found.rows - exact.rows) <= LIMIT_OFF


def near(figure: Figure, found: Counted, exact: Counted) -> None:
    """A sum is what it is; a percentile as exact as it says."""
    if not found.rough:
        assert (found.total, found.weight, found.value) == (exact.total, exact.weight, exact.value)
        assert found.deviation == pytest.approx(exact.deviation)
    elif figure.way in {"p50", "p90"}:
        assert found.value is not None
        assert exact.value is not None
        assert abs(found.value - exact.value) <= max(HALF_A_SECOND_MS, SHARE * exact.value)
    elif figure.way == "virtual":
        assert found.value == pytest.approx(exact.value, abs=0.005)
    elif figure.level is not None:  # those in the bin of the limit are as if spread evenly
        assert found.weight == pytest.approx(exact.weight, abs=LIMIT_OFF)
        assert found.total == pytest.approx(exact.total, abs=LIMIT_OFF)
    else:  # what goes on over midnight counts on both days
        assert found.total == exact.total
        assert exact.weight <= found.weight <= 1.05 * exact.weight


@pytest.mark.timeout(90)
async def test_weeks_of_talk_are_the_same_from_roll_ups_and_from_facts(
    floor: Floor, books: Books
) -> None:
    assert await found(floor.db, "river-and-reed", [], NOW)
    await books.job.catch_up()
    shop = await Shops(floor.db).by_key(SHOP_KEY)
    assert shop is not None
    both = Both(floor.db, shop.id, shop.time_zone)
    for by in get_args(By):
        rough = await both.agree(by, hours=by in {"queue", "day"})
        assert rough > 0 or by == "weekhour", "nothing came from roll-ups"
    assert await both.agree("agent", hours=False, within_s=63) > 0  # a limit within no bin's end
    assert await both.agree("queue", hours=False, within_s=201) > 0

    # By another clock days are others. Until all is rolled up anew, facts are counted.
    await Shops(floor.db).update(shop.id, {"time_zone": "Asia/Kolkata"}, NOON)
    kolkata = Both(floor.db, shop.id, "Asia/Kolkata", both.until - timedelta(hours=5, minutes=30))
    assert await kolkata.agree("day", hours=False) == 0
    await books.job.catch_up()
    assert await kolkata.agree("day", hours=False) > 0
    assert await kolkata.agree("hour", hours=True) > 0
    assert (await books.recount(shop.id)).is_well


async def test_roll_ups_follow_whoever_writes_facts(floor: Floor, books: Books) -> None:
    await a_day(floor)
    await books.job.catch_up()
    await floor.db.execute("UPDATE report_fact SET wait_ms = 1, at = at - interval '2 days'")
    await floor.db.execute("UPDATE report_leg SET score = 1, agent_id = uuidv7() WHERE number = 1")
    await floor.db.execute("DELETE FROM report_offer WHERE ending = 'accepted'")
    result = await books.recount()
    assert result.differences
    assert result.cells == []
    assert await floor.db.fetchval(
        "SELECT sum(conversations) FROM report_day WHERE axis = 'shop' AND day = $1",
        NOON.date() - timedelta(days=2),
    ) == await floor.db.fetchval("SELECT count(*) FROM report_fact")


async def test_facts_from_before_there_were_roll_ups_are_taken_in_day_by_day(
    floor: Floor, books: Books
) -> None:
    await a_day(floor)
    for days in (1, 2, 40):
        await floor.asked(seconds=-days * 86_400)
    await floor.db.execute("UPDATE report_rolled SET since = 'infinity'")
    rolled = "SELECT day FROM report_day WHERE axis = 'shop' ORDER BY day DESC"
    assert await books.job.turn()  # what is due, and the newest day
    assert [row["day"] for row in await floor.db.fetch(rolled)] == [NOON.date()]
    await books.job.catch_up()
    days = [row["day"] for row in await floor.db.fetch(rolled)]
    assert [(NOON.date() - day).days for day in days] == [0, 1, 2, 40]
    assert (await books.recount()).is_well


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Europe/Berlin", {date(2026, 3, 29): 23, date(2026, 10, 25): 25}),
        ("America/Havana", {date(2026, 3, 8): 23, date(2026, 11, 1): 25}),  # at midnight
    ],
)
async def test_days_on_which_clocks_are_changed_are_as_long_as_they_are(
    floor: Floor, books: Books, zone: str, days: dict[date, int]
) -> None:
    await Shops(floor.db).update(floor.shop.id, {"time_zone": zone}, NOON)
    for day in days:
        middle = datetime.combine(day, NOON.timetz())
        for hour in range(-24, 27):
            asked = (middle + timedelta(hours=hour, minutes=30) - NOON).total_seconds()
            row = await floor.asked(seconds=asked)
            await floor.transitions.end_by_customer(row.id, row.visitor_id, at(asked + 7 + hour))
    await books.job.catch_up()
    for day, hours in days.items():
        until = datetime.combine(day + timedelta(days=3), time(), ZoneInfo(zone))
        both = Both(floor.db, floor.shop.id, zone, until)
        facts, rolled = await both.counted("day", both.scope(hours=False), [BY_NAME["asked"]])
        assert facts == rolled
        assert facts[False, day.isoformat()]["asked"].total == hours
        for by in ("day", "weekday", "hour", "queue"):
            await both.agree(by, hours=False)
    assert (await books.recount()).is_well


WRONG = (
    "UPDATE report_day SET asked = asked + 1 WHERE axis = 'queue'",
    "UPDATE report_day SET scores = 0 WHERE axis = 'agent' AND scores > 0",
    "UPDATE report_day SET scores_squared = 0 WHERE axis = 'queue' AND scores > 0",
    "UPDATE report_bin SET bin = bin + 1 WHERE axis = 'hour' AND measure = 'answered'",
    "DELETE FROM report_busy WHERE axis = 'shop'",
)


async def test_a_recount_finds_a_sum_that_is_wrong_and_puts_it_right(
    floor: Floor, books: Books
) -> None:
    await a_day(floor)
    await books.job.catch_up()
    for spoil in WRONG:
        await floor.db.execute(spoil)  # type: ignore[arg-type]
        result = await books.recount()
        assert not result.differences
        assert {cell.day for cell in result.cells} <= {NOON.date(), NOON.date().replace(day=1)}
        assert result.cells, spoil
        await books.repair(result)
        assert (await books.recount()).is_well


async def test_a_step_that_fails_leaves_sums_as_they_were(floor: Floor, books: Books) -> None:
    row = await floor.asked()
    await books.job.catch_up()
    await floor.transitions.end_by_customer(row.id, row.visitor_id, at(5))
    async with spoilt(floor, "report_bin", "measure <> 'abandoned'"):
        await books.job.catch_up()
    sums = await floor.db.fetchrow("SELECT waiting, abandoned FROM report_day WHERE axis = 'shop'")
    assert sums is not None
    assert tuple(sums) == (1, 0)


async def test_a_conversation_that_sums_refuse_keeps_no_other_from_them(
    floor: Floor, books: Books
) -> None:
    lin, _ = await a_day(floor)
    seen = "SELECT count(*) FROM report_fact"
    async with spoilt(floor, "report_leg", "score <> 5"):
        assert await books.job.turn()
        for _ in range(20):
            await books.job.turn()
        assert await floor.db.fetchval(seen) == 4
        assert books.value("kefu_reports_failed_total") > 0
        await floor.asked(seconds=300)
        await books.job.turn()
        assert await floor.db.fetchval(seen) == 5

    result = await books.recount()
    assert {each.row.split()[0] for each in result.differences} == {
        "conversation",
        "stretch",
        "offer",
    }
    await books.repair(result)
    assert (await books.recount()).is_well
    assert await floor.db.fetchval("SELECT count(*) FROM report_leg WHERE agent_id = $1", lin) == 2


async def test_a_clock_that_postgresql_does_not_have_stops_no_node(
    floor: Floor, books: Books
) -> None:
    await floor.asked()
    await floor.db.execute("UPDATE report_rolled SET time_zone = 'Asia/Atlantis'")
    await floor.db.execute("UPDATE report_rolled SET since = 'infinity'")
    for _ in range(3):
        await books.job.turn()
    assert books.value("kefu_reports_failed_total") > 0
    assert books.value("kefu_reports_lag_seconds") >= 0


@asynccontextmanager
async def spoilt(floor: Floor, table: str, check: str) -> AsyncGenerator[None]:
    """Let PostgreSQL refuse some rows for a while."""
    await floor.db.execute(f"ALTER TABLE {table} ADD CONSTRAINT spoilt CHECK ({check})")  # type: ignore[arg-type]
    yield
    await floor.db.execute(f"ALTER TABLE {table} DROP CONSTRAINT spoilt")  # type: ignore[arg-type]


MANY = """
INSERT INTO report_fact (conversation_id, shop_id, at, channel, fate, is_over, wait_ms,
                         wait_open_ms, transfers, reopened, customer_messages, agent_messages)
SELECT uuidv7(), $1, $2::timestamptz + n * interval '1 s', 'chat', 'answered', true, n, n,
       0, 0, 1, 1
  FROM generate_series(1, $3::integer) n
"""


async def test_a_day_of_very_many_is_rolled_up_in_parts(floor: Floor, books: Books) -> None:
    await floor.db.execute("UPDATE report_rolled SET since = 'infinity'")
    await floor.db.execute(MANY, floor.shop.id, NOON, 12_000)
    taken_in = "SELECT conversations FROM report_day WHERE axis = 'shop'"
    found = list[object]()
    while await books.job.turn():
        found.append(await floor.db.fetchval(taken_in))
    assert found == [5_000, 10_000, 12_000, 12_000]
    assert [cell async for cell in books.roll_ups.differences(None)] == []


async def test_a_change_of_the_clock_waits_for_who_counts(floor: Floor, books: Books) -> None:
    """It would hold what is counted, and wait for whoever waits for it."""
    await floor.asked()
    async with floor.db.transaction() as tx:
        await tx.fetchval("SELECT pg_advisory_xact_lock($1)", LOCK)
        changing = asyncio.create_task(
            Shops(floor.db).update(floor.shop.id, {"time_zone": "Asia/Kolkata"}, NOON)
        )
        while not await floor.db.fetchval(WAITS):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await tx.execute("UPDATE report_rolled SET since = since")
    assert await changing is not None
    await books.job.catch_up()
    assert (await books.recount()).is_well


WAITS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def test_bins_are_the_same_here_and_in_postgresql(database: Database) -> None:
    chance = Random(1)
    values = [-5, 0, 1, 999, 1000, 1001, 100_000, 100_001, 10**12]
    values += [round(10 ** chance.uniform(0, 9.5)) for _ in range(2000)]
    values += [end_ms(number) + more for number in range(LAST) for more in (0, 1)]
    bins = await database.fetchval(
        "SELECT array_agg(report_bin_of(ms) ORDER BY place) "
        "FROM unnest($1::bigint[]) WITH ORDINALITY AS v (ms, place)",
        values,
    )
    assert bins == [bin_of(value) for value in values]
    for value in values:
        if 0 < value < end_ms(LAST):
            assert end_ms(bin_of(value) - 1) < value <= end_ms(bin_of(value))
            off = abs(middle_ms(bin_of(value)) - value)
            assert off <= max(HALF_A_SECOND_MS, SHARE * value), value


def test_every_usual_limit_is_the_end_of_a_bin() -> None:
    usual = (1, 20, 60, 90, 120, 300, 1800, 3600, 7200)
    assert all(limit(1000 * seconds)[1] == 0 for seconds in usual)
    assert limit(60_000) == (60, 0.0)
    assert limit(201_000) == (150, 0.2)

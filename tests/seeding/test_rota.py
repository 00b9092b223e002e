"""The demo shop has a plan with something to find in it, and a log that its past does not deny."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from server.protocol.adherence import Adherence, DayQuery
from server.protocol.schedule import NeedQuery, WeekNeed
from server.seeding.first import found
from server.seeding.rota import Rota
from server.seeding.setup import SHOP_KEY
from server.seeding.staff import Maker
from server.services.schedule.adherence import AdherenceDesk
from server.services.schedule.outlook import Outlooks, Sources
from server.services.schedule.staffing import Staffing
from server.services.seats import AgentSeat
from storage.agents import Agents
from storage.database import Database
from storage.demand import DemandStore
from storage.live_agents import LiveAgents
from storage.routing_facts import RoutingFacts
from storage.schedule.shifts import Shifts
from storage.schedule.swaps import Swaps
from storage.shops import Shops
from storage.states import StateLog
from tests.assignment.nodes import stores_of
from tests.support.clock import FakeClock

NOW = datetime(2026, 7, 9, 9, 30, 17, tzinfo=UTC)  # a Thursday, 17:30 in the shop
TODAY = date(2026, 7, 9)
NOON = 12 * 60


class Seeded:
    """The demo shop, and who leads it."""

    def __init__(self, db: Database, lead: AgentSeat) -> None:
        self.db, self.lead, self.clock = db, lead, FakeClock(NOW)

    async def need(self, day: date) -> WeekNeed:
        sources = Sources(
            DemandStore(self.db),
            RoutingFacts(self.db),
            LiveAgents(self.db),
            Shifts(self.db),
            self.clock,
        )
        staffing = Staffing(Outlooks(sources), stores_of(self.db), self.clock)
        return await staffing.week(self.lead, NeedQuery(day=day))

    async def adherence(self, day: date) -> Adherence:
        desk = AdherenceDesk(Shifts(self.db), StateLog(self.db), stores_of(self.db), self.clock)
        return await desk.of_shop(self.lead, DayQuery(day=day))


@pytest.fixture
async def seeded(database: Database) -> Seeded:
    assert await found(database, "river-and-reed", ["http://localhost:8080"], NOW)
    shop = await Shops(database).by_key(SHOP_KEY)
    assert shop is not None
    people = {each.email: each for each in await Agents(database).of_shop(shop.id)}
    qin = people["qin@demo.kefu"]
    return Seeded(database, AgentSeat(qin.id, shop.id, qin.name, "supervisor"))


async def test_one_gap_is_worth_finding_and_a_swap_waits(seeded: Seeded) -> None:
    need = await seeded.need(TODAY)

    tomorrow = [gap for gap in need.gaps if gap.day == TODAY + timedelta(days=1)]
    longest = max(need.gaps, key=lambda gap: gap.end - gap.start)
    assert longest in tomorrow
    assert {gap.queue.name for gap in tomorrow if gap.queue and gap.start < NOON} >= {
        "Returns and after-sales · 退换货与售后",
        "Order and delivery · 订单与配送",
    }
    swaps = await Swaps(seeded.db).open(seeded.lead.shop_id, NOW)
    assert [each.to_id for each in swaps] == [None]


async def test_past_days_have_shares_and_named_exceptions(seeded: Seeded) -> None:
    kinds: set[str] = set()
    for back in range(1, 15):
        told = await seeded.adherence(TODAY - timedelta(days=back))
        kinds |= {each.kind for line in told.lines for each in line.exceptions}
        assert told.total.adherence is not None
        assert 0.7 < told.total.adherence < 1
        assert told.total.unknown_s == 0
    assert kinds == {"late", "left_early", "long_break", "unplanned_break", "absent"}


async def test_the_log_denies_no_conversation_of_the_past(seeded: Seeded) -> None:
    denied = await seeded.db.fetch(
        "SELECT c.id FROM conversation c WHERE c.agent_id IS NOT NULL AND NOT (EXISTS ("
        " SELECT FROM agent_presence p WHERE p.agent_id = c.agent_id"
        "  AND p.since <= c.assigned_at AND p.until >= c.closed_at) AND EXISTS ("
        " SELECT FROM agent_state s WHERE s.agent_id = c.agent_id AND s.state = 'available'"
        "  AND s.since <= c.assigned_at AND s.until >= c.closed_at))"
    )
    assert denied == []
    twice = await seeded.db.fetchval(
        "SELECT count(*) FROM agent_state a JOIN agent_state b USING (agent_id)"
        " WHERE a.ctid <> b.ctid AND tstzrange(a.since, a.until) && tstzrange(b.since, b.until)"
    )
    assert twice == 0
    late = await seeded.db.fetchval("SELECT count(*) FROM agent_presence WHERE until > $1", NOW)
    assert late == 0


@pytest.mark.parametrize("offset", range(7))
def test_whatever_day_it_is_nobody_works_twice_at_once(offset: int) -> None:
    now = NOW + timedelta(days=offset)
    maker = Maker(now, Random(1))
    shop = maker.shop([])
    rota = Rota.of(maker.staff(shop.id, "-"), now, shop.time_zone, Random(1), 28)

    for rows in rota.shifts.values():
        for one, other in pairwise(sorted(rows, key=lambda row: row.starts_at)):
            assert one.ends_at <= other.starts_at
    assert len(rota.swaps) == len(rota.absent) == 1
    assert all(row.changed_at < row.starts_at for row in rota.every())

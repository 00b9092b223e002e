"""A shop whose week is planned: its people by name, and the desks they plan at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from server.protocol.schedule import NeedQuery, NewShift, Shift, WeekNeed
from server.services.schedule.decisions import Decisions
from server.services.schedule.mine import OwnDesk
from server.services.schedule.outlook import Outlooks, Sources
from server.services.schedule.plan import PlanDesk, ScheduleStores
from server.services.schedule.staffing import Staffing
from server.services.schedule.trials import DayTrials
from server.services.seats import AgentSeat
from server.simulating.shop import expected_traffic
from storage.agents import Agents, NewAgent
from storage.database import Database
from storage.demand import DemandStore
from storage.live_agents import LiveAgents
from storage.people import QueueRow, ShopRow
from storage.queues import NewQueue, Queues
from storage.routing_facts import RoutingFacts
from storage.schedule.shifts import Shifts
from storage.schedule.swaps import Swaps
from storage.schedule.time_off import TimeOff
from storage.shops import ShopChanges, Shops
from storage.skills import Skills
from tests.assignment.nodes import stores_of
from tests.support.clock import FakeClock
from tests.support.past import Talk, had

MONDAY = date(2026, 3, 2)
"""The day that it is, 10:00 in Berlin."""

NINE, NOON, FIVE = 9 * 60, 12 * 60, 17 * 60


class Rota:
    """A shop in Berlin with one queue, on a Monday morning."""

    def __init__(self, db: Database, shop: ShopRow, queue: QueueRow) -> None:
        self.db, self.shop, self.queue = db, shop, queue
        self.clock = FakeClock()
        kept = ScheduleStores(Shifts(db), TimeOff(db), Swaps(db))
        stores = stores_of(db)
        people = LiveAgents(db)
        sources = Sources(DemandStore(db), RoutingFacts(db), people, kept.shifts, self.clock)
        outlooks = Outlooks(sources)
        self.plan = PlanDesk(kept, stores, self.clock)
        self.mine = OwnDesk(kept, stores, self.clock)
        self.decisions = Decisions(kept, stores, self.clock)
        self.staffing = Staffing(outlooks, stores, self.clock)
        self.trials = DayTrials(outlooks, stores, partial(expected_traffic, db), self.clock)
        self.lead = AgentSeat(uuid4(), shop.id, "Lea", "supervisor")

    @classmethod
    async def open(cls, db: Database, key: str = "tea") -> Rota:
        shops = Shops(db)
        shop = await shops.create(
            key, "Tea House", "secret", ShopChanges(time_zone="Europe/Berlin")
        )
        queue = await Queues(db).create(
            NewQueue(shop_id=shop.id, key="general", name="General", target_s=60)
        )
        rota = cls(db, shop, queue)
        rota.lead = await rota.agent("Lea", role="supervisor")
        return rota

    async def agent(
        self, name: str, *, role: str = "agent", capacity: int = 1, **skills: int
    ) -> AgentSeat:
        """Return somebody new; ``skills`` are made where there are none of that key."""
        known = {each.key: each.id for each in await Skills(self.db).of_shop(self.shop.id)}
        for key in skills.keys() - known.keys():
            known[key] = (await Skills(self.db).create(self.shop.id, key, key.title())).id
        row = await Agents(self.db).create(
            NewAgent(
                shop_id=self.shop.id,
                email=f"{uuid4().hex}@tea.example",
                name=name,
                password_hash="-",
                role=role,  # type: ignore[arg-type]
                capacity=capacity,
                skills={known[key]: level for key, level in skills.items()},
            )
        )
        return AgentSeat(row.id, self.shop.id, name, row.role)

    async def plans(
        self,
        who: AgentSeat,
        day: date = MONDAY,
        start: int = NINE,
        end: int = FIVE,
        breaks: list[tuple[int, int]] | None = None,
    ) -> Shift:
        """Plan somebody."""
        given = NewShift(
            agent=str(who.agent_id), day=day, start=start, end=end, breaks=breaks or []
        )
        return await self.plan.create(self.lead, given)

    async def moves_to(self, zone: str) -> None:
        """Correct the zone of the shop's clock."""
        await Shops(self.db).update(self.shop.id, ShopChanges(time_zone=zone), self.clock.now())

    async def past(
        self, day: date, hour: float, customers: int, queue: UUID | None = None, s: float = 600
    ) -> None:
        """Let customers have come in an hour (by Berlin's winter clock), each served for ``s``."""
        asked = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 1)
        talks = [Talk(agent=self.lead.agent_id, handle_s=s) for _ in range(customers)]
        await had(self.db, self.shop.id, queue or self.queue.id, asked, talks)

    async def needs(self, day: date = MONDAY) -> WeekNeed:
        """Return what a week takes."""
        return await self.staffing.week(self.lead, NeedQuery(day=day))

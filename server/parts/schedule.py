"""What serves the work schedule."""

from functools import partial

from server.http.endpoint import Endpoint
from server.http.resources.adherence import AdherenceResource
from server.http.resources.requests import RequestsResource
from server.http.resources.schedule import ScheduleResource, ShiftsResource
from server.parts.base import Base
from server.services.schedule.adherence import AdherenceDesk
from server.services.schedule.decisions import Decisions
from server.services.schedule.mine import OwnDesk
from server.services.schedule.on_shift import OnShiftDesk
from server.services.schedule.outlook import Outlooks
from server.services.schedule.outlook import Sources as PlanSources
from server.services.schedule.plan import PlanDesk, ScheduleStores
from server.services.schedule.staffing import Staffing
from server.services.schedule.trials import DayTrials
from server.simulating.shop import expected_traffic
from storage.demand import DemandStore
from storage.live_agents import LiveAgents
from storage.routing_facts import RoutingFacts
from storage.schedule.shifts import Shifts
from storage.schedule.swaps import Swaps
from storage.schedule.time_off import TimeOff
from storage.states import StateLog


def schedule_of(base: Base) -> list[Endpoint]:
    """Return the REST endpoints of the work schedule."""
    stores, clock, rules = base.stores, base.clock, RoutingFacts(base.db)
    kept = ScheduleStores(Shifts(base.db), TimeOff(base.db), Swaps(base.db))
    outlooks = Outlooks(
        PlanSources(DemandStore(base.db), rules, LiveAgents(base.db), kept.shifts, clock)
    )
    plan, mine = PlanDesk(kept, stores, clock), OwnDesk(kept, stores, clock)
    trials = DayTrials(outlooks, stores, partial(expected_traffic, base.db), clock)
    log = StateLog(base.db)
    adherence = AdherenceDesk(kept.shifts, log, stores, clock)
    resources = (
        AdherenceResource(adherence, OnShiftDesk(kept.shifts, log, stores, clock)),
        ScheduleResource(plan, Staffing(outlooks, stores, clock), trials, mine),
        ShiftsResource(plan),
        RequestsResource(mine, Decisions(kept, stores, clock)),
    )
    return [endpoint for resource in resources for endpoint in resource.endpoints()]

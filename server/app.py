"""The composition root. With `parts.py` the only place that builds things."""

from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from server.http.api import Api
from server.http.demo_shop import DemoShop
from server.http.documents import Documents
from server.http.endpoint import Endpoint
from server.http.health import Health
from server.http.lending import Lending
from server.http.posting import HttpPoster
from server.http.problems import problems
from server.http.resources.adherence import AdherenceResource
from server.http.resources.agents import AgentsResource
from server.http.resources.conversations import ConversationsResource
from server.http.resources.exchange import ExchangeResource
from server.http.resources.live_looks import LiveLooksResource
from server.http.resources.matrix import MatrixResource
from server.http.resources.previews import QueuePreviewsResource
from server.http.resources.reports import ReportsResource
from server.http.resources.requests import RequestsResource
from server.http.resources.schedule import ScheduleResource, ShiftsResource
from server.http.resources.sessions import SessionsResource
from server.http.resources.setup import (
    CannedRepliesResource,
    QueuesResource,
    ShopResource,
    SkillsResource,
)
from server.http.resources.simulations import SimulationsResource
from server.http.resources.timelines import TimelinesResource
from server.http.static import Pages, lent_files
from server.http.tracing import traced
from server.lifecycle import Node
from server.parts import Base, Routing, UseCases, base_of, limits_of, routing_of, use_cases_of
from server.places import PROJECT
from server.quality_parts import quality_of
from server.reports.job import Reporting, ReportMetrics
from server.services.admin.agents import AgentsAdmin
from server.services.admin.canned_replies import CannedRepliesAdmin
from server.services.admin.departure import Departure
from server.services.admin.exchange.service import SetupExchange
from server.services.admin.hours import HoursPreview
from server.services.admin.matrix import MatrixAdmin
from server.services.admin.previews import QueuePreviews
from server.services.admin.queues import QueuesAdmin
from server.services.admin.shop import ShopAdmin
from server.services.admin.skills import SkillsAdmin
from server.services.admin.variants import VariantsAdmin
from server.services.attendance_reports import AttendanceDesk
from server.services.beside import Beside
from server.services.clock import Clock
from server.services.conversations import Conversations, Starts
from server.services.desk import Desk
from server.services.explanations import Explanations
from server.services.identity import VisitorTokens
from server.services.inbox import Inbox
from server.services.indexing import Indexing, IndexMetrics
from server.services.limits import Limit
from server.services.live.looks import Looks
from server.services.live.reading import Reading, Sources
from server.services.live.view import LiveView
from server.services.overruling import Overruling
from server.services.quality.job import Judge, JudgeMetrics
from server.services.reception import AgentReception, VisitorReception
from server.services.reports import ReportDesk
from server.services.schedule.adherence import AdherenceDesk
from server.services.schedule.decisions import Decisions
from server.services.schedule.mine import OwnDesk
from server.services.schedule.on_shift import OnShiftDesk
from server.services.schedule.outlook import Outlooks
from server.services.schedule.outlook import Sources as PlanSources
from server.services.schedule.plan import PlanDesk, ScheduleStores
from server.services.schedule.staffing import Staffing
from server.services.schedule.trials import DayTrials
from server.services.sign_ins import SignIns
from server.services.sign_out import SignOut
from server.services.simulations import Simulations
from server.services.stepping_in import SteppingIn
from server.services.timelines import Timelines
from server.services.transfers import Transfers
from server.services.visitors import Visitors
from server.settings import Settings
from server.simulating.shop import expected_traffic, recorded_traffic
from server.simulating.variants import RECORDED_MAX
from server.sockets.agent import AgentNamespace, AgentUseCases
from server.sockets.visitor import VisitorNamespace
from server.task_parts import due_tasks_of, tasks_of
from server.telling_parts import telling_endpoints, telling_jobs
from server.tracing.opening import close_traces
from server.version import VERSION
from storage.database import Database
from storage.demand import DemandStore
from storage.live import Live
from storage.live_agents import LiveAgents
from storage.live_looks import LiveLooks
from storage.matrix import SkillsMatrix
from storage.migrate import check_schema
from storage.quality.judging import Judging
from storage.quality.tags import Tags
from storage.reports.keeping import Keeping
from storage.reports.reading import Reports
from storage.routing_facts import RoutingFacts
from storage.schedule.shifts import Shifts
from storage.schedule.swaps import Swaps
from storage.schedule.time_off import TimeOff
from storage.search_index import SearchIndex
from storage.setup import Sets, SetupStore
from storage.simulations import Simulations as SimulationStore
from storage.states import StateLog

HOUR_S = 3600.0


async def build(settings: Settings, clock: Clock | None = None, port: int | None = None) -> Node:
    """Build a node on the servers that ``settings`` name; it opens its connections here.

    ``port`` is where it listens, if not where the settings say; people who look are told.
    """
    assert settings.database_url is not None
    assert settings.redis_url is not None
    db = await Database.connect(settings.database_url.get_secret_value(), limits_of(settings))
    try:
        await check_schema(db)
        base = await base_of(settings, db, clock, settings.port if port is None else port)
    except BaseException:
        await db.close()
        raise
    use_cases = use_cases_of(base)
    routing = routing_of(base, use_cases)
    following = () if base.traces is None else (traced(base.traces),)
    app = web.Application(
        middlewares=[*following, problems], client_max_size=settings.body_max_bytes
    )
    health = Health(_checks(base), base.registry)
    lending = _serve_pages(app, base, health)
    simulations = _simulations(base, use_cases)
    _serve_api(app, base, use_cases, routing, simulations)
    live = LiveView(Reading(_sources(base)), base.gateway.fanout, base.clock, base.node)
    poster = HttpPoster(may_be_private=settings.webhooks_may_be_private)
    base.gateway.serve(app, *_namespaces(base, use_cases, routing, live))
    app.on_cleanup.append(_closing(base, poster))

    async def retire() -> None:
        health.drain()
        await routing.host.retire()

    jobs = _jobs(base, use_cases, routing)
    jobs |= {"simulations": simulations.run, "lending": lending.run, "live": live.run}
    jobs["tasks"] = due_tasks_of(base, use_cases, routing).run
    jobs |= telling_jobs(base, routing, _sources(base), poster)
    return Node(app=app, drain=base.gateway.drain, retire=retire, jobs=jobs)


def _sources(base: Base) -> Sources:
    return Sources(
        talks=Live(base.db),
        agents=LiveAgents(base.db),
        rules=RoutingFacts(base.db),
        shops=base.stores.shops,
        lines=base.presence,
        places=base.places,
        clock=base.clock,
    )


def _namespaces(
    base: Base, use: UseCases, routing: Routing, live: LiveView
) -> tuple[VisitorNamespace, AgentNamespace]:
    settings, stores, clock = base.settings, base.stores, base.clock
    assert settings.secret_key is not None
    tokens = VisitorTokens(settings.secret_key.get_secret_value(), settings.visitor_token_s)

    def hourly(setting: str) -> Limit:
        return Limit(clock, setting, getattr(settings, setting), HOUR_S)

    starts = Starts(
        by_visitor=hourly("conversations_per_hour"),
        by_address=hourly("conversations_per_hour_per_address"),
    )
    conversations = Conversations(stores, use.texts, use.views, use.announce, clock, starts)
    visitor = VisitorNamespace(
        Visitors(
            stores,
            use.texts,
            use.announce,
            clock,
            tokens,
            hourly("strangers_per_hour_per_address"),
        ),
        VisitorReception(conversations, use.opening, use.views, use.texts),
        conversations,
        use.talk,
        use.here,
    )
    agent = AgentNamespace(
        AgentUseCases(
            accounts=use.accounts,
            reception=AgentReception(stores, use.accounts, routing.desk, use.views, use.texts),
            offers=routing.desk,
            statuses=routing.statuses,
            desk=Desk(stores, use.texts, use.views, use.announce, clock),
            transfers=Transfers(
                stores=stores,
                texts=use.texts,
                views=use.views,
                announce=use.announce,
                fanout=base.gateway.fanout,
                router=base.pokes,
                online=base.presence,
                clock=clock,
            ),
            stepping_in=SteppingIn(
                stores=stores,
                access=use.access,
                texts=use.texts,
                views=use.views,
                blurring=use.blurring,
                announce=use.announce,
                online=base.presence,
                clock=clock,
            ),
            beside=Beside(
                stores=stores,
                access=use.access,
                texts=use.texts,
                views=use.views,
                blurring=use.blurring,
                announce=use.announce,
                clock=clock,
            ),
            overruling=Overruling(
                stores=stores,
                access=use.access,
                texts=use.texts,
                views=use.views,
                blurring=use.blurring,
                announce=use.announce,
                statuses=routing.statuses,
                clock=clock,
            ),
            looking=use.looking,
            viewers=use.viewers,
            watching=use.watching,
            talk=use.talk,
            presence=base.presence,
            inputs=use.inputs,
            live=live,
        )
    )
    return visitor, agent


def _serve_api(
    app: web.Application, base: Base, use: UseCases, routing: Routing, simulations: Simulations
) -> None:
    endpoints = _endpoints(base, use, routing, simulations)
    limit = base.settings.setup_max_bytes
    app.add_routes(Api(endpoints, use.accounts, base.knocks, setup_max_bytes=limit).routes())
    app.add_routes(Documents(endpoints, VERSION).routes())


def _agents_admin(base: Base, use: UseCases) -> AgentsAdmin:
    departure = Departure(base.stores, base.offers, use.announce, base.pokes, base.clock)
    return AgentsAdmin(
        base.stores, use.passwords, use.accounts, base.presence, base.pokes, departure
    )


def _simulations(base: Base, use: UseCases) -> Simulations:
    return Simulations(
        store=SimulationStore(base.db),
        stores=base.stores,
        variants=VariantsAdmin(SetupStore(base.db), use.accounts, base.pokes, base.clock),
        recorded=partial(recorded_traffic, base.db, customers_max=RECORDED_MAX),
        clock=base.clock,
    )


def _schedule(base: Base) -> list[Endpoint]:
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


def _endpoints(
    base: Base, use: UseCases, routing: Routing, simulations: Simulations
) -> list[Endpoint]:
    settings, stores, clock, pokes = base.settings, base.stores, base.clock, base.pokes
    departure = Departure(stores, base.offers, use.announce, pokes, clock)
    sign_out = SignOut(stores, use.accounts, routing.statuses, departure, clock)
    resources = (
        SessionsResource(
            use.accounts, sign_out, settings.agent_session_s, is_https=settings.is_https
        ),
        ConversationsResource(
            Inbox(stores, use.access, use.views, use.blurring, Tags(base.db)),
            Explanations(stores, use.access, use.blurring, routing.lookout, clock),
        ),
        TimelinesResource(Timelines(stores, use.access, use.blurring, clock)),
        AgentsResource(_agents_admin(base, use)),
        SkillsResource(SkillsAdmin(stores.skills, pokes)),
        ExchangeResource(
            SetupExchange(
                SetupStore(base.db),
                Sets.of(base.db),
                use.accounts,
                pokes,
                clock,
                settings.origin,
            )
        ),
        MatrixResource(MatrixAdmin(stores.agents, SkillsMatrix(base.db), use.accounts, pokes)),
        QueuesResource(QueuesAdmin(stores.queues, pokes, clock)),
        QueuePreviewsResource(
            QueuePreviews(
                stores.queues,
                stores.skills,
                routing.lookout,
                clock,
                Limit(clock, "previews_per_minute", settings.previews_per_minute, 60.0),
            )
        ),
        CannedRepliesResource(CannedRepliesAdmin(stores.canned_replies, use.texts)),
        SimulationsResource(simulations),
        LiveLooksResource(Looks(LiveLooks(base.db))),
        ReportsResource(
            ReportDesk(Reports(base.long_reads), stores, clock),
            AttendanceDesk(StateLog(base.long_reads), stores, clock),
        ),
        ShopResource(ShopAdmin(stores.shops, pokes, settings.origin), HoursPreview(clock)),
        *quality_of(base, use),
        tasks_of(base, use),
    )
    served = [endpoint for resource in resources for endpoint in resource.endpoints()]
    return [*served, *_schedule(base), *telling_endpoints(base)]


def _serve_pages(app: web.Application, base: Base, health: Health) -> Lending:
    assert base.settings.secret_key is not None
    web_dir, secret = PROJECT / "web", base.settings.secret_key.get_secret_value()
    lending = Lending(base.shelf, secret, lent_files(web_dir))

    async def may_frame(site: str) -> tuple[str, ...] | None:
        shop = await base.stores.shops.by_key(site)
        return None if shop is None else tuple(shop.allowed_origins)

    app.add_routes(health.routes())
    pages = Pages(web_dir, may_frame, lending.borrow, has_shop=base.settings.demo)
    app.add_routes(pages.routes())
    if base.settings.demo:
        app.add_routes(DemoShop(web_dir, base.stores.shops).routes())
    return lending


def _checks(base: Base) -> dict[str, Callable[[], Awaitable[None]]]:
    async def database() -> None:
        await base.db.clock()

    async def bus() -> None:
        health = base.bus.health
        if health.deaf:
            servers = ", ".join(health.deaf_to) or "any server"
            raise ConnectionError(f"the bus does not hear itself through {servers}")

    return {"database": database, "bus": bus}


def _jobs(base: Base, use: UseCases, routing: Routing) -> dict[str, Callable[[], Awaitable[None]]]:
    return {
        "clock": partial(base.clock.follow, base.db.clock),
        "bus": base.bus.run,
        "presence": base.presence.run,
        "inputs": use.inputs.run,
        "watches": use.watching.run,
        "attendance": base.attendance.run,
        "routing": routing.host.run,
        "search": Indexing(SearchIndex(base.db), IndexMetrics(base.registry)).run,
        "quality": Judge(Judging(base.db), base.clock, JudgeMetrics(base.registry)).run,
        "reports": Reporting(Keeping(base.db), ReportMetrics(base.registry)).run,
        "sessions": use.accounts.forget_expired,
        "sign_ins": SignIns(
            base.stores.agent_sessions,
            base.gateway.fanout,
            base.clock,
            base.gateway.rooms.names,
            partial(base.gateway.server.seats, "/agent"),
        ).run,
        **base.gateway.jobs(base.stores.messages.heads, base.settings.head_beat_s),
    }


def _closing(base: Base, poster: HttpPoster) -> Callable[[web.Application], Awaitable[None]]:
    async def close(_: web.Application) -> None:
        """After the last handler: let messages land, then close what they landed in."""
        await base.stores.messages.close()
        await poster.close()
        await base.redis.aclose()
        await base.db.close()
        await close_traces(base.traces)

    return close

"""The composition root. With `parts/` the only place that builds things."""

from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from server.http.api import Api
from server.http.demo_shop import DemoShop
from server.http.documents import Documents
from server.http.health import Health
from server.http.lending import Lending
from server.http.posting import HttpPoster
from server.http.problems import problems
from server.http.static import Pages, lent_files
from server.http.tracing import traced
from server.lifecycle import Node
from server.parts.api import endpoints_of
from server.parts.base import Base, base_of, limits_of
from server.parts.checks import checks_of
from server.parts.figures import figure_bus, figure_process, figure_storing
from server.parts.routing import Routing, routing_of
from server.parts.simulations import simulations_of
from server.parts.sockets import namespaces_of
from server.parts.tasks import due_tasks_of
from server.parts.telling import telling_jobs
from server.parts.use_cases import UseCases, use_cases_of
from server.places import PROJECT
from server.reports.job import Reporting, ReportMetrics
from server.services.clock import Clock
from server.services.indexing import Indexing, IndexMetrics
from server.services.live.reading import Reading, Sources
from server.services.live.view import LiveView
from server.services.quality.job import Judge, JudgeMetrics
from server.services.sign_ins import SignIns
from server.services.simulations import Simulations
from server.settings import Settings
from server.tracing.opening import close_traces
from server.version import VERSION
from storage.database import Database
from storage.live import Live
from storage.live_agents import LiveAgents
from storage.migrate import check_schema
from storage.quality.judging import Judging
from storage.reports.keeping import Keeping
from storage.routing_facts import RoutingFacts
from storage.search_index import SearchIndex

CLOSE_DB_S = 2.0


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
    health = Health(checks_of(base), base.registry)
    _figures(base)
    lending = _serve_pages(app, base, health)
    simulations = simulations_of(base, use_cases)
    _serve_api(app, base, use_cases, routing, simulations)
    live = LiveView(Reading(_sources(base)), base.gateway.fanout, base.clock, base.node)
    poster = HttpPoster(may_be_private=settings.webhooks_may_be_private)
    base.gateway.serve(app, *namespaces_of(base, use_cases, routing, live))
    app.on_cleanup.append(_closing(base, poster))

    async def retire() -> None:
        health.drain()
        await routing.host.retire()

    jobs = _jobs(base, use_cases, routing)
    jobs |= {"simulations": simulations.run, "lending": lending.run, "live": live.run}
    jobs["tasks"] = due_tasks_of(base, use_cases, routing).run
    jobs |= telling_jobs(base, routing, _sources(base), poster)
    return Node(app=app, drain=base.gateway.drain, retire=retire, jobs=jobs)


def _figures(base: Base) -> None:
    figure_process(base.registry)
    figure_bus(base.registry, lambda: base.bus.health)
    messages = base.stores.messages
    figure_storing(base.registry, lambda: messages.waiting, lambda: base.db.connections)


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


def _serve_api(
    app: web.Application, base: Base, use: UseCases, routing: Routing, simulations: Simulations
) -> None:
    endpoints = endpoints_of(base, use, routing, simulations)
    limit = base.settings.setup_max_bytes
    app.add_routes(Api(endpoints, use.accounts, base.knocks, setup_max_bytes=limit).routes())
    app.add_routes(Documents(endpoints, VERSION).routes())


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
        **base.gateway.jobs(
            base.stores.messages.heads, base.settings.head_beat_s, base.settings.heal_every_s
        ),
    }


def _closing(base: Base, poster: HttpPoster) -> Callable[[web.Application], Awaitable[None]]:
    async def close(_: web.Application) -> None:
        """After the last handler: let messages land, then close what they landed in."""
        await base.stores.messages.close()
        await poster.close()
        await base.redis.aclose()
        await base.db.close(CLOSE_DB_S)
        await close_traces(base.traces)

    return close

"""The composition root, the only place that builds things: what a node is made of."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from server.http.api import Api
from server.http.demo_shop import DemoShop
from server.http.documents import Documents
from server.http.endpoint import Endpoint
from server.http.health import Health
from server.http.knocks import Knocks
from server.http.problems import problems
from server.http.resources.agents import AgentsResource
from server.http.resources.conversations import ConversationsResource
from server.http.resources.sessions import SessionsResource
from server.http.resources.setup import (
    CannedRepliesResource,
    QueuesResource,
    ShopResource,
    SkillsResource,
)
from server.http.static import Pages
from server.lifecycle import Node
from server.places import PROJECT
from server.services.access import Access
from server.services.accounts import Accounts, SignInRules
from server.services.admin.agents import AgentsAdmin
from server.services.admin.canned_replies import CannedRepliesAdmin
from server.services.admin.departure import Departure
from server.services.admin.queues import QueuesAdmin
from server.services.admin.shop import ShopAdmin
from server.services.admin.skills import SkillsAdmin
from server.services.announce import Announce
from server.services.assignment.cards import Cards
from server.services.assignment.dealer import Dealer
from server.services.assignment.endings import Endings
from server.services.assignment.feedback import Feedback
from server.services.assignment.host import Host
from server.services.assignment.lease import Tenure
from server.services.assignment.library import Library
from server.services.assignment.metrics import RouteMetrics
from server.services.assignment.offers import OfferDesk
from server.services.assignment.openness import Openness
from server.services.assignment.places import SharedPlaces
from server.services.assignment.pokes import CHANNEL, Pokes
from server.services.assignment.status import Statuses
from server.services.attendance import Attendance
from server.services.clock import Clock, SystemClock
from server.services.conversations import Conversations
from server.services.desk import Desk, Looking
from server.services.hours import Opening
from server.services.identity import VisitorTokens
from server.services.inbox import Inbox
from server.services.limits import Limit
from server.services.passwords import Passwords
from server.services.presence import Presence
from server.services.reception import AgentReception, VisitorReception
from server.services.stores import Stores
from server.services.talk import Talk
from server.services.texts import Texts
from server.services.viewers import Here, Viewers
from server.services.views import Views
from server.services.visitors import Visitors
from server.settings import Settings
from server.sockets.agent import AgentNamespace, AgentUseCases
from server.sockets.gateway import Gateway
from server.sockets.limits import SocketLimits
from server.sockets.visitor import VisitorNamespace
from storage import valkey
from storage.agent_sessions import AgentSessions
from storage.agents import Agents
from storage.bus import Bus
from storage.canned_replies import CannedReplies
from storage.conversations import Conversations as ConversationStore
from storage.database import Database, Limits
from storage.decisions import Decisions
from storage.handling import Handling
from storage.leases import Leases
from storage.messages import Messages
from storage.migrate import check_schema
from storage.offers import Offers
from storage.places import PlaceStore
from storage.presence import PresenceLeases
from storage.queues import Queues
from storage.rosters import Rosters
from storage.routing_facts import RoutingFacts
from storage.shops import Shops
from storage.skills import Skills
from storage.transitions import Transitions
from storage.visitors import Visitors as VisitorStore

VERSION = "0.1.0"
NODE_NAME_BYTES = 6


async def build(settings: Settings, clock: Clock | None = None) -> Node:
    """Build a node on the servers that ``settings`` name; it opens its connections here."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    db = await Database.connect(settings.database_url.get_secret_value(), _limits(settings))
    try:
        await check_schema(db)
        base = await _base(settings, db, clock)
    except BaseException:
        await db.close()
        raise
    use_cases = _use_cases(base)
    routing = _routing(base, use_cases)
    app = web.Application(middlewares=[problems], client_max_size=settings.body_max_bytes)
    health = Health(_checks(base), base.registry)
    _serve_pages(app, base, health)
    _serve_api(app, base, use_cases, routing)
    base.gateway.serve(app, *_namespaces(base, use_cases, routing))
    app.on_cleanup.append(_closing(base))

    async def drain() -> None:
        health.drain()
        await base.gateway.drain()

    return Node(app=app, drain=drain, jobs=_jobs(base, use_cases, routing))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What everything else stands on."""

    settings: Settings
    node: str
    db: Database
    redis: Redis
    bus: Bus
    registry: CollectorRegistry
    clock: Clock
    stores: Stores
    offers: Offers
    pokes: Pokes
    knocks: Knocks
    gateway: Gateway
    attendance: Attendance
    presence: Presence
    places: SharedPlaces


@dataclass(frozen=True, slots=True, kw_only=True)
class _UseCases:
    """What both sides share."""

    texts: Texts
    access: Access
    opening: Opening
    here: Here
    views: Views
    announce: Announce
    talk: Talk
    accounts: Accounts
    passwords: Passwords


@dataclass(frozen=True, slots=True, kw_only=True)
class _Routing:
    """Who waits meets who is free."""

    host: Host
    desk: OfferDesk
    statuses: Statuses


def _limits(settings: Settings) -> Limits:
    return Limits(
        connections_min=settings.database_pool_min,
        connections_max=settings.database_pool_max,
        wait_s=settings.database_wait_s,
        command_s=settings.statement_timeout_s,
        statement_s=settings.statement_timeout_s,
        lock_s=settings.lock_timeout_s,
    )


async def _base(settings: Settings, db: Database, clock: Clock | None) -> _Base:
    assert settings.redis_url is not None
    url = settings.redis_url.get_secret_value()
    if clock is None:
        clock = SystemClock()
        await clock.set_by(db.clock)
    node = secrets.token_hex(NODE_NAME_BYTES)
    redis, bus, registry = valkey.connect(url), Bus(url), CollectorRegistry()
    pokes = Pokes(bus)
    bus.listen(CHANNEL, pokes.hear)
    knocks = Knocks(settings.public_url, settings.trusted_proxies)
    presence = Presence(
        PresenceLeases(redis),
        pokes,
        clock,
        node,
        ttl_s=settings.presence_ttl_s,
        grace_s=settings.presence_grace_s,
    )
    return _Base(
        settings=settings,
        node=node,
        db=db,
        redis=redis,
        bus=bus,
        registry=registry,
        clock=clock,
        stores=_stores(settings, db),
        offers=Offers(db),
        pokes=pokes,
        knocks=knocks,
        gateway=Gateway(SocketLimits.of(settings), registry, bus, read_knock=knocks),
        attendance=Attendance(Rosters(redis), clock),
        presence=presence,
        places=SharedPlaces(PlaceStore(redis)),
    )


def _stores(settings: Settings, db: Database) -> Stores:
    return Stores(
        messages=Messages(
            db, batch_max=settings.message_batch_max, queue_max=settings.message_queue_max
        ),
        conversations=ConversationStore(db),
        transitions=Transitions(db),
        visitors=VisitorStore(db),
        shops=Shops(db),
        agents=Agents(db),
        agent_sessions=AgentSessions(db),
        skills=Skills(db),
        queues=Queues(db),
        canned_replies=CannedReplies(db),
        decisions=Decisions(db),
    )


def _use_cases(base: _Base) -> _UseCases:
    settings, stores, clock = base.settings, base.stores, base.clock
    texts, access = Texts(settings), Access(stores.conversations)
    opening = Opening(stores.shops, stores.agents, base.presence, clock)
    here = Here(base.attendance)
    views = Views(stores, opening, base.places, here)
    announce = Announce(views, base.gateway.fanout, base.pokes, clock)
    passwords = Passwords()
    tries = Limit(clock, "sign_ins_per_minute", settings.sign_ins_per_minute, 60.0)
    rules = SignInRules(settings.agent_session_s, tries)
    return _UseCases(
        texts=texts,
        access=access,
        opening=opening,
        here=here,
        views=views,
        announce=announce,
        talk=Talk(stores, access, texts, announce, clock),
        accounts=Accounts(stores, passwords, base.gateway.fanout, clock, rules),
        passwords=passwords,
    )


def _routing(base: _Base, use: _UseCases) -> _Routing:
    settings, stores, clock, fanout = base.settings, base.stores, base.clock, base.gateway.fanout
    cards = Cards(use.views, stores.decisions)
    host = Host(
        tenure=Tenure(Leases(base.db), clock, base.node, ttl_s=settings.lease_ttl_s),
        pokes=base.pokes,
        library=Library(
            stores.shops, RoutingFacts(base.db), Handling(base.db), base.presence, clock
        ),
        dealer=Dealer(base.offers, cards, use.announce, fanout, clock),
        endings=Endings(base.offers, stores.transitions, use.announce, clock),
        feedback=Feedback(use.views, base.places, fanout, clock),
        openness=Openness(fanout, clock),
        metrics=RouteMetrics(base.registry),
        clock=clock,
        sweep_s=settings.sweep_interval_s,
    )
    desk = OfferDesk(
        offers=base.offers,
        conversations=stores.conversations,
        shops=stores.shops,
        cards=cards,
        views=use.views,
        announce=use.announce,
        clock=clock,
    )
    statuses = Statuses(stores.agents, base.offers, use.announce, fanout, base.pokes, clock)
    return _Routing(host=host, desk=desk, statuses=statuses)


def _namespaces(
    base: _Base, use: _UseCases, routing: _Routing
) -> tuple[VisitorNamespace, AgentNamespace]:
    settings, stores, clock = base.settings, base.stores, base.clock
    assert settings.secret_key is not None
    tokens = VisitorTokens(settings.secret_key.get_secret_value(), settings.visitor_token_s)
    starts = Limit(clock, "conversations_per_hour", settings.conversations_per_hour, 3600.0)
    conversations = Conversations(stores, use.texts, use.views, use.announce, clock, starts)
    viewers = Viewers(base.attendance, base.gateway.fanout)
    visitor = VisitorNamespace(
        Visitors(stores, use.texts, use.announce, clock, tokens),
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
            desk=Desk(stores, use.texts, use.views, use.announce, base.presence, clock),
            looking=Looking(stores, use.access, use.views, viewers),
            viewers=viewers,
            talk=use.talk,
            presence=base.presence,
        )
    )
    return visitor, agent


def _serve_api(app: web.Application, base: _Base, use: _UseCases, routing: _Routing) -> None:
    endpoints = _endpoints(base, use)
    app.add_routes(Api(endpoints, use.accounts, base.knocks).routes())
    app.add_routes(Documents(endpoints, VERSION).routes())


def _endpoints(base: _Base, use: _UseCases) -> list[Endpoint]:
    settings, stores, clock, pokes = base.settings, base.stores, base.clock, base.pokes
    departure = Departure(stores, base.offers, use.announce, pokes, clock)
    agents = AgentsAdmin(stores, use.passwords, use.accounts, base.presence, pokes, departure)
    resources = (
        SessionsResource(use.accounts, settings.agent_session_s, is_https=settings.is_https),
        ConversationsResource(Inbox(stores, use.access, use.views)),
        AgentsResource(agents),
        SkillsResource(SkillsAdmin(stores.skills, pokes)),
        QueuesResource(QueuesAdmin(stores.queues, pokes, clock)),
        CannedRepliesResource(CannedRepliesAdmin(stores.canned_replies, use.texts)),
        ShopResource(ShopAdmin(stores.shops, pokes, settings.origin)),
    )
    return [endpoint for resource in resources for endpoint in resource.endpoints()]


def _serve_pages(app: web.Application, base: _Base, health: Health) -> None:
    async def may_frame(site: str) -> tuple[str, ...] | None:
        shop = await base.stores.shops.by_key(site)
        return None if shop is None else tuple(shop.allowed_origins)

    app.add_routes(health.routes())
    pages = Pages(PROJECT / "web", may_frame, has_shop=base.settings.demo)
    app.add_routes(pages.routes())
    if base.settings.demo:
        app.add_routes(DemoShop(PROJECT / "web", base.stores.shops).routes())


def _checks(base: _Base) -> dict[str, Callable[[], Awaitable[None]]]:
    async def database() -> None:
        await base.db.clock()

    async def bus() -> None:
        if base.bus.health.deaf:
            raise ConnectionError("the bus does not hear itself")

    return {"database": database, "bus": bus}


def _jobs(
    base: _Base, use: _UseCases, routing: _Routing
) -> dict[str, Callable[[], Awaitable[None]]]:
    return {
        "bus": base.bus.run,
        "presence": base.presence.run,
        "attendance": base.attendance.run,
        "routing": routing.host.run,
        "sessions": use.accounts.forget_expired,
        **base.gateway.jobs(base.stores.messages.heads, base.settings.head_beat_s),
    }


def _closing(base: _Base) -> Callable[[web.Application], Awaitable[None]]:
    async def close(_: web.Application) -> None:
        """After the last handler: let messages land, then close what they landed in."""
        await base.stores.messages.close()
        await base.redis.aclose()
        await base.db.close()

    return close

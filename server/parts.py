"""What a node stands on: connections, repositories, shared use cases, the routing host."""

import secrets
import socket
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry

from server.http.knocks import Knocks
from server.services.access import Access
from server.services.accounts import Accounts, SignInRules
from server.services.announce import Announce
from server.services.assignment.cards import Cards
from server.services.assignment.dealer import Dealer
from server.services.assignment.endings import Endings
from server.services.assignment.feedback import Feedback
from server.services.assignment.handovers import HandoverEndings
from server.services.assignment.host import Host
from server.services.assignment.idleness import Idleness
from server.services.assignment.lease import VACANT, Tenure
from server.services.assignment.library import Library
from server.services.assignment.lookout import Lookout
from server.services.assignment.metrics import RouteMetrics
from server.services.assignment.offers import OfferDesk
from server.services.assignment.openness import Openness
from server.services.assignment.places import SharedPlaces
from server.services.assignment.pokes import CHANNEL, Pokes
from server.services.assignment.quiet import Quietness
from server.services.assignment.status import Statuses
from server.services.assignment.trails import Trails
from server.services.assignment.watch import Watch
from server.services.attendance import Attendance
from server.services.blurring import Blurring
from server.services.clock import Clock, SystemClock
from server.services.desk import Looking
from server.services.hours import Opening
from server.services.inputs import Inputs
from server.services.limits import Limit
from server.services.passwords import Passwords
from server.services.presence import Presence
from server.services.present_log import LoggedLeases
from server.services.stores import Stores
from server.services.talk import Talk
from server.services.texts import Texts
from server.services.viewers import Here, Viewers
from server.services.views import Views
from server.services.watching import Watching
from server.settings import Settings
from server.sockets.gateway import Gateway
from server.sockets.limits import SocketLimits
from server.tracing.commits import FollowedCommits
from server.tracing.opening import Traces, traces_of
from server.version import VERSION
from storage import valkey
from storage.agent_sessions import AgentSessions
from storage.agents import Agents
from storage.alerts import Alerts
from storage.beats import Card, written
from storage.bus import Bus
from storage.canned_replies import CannedReplies
from storage.conversations import Conversations as ConversationStore
from storage.database import Database, Limits
from storage.decisions import Decisions
from storage.estimates import Estimates
from storage.handling import Handling
from storage.handovers import Handovers
from storage.idle import Idle
from storage.inputs import Inputs as InputTimes
from storage.joining import Joining
from storage.leases import Leases
from storage.marks import Marks
from storage.messages import Messages
from storage.offers import Offers
from storage.overruling import Overruling
from storage.places import PlaceStore
from storage.presence import PresenceLeases
from storage.queues import Queues
from storage.quiet import Quiet
from storage.reports.turns import Turns
from storage.rosters import Rosters
from storage.routing_facts import RoutingFacts
from storage.search import Search
from storage.shelf import Shelf
from storage.shops import Shops
from storage.skills import Skills
from storage.speeds import Speeds
from storage.states import StateLog
from storage.step_ins import StepIns
from storage.stepping_in import SteppingIn
from storage.tasks.keeping import Tasks
from storage.transitions import Transitions
from storage.visitors import Visitors as VisitorStore
from storage.whispers import Whispers

NODE_NAME_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What everything else stands on."""

    settings: Settings
    node: str
    db: Database
    long_reads: Turns
    redis: valkey.Redis
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
    input_times: InputTimes
    places: SharedPlaces
    shelf: Shelf
    traces: Traces | None
    trails: Trails | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCases:
    """What both sides share."""

    texts: Texts
    access: Access
    blurring: Blurring
    opening: Opening
    here: Here
    views: Views
    announce: Announce
    talk: Talk
    accounts: Accounts
    passwords: Passwords
    inputs: Inputs
    viewers: Viewers
    looking: Looking
    watching: Watching


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Who waits meets who is free."""

    host: Host
    desk: OfferDesk
    statuses: Statuses
    lookout: Lookout


def limits_of(settings: Settings) -> Limits:
    """Say how many connections to PostgreSQL, and how long anything there may take."""
    return Limits(
        connections_min=settings.database_pool_min,
        connections_max=settings.database_pool_max,
        wait_s=settings.database_wait_s,
        command_s=settings.statement_timeout_s,
        statement_s=settings.statement_timeout_s,
        lock_s=settings.lock_timeout_s,
    )


async def base_of(settings: Settings, db: Database, clock: Clock | None, port: int) -> Base:
    """Build what everything else stands on; the clock is the database's unless one is given."""
    assert settings.redis_url is not None
    url = settings.redis_url.get_secret_value()
    if clock is None:
        clock = SystemClock()
        await clock.set_by(db.clock)
    node = secrets.token_hex(NODE_NAME_BYTES)
    realm = f"{await db.realm()}:"
    card = Card(node, VERSION, f"{socket.gethostname()}:{port}")
    bus = Bus(url, realm=realm, card=written(card))
    redis, registry = valkey.connect(url), CollectorRegistry()
    traces = traces_of(settings, node)
    trails = None if traces is None else Trails(traces)
    pokes = Pokes(bus, trails)
    bus.listen(CHANNEL, pokes.hear)
    knocks = Knocks(settings.public_url, settings.trusted_proxies)
    presence = Presence(
        LoggedLeases(PresenceLeases(redis, realm), StateLog(db), clock),
        pokes,
        clock,
        node,
        ttl_s=settings.presence_ttl_s,
        grace_s=settings.presence_grace_s,
    )
    return Base(
        settings=settings,
        node=node,
        db=db,
        long_reads=Turns(db),
        redis=redis,
        bus=bus,
        registry=registry,
        clock=clock,
        stores=stores_of(settings, db, traces),
        offers=Offers(db),
        pokes=pokes,
        knocks=knocks,
        gateway=Gateway(SocketLimits.of(settings), registry, bus, read_knock=knocks, tracer=traces),
        attendance=Attendance(Rosters(redis, realm), clock),
        presence=presence,
        input_times=InputTimes(redis, realm),
        places=SharedPlaces(PlaceStore(redis, realm)),
        shelf=Shelf(redis, realm),
        traces=traces,
        trails=trails,
    )


def stores_of(settings: Settings, db: Database, traces: Traces | None = None) -> Stores:
    """Return every repository on a database."""
    return Stores(
        messages=Messages(
            db,
            batch_max=settings.message_batch_max,
            queue_max=settings.message_queue_max,
            watch=None if traces is None else FollowedCommits(traces),
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
        handovers=Handovers(db),
        stepping_in=SteppingIn(db),
        step_ins=StepIns(db),
        joining=Joining(db),
        whispers=Whispers(db),
        overruling=Overruling(db),
        search=Search(db),
        quiet=Quiet(db),
        idle=Idle(db),
        alerts=Alerts(db),
        tasks=Tasks(db),
    )


def use_cases_of(base: Base) -> UseCases:
    """Build the use cases that both sides share."""
    settings, stores, clock = base.settings, base.stores, base.clock
    texts, access = Texts(settings), Access(stores.conversations)
    opening = Opening(stores.shops, stores.agents, base.presence, clock)
    here = Here(base.attendance, settings.sessions_per_visitor)
    views = Views(stores, opening, base.places, here)
    announce = Announce(views, base.gateway.fanout, base.pokes, clock)
    passwords = Passwords()
    tries = Limit(clock, "sign_ins_per_minute", settings.sign_ins_per_minute, 60.0)
    rules = SignInRules(settings.agent_session_s, tries, mails=settings.mail is not None)
    blurring = Blurring(stores, clock)
    viewers = Viewers(base.attendance, base.gateway.fanout, settings.open_conversations_per_session)
    looking = Looking(stores, access, views, viewers)
    return UseCases(
        texts=texts,
        access=access,
        blurring=blurring,
        opening=opening,
        here=here,
        views=views,
        announce=announce,
        talk=Talk(stores, access, texts, announce, blurring, clock),
        accounts=Accounts(stores, passwords, base.gateway.fanout, clock, rules),
        passwords=passwords,
        inputs=Inputs(
            times=base.input_times,
            idle=stores.idle,
            where=base.presence,
            tell=announce,
            clock=clock,
            node=base.node,
        ),
        viewers=viewers,
        looking=looking,
        watching=Watching(
            stores=stores,
            access=access,
            looking=looking,
            viewers=viewers,
            blurring=blurring,
            clock=clock,
            watched_max=settings.open_conversations_per_session,
        ),
    )


def routing_of(base: Base, use: UseCases) -> Routing:
    """Build the routing host, and what agents do with offers."""
    settings, stores, clock, fanout = base.settings, base.stores, base.clock, base.gateway.fanout
    cards = Cards(use.views, stores.decisions)
    facts, handling, speeds = RoutingFacts(base.db), Handling(base.db), Speeds(base.db)
    library = Library(stores.shops, facts, handling, speeds, base.presence, clock)
    tenure = Tenure(
        Leases(base.db),
        clock,
        base.node,
        ttl_s=settings.lease_ttl_s,
        vacated=partial(base.bus.publish, VACANT, b""),
    )
    base.bus.listen(VACANT, lambda _channel, _body: tenure.ask_now())
    base.bus.on_recovered(tenure.ask_now)  # it may have been given up while we heard nothing
    host = Host(
        tenure=tenure,
        pokes=base.pokes,
        library=library,
        dealer=Dealer(base.offers, cards, use.announce, fanout, clock, base.trails),
        endings=Endings(base.offers, stores.transitions, use.announce, clock),
        watch=Watch(Marks(base.db), stores.transitions, use.announce, clock),
        handovers=HandoverEndings(stores.handovers, base.offers, use.announce, clock),
        quiet=Quietness(stores.quiet, use.announce, clock),
        idleness=Idleness(stores.idle, use.inputs, use.announce, clock),
        feedback=Feedback(use.views, base.places, Estimates(base.db), fanout, clock),
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
    return Routing(host=host, desk=desk, statuses=statuses, lookout=Lookout(library, clock))

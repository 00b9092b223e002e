"""What everything else stands on: settings, connections, repositories, the gateway."""

import secrets
import socket
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from server.http.knocks import Knocks
from server.parts.stores import stores_of
from server.services.assignment.places import SharedPlaces
from server.services.assignment.pokes import CHANNEL, Pokes
from server.services.assignment.trails import Trails
from server.services.attendance import Attendance
from server.services.clock import Clock, SystemClock
from server.services.presence import Presence
from server.services.present_log import LoggedLeases
from server.services.stores import Stores
from server.settings import Settings
from server.sockets.gateway import Gateway
from server.sockets.limits import SocketLimits
from server.tracing.opening import Traces, traces_of
from server.version import VERSION
from storage import valkey
from storage.beats import Card, written
from storage.bus import Bus
from storage.database import Database, Limits
from storage.inputs import Inputs as InputTimes
from storage.offers import Offers
from storage.places import PlaceStore
from storage.presence import PresenceLeases
from storage.reports.turns import Turns
from storage.rosters import Rosters
from storage.shelf import Shelf
from storage.states import StateLog

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

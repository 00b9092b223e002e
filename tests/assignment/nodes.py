"""Nodes of the service as far as assignment goes, and what everybody hears from them."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import redis.asyncio as redis
from prometheus_client import CollectorRegistry

from server.protocol.events import SessionEnded
from server.protocol.shapes import Shape
from server.services.announce import Announce
from server.services.assignment.cards import Cards
from server.services.assignment.dealer import Dealer
from server.services.assignment.endings import Endings
from server.services.assignment.feedback import Feedback
from server.services.assignment.handovers import HandoverEndings
from server.services.assignment.host import Host
from server.services.assignment.idleness import Idleness
from server.services.assignment.lease import Tenure
from server.services.assignment.library import Library
from server.services.assignment.metrics import RouteMetrics
from server.services.assignment.offers import OfferDesk
from server.services.assignment.openness import Openness
from server.services.assignment.places import SharedPlaces
from server.services.assignment.pokes import Pokes
from server.services.assignment.quiet import Quietness
from server.services.assignment.status import Statuses
from server.services.assignment.watch import Watch
from server.services.fanout import Audience
from server.services.hours import Opening
from server.services.inputs import Inputs
from server.services.presence import Presence
from server.services.stores import Stores
from server.services.views import Views
from storage.agent_sessions import AgentSessions
from storage.agents import Agents
from storage.alerts import Alerts
from storage.canned_replies import CannedReplies
from storage.conversations import Conversations
from storage.database import Database
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
from storage.routing_facts import RoutingFacts
from storage.search import Search
from storage.shops import Shops
from storage.skills import Skills
from storage.speeds import Speeds
from storage.step_ins import StepIns
from storage.stepping_in import SteppingIn
from storage.tasks.keeping import Tasks
from storage.transitions import Transitions
from storage.visitors import Visitors
from storage.whispers import Whispers
from tests.support.clock import FakeClock

TTL_S, GRACE_S, LEASE_S, SWEEP_S = 15.0, 10.0, 2.5, 5.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One event, as it was told."""

    room: str
    event: str
    payload: Shape


@dataclass(slots=True)
class Ears:
    """The fan-out of the tests: it remembers."""

    heard: list[Heard] = field(default_factory=list[Heard])
    gathered: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By room, whose sessions were let in and not out again."""

    def tell(
        self,
        room: str,
        event: str,
        payload: Shape,
        *,
        audience: Audience = "everyone",
        but: str | None = None,
    ) -> None:
        self.heard.append(Heard(room, event, payload))

    def gather(self, source: str, into: str) -> None:
        self.gathered.setdefault(into, set()).add(source)

    def scatter(self, source: str, out_of: str) -> None:
        self.gathered.get(out_of, set()).discard(source)

    def end(self, room: str, reason: SessionEnded) -> None: ...

    def of(self, room: str, event: str) -> list[Shape]:
        return [each.payload for each in self.heard if (each.room, each.event) == (room, event)]


class Wires:
    """Carries pokes between the nodes of a test; ``cut`` loses them."""

    def __init__(self) -> None:
        self.nodes: list[Pokes] = []
        self.cut = False

    def publish(self, channel: str, payload: bytes) -> None:
        for node in self.nodes:
            if not self.cut:
                node.hear(channel, payload)


class NobodyLooks:
    """No customer has the widget open."""

    async def online(self, visitor_ids: object) -> set[UUID]:
        return set()


class Shared(Protocol):
    """What the nodes of an office have in common."""

    clock: FakeClock
    ears: Ears
    wires: Wires
    db: Database
    stores: Stores


class Node:
    """One process of the service, as far as assignment goes."""

    def __init__(self, office: "Shared", name: str, valkey: redis.Redis) -> None:
        clock, ears, stores, db = office.clock, office.ears, office.stores, office.db
        self.registry = CollectorRegistry()
        self.pokes = Pokes(office.wires)
        office.wires.nodes.append(self.pokes)
        self.presence = Presence(
            PresenceLeases(valkey), self.pokes, clock, name, ttl_s=TTL_S, grace_s=GRACE_S
        )
        self.opening = Opening(stores.shops, stores.agents, self.presence, clock)
        self.places = SharedPlaces(PlaceStore(valkey))
        self.views = views = Views(stores, self.opening, self.places, NobodyLooks())
        self.announce = Announce(views, ears, self.pokes, clock)
        self.inputs = Inputs(
            times=InputTimes(valkey),
            idle=stores.idle,
            where=self.presence,
            tell=self.announce,
            clock=clock,
            node=name,
        )
        offers = Offers(db)
        cards = Cards(views, stores.decisions)
        self.tenure = Tenure(Leases(db), clock, name, ttl_s=LEASE_S)
        facts = RoutingFacts(db)
        self.library = Library(stores.shops, facts, Handling(db), Speeds(db), self.presence, clock)
        self.openness = Openness(ears, clock)
        self.watch = Watch(Marks(db), stores.transitions, self.announce, clock)
        self.host = Host(
            tenure=self.tenure,
            pokes=self.pokes,
            library=self.library,
            dealer=Dealer(offers, cards, self.announce, ears, clock),
            endings=Endings(offers, stores.transitions, self.announce, clock),
            watch=self.watch,
            handovers=HandoverEndings(stores.handovers, offers, self.announce, clock),
            quiet=Quietness(stores.quiet, self.announce, clock),
            idleness=Idleness(stores.idle, self.inputs, self.announce, clock),
            feedback=Feedback(views, self.places, Estimates(db), ears, clock),
            openness=self.openness,
            metrics=RouteMetrics(self.registry),
            clock=clock,
            sweep_s=SWEEP_S,
        )
        self.desk = OfferDesk(
            offers=offers,
            conversations=stores.conversations,
            shops=stores.shops,
            cards=cards,
            views=views,
            announce=self.announce,
            clock=clock,
        )
        self.statuses = Statuses(stores.agents, offers, self.announce, ears, self.pokes, clock)


def counted(node: Node, name: str) -> float:
    """What a node's metrics say; only this one is asked, for the machine asks at every step."""
    sample = f"kefu_route_{name}"
    [metric] = node.registry.restricted_registry([sample]).collect()
    [value] = [each.value for each in metric.samples if each.name == sample]
    return value


def stores_of(db: Database) -> Stores:
    return Stores(
        messages=Messages(db),
        conversations=Conversations(db),
        transitions=Transitions(db),
        visitors=Visitors(db),
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
        quiet=Quiet(db),
        idle=Idle(db),
        alerts=Alerts(db),
        tasks=Tasks(db),
        search=Search(db),
    )

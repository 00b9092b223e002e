"""Who waits meets who is free: the routing host and its desk."""

from dataclasses import dataclass
from functools import partial

from server.parts.base import Base
from server.parts.use_cases import UseCases
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
from server.services.assignment.quiet import Quietness
from server.services.assignment.status import Statuses
from server.services.assignment.watch import Watch
from storage.estimates import Estimates
from storage.handling import Handling
from storage.leases import Leases
from storage.marks import Marks
from storage.routing_facts import RoutingFacts
from storage.speeds import Speeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Who waits meets who is free."""

    host: Host
    desk: OfferDesk
    statuses: Statuses
    lookout: Lookout


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

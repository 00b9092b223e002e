"""What customers and agents speak to over their lines."""

from server.parts.base import Base
from server.parts.routing import Routing
from server.parts.use_cases import UseCases
from server.services.beside import Beside
from server.services.conversations import Conversations, Starts
from server.services.desk import Desk
from server.services.identity import VisitorTokens
from server.services.limits import Limit
from server.services.live.view import LiveView
from server.services.overruling import Overruling
from server.services.reception import AgentReception, VisitorReception
from server.services.stepping_in import SteppingIn
from server.services.transfers import Transfers
from server.services.visitors import Visitors
from server.sockets.agent import AgentNamespace, AgentUseCases
from server.sockets.visitor import VisitorNamespace

HOUR_S = 3600.0


def namespaces_of(
    base: Base, use: UseCases, routing: Routing, live: LiveView
) -> tuple[VisitorNamespace, AgentNamespace]:
    """Build what customers and agents speak to."""
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

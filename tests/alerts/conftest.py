"""A small shop with rules, and nodes that look at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from server.protocol.alerts import Alert, AlertRuleRecord, AlertsChanged, NewAlertRule
from server.services.admin.alert_rules import AlertRulesAdmin, Ways
from server.services.alerts.job import LOOK_S, Alerting, Here
from server.services.alerts.reading import AlertReading
from server.services.limits import Limit
from server.services.live.reading import Sources
from server.services.mail.recipients import Recipients
from server.services.rooms import leading_room
from server.services.seats import AgentSeat
from storage.alert_facts import AlertFacts
from storage.alert_posts import AlertPosts
from storage.alert_rules import AlertRules
from storage.database import Database
from storage.live import Live
from storage.live_agents import LiveAgents
from storage.mails import Mails
from storage.routing_facts import RoutingFacts
from tests.assignment.office import Office
from tests.support.database import another, database, database_template, dsn

__all__ = ["another", "database", "database_template", "dsn", "office", "watch"]


TESTS_MAX = 3


@dataclass(eq=False)
class Watcher:
    """A node, as far as it looks for alerts; ``hosts``: it takes itself for the host."""

    office: Office
    hosts: bool = True
    mails: bool = True
    alerting: Alerting = field(init=False)

    def __post_init__(self) -> None:
        office = self.office
        sources = Sources(
            talks=Live(office.db),
            agents=LiveAgents(office.db),
            rules=RoutingFacts(office.db),
            shops=office.stores.shops,
            lines=office.node.presence,
            places=office.node.places,
            clock=office.clock,
        )
        self.alerting = Alerting(
            rules=AlertRules(office.db),
            stores=office.stores,
            reading=AlertReading(sources, AlertFacts(office.db)),
            fanout=office.ears,
            clock=office.clock,
            here=Here(lambda: self.hosts, mails=self.mails),
        )


class Watch:
    """Who leads, their rules, and what their pages were told."""

    def __init__(self, office: Office) -> None:
        self.office, self.node = office, Watcher(office)
        self.posts = AlertPosts(office.db)
        self.lead = AgentSeat(uuid4(), office.shop.id, "Lea", "supervisor")
        self.admin = self.administration()

    def administration(self, *, mails: bool = True, may_be_private: bool = True) -> AlertRulesAdmin:
        """Return how rules are kept; ``mails``: e-mail goes out."""
        office = self.office
        return AlertRulesAdmin(
            rules=AlertRules(office.db),
            ways=Ways(
                posts=self.posts,
                mails=Mails(office.db),
                recipients=Recipients(office.stores.agents, mails=mails),
                tests=Limit(office.clock, "webhook_tests_per_minute", TESTS_MAX, 60.0),
                may_be_private=may_be_private,
            ),
            stores=office.stores,
            clock=office.clock,
        )

    async def rule(self, metric: Any, threshold: int = 1, **more: Any) -> AlertRuleRecord:
        """Ask to be told of something."""
        new = NewAlertRule(name=f"{metric}!", metric=metric, threshold=threshold, **more)
        return await self.admin.create(self.lead, new)

    async def looks(self, count: int = 1, *nodes: Watcher) -> None:
        """Let so many looks' time pass, each with a look of every node."""
        for _ in range(count):
            await self.office.clock.advance(LOOK_S)
            for node in nodes or (self.node,):
                await node.alerting.turn()

    @property
    def told(self) -> list[list[Alert]]:
        """What pages were told stands, each time they were told."""
        news = self.office.ears.of(leading_room(self.office.shop.id), "alerts:changed")
        return [each.standing for each in news if isinstance(each, AlertsChanged)]

    @property
    def standing(self) -> list[tuple[str, str]]:
        """What pages show now: of which rule, and whose breach it is."""
        return [(each.name, each.subject.name) for each in (self.told or [[]])[-1]]

    async def raised(self) -> int:
        """Return how often anything was raised, ever."""
        count = "SELECT count(*) FROM alert WHERE raised_at IS NOT NULL"
        return int(str(await self.office.db.fetchval(count)))

    async def kinds(self) -> list[str]:
        """Return what is, or was, to be told to other programs."""
        rows = await self.office.db.fetch("SELECT kind FROM alert_post ORDER BY id")
        return [row["kind"] for row in rows]

    async def served(self, conversation: UUID) -> None:
        """Let somebody who waits have left."""
        await self.office.db.execute(
            "UPDATE conversation SET state = 'closed', closed_by = 'customer', closed_at = $2"
            " WHERE id = $1",
            conversation,
            self.office.clock.now(),
        )


@pytest.fixture
async def office(database: Database, redis_url: str) -> AsyncIterator[Office]:
    """An open shop with one node and nobody at work yet."""
    async with Office.open(database, redis_url) as opened:
        yield opened


@pytest.fixture
def watch(office: Office) -> Watch:
    """Alerts of that shop."""
    return Watch(office)

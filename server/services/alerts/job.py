"""Looks at shops that have rules, every few seconds, on the node that hosts the routing.

Another host takes over within seconds when that node dies, and goes on with what is stored. Two
that both take themselves for the host stand in one line for each shop, and find the same.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from server.protocol.alerts import AlertsChanged
from server.services.alerts.faces import TOLD_MAX, alert_faces, told_outside
from server.services.alerts.metrics import OF_PRESENCE, Facts, measure
from server.services.alerts.reading import AlertReading
from server.services.alerts.verdicts import Begins, Stands, Vanishes, Verdict, end, judge
from server.services.clock import Clock
from server.services.fanout import Fanout
from server.services.mail.alert_letter import news_of
from server.services.rooms import leading_room
from server.services.stores import Stores
from storage.alert_rules import AlertRuleRow, AlertRules
from storage.alerts import AlertLook, AlertRow, Begun, Post
from storage.errors import AnotherNode, StorageError

LOOK_S = 5.0
STALE = timedelta(seconds=2 * LOOK_S)
"""What was read so long ago is not judged: meanwhile another node may have taken over."""
MAIL_PAUSE = timedelta(minutes=5)
"""Of one rule nobody is sent e-mail more often; what happens meanwhile is told together."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Here:
    """This node: whether it is the one that looks, and whether e-mail goes out at all."""

    hosts: Callable[[], bool]
    mails: bool = False


class Alerting:
    """The job."""

    def __init__(
        self,
        *,
        rules: AlertRules,
        stores: Stores,
        reading: AlertReading,
        fanout: Fanout,
        clock: Clock,
        here: Here,
    ) -> None:
        self._rules, self._alerts, self._reading = rules, stores.alerts, reading
        self._shops, self._fanout, self._clock = stores.shops, fanout, clock
        self._here = here
        self._told: set[UUID] = set()

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + LOOK_S)
            try:
                await self.turn()
            except StorageError as error:
                log.warning("alerts_not_looked_at", error=type(error).__name__)
            except Exception:  # job boundary: who is not alerted is served all the same
                log.exception("alerts_not_looked_at")

    async def turn(self) -> None:
        """Look once at every shop that has rules, if this node is the one that does."""
        if not self._here.hosts():
            self._told.clear()
            return
        for shop_id in await self._rules.shops():
            try:
                is_changed = await self._look(shop_id)
            except AnotherNode:
                continue
            except StorageError as error:
                log.warning("alerts_not_looked_at", error=type(error).__name__, shop=str(shop_id))
                continue
            except Exception:  # job boundary: one shop is no reason to look at no other
                log.exception("alerts_not_looked_at", shop=str(shop_id))
                continue
            # A host that took over does not know whether the one before it got to tell.
            if is_changed or shop_id not in self._told:
                self._told.discard(shop_id)
                await self._tell(shop_id)

    async def _look(self, shop_id: UUID) -> bool:
        """Judge a shop; return whether anything is raised or cleared now."""
        rules = [rule for rule in await self._rules.of_shop(shop_id) if rule.active]
        facts = await self._reading.facts(shop_id, {rule.metric for rule in rules})
        async with self._alerts.look(shop_id) as look:
            if not self._here.hosts() or self._clock.now() - facts.at > STALE:
                return False
            verdicts = _verdicts(rules, facts, await look.open())
            shop = await self._shops.get(shop_id) if verdicts else None
            changed = [
                await self._carry_out(look, rule, verdict, facts, "" if shop is None else shop.key)
                for rule, verdict in verdicts
            ]
        return any(changed)

    async def _carry_out(
        self,
        look: AlertLook,
        rule: AlertRuleRow | None,
        verdict: Verdict,
        facts: Facts,
        shop: str,
    ) -> bool:
        match verdict:
            case Begins(measure=found, is_raised=is_raised):
                assert rule is not None
                assert found.value is not None
                row = await look.begin(
                    Begun(rule, found.subject_id, found.name, found.value, facts.at, is_raised)
                )
                became = "raised" if is_raised else None
            case Vanishes(row=row):
                await look.forget([row.id])
                became = None
            case Stands(row=row, became=became):
                await look.keep(row)
        if became is None:
            return False
        log.info(
            "alert_changed", became=became, alert=str(row.id), metric=row.metric, value=row.value
        )
        if self._here.mails and (rule is None or rule.mail_to):
            await look.mail(row.rule_id, news_of(row, became, facts.at), facts.at, MAIL_PAUSE)
        if rule is None or rule.webhook_url is not None:
            body = told_outside(row, shop)
            await look.post(
                Post(rule_id=row.rule_id, alert_id=row.id, kind=became, body=body, due_at=facts.at)
            )
        return True

    async def _tell(self, shop_id: UUID) -> None:
        standing = alert_faces(await self._alerts.standing(shop_id, TOLD_MAX))
        news = AlertsChanged(standing=standing)
        self._fanout.tell(leading_room(shop_id), "alerts:changed", news, audience="agents")
        self._told.add(shop_id)


def _verdicts(
    rules: Sequence[AlertRuleRow], facts: Facts, known: Sequence[AlertRow]
) -> list[tuple[AlertRuleRow | None, Verdict]]:
    by_rule: defaultdict[UUID, list[AlertRow]] = defaultdict(list)
    for row in known:
        by_rule[row.rule_id].append(row)
    found: list[tuple[AlertRuleRow | None, Verdict]] = []
    for rule in rules:
        rows = by_rule.pop(rule.id, [])
        if rule.metric in OF_PRESENCE and not facts.is_sure:
            continue
        found += [(rule, each) for each in judge(rule, measure(rule.metric, facts), rows, facts.at)]
    for rows in by_rule.values():  # of rules that are no more, or rest
        found += [(None, end(row, facts.at)) for row in rows]
    return found

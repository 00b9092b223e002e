"""What those who lead want to be told of: rules, tries of their webhooks, and what was found."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from server.protocol.alerts import (
    AlertPage,
    AlertRuleItems,
    AlertRulePatch,
    AlertRuleRecord,
    AlertsQuery,
    NewAlertRule,
)
from server.protocol.errors import Conflict, Invalid, NotFound
from server.services.admin.changes import given
from server.services.alerts.faces import alert_faces, rule_record
from server.services.alerts.metrics import KINDS
from server.services.alerts.targets import fault_of, is_plainly_private
from server.services.clock import Clock
from server.services.ids import uuid_of
from server.services.limits import Limit
from server.services.mail.recipients import Recipients
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.alert_posts import AlertPosts
from storage.alert_rules import AlertRuleRow, AlertRules
from storage.alerts import Post
from storage.mails import Mails

RULES_MAX = 50
SECRET_BYTES = 32
PERCENT_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How rules tell people, and whom they may tell.

    ``tests`` bounds how often webhooks are tried out; ``may_be_private``: they may stay in the
    network.
    """

    posts: AlertPosts
    mails: Mails
    recipients: Recipients
    tests: Limit
    may_be_private: bool


class AlertRulesAdmin:
    """Supervisors and administrators only."""

    def __init__(
        self,
        *,
        rules: AlertRules,
        ways: Ways,
        stores: Stores,
        clock: Clock,
    ) -> None:
        self._rules, self._ways, self._stores, self._clock = rules, ways, stores, clock

    async def list(self, seat: AgentSeat) -> AlertRuleItems:
        """Return all."""
        seat.must_lead()
        rows = await self._rules.of_shop(seat.shop_id)
        posts = await self._ways.posts.newest(seat.shop_id)
        mails = await self._ways.mails.of_rules(seat.shop_id)
        return AlertRuleItems(
            items=[rule_record(row, posts.get(row.id), mails.get(row.id)) for row in rows]
        )

    async def create(self, seat: AgentSeat, new: NewAlertRule) -> AlertRuleRecord:
        """Add one."""
        seat.must_lead()
        secret = {"webhook_secret": secrets.token_urlsafe(SECRET_BYTES)}
        values = await self._checked(seat, given(new) | secret)
        row = await self._rules.create(seat.shop_id, values, RULES_MAX)
        if row is None:
            raise Conflict(f"A shop has at most {RULES_MAX} rules.", reason="rules_full")
        return rule_record(row)

    async def update(
        self, seat: AgentSeat, rule_id: UUID, patch: AlertRulePatch
    ) -> AlertRuleRecord:
        """Change one. What it has raised is judged anew within seconds.

        What is not given stays, also what somebody else has changed just now.
        """
        while True:
            before = await self._row(seat, rule_id)
            values = await self._checked(seat, _known(before) | given(patch), before.mail_to)
            row = await self._rules.update(before, values)
            if row is not None:
                return await self._record(row)

    async def delete(self, seat: AgentSeat, rule_id: UUID) -> None:
        """Take one out of use; what it has raised is cleared within seconds."""
        seat.must_lead()
        if not await self._rules.archive(seat.shop_id, rule_id, self._clock.now()):
            raise NotFound

    async def test(self, seat: AgentSeat, rule_id: UUID) -> AlertRuleRecord:
        """Post something to the webhook of one, once, to see whether it arrives."""
        row = await self._row(seat, rule_id)
        if row.webhook_url is None:
            raise Conflict("This rule has no webhook.", reason="no_webhook")
        self._ways.tests.count(str(seat.agent_id))
        shop = await self._stores.shops.get(seat.shop_id)
        await self._ways.posts.write(
            Post(
                rule_id=row.id,
                alert_id=None,
                kind="test",
                body={"shop": "" if shop is None else shop.key, "rule": str(row.id)},
                due_at=self._clock.now(),
            )
        )
        return await self._record(row)

    async def past(self, seat: AgentSeat, query: AlertsQuery) -> AlertPage:
        """Return what was raised, standing or over, the newest first."""
        seat.must_lead()
        before = None if query.before is None else uuid_of(query.before)
        rows = await self._stores.alerts.past(seat.shop_id, before, query.limit + 1)
        shown = rows[: query.limit]
        return AlertPage(
            items=alert_faces(shown), next=str(shown[-1].id) if len(rows) > len(shown) else None
        )

    async def _row(self, seat: AgentSeat, rule_id: UUID) -> AlertRuleRow:
        seat.must_lead()
        row = await self._rules.get(seat.shop_id, rule_id)
        if row is None:
            raise NotFound
        return row

    async def _record(self, row: AlertRuleRow) -> AlertRuleRecord:
        posts = await self._ways.posts.newest(row.shop_id)
        mails = await self._ways.mails.of_rules(row.shop_id)
        return rule_record(row, posts.get(row.id), mails.get(row.id))

    async def _checked(
        self, seat: AgentSeat, values: dict[str, object], told: Sequence[UUID] = ()
    ) -> dict[str, Any]:
        """Return columns as they are stored; refuse what means nothing. ``told``: so far."""
        kind = KINDS[cast("Any", values["metric"])]
        queue, agent = values.pop("queue"), values.pop("agent")
        if kind.unit == "is":
            values["threshold"] = 1
        if kind.unit == "percent" and cast("int", values["threshold"]) > PERCENT_MAX:
            raise Invalid("A share is 100 percent at most.", field="threshold")
        if queue is not None and kind.subject != "queue":
            raise Invalid("This is not about queues.", field="queue")
        if agent is not None and kind.subject != "agent":
            raise Invalid("This is not about agents.", field="agent")
        self._check_url(cast("str | None", values["webhook_url"]))
        return values | {
            "queue_id": await self._queue(seat, cast("str | None", queue)),
            "agent_id": await self._agent(seat, cast("str | None", agent)),
            "mail_to": await self._ways.recipients.checked(seat.shop_id, values["mail_to"], told),
        }

    def _check_url(self, url: str | None) -> None:
        if url is None:
            return
        fault = fault_of(url)
        if fault is None and not self._ways.may_be_private and is_plainly_private(url):
            fault = "This leads to this machine or its network, which is not allowed here."
        if fault is not None:
            raise Invalid(fault, field="webhook_url")

    async def _queue(self, seat: AgentSeat, queue: str | None) -> UUID | None:
        if queue is None:
            return None
        row = await self._stores.queues.get(seat.shop_id, _id(queue, "queue"))
        if row is None:
            raise Invalid("There is no such queue.", field="queue")
        return row.id

    async def _agent(self, seat: AgentSeat, agent: str | None) -> UUID | None:
        if agent is None:
            return None
        row = await self._stores.agents.get(_id(agent, "agent"))
        if row is None or row.shop_id != seat.shop_id:
            raise Invalid("There is no such agent.", field="agent")
        return row.id


def _known(row: AlertRuleRow) -> dict[str, object]:
    """Return a rule as somebody would give it."""
    return {
        "name": row.name,
        "metric": row.metric,
        "threshold": row.threshold,
        "queue": None if row.queue_id is None else str(row.queue_id),
        "agent": None if row.agent_id is None else str(row.agent_id),
        "hold_s": row.hold_s,
        "clear_s": row.clear_s,
        "active": row.active,
        "webhook_url": row.webhook_url,
        "webhook_secret": row.webhook_secret,
        "mail_to": row.mail_to,
    }


def _id(given_id: str, field: str) -> UUID:
    try:
        return uuid_of(given_id)
    except NotFound:
        raise Invalid(f"There is no such {field}.", field=field) from None

"""`/alert_rules` and `/alerts`: what those who lead are told of, and what was found."""

from server.http.endpoint import Call, Endpoint, NoContent, Nothing, endpoint
from server.protocol.alerts import (
    AlertPage,
    AlertRuleItems,
    AlertRulePatch,
    AlertRuleRecord,
    AlertsQuery,
    NewAlertRule,
)
from server.services.admin.alert_rules import AlertRulesAdmin


class AlertsResource:
    """Supervisors and administrators only."""

    def __init__(self, rules: AlertRulesAdmin) -> None:
        self._rules = rules

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one, test = "/alert_rules", "/alert_rules/{id}", "/alert_rules/{id}/test"
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=AlertRuleItems),
            endpoint(
                "POST", all_, self.create, takes=NewAlertRule, gives=AlertRuleRecord, status=201
            ),
            endpoint("PATCH", one, self.update, takes=AlertRulePatch, gives=AlertRuleRecord),
            endpoint("DELETE", one, self.delete, takes=Nothing, gives=NoContent),
            endpoint("POST", test, self.test, takes=Nothing, gives=AlertRuleRecord, status=202),
            endpoint("GET", "/alerts", self.past, takes=AlertsQuery, gives=AlertPage),
        ]

    async def list(self, call: Call, _: Nothing) -> AlertRuleItems:
        """List the rules of alerts."""
        return await self._rules.list(call.seat)

    async def create(self, call: Call, given: NewAlertRule) -> AlertRuleRecord:
        """Add a rule."""
        return await self._rules.create(call.seat, given)

    async def update(self, call: Call, given: AlertRulePatch) -> AlertRuleRecord:
        """Change a rule."""
        return await self._rules.update(call.seat, call.id, given)

    async def delete(self, call: Call, _: Nothing) -> NoContent:
        """Remove a rule; what it has raised stays in the list of alerts."""
        await self._rules.delete(call.seat, call.id)
        return NoContent()

    async def test(self, call: Call, _: Nothing) -> AlertRuleRecord:
        """Try the webhook of a rule once."""
        return await self._rules.test(call.seat, call.id)

    async def past(self, call: Call, given: AlertsQuery) -> AlertPage:
        """List what was raised, standing or over, the newest first."""
        return await self._rules.past(call.seat, given)

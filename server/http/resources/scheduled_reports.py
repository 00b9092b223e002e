"""`/scheduled_reports`: reports that are sent by e-mail, again and again or now."""

from server.http.endpoint import Call, Endpoint, NoContent, Nothing, endpoint
from server.protocol.scheduled_reports import (
    NewScheduledReport,
    ScheduledReportItems,
    ScheduledReportPatch,
    ScheduledReportRecord,
)
from server.services.scheduled_reports import ScheduledReportsDesk

Record = ScheduledReportRecord


class ScheduledReportsResource:
    """Supervisors and administrators only."""

    def __init__(self, desk: ScheduledReportsDesk) -> None:
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one, send = (f"/scheduled_reports{end}" for end in ("", "/{id}", "/{id}/send"))
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=ScheduledReportItems),
            endpoint("POST", all_, self.create, takes=NewScheduledReport, gives=Record, status=201),
            endpoint("PATCH", one, self.update, takes=ScheduledReportPatch, gives=Record),
            endpoint("DELETE", one, self.delete, takes=Nothing, gives=NoContent),
            endpoint("POST", send, self.send, takes=Nothing, gives=Record, status=202),
        ]

    async def list(self, call: Call, _: Nothing) -> ScheduledReportItems:
        """List the reports that are sent by e-mail."""
        return await self._desk.list(call.seat)

    async def create(self, call: Call, given: NewScheduledReport) -> ScheduledReportRecord:
        """Have a report sent on a schedule."""
        return await self._desk.create(call.seat, given)

    async def update(self, call: Call, given: ScheduledReportPatch) -> ScheduledReportRecord:
        """Change what is sent, when or to whom."""
        return await self._desk.update(call.seat, call.id, given)

    async def delete(self, call: Call, _: Nothing) -> NoContent:
        """Send a report no more."""
        await self._desk.delete(call.seat, call.id)
        return NoContent()

    async def send(self, call: Call, _: Nothing) -> ScheduledReportRecord:
        """Send a report to who asks, now."""
        return await self._desk.send(call.seat, call.id)

"""`/reports`: what happened, in figures, and the rows behind each of them."""

from server.http.endpoint import Call, Download, Endpoint, endpoint
from server.protocol.reports import (
    AgentPieces,
    AgentPiecesQuery,
    AgentTimes,
    DaysQuery,
    Report,
    ReportQuery,
    ReportRows,
    ReportRowsQuery,
)
from server.services.attendance_reports import AttendanceDesk
from server.services.reports import ReportDesk

PIECES = "/reports/agents/{id}"


class ReportsResource:
    """Reports of the shop. Supervisors and administrators only."""

    def __init__(self, desk: ReportDesk, attendance: AttendanceDesk) -> None:
        self._desk, self._attendance = desk, attendance

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        return [
            endpoint("GET", "/reports", self.report, takes=ReportQuery, gives=Report),
            endpoint("GET", "/reports/rows", self.rows, takes=ReportRowsQuery, gives=ReportRows),
            endpoint("GET", "/reports/table", self.table, takes=ReportQuery, gives=Download),
            endpoint("GET", "/reports/sheet", self.sheet, takes=ReportQuery, gives=Download),
            endpoint("GET", "/reports/agents", self.agents, takes=DaysQuery, gives=AgentTimes),
            endpoint("GET", PIECES, self.pieces, takes=AgentPiecesQuery, gives=AgentPieces),
        ]

    async def report(self, call: Call, query: ReportQuery) -> Report:
        """Show figures of some days, by queue, agent, day …, and together."""
        return await self._desk.report(call.seat, query)

    async def rows(self, call: Call, query: ReportRowsQuery) -> ReportRows:
        """List the rows behind one figure; together they are the figure."""
        return await self._desk.rows(call.seat, query)

    async def table(self, call: Call, query: ReportQuery) -> Download:
        """Hand out a report as CSV."""
        table = await self._desk.table(call.seat, query)
        return Download(name=f"{table.name}.csv", content_type="text/csv", text=table.content)

    async def sheet(self, call: Call, query: ReportQuery) -> Download:
        """Hand out a report as XLSX, for Excel."""
        sheet = await self._desk.sheet(call.seat, query)
        return Download(
            name=f"{sheet.name}.xlsx",
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            text=sheet.content,
        )

    async def agents(self, call: Call, query: DaysQuery) -> AgentTimes:
        """Show how agents spent their time: connected, available, with conversations in hand."""
        return await self._attendance.spent(call.seat, query)

    async def pieces(self, call: Call, query: AgentPiecesQuery) -> AgentPieces:
        """List the times that a figure of an agent's time is made of."""
        return await self._attendance.pieces(call.seat, call.id, query)

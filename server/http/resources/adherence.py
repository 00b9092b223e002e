"""`/schedule/adherence` and `/schedule/now`: the plan beside what was, and what is."""

from server.http.endpoint import Call, Download, Endpoint, Nothing, endpoint
from server.protocol.adherence import Adherence, DayQuery, ScheduleNow
from server.services.schedule.adherence import AdherenceDesk
from server.services.schedule.on_shift import OnShiftDesk


class AdherenceResource:
    """How plans were kept. Supervisors and administrators only, but for `mine`."""

    def __init__(self, desk: AdherenceDesk, on_shift: OnShiftDesk) -> None:
        self._desk, self._on_shift = desk, on_shift

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        day, table, mine = (f"/schedule/adherence{end}" for end in ("", "/table", "/mine"))
        return [
            endpoint("GET", day, self.of_shop, takes=DayQuery, gives=Adherence),
            endpoint("GET", table, self.table, takes=DayQuery, gives=Download),
            endpoint("GET", mine, self.own_day, takes=DayQuery, gives=Adherence),
            endpoint("GET", "/schedule/now", self.now, takes=Nothing, gives=ScheduleNow),
        ]

    async def of_shop(self, call: Call, query: DayQuery) -> Adherence:
        """Show the shifts of a day beside what was, with exceptions and shares."""
        return await self._desk.of_shop(call.seat, query)

    async def table(self, call: Call, query: DayQuery) -> Download:
        """Hand out the adherence of a day as CSV."""
        return Download(
            name=f"kefu-adherence-{query.day or 'today'}.csv",
            content_type="text/csv",
            text=await self._desk.table(call.seat, query),
        )

    async def own_day(self, call: Call, query: DayQuery) -> Adherence:
        """Show one's own day beside one's own plan."""
        return await self._desk.mine(call.seat, query)

    async def now(self, call: Call, _: Nothing) -> ScheduleNow:
        """Show whose shift is now, and whether they are there."""
        return await self._on_shift.now(call.seat)

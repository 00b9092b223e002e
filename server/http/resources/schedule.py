"""`/schedule` and `/shifts`: the plan of work, for those who lead and for everybody's own."""

from server.http.endpoint import Call, Download, Endpoint, NoContent, Nothing, endpoint
from server.protocol.schedule import (
    Copied,
    CopyWeek,
    DayTried,
    NeedQuery,
    NewShift,
    OwnPlan,
    Removed,
    RemoveShifts,
    Seen,
    Shift,
    ShiftPatch,
    TryDay,
    WeekNeed,
    WeekPlan,
    WeekQuery,
)
from server.services.schedule.mine import OwnDesk
from server.services.schedule.plan import PlanDesk
from server.services.schedule.staffing import Staffing
from server.services.schedule.trials import DayTrials


class ScheduleResource:
    """A week of the shop and what it takes. Supervisors and administrators only, but for `mine`."""

    def __init__(
        self, plan: PlanDesk, staffing: Staffing, trials: DayTrials, mine: OwnDesk
    ) -> None:
        self._plan, self._staffing, self._trials, self._mine = plan, staffing, trials, mine

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        copy, try_day = "/schedule/copy", "/schedule/try"
        return [
            endpoint("GET", "/schedule", self.week, takes=WeekQuery, gives=WeekPlan),
            endpoint("GET", "/schedule/need", self.need, takes=NeedQuery, gives=WeekNeed),
            endpoint("POST", copy, self.copy, takes=CopyWeek, gives=Copied),
            endpoint("POST", try_day, self.try_day, takes=TryDay, gives=DayTried),
            endpoint("GET", "/schedule/mine", self.own, takes=Nothing, gives=OwnPlan),
            endpoint("GET", "/schedule/calendar", self.calendar, takes=Nothing, gives=Download),
        ]

    async def week(self, call: Call, query: WeekQuery) -> WeekPlan:
        """Show a week: who is planned, who is away, what waits for an answer."""
        return await self._plan.week(call.seat, query)

    async def need(self, call: Call, query: NeedQuery) -> WeekNeed:
        """Show how many agents a week takes beside how many are planned, and its gaps."""
        return await self._staffing.week(call.seat, query)

    async def copy(self, call: Call, given: CopyWeek) -> Copied:
        """Plan a week as the week before; what cannot be is left out and told."""
        return await self._plan.copy(call.seat, given)

    async def try_day(self, call: Call, given: TryDay) -> DayTried:
        """Simulate a day as planned, and with its gaps filled."""
        return await self._trials.try_day(call.seat, given)

    async def own(self, call: Call, _: Nothing) -> OwnPlan:
        """Show one's own plan of four weeks."""
        return await self._mine.look(call.seat)

    async def calendar(self, call: Call, _: Nothing) -> Download:
        """Hand out one's own plan as an iCalendar file."""
        return Download(
            name="kefu-schedule.ics",
            content_type="text/calendar",
            text=await self._mine.calendar(call.seat),
        )


class ShiftsResource:
    """Shifts. Supervisors and administrators only."""

    def __init__(self, plan: PlanDesk) -> None:
        self._plan = plan

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one, remove = "/shifts", "/shifts/{id}", "/shifts/remove"
        return [
            endpoint("POST", all_, self.create, takes=NewShift, gives=Shift, status=201),
            endpoint("PATCH", one, self.change, takes=ShiftPatch, gives=Shift),
            endpoint("DELETE", one, self.remove, takes=Seen, gives=NoContent),
            endpoint("POST", remove, self.remove_many, takes=RemoveShifts, gives=Removed),
        ]

    async def create(self, call: Call, given: NewShift) -> Shift:
        """Plan somebody."""
        return await self._plan.create(call.seat, given)

    async def change(self, call: Call, given: ShiftPatch) -> Shift:
        """Move a shift, or give it to somebody else."""
        return await self._plan.change(call.seat, call.id, given)

    async def remove(self, call: Call, given: Seen) -> NoContent:
        """Take a shift out of the plan, as it was seen."""
        await self._plan.remove(call.seat, call.id, given)
        return NoContent()

    async def remove_many(self, call: Call, given: RemoveShifts) -> Removed:
        """Take several out, as far as nobody has changed them since they were seen."""
        return await self._plan.remove_many(call.seat, given)

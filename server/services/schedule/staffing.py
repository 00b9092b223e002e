"""What a week takes beside who is planned, and where somebody is missing. For those who lead."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from server.protocol.schedule import Gap, NeedQuery, QueueNeed, WeekNeed
from server.protocol.shapes import QueueRef
from server.schedule.gaps import Span, gaps_of
from server.schedule.need import LEVEL, Queue
from server.services.clock import Clock
from server.services.schedule.outlook import Day, Outlook, Outlooks
from server.services.schedule.plan import DAYS, first_day, shop_of
from server.services.seats import AgentSeat
from server.services.stores import Stores

Words = Mapping[str, str]
"""Names by key or id."""


class Staffing:
    """Compares the plan with the past."""

    def __init__(self, outlooks: Outlooks, stores: Stores, clock: Clock) -> None:
        self._outlooks, self._stores, self._clock = outlooks, stores, clock

    async def week(self, seat: AgentSeat, query: NeedQuery) -> WeekNeed:
        """Return what a week takes, and its gaps in order of time."""
        seat.must_lead()
        shop = await shop_of(self._stores, seat)
        zone = ZoneInfo(shop.time_zone)
        first = first_day(query.day, self._clock.now().astimezone(zone).date())
        outlook = await self._outlooks.of(shop, [first + timedelta(days=n) for n in DAYS])
        skills = await skill_names(self._stores, seat.shop_id)
        expected = outlook.expected
        queues = outlook.days[0].rows.keys()
        return WeekNeed(
            first=first,
            since=expected.since,
            until=expected.until,
            customers=expected.customers,
            queues=[_queue_need(queue, outlook, skills) for queue in queues],
            gaps=[
                gap for day in outlook.days for gap in day_gaps(day, outlook.names, skills, zone)
            ],
        )


async def skill_names(stores: Stores, shop_id: UUID) -> dict[str, str]:
    """Return what skills are called, by key."""
    return {each.key: each.name for each in await stores.skills.of_shop(shop_id)}


def day_gaps(day: Day, names: Words, skills: Words, zone: ZoneInfo) -> list[Gap]:
    """Return the gaps of a day by time; all together only where no queue is short by itself."""
    found = [
        _gap(day, span, queue, names, skills)
        for queue, rows in day.rows.items()
        for span in gaps_of(rows, day.day, zone)
    ]
    short = {row.half_hour for rows in day.rows.values() for row in rows if row.short}
    rest = [
        replace(row, planned=row.need) if row.half_hour in short else row for row in day.together
    ]
    found += [_gap(day, span, None, names, skills) for span in gaps_of(rest, day.day, zone)]
    return sorted(found, key=lambda gap: (gap.start, gap.end))


def _gap(day: Day, span: Span, queue: Queue | None, names: Words, skills: Words) -> Gap:
    return Gap(
        day=day.day,
        start=span.start,
        end=span.end,
        kind=span.kind,
        short=span.short,
        to_the_end=span.to_the_end,
        queue=None if queue is None else QueueRef(id=queue.id, name=names[queue.id]),
        skills=[] if queue is None else _needed(queue, skills),
    )


def _queue_need(queue: Queue, outlook: Outlook, skills: Words) -> QueueNeed:
    return QueueNeed(
        queue=QueueRef(id=queue.id, name=outlook.names[queue.id]),
        skills=_needed(queue, skills),
        able=sorted(queue.able),
        level=LEVEL,
        within_s=queue.within_s,
        days=[
            [
                (row.half_hour.minute, row.need, row.planned, round(row.arrivals, 2))
                for row in day.rows[queue]
                if row.need
            ]
            for day in outlook.days
        ],
    )


def _needed(queue: Queue, skills: Words) -> list[str]:
    return [skills.get(key, key) for key in queue.needs]

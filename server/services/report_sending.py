"""Reports on a schedule, made by one node when they are due."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from server.reports.due import days_before, last_due, next_due
from server.services.clock import Clock
from server.services.mail.report_letter import report_mail
from server.services.reports import ReportDesk
from server.services.scheduled_reports import asked, shop_of
from server.services.stores import Stores
from storage.errors import StorageError
from storage.reports.scheduled import ScheduledReports, ScheduledRow

LOOK_S = 5.0
HELD = timedelta(minutes=2)
"""Longer than a report takes to be made."""

log = structlog.get_logger()


class ReportSending:
    """The job that makes what is due. Missed while nothing ran: made once, for the newest days."""

    def __init__(
        self, scheduled: ScheduledReports, reports: ReportDesk, stores: Stores, clock: Clock
    ) -> None:
        self._scheduled, self._reports = scheduled, reports
        self._stores, self._clock = stores, clock

    async def run(self) -> None:
        """Make what is due, for ever."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + LOOK_S)
            try:
                while await self.turn():
                    pass
            except StorageError as error:
                log.warning("reports_not_sent", error=type(error).__name__)
            except Exception:  # job boundary: who is sent no report is served all the same
                log.exception("reports_not_sent")

    async def turn(self) -> bool:
        """Make one that is due and have it sent; False when none is."""
        now = self._clock.now()
        row = await self._scheduled.take(now, now + HELD)
        if row is None:
            return False
        try:
            await self._make(row)
        except StorageError:
            raise
        except Exception:  # job boundary: one report is no reason to send no other
            log.exception("report_not_made", report=str(row.id))
        return True

    async def _make(self, row: ScheduledRow) -> None:
        shop = await shop_of(self._stores, row.shop_id)
        now, zone = self._clock.now(), ZoneInfo(shop.time_zone)
        due = last_due(row.every, row.at_minute, zone, row.next_at, now)
        # By the clock on the wall: a time that it jumps over may come on the day after.
        day = (due.astimezone(zone) - timedelta(minutes=row.at_minute)).date()
        query = asked(row, days_before(row.period, day), shop.locale)
        mail = report_mail(row, query, await self._reports.of_shop(row.shop_id, query))
        last = day if row.sent_on is None else max(day, row.sent_on)

        def following(zone: str) -> datetime:
            return next_due(row.every, row.at_minute, ZoneInfo(zone), now, last)

        if await self._scheduled.made(row, mail, day, following, now):
            log.info("report_made", report=str(row.id), first=str(query.first))

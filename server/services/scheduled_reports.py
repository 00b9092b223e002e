"""Reports on a schedule: kept by those who lead, made by one node when they are due."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import structlog

from server.protocol.errors import Conflict, Invalid, NotFound
from server.protocol.reports import ReportQuery
from server.protocol.scheduled_reports import (
    NewScheduledReport,
    ScheduledReportItems,
    ScheduledReportPatch,
    ScheduledReportRecord,
)
from server.reports.due import days_before, last_due, next_due
from server.services.admin.changes import given
from server.services.alerts.faces import mail_face
from server.services.clock import Clock
from server.services.mail.recipients import Recipients
from server.services.mail.report_letter import report_mail
from server.services.reports import ReportDesk
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.errors import StorageError
from storage.mails import Mails, MailState
from storage.people import ShopRow
from storage.reports.scheduled import ScheduledReports, ScheduledRow

REPORTS_MAX = 50
LOOK_S = 5.0
HELD = timedelta(minutes=2)
"""Longer than a report takes to be made."""

WHEN = ("every", "at_minute", "active")
ASKED = ("by", "hours", "level", "within_s", "compare")

log = structlog.get_logger()


class ScheduledReportsDesk:
    """Supervisors and administrators only, of their own shop."""

    def __init__(
        self,
        *,
        scheduled: ScheduledReports,
        mails: Mails,
        recipients: Recipients,
        reports: ReportDesk,
        stores: Stores,
        clock: Clock,
    ) -> None:
        self._scheduled, self._mails, self._recipients = scheduled, mails, recipients
        self._reports, self._stores, self._clock = reports, stores, clock

    async def list(self, seat: AgentSeat) -> ScheduledReportItems:
        """Return all."""
        seat.must_lead()
        rows = await self._scheduled.of_shop(seat.shop_id)
        mails = await self._mails.of_reports(seat.shop_id)
        return ScheduledReportItems(items=[_record(row, mails.get(row.id)) for row in rows])

    async def create(self, seat: AgentSeat, new: NewScheduledReport) -> ScheduledReportRecord:
        """Add one."""
        seat.must_lead()
        values = await self._checked(seat, given(new), None)
        row = await self._scheduled.create(seat.shop_id, values, REPORTS_MAX)
        if row is None:
            raise Conflict(f"A shop sends at most {REPORTS_MAX} reports.", reason="reports_full")
        return _record(row, None)

    async def update(
        self, seat: AgentSeat, report_id: UUID, patch: ScheduledReportPatch
    ) -> ScheduledReportRecord:
        """Change one. It is still sent at most once a day."""
        before = await self._row(seat, report_id)
        known = {
            "name": before.name,
            "mail_to": before.mail_to,
            "period": before.period,
            "every": before.every,
            "at_minute": before.at_minute,
            "active": before.active,
            **before.query,
        }
        values = await self._checked(seat, known | given(patch), before)
        row = await self._scheduled.update(seat.shop_id, report_id, values)
        if row is None:
            raise NotFound
        return await self._shown(row)

    async def delete(self, seat: AgentSeat, report_id: UUID) -> None:
        """Send one no more."""
        seat.must_lead()
        if not await self._scheduled.archive(seat.shop_id, report_id, self._clock.now()):
            raise NotFound

    async def send(self, seat: AgentSeat, report_id: UUID) -> ScheduledReportRecord:
        """Send one to who asks, now."""
        row = await self._row(seat, report_id)
        self._recipients.must_mail()
        now = self._clock.now()
        shop = await _shop(self._stores, row.shop_id)
        today = now.astimezone(ZoneInfo(shop.time_zone)).date()
        query = asked(row, days_before(row.period, today), shop.locale)
        mail = report_mail(row, query, await self._reports.of_shop(row.shop_id, query))
        await self._scheduled.send_now(mail, seat.agent_id, now)
        return await self._shown(row)

    async def _row(self, seat: AgentSeat, report_id: UUID) -> ScheduledRow:
        seat.must_lead()
        row = await self._scheduled.get(seat.shop_id, report_id)
        if row is None:
            raise NotFound
        return row

    async def _shown(self, row: ScheduledRow) -> ScheduledReportRecord:
        return _record(row, (await self._mails.of_reports(row.shop_id)).get(row.id))

    async def _checked(
        self, seat: AgentSeat, values: dict[str, Any], before: ScheduledRow | None
    ) -> dict[str, Any]:
        """Return columns as they are stored; refuse whoever may not be told."""
        told = () if before is None else before.mail_to
        to = await self._recipients.checked(seat.shop_id, values["mail_to"], told)
        if not to:
            raise Invalid("Choose who is sent this.", field="mail_to")
        zone = ZoneInfo((await _shop(self._stores, seat.shop_id)).time_zone)
        query = {name: values.pop(name) for name in ASKED}
        values |= {"mail_to": to, "query": query}
        if before is not None and all(values[each] == getattr(before, each) for each in WHEN):
            return values | {"next_at": before.next_at}
        sent_on = None if before is None else before.sent_on
        now = self._clock.now()
        due = next_due(values["every"], values["at_minute"], zone, now, sent_on)
        return values | {"next_at": due}


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
        now, shop = self._clock.now(), await _shop(self._stores, row.shop_id)
        zone = ZoneInfo(shop.time_zone)
        due = last_due(row.every, row.at_minute, zone, row.next_at, now)
        day = due.astimezone(zone).date()
        query = asked(row, days_before(row.period, day), shop.locale)
        mail = report_mail(row, query, await self._reports.of_shop(row.shop_id, query))
        following = next_due(row.every, row.at_minute, zone, now, day)
        if await self._scheduled.made(row, mail, following, day, now):
            log.info("report_made", report=str(row.id), first=str(query.first))


def asked(row: ScheduledRow, days: tuple[object, object], locale: str) -> ReportQuery:
    """Return what a report asks for on some days, first and last, and whose words it uses."""
    of_days = {"first": days[0], "last": days[1], "locale": locale}
    return msgspec.convert({**row.query, **of_days}, ReportQuery)


async def _shop(stores: Stores, shop_id: UUID) -> ShopRow:
    shop = await stores.shops.get(shop_id)
    if shop is None:
        raise NotFound
    return shop


def _record(row: ScheduledRow, mail: MailState | None) -> ScheduledReportRecord:
    return ScheduledReportRecord(
        id=str(row.id),
        name=row.name,
        period=row.period,
        every=row.every,
        at_minute=row.at_minute,
        mail_to=[str(each) for each in row.mail_to],
        active=row.active,
        next_at=row.next_at if row.active else None,
        mail=None if mail is None else mail_face(mail),
        **cast("Any", row.query),
    )

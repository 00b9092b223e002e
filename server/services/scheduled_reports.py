"""Reports on a schedule, as those who lead keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from server.protocol.errors import Conflict, Invalid, NotFound
from server.protocol.reports import ReportQuery
from server.protocol.scheduled_reports import (
    NewScheduledReport,
    ScheduledReportItems,
    ScheduledReportPatch,
    ScheduledReportRecord,
)
from server.reports.due import days_before, next_due
from server.services.admin.changes import given
from server.services.alerts.faces import mail_face
from server.services.clock import Clock
from server.services.limits import Limit
from server.services.mail.recipients import Recipients
from server.services.mail.report_letter import report_mail
from server.services.reports import ReportDesk
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.mails import Mails, MailState
from storage.people import ShopRow
from storage.reports.scheduled import Due, ScheduledReports, ScheduledRow

REPORTS_MAX = 50
WHEN = ("every", "at_minute", "active")
ASKED = ("by", "hours", "level", "within_s", "compare")


@dataclass(frozen=True, slots=True)
class Post:
    """How reports leave; ``sends`` bounds how often somebody has some sent at once."""

    mails: Mails
    recipients: Recipients
    sends: Limit


class ScheduledReportsDesk:
    """Supervisors and administrators only, of their own shop."""

    def __init__(
        self,
        *,
        scheduled: ScheduledReports,
        post: Post,
        reports: ReportDesk,
        stores: Stores,
        clock: Clock,
    ) -> None:
        self._scheduled, self._post = scheduled, post
        self._reports, self._stores, self._clock = reports, stores, clock

    async def list(self, seat: AgentSeat) -> ScheduledReportItems:
        """Return all."""
        seat.must_lead()
        rows = await self._scheduled.of_shop(seat.shop_id)
        mails = await self._post.mails.of_reports(seat.shop_id)
        return ScheduledReportItems(items=[_record(row, mails.get(row.id)) for row in rows])

    async def create(self, seat: AgentSeat, new: NewScheduledReport) -> ScheduledReportRecord:
        """Add one."""
        seat.must_lead()
        values = await self._checked(seat, given(new))
        row = await self._scheduled.create(seat.shop_id, values, self._due(values), REPORTS_MAX)
        if row is None:
            raise Conflict(f"A shop sends at most {REPORTS_MAX} reports.", reason="reports_full")
        return _record(row, None)

    async def update(
        self, seat: AgentSeat, report_id: UUID, patch: ScheduledReportPatch
    ) -> ScheduledReportRecord:
        """Change one. It is still sent at most once a day.

        What is not given stays, also what somebody else has changed just now.
        """
        while True:
            before = await self._row(seat, report_id)
            values = await self._checked(seat, _known(before) | given(patch), before.mail_to)
            row = await self._scheduled.update(before, values, self._due(values, before))
            if row is not None:
                return await self._shown(row)

    async def delete(self, seat: AgentSeat, report_id: UUID) -> None:
        """Send one no more."""
        seat.must_lead()
        if not await self._scheduled.archive(seat.shop_id, report_id, self._clock.now()):
            raise NotFound

    async def send(self, seat: AgentSeat, report_id: UUID) -> ScheduledReportRecord:
        """Send one to who asks, now."""
        row = await self._row(seat, report_id)
        self._post.recipients.must_mail()
        self._post.sends.count(str(seat.agent_id))
        now = self._clock.now()
        shop = await shop_of(self._stores, row.shop_id)
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
        return _record(row, (await self._post.mails.of_reports(row.shop_id)).get(row.id))

    async def _checked(
        self, seat: AgentSeat, values: dict[str, Any], told: Sequence[UUID] = ()
    ) -> dict[str, Any]:
        """Return columns as they are stored; refuse whoever may not be told. ``told``: so far."""
        to = await self._post.recipients.checked(seat.shop_id, values["mail_to"], told)
        if not to:
            raise Invalid("Choose who is sent this.", field="mail_to")
        query = {name: values.pop(name) for name in ASKED}
        return values | {"mail_to": to, "query": query}

    def _due(self, values: dict[str, Any], before: ScheduledRow | None = None) -> Due:
        """Return when it is due next; as ``before`` where nothing about that is changed."""

        def due(zone: str) -> datetime:
            if before is not None and all(values[each] == getattr(before, each) for each in WHEN):
                return before.next_at
            sent_on = None if before is None else before.sent_on
            every, at_minute = values["every"], values["at_minute"]
            return next_due(every, at_minute, ZoneInfo(zone), self._clock.now(), sent_on)

        return due


def asked(row: ScheduledRow, days: tuple[object, object], locale: str) -> ReportQuery:
    """Return what a report asks for on some days, first and last, and whose words it uses."""
    of_days = {"first": days[0], "last": days[1], "locale": locale}
    return msgspec.convert({**row.query, **of_days}, ReportQuery)


async def shop_of(stores: Stores, shop_id: UUID) -> ShopRow:
    """Return the shop of a report."""
    shop = await stores.shops.get(shop_id)
    if shop is None:
        raise NotFound
    return shop


def _known(row: ScheduledRow) -> dict[str, Any]:
    """Return a report as somebody would give it."""
    return {
        "name": row.name,
        "mail_to": row.mail_to,
        "period": row.period,
        "every": row.every,
        "at_minute": row.at_minute,
        "active": row.active,
        **row.query,
    }


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

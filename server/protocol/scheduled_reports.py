"""Reports that are made again and again, and sent by e-mail: what the REST API takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.alerts import MailState, MailTo
from server.protocol.commands import Command
from server.protocol.reports import By, Hours, Level, Within
from server.protocol.setup.values import Name
from server.protocol.shapes import Shape

SentPeriod = Literal["yesterday", "days_7", "days_28", "last_week", "last_month"]
Every = Literal["day", "week", "month"]
MinuteOfDay = Annotated[int, Meta(ge=0, le=1439, description="By the shop's clock.")]


class ScheduledReportRecord(Shape, frozen=True):
    """A report on a schedule: which days, before the day of sending, by what, sent when to whom.

    ``every`` week is on Monday, every month on the first; at ``at_minute`` of the shop's day.
    ``by``, ``hours``, ``level``, ``within_s`` and ``compare`` are those of a report. ``mail`` is
    how the newest e-mail fared.
    """

    id: str
    name: str
    period: SentPeriod
    by: By
    hours: Hours
    level: Level
    within_s: int
    compare: bool
    every: Every
    at_minute: int
    mail_to: list[str]
    active: bool
    next_at: datetime | None = None
    mail: MailState | None = None


class ScheduledReportItems(Shape, frozen=True):
    """All of the shop, by name."""

    items: list[ScheduledReportRecord]
    next: str | None = None


class NewScheduledReport(Command, frozen=True):
    """A report to send."""

    name: Name
    mail_to: MailTo
    period: SentPeriod = "yesterday"
    by: By = "queue"
    hours: Hours = "clock"
    level: Level = "offered"
    within_s: Within = 60
    compare: bool = False
    every: Every = "day"
    at_minute: MinuteOfDay = 480
    active: bool = True


class ScheduledReportPatch(Command, frozen=True):
    """What is to change; fields that are left out stay."""

    name: Name | UnsetType = UNSET
    mail_to: MailTo | UnsetType = UNSET
    period: SentPeriod | UnsetType = UNSET
    by: By | UnsetType = UNSET
    hours: Hours | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    within_s: Within | UnsetType = UNSET
    compare: bool | UnsetType = UNSET
    every: Every | UnsetType = UNSET
    at_minute: MinuteOfDay | UnsetType = UNSET
    active: bool | UnsetType = UNSET

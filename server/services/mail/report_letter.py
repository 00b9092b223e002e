"""A report as a letter: a few figures in its text, and all of it as the workbook of the screen."""

from collections.abc import Mapping
from datetime import date

import msgspec

from server.protocol.reports import Report, ReportQuery, Unit
from server.reports.table import as_sheet
from server.services.mail.letters import Attached, Letter
from server.services.mail.words import Words, written
from storage.mails import ReportMail
from storage.reports.scheduled import ScheduledRow

FIRST = ("asked", "abandonment", "wait_p50", "level", "first_response_mean", "handle_mean", "csat")
"""The figures that one looks at first, as the page of reports shows them."""

NOTHING = "–"


class Headline(msgspec.Struct, frozen=True):
    """One figure of all together."""

    name: str
    unit: Unit
    value: float | None
    rough: bool


class ReportNews(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter says of a report; nothing of customers one by one."""

    name: str
    by: str
    first: date
    last: date
    is_empty: bool
    complete: bool
    figures: list[Headline]


def report_mail(row: ScheduledRow, query: ReportQuery, report: Report) -> ReportMail:
    """Return what is to be sent of a report that was made."""
    figures = [
        Headline(each.name, each.unit, found.value, found.rough)
        for wanted in FIRST
        for each in report.columns
        if each.name == wanted or (wanted == "level" and each.name.startswith("level_"))
        for found in [report.total.figures[each.name]]
    ]
    news = ReportNews(
        name=row.name,
        by=query.by,
        first=report.period.first,
        last=report.period.last,
        is_empty=not report.lines,
        complete=report.complete,
        figures=figures,
    )
    return ReportMail(row.id, msgspec.to_builtins(news), as_sheet(report, query.by, query.locale))


def report_letter(
    body: Mapping[str, object], sheet: bytes | None, shop: str, words: Words, console: str | None
) -> Letter:
    """Write it. ``console`` is the address of the console, if it is known."""
    news = msgspec.convert(body, ReportNews)
    days = (
        news.first.isoformat()
        if news.first == news.last
        else words.say("days", first=news.first, last=news.last)
    )
    lines = [words.say("report_text", name=news.name, days=days)]
    lines += [words.say("report_empty")] if news.is_empty else []
    lines += [] if news.complete else [words.say("report_incomplete")]
    name = f"kefu-{news.by}-{news.first}-{news.last}.xlsx"
    return Letter(
        language=words.language,
        subject=words.say("report", name=news.name, days=days),
        lines=lines,
        figures=[] if news.is_empty else [_written(each, words) for each in news.figures],
        link=None if console is None else (words.say("report_link"), f"{console}#/admin/reports"),
        foot=words.say("report_foot", shop=shop),
        attached=None if sheet is None else Attached(name, sheet),
    )


def _written(figure: Headline, words: Words) -> tuple[str, str]:
    value = NOTHING if figure.value is None else written(figure.unit, figure.value)
    return words.say(f"figure.{figure.name}"), f"≈ {value}" if figure.rough else value

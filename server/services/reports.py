"""Reports of a shop: figures by queue, agent, day …, and the rows behind each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from routing.wall import moment
from server.protocol.errors import Invalid, NotFound
from server.protocol.reports import (
    Report,
    ReportFigure,
    ReportLine,
    ReportPeriod,
    ReportQuery,
    ReportRow,
    ReportRows,
    ReportRowsQuery,
)
from server.reports.figures import column_of, figure_of, in_unit
from server.reports.lines import added_up, largest, moved_on, without_gaps
from server.reports.table import as_sheet, as_table
from server.services.callers import Caller, callers_of
from server.services.clock import Clock
from server.services.report_days import ONE_DAY, days_of
from server.services.seats import AgentSeat
from server.services.stores import Stores
from storage.reports.counts import TOTAL, Counted, Key, Scope, Table
from storage.reports.figures import BY_NAME, Figure, added, shown
from storage.reports.reading import Behind, Reports
from storage.reports.reading import ReportRow as Row

DAYS_MAX = 366

Asked = ReportQuery | ReportRowsQuery


@dataclass(frozen=True, slots=True)
class _Names:
    """What queues and agents are called, those that are out of use too."""

    queues: dict[str, str]
    agents: dict[str, str]

    def of(self, by: str, key: str) -> str | None:
        names = {"queue": self.queues, "agent": self.agents}.get(by)
        return None if names is None else names.get(key)


@dataclass(frozen=True, slots=True)
class Exported:
    """A report as a file, and what to call it, but for what kind of file it is."""

    name: str
    content: str | bytes


class ReportDesk:
    """For supervisors and administrators, of their own shop."""

    def __init__(self, reports: Reports, stores: Stores, clock: Clock) -> None:
        self._reports, self._stores, self._clock = reports, stores, clock

    async def report(self, seat: AgentSeat, query: ReportQuery) -> Report:
        """Return the figures of some days, by what is asked for and together."""
        seat.must_lead()
        return await self.of_shop(seat.shop_id, query)

    async def of_shop(self, shop_id: UUID, query: ReportQuery) -> Report:
        """Return the same for whoever may know that already, such as who is sent it."""
        zone = await self._zone(shop_id)
        period = self._period(query, zone)
        figures = added(query.level) if query.by == "weekhour" else shown(query.level)
        table = await self._count(shop_id, query, period, zone, figures)
        earlier = _days_before(period, zone) if query.compare else None
        before = None
        begins_at = await self._reports.since(shop_id)
        # Of days before all records there are no zeros to compare with: nothing is known of them.
        if earlier is not None and begins_at is not None and begins_at < earlier.until:
            before = await self._count(shop_id, query, earlier, zone, figures)
            if query.by == "day":
                before = moved_on(before, period.first - earlier.first)
        names = await self._names(shop_id)
        keys = without_gaps(query.by, table.keys() | (before or {}).keys()) - {TOTAL}
        chosen, rest = largest(query.by, table, keys)
        lines = [
            _line(figures, key, names.of(query.by, key[1] or ""), table, before) for key in chosen
        ]
        lines.sort(key=_order)
        if rest:
            lines.append(_rest(figures, rest, table, before))
        return Report(
            period=period,
            before=earlier,
            records_since=None if begins_at is None else begins_at.astimezone(zone).date(),
            time_zone=zone.key,
            columns=[column_of(each) for each in figures],
            lines=lines,
            total=_line(figures, TOTAL, None, table, before),
            complete=await self._reports.is_complete(shop_id),
        )

    async def table(self, seat: AgentSeat, query: ReportQuery) -> Exported:
        """Return the same as CSV."""
        report = await self.report(seat, query)
        return Exported(_file(query, report.period), as_table(report, query.by))

    async def sheet(self, seat: AgentSeat, query: ReportQuery) -> Exported:
        """Return the same as XLSX."""
        report = await self.report(seat, query)
        return Exported(_file(query, report.period), as_sheet(report, query.by, query.locale))

    async def rows(self, seat: AgentSeat, query: ReportRowsQuery) -> ReportRows:
        """Return the rows behind one figure of a report, a page of them, and the figure again."""
        seat.must_lead()
        figure = BY_NAME.get(query.figure)
        if figure is None:
            raise Invalid("There is no such figure.", field="figure")
        zone = await self._zone(seat.shop_id)
        scope = _scope(seat.shop_id, query, self._period(query, zone), zone)
        key: Key = (False, query.key) if query.key is not None or query.none else TOTAL
        table = await self._reports.count(scope, query.by, [figure])
        found = await self._reports.rows(
            scope, query.by, figure, key, _behind(query.behind), query.limit + 1
        )
        page, names = found[: query.limit], await self._names(seat.shop_id)
        last = page[-1] if len(found) > query.limit else None
        about = {each.conversation_id for each in page}
        callers = await callers_of(self._stores, seat.shop_id, about)
        return ReportRows(
            column=column_of(figure),
            figure=figure_of(figure, table.get(key, {}).get(figure.name)),
            items=[_row(each, names, callers.get(each.conversation_id), figure) for each in page],
            next=None if last is None else f"{last.at.isoformat()}~{last.row_id}",
        )

    async def _count(
        self,
        shop_id: UUID,
        query: ReportQuery,
        period: ReportPeriod,
        zone: ZoneInfo,
        figures: Sequence[Figure],
    ) -> Table:
        return await self._reports.count(_scope(shop_id, query, period, zone), query.by, figures)

    def _period(self, query: Asked, zone: ZoneInfo) -> ReportPeriod:
        return days_of(query.first, query.last, self._clock.now(), zone, DAYS_MAX)

    async def _zone(self, shop_id: UUID) -> ZoneInfo:
        shop = await self._stores.shops.get(shop_id)
        if shop is None:
            raise NotFound
        return ZoneInfo(shop.time_zone)

    async def _names(self, shop_id: UUID) -> _Names:
        queues = await self._stores.queues.of_shop(shop_id, archived=True)
        agents = await self._stores.agents.of_shop(shop_id)
        return _Names(
            {str(each.id): each.name for each in queues},
            {str(each.id): each.name for each in agents},
        )


def _row(row: Row, names: _Names, caller: Caller | None, figure: Figure) -> ReportRow:
    return ReportRow(
        conversation=str(row.conversation_id),
        at=row.at,
        value=in_unit(figure, row.value),
        weight=row.weight,
        visitor=None if caller is None else caller.visitor,
        customer=None if caller is None else caller.name,
        queue=_text(row.queue_id),
        queue_name=names.queues.get(str(row.queue_id)),
        agent=_text(row.agent_id),
        agent_name=names.agents.get(str(row.agent_id)),
    )


def _file(query: ReportQuery, period: ReportPeriod) -> str:
    return f"kefu-{query.by}-{period.first}-{period.last}"


def _days_before(period: ReportPeriod, zone: ZoneInfo) -> ReportPeriod:
    """Return as many days, right before."""
    days = period.last - period.first + ONE_DAY
    first, last = period.first - days, period.last - days
    return ReportPeriod(first=first, last=last, since=moment(first, 0, zone), until=period.since)


def _scope(shop_id: UUID, query: Asked, period: ReportPeriod, zone: ZoneInfo) -> Scope:
    return Scope(
        shop_id=shop_id,
        since=period.since,
        until=period.until,
        time_zone=zone.key,
        in_open_hours=query.hours == "open",
        within_ms=query.within_s * 1000,
    )


def _line(
    figures: Sequence[Figure], key: Key, name: str | None, table: Table, before: Table | None
) -> ReportLine:
    return ReportLine(
        key=key[1],
        name=name,
        figures=_figures(figures, table.get(key, {})),
        before=None if before is None else _figures(figures, before.get(key, {})),
    )


def _rest(
    figures: Sequence[Figure], keys: set[Key], table: Table, before: Table | None
) -> ReportLine:
    return ReportLine(
        others=len(keys),
        figures=_figures(figures, added_up(table, keys)),
        before=None if before is None else _figures(figures, added_up(before, keys)),
    )


def _figures(figures: Sequence[Figure], counted: dict[str, Counted]) -> dict[str, ReportFigure]:
    return {each.name: figure_of(each, counted.get(each.name)) for each in figures}


def _order(line: ReportLine) -> tuple[bool, str, str]:
    """Sort by name or by time, what has neither at the end."""
    return line.key is None, (line.name or line.key or "").casefold(), line.key or ""


def _behind(text: str | None) -> Behind | None:
    if text is None:
        return None
    at, mark, row_id = text.partition("~")
    try:
        moment_of = datetime.fromisoformat(at)
        in_utc = moment_of.astimezone(UTC)
    except (ValueError, OverflowError):  # some moments have no name in UTC
        raise Invalid("This is no `next` of ours.", field="behind") from None
    if not mark or moment_of.tzinfo is None:
        raise Invalid("This is no `next` of ours.", field="behind")
    return Behind(in_utc, row_id)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)

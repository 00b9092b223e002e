"""Compares roll-ups with the facts that they are made of, day by day and key by key.

The facts are counted as reports count them, and not as the triggers do that keep the roll-ups.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from storage.columns import row_of
from storage.database import Queries
from storage.reports.figures import FIGURES, Figure, Source
from storage.reports.queries import KEYS, TABLES, WAIT, By, columns_of
from storage.reports.rolled import COUNTED, SUMS, columns_of_days

AXES: tuple[By, ...] = ("shop", "queue", "agent", "topic", "channel", "language", "hour")


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a key, by something, of which roll-ups and facts do not say the same."""

    shop_id: UUID
    axis: str
    day: date
    key: str | None
    what: str


class RollUps:
    """Sums, histograms and busy times of days."""

    def __init__(self, db: Queries) -> None:
        self._db = db

    async def differences(self, shop_id: UUID | None) -> AsyncIterator[Cell]:
        """Go through what differs, in one shop or in all."""
        for shop in await self._db.fetch(SHOPS, shop_id):
            for axis in AXES:
                for what, query, in_open_hours in _comparisons(axis):
                    for row in await self._db.fetch(query, *shop, in_open_hours):
                        yield row_of(Cell, row, shop_id=shop["shop_id"], axis=axis, what=what)

    async def make_anew(self, shops: Sequence[UUID]) -> None:
        """Have all of these shops rolled up again by the job that counts."""
        await self._db.execute(MAKE_STALE, list(shops))


def _comparisons(axis: By) -> list[tuple[str, LiteralString, bool]]:
    """Return what is compared, by the clock or in opening hours where that makes a difference."""
    return [
        ("sums of conversations", _sums("conversations", axis), False),
        ("sums of conversations", _sums("conversations", axis), True),
        ("sums of stretches", _sums("stretches", axis), False),
        ("sums of stretches", _sums("stretches", axis), True),
        ("sums of offers", _sums("offers", axis), False),
        ("histogram of waits", _bins("conversations", axis, WAITS), False),
        ("histogram of responses and handle times", _bins("stretches", axis, TIMES), False),
        ("busy time", _busy(axis), False),
    ]


SHOPS = """
SELECT shop_id, since, time_zone FROM report_rolled
 WHERE ($1::uuid IS NULL OR shop_id = $1) AND NOT is_stale ORDER BY shop_id
"""

MAKE_STALE = """
UPDATE report_rolled SET since = 'infinity', is_stale = true WHERE shop_id = ANY ($1::uuid[])
"""

# $1 shop, $2 from when on it is rolled up, $3 the time zone, $4 in opening hours.
ASKED = """
WITH asked AS (
    SELECT $3::text AS time_zone, $4::boolean AS in_open_hours, 0::bigint AS within_ms
)"""


def _compared(facts: LiteralString, kept: LiteralString) -> LiteralString:
    return f"""{ASKED}, facts AS ({facts}), kept AS ({kept})
SELECT DISTINCT day, key FROM ((TABLE facts EXCEPT TABLE kept) UNION ALL
                               (TABLE kept EXCEPT TABLE facts)) apart
 ORDER BY day, key LIMIT 100
"""


def _rows(source: Source, axis: By) -> LiteralString:
    key: LiteralString = f"({KEYS[axis]})::text" if axis != "shop" else "NULL::text"
    if axis == "hour":
        key = f"lpad({KEYS[axis]}::text, 2, '0')"
    return f"""(
        SELECT (at AT TIME ZONE time_zone)::date AS day, {key} AS key,
               {WAIT[source]} AS wait, {TABLES[source]}.*, asked.*
          FROM {TABLES[source]} CROSS JOIN asked WHERE shop_id = $1 AND at >= $2) each"""


def _sums(source: Source, axis: By) -> LiteralString:
    figures = [each for each in FIGURES if each.source == source and each.name in SUMS]
    parts: list[LiteralString] = [part for each in figures for part in columns_of(each)[:3]]
    squares: list[LiteralString] = [_squared(each) for each in figures if SUMS[each.name].squares]
    counted: LiteralString = ", ".join(["count(*)", *parts, *squares])
    rows: LiteralString = f"sum({COUNTED[source]})::bigint"
    kept: list[LiteralString] = [
        part for each in figures for part in columns_of_days(SUMS[each.name])[:3]
    ]
    said: LiteralString = ", ".join([rows, *kept, *_kept_squares(figures)])
    return _compared(
        f"SELECT day, key, {counted} FROM {_rows(source, axis)} GROUP BY day, key",
        f"""SELECT day, key, {said} FROM report_day CROSS JOIN asked
             WHERE shop_id = $1 AND axis = '{axis}' AND {COUNTED[source]} <> 0
             GROUP BY day, key""",
    )


def _kept_squares(figures: Sequence[Figure]) -> list[LiteralString]:
    found: list[LiteralString] = []
    for each in figures:
        squares = SUMS[each.name].squares
        if squares is not None:
            found.append(f"sum({squares})::bigint")
    return found


def _squared(figure: Figure) -> LiteralString:
    squared: LiteralString = f"({figure.value}) * ({figure.value})"
    return f"coalesce(sum({squared}) FILTER (WHERE {figure.where}), 0)::bigint"


WAITS: LiteralString = """
    (fate, CASE WHEN fate IN ('answered', 'abandoned', 'unanswered') THEN wait_ms END),
    (fate || '_open',
     CASE WHEN fate IN ('answered', 'abandoned', 'unanswered') THEN wait_open_ms END)"""
TIMES: LiteralString = """
    ('first', first_response_ms), ('first_open', first_response_open_ms), ('handle', handle_ms)"""
OF: dict[Source, LiteralString] = {
    "conversations": "measure SIMILAR TO '(answered|abandoned|unanswered)(_open)?'",
    "stretches": "measure IN ('first', 'first_open', 'handle')",
}


def _bins(source: Source, axis: By, values: LiteralString) -> LiteralString:
    since: LiteralString = "day" if axis == "shop" else "date_trunc('month', day)::date"
    return _compared(
        f"""SELECT {since} AS day, key, measure, report_bin_of(ms), count(*)
              FROM {_rows(source, axis)}
             CROSS JOIN LATERAL (VALUES {values}) m (measure, ms)
             WHERE ms IS NOT NULL GROUP BY 1, 2, 3, 4""",
        f"""SELECT since, key, measure, bin, n::bigint FROM report_bin
             WHERE shop_id = $1 AND axis = '{axis}' AND n <> 0 AND {OF[source]}""",
    )


def _busy(axis: By) -> LiteralString:
    return _compared(
        f"""SELECT day, key, agent_id,
                   (SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span)) * 1000), 0)
                      FROM unnest(range_agg(tstzrange(at, greatest(at, ended_at)))) span)::bigint
              FROM {_rows("stretches", axis)} WHERE handle_ms IS NOT NULL
             GROUP BY day, key, agent_id""",
        f"""SELECT day, key, agent_id, busy_ms FROM report_busy
             WHERE shop_id = $1 AND axis = '{axis}'""",
    )

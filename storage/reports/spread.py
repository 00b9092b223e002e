"""Makes the statements that count percentiles and service levels out of histograms.

They are read from the bins of whole months, and of the days before and after them from facts. How
many are within a limit is exact where a bin ends at it (`bins.limit`); a limit within a bin divides
it as if those in it were spread evenly. A percentile is as exact as its bin is narrow.
"""

from collections.abc import Sequence
from typing import Final, LiteralString

from storage.reports.figures import Figure, Source
from storage.reports.queries import KEYS, TABLES, By
from storage.reports.rolled import (
    FIRST_DAY,
    FIRST_MS,
    IS_ROLLED,
    LAST_DAY,
    WAIT_MS,
    axis,
    keyed,
    shown,
)

MEASURES: Final[dict[str, LiteralString]] = {"first_response_p90": "first", "handle_p90": "handle"}
"""What histograms are of; all others are of waits."""

TENTHS: Final[dict[str, LiteralString]] = {"p50": "5", "p90": "9"}
SUMMED: Final = "sum(n)::bigint"
FATES: Final = "measure IN ('answered', 'abandoned', 'unanswered')"
FIRST_MONTH: Final = f"date_trunc('month', {FIRST_DAY} + interval '1 month -1 day')::date"
LAST_MONTH: Final = f"date_trunc('month', {LAST_DAY}::timestamp)::date"
ASKED: Final = """
WITH asked AS (
    SELECT $4::text AS time_zone, $5::boolean AS in_open_hours, $6::integer AS last_bin,
           $7::float8 AS of_next
)"""


def spreading(by: By, figures: Sequence[Figure]) -> LiteralString:
    """Return a statement for percentiles and service levels: n, bin or how many, of how many.

    $6 is the last bin within the limit of the service level, $7 the share of the next one.
    """
    columns = ",\n       ".join(column for each in figures for column in _columns(each))
    return f"""{_ranked(by, figures)}
SELECT {shown(by)} AS key, is_total,
       {columns}
  FROM ranked GROUP BY is_total, line
HAVING {IS_ROLLED}
"""


def surviving(by: By, figure: Figure) -> LiteralString:
    """Return a statement for the virtual service level, from bins.

    Who left within a bin is taken to have been there for half of it, as life tables do. $6 is the
    last bin within the limit, $7 the share of the next one.
    """
    return f"""{_ranked(by, [figure])}, steps AS (
    SELECT is_total, line, bin, sum(n) AS n,
           coalesce(sum(n) FILTER (WHERE measure = 'answered'), 0) AS answered
      FROM ranked GROUP BY is_total, line, bin
), risked AS (
    SELECT *, sum(n) OVER (PARTITION BY is_total, line ORDER BY bin DESC)
              - (n - answered) / 2.0 AS at_risk,
           answered * CASE WHEN bin <= $6::integer THEN 1 ELSE $7::float8 END AS in_time
      FROM steps
)
SELECT {shown(by)} AS key, is_total, sum(n)::bigint AS n,
       CASE WHEN bool_or(bin <= $6::integer + 1 AND in_time >= at_risk) THEN 1
            ELSE 1 - exp(coalesce(sum(ln((1 - in_time / at_risk)::float8))
                                  FILTER (WHERE bin <= $6::integer + 1 AND in_time < at_risk), 0))
       END::float8 AS level
  FROM risked GROUP BY is_total, line
HAVING {IS_ROLLED}
"""


def _ranked(by: By, figures: Sequence[Figure]) -> LiteralString:
    """Return the bins in order, of each key and of all, and how many there are up to each."""
    needed: set[LiteralString] = {MEASURES.get(each.name, "answered") for each in figures}
    if any(each.level for each in figures):
        needed |= {"abandoned", "unanswered"}
    measures: LiteralString = ", ".join(f"'{each}'" for each in sorted(needed))
    parts: list[LiteralString] = [_bins(by, needed)]
    if axis(by) != "shop":
        parts += _edges(by, needed, measures)
    rows: LiteralString = " UNION ALL ".join(parts)
    by_line: LiteralString = f"{SUMMED} AS n FROM spread GROUP BY line, measure, bin"
    if by == "day":
        by_line = "n FROM spread"
    return f"""{ASKED}, spread AS (
    {rows}
), summed AS (
    SELECT line, false AS is_total, measure, bin, {by_line}
    UNION ALL
    SELECT NULL, true, measure, bin, {SUMMED} FROM spread GROUP BY measure, bin
), ranked AS (
    SELECT *, sum(n) OVER (PARTITION BY is_total, line, measure ORDER BY bin) AS upto,
           sum(n) OVER (PARTITION BY is_total, line, measure) AS of FROM summed
)"""


def _bins(by: By, needed: set[LiteralString]) -> LiteralString:
    """Return the bins of whole months, or of days.

    Which measures are meant is written so that PostgreSQL can estimate how many rows they have. A
    day has one row of each bin; months are summed where they are read, before all is put together.
    """
    first, last = (FIRST_DAY, LAST_DAY) if axis(by) == "shop" else (FIRST_MONTH, LAST_MONTH)
    n, together = ("n::bigint", "") if by == "day" else (SUMMED, "GROUP BY line, measure, bin")
    measured: LiteralString = (
        f"CASE WHEN $5::boolean THEN {_array(needed, '_open')} ELSE {_array(needed, '')} END"
    )
    return f"""SELECT line, replace(measure, '_open', '') AS measure, bin, n FROM (
        SELECT {keyed(by, "since")} AS line, measure, bin, {n} AS n FROM report_bin
         WHERE shop_id = $1 AND axis = '{axis(by)}' AND since >= {first} AND since < {last}
           AND n <> 0 AND measure = ANY ({measured})
         {together}) whole"""


def _array(measures: set[LiteralString], ending: LiteralString) -> LiteralString:
    """Return measures as an array; handle times know no opening hours."""
    names: list[LiteralString] = [
        f"'{each}'" if each == "handle" else f"'{each}{ending}'" for each in sorted(measures)
    ]
    return f"ARRAY[{', '.join(names)}]"


def _edges(by: By, needed: set[LiteralString], measures: LiteralString) -> list[LiteralString]:
    """Return the bins of the days that belong to no whole month, from facts."""
    parts: list[LiteralString] = []
    if "answered" in needed:
        parts.append(_edge("conversations", by, "fate", f"fate IN ({measures})", WAIT_MS))
    if "first" in needed:
        parts.append(_edge("stretches", by, "'first'", "first_response_ms IS NOT NULL", FIRST_MS))
    if "handle" in needed:
        parts.append(_edge("stretches", by, "'handle'", "handle_ms IS NOT NULL", "handle_ms"))
    return parts


def _edge(
    source: Source, by: By, measure: LiteralString, where: LiteralString, value: LiteralString
) -> LiteralString:
    key: LiteralString = f"({KEYS[by]})::text"
    if by == "hour":
        key = f"lpad({key}, 2, '0')"
    columns: LiteralString = f"{key}, {measure} AS measure, report_bin_of({value}), count(*)"
    local: LiteralString = "(at AT TIME ZONE time_zone)::date"
    rows: LiteralString = f"FROM {TABLES[source]} CROSS JOIN asked WHERE shop_id = $1 AND {where}"
    # An hour more: clocks are changed at midnight in some places.
    first: LiteralString = f"{FIRST_MONTH}::timestamp AT TIME ZONE $4 + interval '1 h'"
    last: LiteralString = f"{LAST_MONTH}::timestamp AT TIME ZONE $4 - interval '1 h'"
    return f"""SELECT {columns} {rows}
       AND at >= $2 AND at < least($3, {first}) AND {local} < {FIRST_MONTH} GROUP BY 1, 2, 3
    UNION ALL SELECT {columns} {rows}
       AND at >= greatest($2, {last}) AND at < $3 AND {local} >= {LAST_MONTH} GROUP BY 1, 2, 3"""


def _columns(figure: Figure) -> tuple[LiteralString, ...]:
    """Return the rows of a figure, what it comes to, and of how many."""
    if figure.level is None:
        measure: LiteralString = f"measure = '{MEASURES.get(figure.name, 'answered')}'"
        reached: LiteralString = f"10 * upto >= {TENTHS[figure.way]} * of"
        return _n(measure), f"min(bin) FILTER (WHERE {measure} AND {reached})", "0"
    match figure.level:
        case "excluding":
            gone: LiteralString = _within("measure = 'abandoned'")
            of: LiteralString = f"{_n(FATES)} - {gone}"
        case "answered":
            of = _n("measure = 'answered'")
        case _:
            of = _n(FATES)
    return of, _within("measure = 'answered'"), of


def _within(where: LiteralString) -> LiteralString:
    """Return how many are within the limit, to the nearest whole one."""
    whole: LiteralString = _n(f"{where} AND bin <= $6::integer")
    of_next: LiteralString = _n(f"{where} AND bin = $6::integer + 1")
    return f"({whole} + round($7::float8 * {of_next}))::bigint"


def _n(where: LiteralString) -> LiteralString:
    return f"coalesce(sum(n) FILTER (WHERE {where}), 0)::bigint"

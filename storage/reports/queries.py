"""Makes the statements that count figures. Every part of them is written in this package."""

from collections.abc import Sequence
from typing import Final, Literal, LiteralString

from storage.reports.figures import Figure, Source

By = Literal[
    "shop", "queue", "agent", "topic", "channel", "language", "day", "weekday", "hour", "weekhour"
]

TABLES: Final[dict[Source, LiteralString]] = {
    "conversations": "report_fact",
    "stretches": "report_leg",
    "offers": "report_offer",
}

KEYS: Final[dict[By, LiteralString]] = {
    "shop": "shop_id",
    "queue": "queue_id",
    "agent": "agent_id",
    "topic": 'topic COLLATE "C"',
    "channel": 'channel COLLATE "C"',
    "language": 'language COLLATE "C"',
    "day": "(at AT TIME ZONE time_zone)::date",
    "weekday": "extract(isodow FROM at AT TIME ZONE time_zone)::integer",
    "hour": "extract(hour FROM at AT TIME ZONE time_zone)::integer",
    "weekhour": "(extract(isodow FROM at AT TIME ZONE time_zone) * 100 "
    "+ extract(hour FROM at AT TIME ZONE time_zone))::integer",
}
"""What lines are sorted by: of few bytes, for all rows have to be sorted by it."""

SHOWN: Final[dict[By, LiteralString]] = {
    "hour": "lpad(key::text, 2, '0')",
    "weekhour": "key / 100 || '-' || lpad((key % 100)::text, 2, '0')",
}
"""Keys as text, where that is more than to write them down."""

# $1 shop, $2 since, $3 until, $4 time zone, $5 in opening hours, $6 limit of the service level.
ASKED: Final = """
WITH asked AS (
    SELECT $4::text AS time_zone, $5::boolean AS in_open_hours, $6::bigint AS within_ms
)"""

ROW_IDS: Final[dict[Source, LiteralString]] = {
    "conversations": "conversation_id::text",
    "stretches": "conversation_id || '.' || lpad(number::text, 5, '0')",
    "offers": "offer_id::text",
}

WAIT: Final[dict[Source, LiteralString]] = {
    "conversations": "CASE WHEN in_open_hours THEN wait_open_ms ELSE wait_ms END",
    "stretches": "0",
    "offers": "0",
}


def counting(source: Source, by: By, figures: Sequence[Figure]) -> LiteralString:
    """Return a statement with a row for each key, and one for all: n, sum, weight, middle."""
    columns = ",\n       ".join(column for each in figures for column in columns_of(each))
    return f"""{ASKED}
SELECT {_shown(by)} AS key, grouping(key) = 1 AS is_total,
       {columns}
  FROM ({_rows(source, by)}) each
 GROUP BY GROUPING SETS ((each.key), ())
"""


def levelling(by: By, figure: Figure) -> LiteralString:
    """Return a statement for the virtual service level: who left might have been answered."""
    return f"""{ASKED}, decided AS (
    SELECT key, wait, within_ms, fate = 'answered' AS is_answered
      FROM ({_rows("conversations", by)}) each WHERE {figure.where}
), steps AS (
    SELECT key, grouping(key) = 1 AS is_total, wait, min(within_ms) AS within_ms,
           count(*) AS n, count(*) FILTER (WHERE is_answered) AS answered
      FROM decided GROUP BY GROUPING SETS ((key, wait), (wait))
), risked AS (
    SELECT *, sum(n) OVER (PARTITION BY is_total, key ORDER BY wait DESC) AS at_risk FROM steps
)
SELECT {_shown(by)} AS key, is_total, sum(n)::bigint AS n,
       CASE WHEN bool_or(wait <= within_ms AND answered = at_risk) THEN 1
            ELSE 1 - exp(coalesce(sum(ln(1 - answered / at_risk))
                                  FILTER (WHERE wait <= within_ms AND answered < at_risk), 0))
       END::float8 AS level
  FROM risked GROUP BY is_total, risked.key
"""


def overlapping(by: By, figure: Figure) -> LiteralString:
    """Return a statement for concurrency: in hands, and with at least one in hand."""
    return f"""{ASKED}, held AS (
    SELECT key, grouping(key) = 1 AS is_total, count(*) AS n, sum({figure.value}) AS in_hands_ms,
           range_agg(tstzrange(at, greatest(at, ended_at))) AS spans
      FROM ({_rows("stretches", by)}) each WHERE {figure.where}
     GROUP BY GROUPING SETS ((key, agent_id), (agent_id))
)
SELECT {_shown(by)} AS key, is_total, sum(n)::bigint AS n, sum(in_hands_ms)::bigint AS total,
       (sum((SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span)) * 1000), 0)
               FROM unnest(spans) span)))::bigint AS weight
  FROM held GROUP BY is_total, held.key
"""


def listing(by: By, figure: Figure) -> LiteralString:
    """Return a statement for the rows behind a figure, the newest first.

    $7 is the key, $8 whether all keys are meant, $9 and $10 the time and the row behind which to
    go on, $11 how many.
    """
    return f"""{ASKED}
SELECT * FROM (
    SELECT {ROW_IDS[figure.source]} AS row_id, conversation_id, at, queue_id, agent_id,
           ({figure.value})::bigint AS value, ({figure.weight})::bigint AS weight
      FROM ({_rows(figure.source, by)}) each
     WHERE {figure.where} AND ($8::boolean OR {_shown(by)} IS NOT DISTINCT FROM $7::text)
       AND at <= $9::timestamptz
) row
 WHERE (at, row_id) < ($9::timestamptz, $10::text)
 ORDER BY at DESC, row_id DESC LIMIT $11
"""


def columns_of(figure: Figure) -> tuple[LiteralString, ...]:
    """Return how many rows a figure has, what it comes to, the weight, and the deviation."""
    chosen: LiteralString = f"FILTER (WHERE {figure.where})"
    n: LiteralString = f"count(*) {chosen}"
    match figure.way:
        case "sum" | "mean":
            total: LiteralString = f"coalesce(sum({figure.value}) {chosen}, 0)::bigint"
            weight: LiteralString = f"coalesce(sum({figure.weight}) {chosen}, 0)::bigint"
            deviation: LiteralString = f"stddev_samp({figure.value}) {chosen}::float8"
            return (
                n,
                n if figure.value == "1" else total,
                n if figure.weight == "1" else weight,
                deviation if figure.unit == "score" else "NULL",
            )
        case "p50":
            return (n, _percentile("0.5", figure), "0", "0")
        case _:
            return (n, _percentile("0.9", figure), "0", "0")


def _percentile(share: LiteralString, figure: Figure) -> LiteralString:
    return (
        f"percentile_disc({share}) WITHIN GROUP (ORDER BY {figure.value}) "
        f"FILTER (WHERE {figure.where})"
    )


def _shown(by: By) -> LiteralString:
    return SHOWN.get(by, "key::text")


def _rows(source: Source, by: By) -> LiteralString:
    return f"""
        SELECT {KEYS[by]} AS key, {WAIT[source]} AS wait, {TABLES[source]}.*, asked.*
          FROM {TABLES[source]} CROSS JOIN asked
         WHERE shop_id = $1 AND at >= $2 AND at < $3"""

"""Makes the statements that count sums and means out of roll-ups: the same as those over facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, LiteralString

from storage.reports.figures import Figure, Source
from storage.reports.queries import ASKED, SHOWN, By

LONG: Final = timedelta(days=31, hours=2)
"""Longer reports are read from roll-ups; up to here all is exact, from facts."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """How many rows a figure has, their sum, their weight and their sum of squares, of a day."""

    n: LiteralString
    total: LiteralString | None = None
    weight: LiteralString | None = None
    squares: LiteralString | None = None


DECIDED: Final = "answered + abandoned + unanswered"
WAIT_MS: Final = "CASE WHEN in_open_hours THEN wait_open_ms ELSE wait_ms END"
FIRST_MS: Final = "CASE WHEN in_open_hours THEN first_response_open_ms ELSE first_response_ms END"
REPLY_MS: Final = "CASE WHEN in_open_hours THEN reply_open_ms ELSE reply_ms END"

SUMS: Final[dict[str, Rolled]] = {
    "asked": Rolled("asked"),
    "answered": Rolled("answered"),
    "waiting": Rolled("waiting"),
    "abandoned": Rolled("abandoned"),
    "abandonment": Rolled(DECIDED, "abandoned"),
    "wait_mean": Rolled("answered", WAIT_MS),
    "transfers": Rolled("transferred", "transfers"),
    "reopened": Rolled("reopened", "reopenings"),
    "messages": Rolled("talks", "messages"),
    "taken": Rolled("stretches"),
    "first_response_mean": Rolled("first_responses", FIRST_MS),
    "reply_mean": Rolled("answering", REPLY_MS, "replies"),
    "agent_talk": Rolled("agent_talks", "agent_talk_ms"),
    "customer_talk": Rolled("customer_talks", "customer_talk_ms"),
    "handle_mean": Rolled("handled", "handle_ms"),
    "wrap_up_mean": Rolled("wrap_ups", "wrap_up_ms"),
    "csat": Rolled("scored", "scores", squares="scores_squared"),
    "csat_response": Rolled("rateable", "rated"),
    "offers": Rolled("offers"),
    "offers_accepted": Rolled("offers_accepted"),
    "offers_declined": Rolled("offers_declined"),
    "offers_missed": Rolled("offers_missed"),
}
"""The figures that are sums and means over days."""

COUNTED: Final[dict[Source, LiteralString]] = {
    "conversations": "conversations",
    "stretches": "stretches",
    "offers": "asked_agents",
}
"""How many rows of a source a day has."""

AXES: Final[dict[By, LiteralString]] = {"day": "shop", "weekday": "shop", "weekhour": "hour"}

# The same arguments as for facts. Nothing is answered before all of it is rolled up by that clock.
IS_ROLLED: Final = """EXISTS (SELECT FROM report_rolled WHERE shop_id = $1 AND time_zone = $4
                 AND NOT is_stale AND since <= $2)"""
FIRST_DAY: Final = "($2::timestamptz AT TIME ZONE $4::text)::date"
LAST_DAY: Final = "($3::timestamptz AT TIME ZONE $4::text)::date"


def summing(source: Source, by: By, figures: Sequence[Figure]) -> LiteralString:
    """Return a statement with a row for each key, and one for all, as `queries.counting` does."""
    parts: list[LiteralString] = [
        column for each in figures for column in columns_of_days(SUMS[each.name])
    ]
    columns: LiteralString = ",\n       ".join(parts)
    return f"""{ASKED}
SELECT {shown(by)} AS key, grouping(line) = 1 AS is_total,
       {columns}
  FROM (SELECT {keyed(by, "day")} AS line, report_day.*, asked.*
          FROM report_day CROSS JOIN asked
         WHERE shop_id = $1 AND axis = '{axis(by)}' AND day >= {FIRST_DAY} AND day < {LAST_DAY}
           AND {COUNTED[source]} <> 0) each
 GROUP BY GROUPING SETS ((line), ())
HAVING {IS_ROLLED}
"""


def busying(by: By) -> LiteralString:
    """Return a statement for concurrency, from the time of each agent and day."""
    return f"""{ASKED}, days AS (
    SELECT axis, {keyed(by, "day")} AS line, handled AS n, handle_ms AS total, 0 AS weight
      FROM report_day CROSS JOIN asked
     WHERE shop_id = $1 AND axis IN ('{axis(by)}', 'shop') AND stretches <> 0
       AND day >= {FIRST_DAY} AND day < {LAST_DAY}
    UNION ALL
    SELECT axis, {keyed(by, "day")}, 0, 0, busy_ms FROM report_busy CROSS JOIN asked
     WHERE shop_id = $1 AND axis IN ('{axis(by)}', 'shop')
       AND day >= {FIRST_DAY} AND day < {LAST_DAY}
)
SELECT {shown(by)} AS key, is_total,
       sum(n)::bigint AS n, sum(total)::bigint AS total, sum(weight)::bigint AS weight
  FROM (SELECT line, false AS is_total, n, total, weight FROM days WHERE axis = '{axis(by)}'
        UNION ALL
        SELECT NULL, true, n, total, weight FROM days WHERE axis = 'shop') each
 GROUP BY is_total, line
HAVING {IS_ROLLED}
"""


def columns_of_days(rolled: Rolled) -> tuple[LiteralString, ...]:
    """Return how many rows a figure has over days, its sum, the weight, and the deviation."""
    n = _sum(rolled.n)
    total = n if rolled.total is None else _sum(rolled.total)
    deviation: LiteralString = "NULL"
    if rolled.squares is not None:
        spread: LiteralString = f"({n} * {_sum(rolled.squares)} - {total} * {total})"
        deviation = f"sqrt(greatest({spread}, 0)::float8 / nullif({n} * ({n} - 1), 0))"
    return n, total, n if rolled.weight is None else _sum(rolled.weight), deviation


def axis(by: By) -> LiteralString:
    """Return by what the roll-ups are kept that a report is made of."""
    return AXES.get(by, by)


def keyed(by: By, day: LiteralString) -> LiteralString:
    """Return the key of a row; in ``day`` stands which day it is of."""
    match by:
        case "day":
            return day
        case "weekday":
            return f"extract(isodow FROM {day})::integer"
        case "weekhour":
            return f"extract(isodow FROM {day})::integer * 100 + key::integer"
        case "shop":
            return "shop_id::text"
        case _:
            return "key"


def shown(by: By) -> LiteralString:
    """Return the key as reports show it."""
    return SHOWN[by].replace("key", "line") if by == "weekhour" else "line::text"


def _sum(columns: LiteralString) -> LiteralString:
    return f"coalesce(sum({columns}), 0)::bigint"

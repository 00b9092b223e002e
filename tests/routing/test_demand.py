"""A plan for many half hours, and demand as it was recorded."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.demand import Demand, plan, typical_week
from routing.staffing import Goal, Work, need
from server.services.demand import recorded
from storage.demand import DemandRow

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)
DAY = timedelta(days=1)


def demand(queue: str = "orders", arrivals: float = 100, start: datetime = NINE) -> Demand:
    return Demand(queue=queue, start=start, arrivals=arrivals, handle_s=180, patience_s=120)


def counted(**facts: object) -> DemandRow:
    usual: dict[str, object] = {
        "queue": "orders",
        "start": NINE,
        "arrivals": 50,
        "handled": 40,
        "handle_ms_sum": 40 * 200_000,
        "abandoned": 2,
        "wait_ms_sum": 300_000,
    }
    return DemandRow(**(usual | facts))  # pyright: ignore[reportArgumentType]


def test_a_plan_has_a_row_for_each_half_hour_and_bounds_where_queues_meet() -> None:
    told = [demand(start=NINE + HALF), demand("returns"), demand(arrivals=0)]
    found = plan(told, Goal(), Work(shrinkage=0.2))
    assert [(row.demand.queue, row.demand.start) for row in found.rows] == [
        ("orders", NINE),
        ("orders", NINE + HALF),
        ("returns", NINE),
    ]
    assert [row.need.agents for row in found.rows] == [
        0,
        *[need(told[0].traffic, Goal()).agents] * 2,
    ]
    assert found.together == []  # at nine nobody has orders


def test_queues_of_one_half_hour_are_planned_together() -> None:
    found = plan([demand(), demand("returns")], Goal(), Work())
    ((start, bounds),) = found.together
    assert start == NINE
    assert bounds.silos == sum(row.need.agents for row in found.rows)
    assert bounds.pool < bounds.silos


def test_a_half_hour_that_no_number_can_serve_is_named() -> None:
    with pytest.raises(ValueError, match="orders, 2026-03-02 09:00: Not even"):
        plan([demand(arrivals=1e9)], Goal(), Work())


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"arrivals": -1}, "arrivals should be 0 or more, not -1"),
        ({"handle_s": 0}, "handle_s should be more than 0"),
        ({"patience_s": float("nan")}, "patience_s should be more than 0, not nan"),
        ({"start": NINE + HALF / 2}, "start should be a full or a half hour, not 09:15:00"),
    ],
)
def test_demand_that_cannot_be_is_refused_by_field(facts: dict[str, object], sentence: str) -> None:
    usual = {"queue": "orders", "start": NINE, "arrivals": 1.0, "handle_s": 60.0}
    with pytest.raises(ValueError, match=sentence):
        Demand(**(usual | facts))  # pyright: ignore[reportArgumentType]


def test_weeks_are_folded_into_a_typical_one() -> None:
    """2 March 2026 is a Monday; ten days from the Sunday before have two Mondays, one Friday."""
    told = [
        demand(arrivals=30),
        Demand(queue="orders", start=NINE + 7 * DAY, arrivals=10, handle_s=300),
        demand(arrivals=8, start=NINE + 4 * DAY),
        demand("returns", arrivals=5, start=NINE + 7 * DAY),
    ]
    monday, friday, returns = typical_week(told, date(2026, 3, 1), date(2026, 3, 10))
    assert (monday.start, monday.arrivals, monday.patience_s) == (NINE, 20, 120)
    assert monday.handle_s == (30 * 180 + 10 * 300) / 40
    assert (friday.start, friday.arrivals) == (NINE + 4 * DAY, 8)
    assert (returns.queue, returns.start, returns.arrivals) == ("returns", NINE, 2.5)


def test_recorded_counts_become_demand_in_local_time() -> None:
    (found,) = recorded([counted()], ZoneInfo("Asia/Shanghai"))
    assert found.start.isoformat() == "2026-03-02T17:00:00+08:00"
    assert (found.arrivals, found.handle_s) == (50, 200)
    assert found.patience_s == 150  # 300 s of waiting, two who had enough


def test_patience_is_that_of_the_queue_and_all_who_waited_count() -> None:
    rows = [
        counted(abandoned=0, wait_ms_sum=900_000),
        counted(start=NINE + HALF, abandoned=3, wait_ms_sum=0),
        counted(queue="calm", abandoned=0),
        counted(queue="hasty", abandoned=2, wait_ms_sum=0),
    ]
    assert [found.patience_s for found in recorded(rows, UTC)] == [300, 300, None, None]


def test_a_half_hour_with_few_finished_takes_the_mean_of_its_queue_or_of_the_shop() -> None:
    rows = [
        counted(handled=30, handle_ms_sum=30 * 100_000),
        counted(start=NINE + HALF, handled=2, handle_ms_sum=2 * 900_000),
        counted(queue="new", handled=0, handle_ms_sum=0),
    ]
    orders_s = (30 * 100 + 2 * 900) / 32
    assert [found.handle_s for found in recorded(rows, UTC)] == [100, orders_s, orders_s]


def test_a_past_in_which_nothing_was_finished_tells_nothing() -> None:
    assert recorded([], UTC) == []
    with pytest.raises(ValueError, match="is finished"):
        recorded([counted(handled=0, handle_ms_sum=0)], UTC)

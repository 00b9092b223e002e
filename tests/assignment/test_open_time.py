"""How long a plan was open, held against counting second by second."""

from itertools import accumulate

import pytest

from server.services.assignment.open_time import OpenTime

SPANS = [(10.0, 20.0), (25.0, 30.0), (50.0, 60.0)]
IS_OPEN = [any(start <= second < stop for start, stop in SPANS) for second in range(70)]
OPENED = [0, *accumulate(map(int, IS_OPEN))]


@pytest.fixture
def time() -> OpenTime:
    return OpenTime(SPANS, 0.0, 70.0)


def test_open_time_is_what_one_counts(time: OpenTime) -> None:
    assert [time.until(float(second)) for second in range(71)] == OPENED


def test_after_so_many_open_seconds_is_when_one_has_counted_them(time: OpenTime) -> None:
    for since in range(70):
        for seconds in range(1, 30):
            wanted = OPENED[since] + seconds
            counted = next((float(at) for at, many in enumerate(OPENED) if many >= wanted), None)
            assert time.after(float(since), float(seconds)) == counted


def test_what_never_opens_is_never_waited_for() -> None:
    assert OpenTime([], 0.0, 70.0).after(5.0, 1.0) is None

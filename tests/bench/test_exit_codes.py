"""Histories and reports that are too slow, or that do not agree, end with 1: a bar is a bar."""

from __future__ import annotations

import pytest

from loadtest.history import __main__ as history
from loadtest.history.read import Took as Reading
from loadtest.reports import __main__ as reports
from loadtest.reports.read import Took as Report

QUICK, SLOW = 1.0, 10_000.0


@pytest.mark.parametrize(
    ("p95s", "code"), [([QUICK, QUICK], 0), ([QUICK, SLOW], 1), ([], 1)], ids=str
)
def test_a_history_that_is_read_too_slowly_ends_with_1(p95s: list[float], code: int) -> None:
    took = [Reading("a list", QUICK, each, each) for each in p95s]

    assert history.exit_code(took) == code
    assert ("bar" in history.report(took)) == (SLOW in p95s)


@pytest.mark.parametrize(
    ("p95s", "differ", "code"),
    [([QUICK], 0, 0), ([QUICK, SLOW], 0, 1), ([QUICK], 1, 1), ([], 0, 1)],
    ids=str,
)
def test_reports_that_are_too_slow_or_do_not_agree_with_their_facts_end_with_1(
    p95s: list[float], differ: int, code: int
) -> None:
    took = [Report(7, "day", QUICK, each, each) for each in p95s]

    assert reports.exit_code(took, differ) == code

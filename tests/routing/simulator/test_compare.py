"""Intervals, paired differences, and the rule by which two results agree."""

from math import inf, isnan, nan

import pytest

from routing.simulator.compare import (
    Interval,
    against,
    differences,
    interval,
    intervals,
    student,
    units,
)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (9, 2.2622), (19, 2.0930), (99, 1.9842)],
)
def test_students_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student(freedom) == pytest.approx(quantile, abs=5e-5)


def test_an_interval_is_mean_and_half_width() -> None:
    found = interval([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.half == pytest.approx(4.3027 / 3**0.5, abs=1e-4)


def test_nobody_knows_the_width_of_one_run_and_what_was_not_measured_has_no_mean() -> None:
    for runs in ([4.0], [nan, 4.0]):
        alone = interval(runs)
        assert (alone.mean, alone.is_known, alone.known_half) == (4.0, True, 0.0)
        assert isnan(alone.half)
    assert not interval([nan, nan]).is_known


def test_what_two_policies_share_does_not_widen_their_difference() -> None:
    one = [{"w": 10.0}, {"w": 20.0}, {"w": 60.0}]
    other = [{"w": 9.0}, {"w": 19.0}, {"w": 59.0}]
    assert intervals(one)["w"].half > 50
    assert differences(one, other)["w"] == Interval(1.0, 0.0)


def test_results_agree_within_one_and_a_half_joint_half_widths() -> None:
    assert units(Interval(10.0, 3.0), Interval(17.5, 4.0)) == pytest.approx(1.0)
    assert units(Interval(15.0, 0.0), Interval(15.0, 0.0)) == 0.0
    assert units(Interval(15.0, 0.0), Interval(15.1, 0.0)) == inf


def test_a_metric_that_we_do_not_have_does_not_count_as_agreement() -> None:
    _, _, apart = against({}, {"p95": Interval(1.0, 1.0)})["p95"]
    assert isnan(apart)

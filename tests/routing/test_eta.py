"""The range of the wait that customers see, against the exact law of the wait in M/M/n+M."""

from math import exp

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.erlang.special import beta_i, trigamma
from routing.eta import COVERAGE_MIN, HANDLED_MIN, SCORED_MIN, Handling, eta, moments

MANY = 100_000
"""So many conversations that the mean is as good as known."""


def covered(low: float, high: float, c: float, position: int, patience_s: float) -> float:
    """The exact probability that the range holds: e^(-θV) ~ Beta(c, position) (ROUTING.md 1)."""
    return beta_i(exp(-low / patience_s), c, position) - beta_i(
        exp(-high / patience_s), c, position
    )


@example(1, 6, 60.0, 300.0)  # rounding alone adds a tenth
@given(
    st.integers(1, 100),
    st.integers(1, 50),
    st.floats(60, 600),
    st.floats(300, 900),  # who gives up much sooner than they are served makes the law lopsided
)
def test_the_range_holds_four_times_in_five_also_when_people_give_up(
    position: int, slots: int, mean_s: float, patience_s: float
) -> None:
    found = eta(position, slots, Handling(mean_s, MANY, patience_s))
    if found is None or found[1] - found[0] < 20:  # whole seconds are too coarse below
        return
    law = (slots * patience_s / mean_s, position, patience_s)
    low, high = found
    assert covered(low, high, *law) >= 0.74
    assert covered(low + 1, high - 1, *law) <= 0.86  # rounded outwards by up to a second each
    if high - low >= 40:
        assert covered(low, high, *law) == pytest.approx(0.8, abs=0.06)


def test_without_anybody_giving_up_it_is_the_sum_of_so_many_freed_slots() -> None:
    assert eta(1, 1, Handling(100, MANY)) == (9, 228)  # exactly 10.5 and 230.3
    assert eta(10, 2, Handling(100, MANY)) == (311, 710)  # exactly 311.1 and 710.3


def test_the_moments_are_those_of_the_sum() -> None:
    rates = [3 / 300 + ahead / 120 for ahead in range(7)]

    mean_s, variance = moments(7, 3 / 300, 120)

    assert mean_s == pytest.approx(sum(1 / rate for rate in rates))
    assert variance == pytest.approx(sum(1 / rate**2 for rate in rates))


def test_trigamma_is_what_tables_say() -> None:
    assert trigamma(1) == pytest.approx(1.6449340668482264, rel=1e-12)
    assert trigamma(0.1) == pytest.approx(101.43329915079276, rel=1e-12)
    assert trigamma(250) == pytest.approx(0.0040080106666, rel=1e-9)
    with pytest.raises(ValueError, match="positive"):
        trigamma(0)


def test_who_gives_up_ahead_shortens_the_wait() -> None:
    patient, hasty = eta(30, 3, Handling(300, MANY)), eta(30, 3, Handling(300, MANY, 120))

    assert patient is not None
    assert hasty is not None
    assert hasty[1] < patient[0]


def test_with_little_to_learn_from_the_range_is_wider() -> None:
    sure, unsure = eta(20, 2, Handling(100, MANY)), eta(20, 2, Handling(100, HANDLED_MIN))

    assert sure is not None
    assert unsure is not None
    assert unsure[0] < sure[0] < sure[1] < unsure[1]


def test_ranges_that_proved_wrong_are_not_shown() -> None:
    usual = Handling(300, 200, None, SCORED_MIN, COVERAGE_MIN)
    proved_wrong = Handling(300, 200, None, SCORED_MIN, COVERAGE_MIN - 0.01)
    hardly_tried = Handling(300, 200, None, SCORED_MIN - 1, 0.0)

    assert eta(1, 3, usual) == eta(1, 3, hardly_tried) is not None
    assert eta(1, 3, proved_wrong) is None

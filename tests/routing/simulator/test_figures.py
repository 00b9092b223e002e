"""What is measured of a day whose waits are known to the second."""

import pytest

from routing.simulator.measure import figures
from tests.routing.simulator.test_stories import after, agent, customer, desk


def test_twenty_at_one_desk_wait_nine_seconds_more_each() -> None:
    world = after(desk(agent("a", 3)), *(customer(at, work=10) for at in range(20)))
    found = figures(world, range(20), [18.0])
    assert found["mean_wait"] == found["asa"] == 85.5
    assert found["p95"] == 171.0  # the twentieth, not the nineteenth
    assert (found["p_wait"], found["sl"]) == (0.95, 0.15)  # just in time is in time
    assert (found["p_abandon"], found["p_block"]) == (0.0, 0.0)


def test_one_has_their_hands_full_while_another_has_nothing_to_do() -> None:
    place = desk(agent("a", 3), agent("b", 3))
    found = figures(after(place, customer(0, work=100), customer(50, work=1)), range(2), [20.0])
    assert (found["occ_mean"], found["occ_sd"]) == (0.5, 0.5)


def test_of_four_at_three_desks_half_are_unequal() -> None:
    """Three of four agents are busy throughout: the spread is that of the shares 1, 1, 1, 0."""
    place = desk(*(agent(name, 3) for name in "abcd"))
    found = figures(
        after(place, *(customer(at, work=100) for at in (0, 0, 0, 50))), range(4), [20.0]
    )
    assert found["occ_mean"] == 0.75
    assert found["occ_sd"] == pytest.approx((3 / 16) ** 0.5)

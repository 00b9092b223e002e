"""The days, and the people: how many come when, and how long they take."""

from itertools import pairwise
from random import Random

import pytest

from loadtest.people.manners import Manners, phone
from loadtest.people.scenarios import SCENARIOS, SPIKE, VISIT_S, Scenario


def test_at_noon_twenty_times_as_many_come_within_a_moment() -> None:
    noon = SCENARIOS["noon"]
    before, after = noon.sources(1000, 0.3), noon.sources(1000, 0.35)
    assert after == 1000 == SPIKE * before
    assert {noon.sources(1000, at / 100) for at in range(31)} == {before}
    assert {noon.sources(1000, at / 100) for at in range(35, 76)} == {1000}
    assert noon.sources(1000, 0.8) == before
    assert noon.sources(1000, 5) == before


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_day_goes_from_begin_to_end_and_reaches_its_most(scenario: Scenario) -> None:
    times = [at for at, _ in scenario.curve]
    assert times[0] == 0
    assert times[-1] == 1
    assert all(early < late for early, late in pairwise(times))
    assert max(scenario.sources(200, at / 1000) for at in range(1001)) == 200
    assert min(scenario.sources(2, at / 1000) for at in range(1001)) >= 1
    assert all(0 < at < 1 for at in scenario.cuts)
    assert 1 <= scenario.agents(1) <= scenario.agents(200) < 200


def test_customers_come_at_random_moments_and_wait_for_nobody() -> None:
    """Many sources together: as many as asked for, and as uneven as a Poisson process."""
    counts = [0] * 400
    for number in range(50):
        source, at = Manners(Random(number)), 0.0
        while (at := at + source.comes_after_s(VISIT_S)) < len(counts):
            counts[int(at)] += 1
    mean = sum(counts) / len(counts)
    variance = sum((count - mean) ** 2 for count in counts) / len(counts)
    assert mean == pytest.approx(50 / VISIT_S, rel=0.15)
    assert variance / mean == pytest.approx(1, rel=0.2)


def test_the_same_seed_brings_the_same_people() -> None:
    def drawn(seed: int) -> list[object]:
        one = Manners(Random(seed))
        return [one.looks_s(), one.thinks_s(), one.patience_s(), one.questions(), one.score()]

    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_thinking_takes_about_as_long_as_people_take_and_is_never_all_the_same() -> None:
    one = Manners(Random(1))
    drawn = sorted(one.thinks_s() for _ in range(1000))
    assert 1.8 < drawn[500] < 2.2
    assert drawn[50] < 1
    assert drawn[950] > 4
    assert all(0 < each <= 12 for each in drawn)


def test_long_words_take_longer_and_pace_shortens_everything() -> None:
    slow, quick = Manners(Random(1), pace=1), Manners(Random(1), pace=0.1)
    assert slow.types_s("Yes.") < slow.types_s("It left our house on Tuesday.")
    assert slow.reads_s("Yes.") < slow.reads_s("It left our house on Tuesday.")
    assert quick.patience_s() == pytest.approx(slow.patience_s() / 10)


def test_as_many_phones_are_slow_as_asked_for() -> None:
    chance = Random(1)
    assert not any(phone(chance, 0).is_slow for _ in range(100))
    assert 850 < sum(phone(chance, 0.9).is_slow for _ in range(1000)) < 950

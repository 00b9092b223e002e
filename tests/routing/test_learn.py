import pytest

from routing.learn import CONTACTS_MIN, SPEED_RANGE, Sample, speed, speeds

MEANS_S = {"returns": 300.0, "orders": 200.0}
NEEDS = {"returns": ["returns", "lang:de"], "orders": ["orders"]}


def test_with_few_contacts_nobody_is_fast_or_slow() -> None:
    assert speeds([Sample("ann", "returns", CONTACTS_MIN - 1, 100.0)], MEANS_S, NEEDS) == {}


def test_who_needs_half_the_time_is_fast_at_each_skill_of_the_queue() -> None:
    found = speeds([Sample("ann", "returns", 300, 150.0)], MEANS_S, NEEDS)

    assert found["ann"] == {
        "returns": found["ann"]["lang:de"],
        "lang:de": pytest.approx(1.77, 0.05),
    }


def test_a_small_difference_is_none() -> None:
    assert speeds([Sample("ann", "orders", 1000, 185.0)], MEANS_S, NEEDS) == {}


def test_the_more_contacts_the_closer_to_what_was_measured() -> None:
    measured = [speed(contacts, contacts * 1.6) for contacts in (30, 100, 1000)]

    assert measured == sorted(measured, reverse=True)
    assert measured[-1] == pytest.approx(1 / 1.6, abs=0.04)


def test_several_queues_tell_about_one_skill_together() -> None:
    needs = {"returns": ["lang:de"], "orders": ["lang:de"]}
    samples = [Sample("ann", "returns", 20, 600.0), Sample("ann", "orders", 20, 400.0)]

    assert speeds(samples, MEANS_S, needs)["ann"]["lang:de"] < 0.75


def test_nobody_is_believed_to_be_a_miracle() -> None:
    assert speed(10_000, 1.0) == SPEED_RANGE[1]
    assert speed(10_000, 10_000_000.0) == SPEED_RANGE[0]


def test_who_is_alike_stays_alike() -> None:
    assert speed(400, 400 * 1.50) == speed(400, 400 * 1.52)


def test_a_queue_that_nothing_is_known_of_tells_nothing() -> None:
    assert speeds([Sample("ann", "new", 100, 10.0)], MEANS_S, NEEDS) == {}

"""How it really was stands beside what is simulated; when they are far apart, it says so."""

import pytest

from routing.facts import QueueFacts
from routing.simulator.compare import Interval
from routing.simulator.traffic import Arrival, Line, Traffic
from server.protocol.simulations import Recorded
from server.simulating.periods import as_it_was
from server.simulating.really import apart, as_json, queues_really, really, warning

TODAY = {
    "mean_wait": Interval(11.0, 0.5),
    "sl": Interval(0.98, 0.01),
    "p_abandon": Interval(0.04, 0.005),
}
LIKE_TODAY = {"mean_wait_s": 12.0, "service_level": 0.95, "abandonment": 0.045}


def period(*targets: float | None) -> Traffic:
    """A queue for each target; to each came one after 10 s, one after 30 s, and one left."""
    lines = [
        Line(key=f"q{at}", facts=QueueFacts(id=f"q{at}", target_s=target))
        for at, target in enumerate(targets)
    ]
    came = [
        Arrival(at=0.0, queue=line.key, waited_s=waited_s, gave_up=not taken, taken=taken)
        for line in lines
        for waited_s, taken in ((10.0, True), (30.0, True), (5.0, False))
    ]
    return Traffic(span=(0.0, 100.0), lines=tuple(lines), people=(), arrivals=tuple(came))


def was(**figures: float) -> Recorded:
    return Recorded(customers=100, p95_s=60.0, **(LIKE_TODAY | figures))  # pyright: ignore


@pytest.mark.parametrize(
    ("targets", "level"),
    [
        ((10.0,), 1 / 3),
        ((60.0,), 2 / 3),  # who left was not answered in time, however soon
        ((60.0, None), 1 / 2),  # 20 s where a queue promises nothing, as in the simulation
        ((None,), None),
        ((None, None), None),
    ],
)
def test_answered_in_time_is_told_as_it_really_was_where_a_queue_has_a_target(
    targets: tuple[float | None, ...], level: float | None
) -> None:
    assert really(period(*targets)).service_level == level


def test_of_each_queue_it_is_told_by_its_own_target() -> None:
    told = queues_really(period(60.0, None))
    assert [each.service_level for each in told.values()] == [2 / 3, None]


def test_what_is_near_is_not_warned_of() -> None:
    assert apart(was(), TODAY) == []
    assert apart(was(mean_wait_s=6.5), TODAY) == []
    assert "warning" not in as_json(was(), [])


def test_what_is_far_is_said_with_both_figures_and_the_likely_reasons() -> None:
    far = apart(was(mean_wait_s=27.0, service_level=0.85), TODAY)

    assert [each.metric for each in far] == ["mean_wait_s", "service_level"]
    said = warning(far)
    assert "mean wait 27.0 s as recorded, 11.0 s as simulated" in said
    assert "answered in time 85.0% as recorded, 98.0% as simulated" in said
    assert "accept at once" in said
    assert as_json(was(), far)["warning"] == said


def test_a_simulation_that_does_worse_has_other_reasons() -> None:
    said = warning(apart(was(mean_wait_s=2.0), TODAY))
    assert "without anything to do does not count as there" in said
    assert "accept at once" not in said


def test_where_no_queue_has_a_target_nothing_is_held_against_it() -> None:
    told = really(period(None))
    assert told.service_level is None
    assert "service_level" not in [each.metric for each in apart(told, TODAY)]


def test_the_sentence_says_how_many_were_answered_in_time() -> None:
    served = period(60.0)
    done = [Arrival(at=0.0, queue="q0", waited_s=10.0, work_s=60.0, taken=True)]
    traffic = Traffic(
        span=served.span, lines=served.lines, people=(), arrivals=(*served.arrivals, *done)
    )
    assert "25.0% gave up, 75.0% answered in time." in as_it_was(traffic)

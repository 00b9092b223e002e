"""What counts as flat."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from loadtest.chaos.node import Node, Unanswered
from loadtest.soak.report import Outcome, growth, told
from loadtest.soak.samples import POSTGRES, Sample, Total
from loadtest.soak.trend import settled, trend
from server.embedded.layout import Services

MINUTES = [each / 6 for each in range(180)]


def samples(kb_a_minute: float, noise_kb: float = 0.0) -> list[Sample]:
    chance = Random(3)
    return [
        Sample(each, 80_000 + kb_a_minute * each + chance.gauss(0, noise_kb), 26.0)
        for each in MINUTES
    ]


def test_a_line_is_found_exactly() -> None:
    found = trend(MINUTES, [5 + 3 * each for each in MINUTES])
    assert found.per_minute == pytest.approx(3)
    assert found.half == pytest.approx(0, abs=1e-6)


def test_noise_makes_it_less_sure_and_likeness_of_neighbours_still_less() -> None:
    chance = Random(2)
    noise = [chance.gauss(0, 1) for _ in MINUTES]
    walk = [sum(noise[:at]) / 5 for at in range(len(noise))]
    assert 0 < trend(MINUTES, noise).half < trend(MINUTES, walk).half
    assert abs(trend(MINUTES, noise).per_minute) < 2 * trend(MINUTES, noise).half


def test_two_samples_say_nothing() -> None:
    assert trend([0, 1], [0, 9]).is_flat(1.0) == "unsure"


@pytest.mark.parametrize(
    ("kb_a_minute", "noise_kb", "flat"),
    [(0, 0, "yes"), (0, 50, "yes"), (500, 50, "NO"), (15, 2_000, "unsure")],
)
def test_flat_is_what_surely_does_not_grow(kb_a_minute: float, noise_kb: float, flat: str) -> None:
    assert growth("node 1", samples(kb_a_minute, noise_kb)).is_flat == flat


def test_the_first_third_does_not_count() -> None:
    warm = [each for each in samples(0) if each.minute >= MINUTES[-1] / 3]
    cold = [Sample(each.minute, each.minute, 1.0) for each in samples(0)][: -len(warm)]
    assert growth("node 1", [*cold, *warm]).is_flat == "yes"
    assert MINUTES[settled(MINUTES)][0] == pytest.approx(MINUTES[-1] / 3, abs=0.2)


@pytest.mark.parametrize(
    ("change", "is_well"),
    [
        ({}, True),
        ({"stored": 9}, False),
        ({"swept": 1.0}, False),
        ({"failed": 1.0}, False),
        ({"findings": ["lost: x"]}, False),
        ({"unanswered": ["minute 1.0: node 0 tells nothing"]}, False),
        ({"growths": [growth("node 1", samples(500))]}, False),
        ({"growths": [growth("node 1", samples(15, 2_000))]}, False),
        ({"growths": [growth(POSTGRES, samples(500))]}, True),
    ],
)
def test_it_is_well_only_when_everything_is(change: dict[str, object], is_well: bool) -> None:
    fields: dict[str, object] = {
        "minutes": 30.0,
        "growths": [growth("node 1", samples(0, 50))],
        "swept": 0.0,
        "failed": 0.0,
        "acked": 10,
        "stored": 10,
        "counts": {"conversations": 3},
        "findings": [],
        "unanswered": [],
        "samples": {},
    }
    outcome = Outcome(**{**fields, **change})  # type: ignore[arg-type]
    assert outcome.is_well is is_well
    assert told(outcome).endswith("All is well." if is_well else "NOT WELL.")


def test_what_is_unsure_is_said_and_is_not_well() -> None:
    unsure = growth("node 1", samples(15, 2_000))
    outcome = Outcome(30.0, [unsure], 0.0, 0.0, 1, 1, {}, [], [], {})

    assert "node 1: not sure that it is flat" in told(outcome)


def test_a_counter_that_begins_anew_with_a_restart_keeps_what_was_before() -> None:
    total = Total()
    for node, count in ((0, 2.0), (1, 1.0), (0, 3.0), (0, 0.0), (1, 1.0), (0, 1.0)):
        total.saw(node, count)

    assert total.value == 3 + 1 + 1


async def test_a_node_that_does_not_answer_tells_no_figure(tmp_path: Path) -> None:
    services = Services(str(tmp_path), "-", "-", 0)
    node = Node(0, services, tmp_path, ("server",), None)

    with pytest.raises(Unanswered):
        await node.metric("kefu_sockets")
    assert not await node.is_hosting()

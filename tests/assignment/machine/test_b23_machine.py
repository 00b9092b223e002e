"""B23: random operations on the real services and the real database (P4, P5, P6, P8)."""

import os
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings, stateful
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import run_state_machine_as_test

from tests.assignment.machine.day import Day
from tests.assignment.machine.premises import Premises

LONG = os.environ.get("MACHINE_RUNS", "")
"""Runs x steps, as in 50x10000, instead of the few short ones."""

SHORT = "10x40"
RUNS, STEPS = (int(number) for number in (LONG or SHORT).split("x"))
DRAWS_A_STEP = 256


@pytest.fixture
def premises(dsn: str, redis_url: str) -> Iterator[Premises]:
    """A database and an event loop for one day after the other."""
    premises = Premises(dsn, redis_url)
    yield premises
    premises.close()


@pytest.mark.slow
@pytest.mark.timeout(120 + RUNS * STEPS)
def test_b23_whatever_happens_the_promises_hold(
    premises: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Hypothesis ends a run after 8,192 draws; long days take more.
    for module in (engine, stateful):
        monkeypatch.setattr(module, "BUFFER_SIZE", max(8192, DRAWS_A_STEP * STEPS))
    run_state_machine_as_test(
        partial(Day, premises),
        settings=settings(
            max_examples=RUNS + 1,  # the first is the simplest: the same again and again
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not LONG,
            database=None,
            phases=[Phase.generate] if LONG else [Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(dict(premises.happened))

"""Short days that try the machine's own judgement of who may be asked."""

from collections.abc import Iterator, Mapping

import pytest
from msgspec.structs import replace

from routing import saving
from routing.facts import Ring
from server.services.assignment import facts
from storage.people import QueueFacts
from tests.assignment.machine.day import Day
from tests.assignment.machine.premises import Premises

NOBODY_SPEAKS_FRENCH = 12
"""A day on which nobody has more than level 1."""

ONE_SPEAKS_FRENCH = 16
"""A day on which one agent has level 3, and nobody else more than level 1."""

FRENCH_3 = 13
"""Edited so, a queue asks for level 3, and from an age of 20 s on for level 2."""

HELPED_AFTER_21_S = 41
"""Edited so, the last queue helps after 21 s, and at once while nobody is there."""

ALL_TAKE_TWO = 31
"""A day on which everybody has room for two."""

TAKES_TWO = 1
"""Edited so, a queue takes two units of an agent."""

EMERGENCY = 8
"""For an odd number, a supervisor makes it an emergency."""


@pytest.fixture
def day(dsn: str, redis_url: str) -> Iterator[Day]:
    """Short enough to be lived by hand."""
    premises = Premises(dsn, redis_url)
    day = Day(premises)
    yield day
    day.teardown()
    premises.close()


def edited(day: Day) -> None:
    day.queue_is_edited(queue=1, what="asks_for", number=FRENCH_3, at=0)
    day.queue_is_edited(queue=1, what="overflows", number=HELPED_AFTER_21_S, at=0)


def test_b11_who_helps_at_once_does_not_wait_for_the_queue_to_ask_for_less(day: Day) -> None:
    day.opens(NOBODY_SPEAKS_FRENCH)
    edited(day)
    day.customers_arrive(number=1, queue=1, more=0, at=0)
    assert day.live_offers == 1


def test_b11_others_do_not_help_at_once_while_somebody_is_there(day: Day) -> None:
    day.opens(ONE_SPEAKS_FRENCH)
    edited(day)
    day.customers_arrive(number=1, queue=1, more=0, at=0)
    day.customers_arrive(number=1, queue=1, more=0, at=0)
    assert day.live_offers == 1


def a_call_waits_among_chats(day: Day) -> None:
    """All hands are full, an emergency of two units waits, and after it somebody of one."""
    day.opens(ALL_TAKE_TWO)
    day.queue_is_edited(queue=1, what="limits", number=TAKES_TWO, at=0)
    for _ in range(10):
        day.customers_arrive(number=1, queue=0, more=0, at=0)
    day.agents_accept_everything(at=0)
    day.customers_arrive(number=1, queue=1, more=0, at=0)
    day.supervisor_steps_in(number=1, who=0, priority=EMERGENCY, at=0)
    day.time_passes_and_somebody_comes(seconds=1.0, number=1, queue=0)


def one_ends(day: Day, number: int) -> None:
    day.agent_ends_a_talk(number=number, at=0, what="closes")
    day.agent_ends_a_talk(number=0, at=0, what="finishes")


def test_p7_the_first_unit_that_is_free_is_kept_for_who_needs_two(day: Day) -> None:
    a_call_waits_among_chats(day)
    one_ends(day, 0)
    assert day.live_offers == 0
    one_ends(day, 0)
    assert day.live_offers == 1
    day.everything_in_hand_is_done(at=0)
    assert day.live_offers == 2


def test_who_takes_what_is_kept_for_another_is_noticed(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving.Saving, "best_for", lambda *_: None)
    a_call_waits_among_chats(day)
    with pytest.raises(AssertionError, match="and kept for"):
        one_ends(day, 0)


def test_who_helps_too_early_is_noticed(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    rings = facts.rings

    def all_at_once(queue: QueueFacts, queues: Mapping[str, QueueFacts]) -> tuple[Ring, ...]:
        return tuple(replace(each, after_s=0.0) for each in rings(queue, queues))

    monkeypatch.setattr(facts, "rings", all_at_once)
    day.opens(ONE_SPEAKS_FRENCH)
    edited(day)
    day.customers_arrive(number=1, queue=1, more=0, at=0)
    with pytest.raises(AssertionError, match="was asked for"):
        day.customers_arrive(number=1, queue=1, more=0, at=0)

"""A16: short days that try the machine's own judgement of who takes room."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest

from storage.quiet import Quiet
from tests.assignment.machine.day import Day
from tests.assignment.machine.premises import Premises

AFTER_5_S = 0
"""Edited so, conversations of a queue are quiet after 5 s."""


@pytest.fixture
def day(dsn: str, redis_url: str) -> Iterator[Day]:
    """One on which three conversations are in hand, and everybody was answered."""
    premises = Premises(dsn, redis_url)
    day = Day(premises)
    day.opens(0)
    for queue in range(3):
        day.queue_is_edited(queue=queue, what="rests", number=AFTER_5_S, at=0)
    day.customers_arrive(number=1, queue=0, more=2, at=0)
    day.agents_accept_everything(at=0)
    day.somebody_speaks(number=0, who="agents")
    yield day
    day.teardown()
    premises.close()


def test_a16_who_is_quiet_takes_no_room_and_who_wakes_does(day: Day) -> None:
    assert day.quiet_talks == 0
    day.time_passes_and_somebody_comes(seconds=12.0, number=1, queue=0)
    assert day.quiet_talks == 3
    day.somebody_speaks(number=0, who="customer")
    day.time_passes_and_somebody_comes(seconds=1.0, number=1, queue=0)
    assert day.quiet_talks == 2


def test_who_goes_on_resting_is_noticed(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(self: Quiet, conversation_id: UUID, now: datetime) -> None:
        """Wake nobody."""

    monkeypatch.setattr(Quiet, "wake", never)
    day.time_passes_and_somebody_comes(seconds=12.0, number=1, queue=0)
    day.somebody_speaks(number=0, who="customer")
    with pytest.raises(AssertionError, match="was spoken to"):
        day.time_passes_and_somebody_comes(seconds=3.0, number=1, queue=0)


def test_who_never_rests_is_noticed(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(self: Quiet, conversation_id: UUID, now: datetime) -> None:
        """Let everything take room."""

    monkeypatch.setattr(Quiet, "rest", never)
    with pytest.raises(AssertionError, match="takes room and nobody speaks"):
        day.time_passes_and_somebody_comes(seconds=12.0, number=1, queue=0)

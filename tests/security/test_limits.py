from collections.abc import Iterator

import pytest

from server.protocol.errors import TooMany
from server.services import limits
from server.services.limits import Limit
from tests.support.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def ten_a_minute(clock: FakeClock) -> Limit:
    return Limit(clock, "sign_ins_per_minute", 10, 60.0)


def names() -> Iterator[str]:
    return (f"somebody-{number}" for number in range(1_000_000))


async def test_whoever_has_all_their_tries_again_is_remembered_no_longer(clock: FakeClock) -> None:
    limit, strangers = ten_a_minute(clock), names()
    for _ in range(100):
        limit.count(next(strangers))
    assert len(limit) == 100

    await clock.advance(6)
    limit.count(next(strangers))

    assert len(limit) == 1


async def test_whoever_has_not_is_remembered_whoever_else_comes(clock: FakeClock) -> None:
    limit, strangers = ten_a_minute(clock), names()
    for _ in range(10):
        limit.count("eager")
    for _ in range(50):
        await clock.advance(0.1)
        limit.count(next(strangers))

    with pytest.raises(TooMany) as refused:
        limit.count("eager")
    assert refused.value.details["retry_after_ms"] == 1001


def test_of_very_many_at_once_those_of_long_ago_are_forgotten(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REMEMBERED_MAX", 100)
    limit, strangers = ten_a_minute(clock), names()
    for _ in range(1_000):
        limit.count(next(strangers))
    assert len(limit) == 100

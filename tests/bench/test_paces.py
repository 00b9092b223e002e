"""The load generator counts every message once, at every pace, on the smallest references."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from loadtest.bench.casts import reference_talks
from loadtest.bench.nodes import Served
from loadtest.bench.peer import Line, Peer, RawPeer
from loadtest.bench.references import bare, floor
from loadtest.bench.scenes import Scene
from loadtest.bench.talks import Pace, Talk, at_rate, by_acks, closed
from loadtest.bench.watchers import fan_out, reference_crowd

TALKS = 3
LONG_S, PER_S = 0.05, 200.0


@pytest.fixture(params=[(floor.build, RawPeer), (bare.build, Peer)], ids=["floor", "bare"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    build: Callable[[], web.Application]
    line: type[Line]
    build, line = request.param
    async with TestServer(build()) as server, aiohttp.ClientSession() as http:
        scene = Scene(http, [Served(str(server.make_url("")).rstrip("/"), 0)], line)
        yield scene
        await scene.close()


def counted(talks: list[Talk]) -> tuple[int, int, int]:
    acked = sum(len(talk.acked_s) for talk in talks)
    heard = sum(len(talk.heard_s) for talk in talks)
    return acked, heard, sum(talk.unheard for talk in talks)


@pytest.mark.parametrize("pace", [closed, by_acks, at_rate(PER_S)], ids=["closed", "acks", "rate"])
async def test_what_is_acknowledged_is_heard(scene: Scene, pace: Pace) -> None:
    talks = await reference_talks(scene, TALKS)
    await pace(talks, time.monotonic() + LONG_S)
    for talk in talks:
        await talk.is_heard()
    acked, heard, unheard = counted(talks)
    assert acked == heard > 0
    assert unheard == 0


async def test_at_a_rate_as_much_is_said_as_the_rate_says(scene: Scene) -> None:
    talks = await reference_talks(scene, TALKS)
    begun_s = time.monotonic()
    await at_rate(PER_S)(talks, begun_s + LONG_S)
    said = [len(talk.acked_s) for talk in talks]
    assert 1 <= sum(said) <= LONG_S * PER_S + 1
    assert max(said) - min(said) <= 1, "in turn"


async def test_a_crowd_has_heard_when_the_last_has(scene: Scene) -> None:
    scene.spent_s = lambda: [0.0, 0.0, 0.0]  # type: ignore[method-assign]  # it is our own process
    fan = await fan_out(scene, 5, reference_crowd)
    assert fan.watchers == 5
    assert 0 < fan.last_p50_ms <= fan.last_max_ms

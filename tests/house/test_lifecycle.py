"""One order to start and stop; a dead job takes the node with it."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from server.lifecycle import JobEnded, Node, Place, serve
from server.places import PROJECT
from server.services.clock import MEASUREMENTS, SystemClock
from server.settings import Settings
from storage.errors import StorageUnavailable
from tests.support.clock import START, FakeClock
from tests.support.loops import LeapingLoop

HERE = Place(host="127.0.0.1", port=0, drain_s=5)


class Diary:
    """Writes down what happened, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    async def open(self, _: web.Application) -> AsyncIterator[None]:
        self.lines.append("opened")
        yield
        self.lines.append("closed")

    async def drain(self) -> None:
        self.lines.append("drained")

    async def work(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.lines.append("job over")

    def node(self, **jobs: object) -> Node:
        app = web.Application()
        app.cleanup_ctx.append(self.open)
        app.router.add_get("/", self.answer)
        return Node(app=app, drain=self.drain, jobs={"work": self.work, **jobs})

    async def answer(self, _: web.Request) -> web.Response:
        return web.Response(text="hello")


async def test_a_node_serves_then_drains_then_closes_in_reverse() -> None:
    diary, stop = Diary(), asyncio.Event()
    ports: asyncio.Queue[int] = asyncio.Queue()
    node = asyncio.create_task(serve(diary.node(), HERE, stop, ports.put_nowait))
    async with aiohttp.ClientSession() as client:
        async with client.get(f"http://127.0.0.1:{await ports.get()}/") as answer:
            assert await answer.text() == "hello"
        stop.set()
        await node
    assert diary.lines == ["opened", "drained", "job over", "closed"]


async def test_a_node_that_retires_still_serves() -> None:
    diary, stop = Diary(), asyncio.Event()
    ports: asyncio.Queue[int] = asyncio.Queue()

    async def retire() -> None:
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"http://127.0.0.1:{port}/") as answer,
        ):
            diary.lines.append(f"retires and says {await answer.text()}")

    node = replace(diary.node(), retire=retire)
    serving = asyncio.create_task(serve(node, HERE, stop, ports.put_nowait))
    port = await ports.get()
    stop.set()
    await serving

    assert diary.lines == ["opened", "retires and says hello", "drained", "job over", "closed"]


async def test_a_job_that_fails_takes_the_node_with_it() -> None:
    async def fail() -> None:
        raise ConnectionError("gone")

    diary = Diary()
    with pytest.raises(ExceptionGroup) as caught:
        await serve(diary.node(failing=fail), HERE, asyncio.Event(), lambda _: None)
    assert caught.group_contains(ConnectionError)
    assert diary.lines[-1] == "closed"


async def test_a_job_that_ends_is_a_job_that_failed() -> None:
    async def end() -> None:
        return None

    with pytest.raises(ExceptionGroup) as caught:
        await serve(Diary().node(short=end), HERE, asyncio.Event(), lambda _: None)
    assert caught.group_contains(JobEnded, match="short")


async def test_p13_a_goodbye_that_nobody_hears_is_cut_short() -> None:
    diary, stop = Diary(), asyncio.Event()
    never = asyncio.Event()
    node = Node(app=diary.node().app, drain=never.wait)
    stop.set()

    await serve(node, Place(host="127.0.0.1", port=0, drain_s=0.01), stop, lambda _: None)

    assert diary.lines == ["opened", "closed"]


def test_p13_the_whole_of_a_goodbye_ends_within_one_bound() -> None:
    never = asyncio.Event()

    class Stuck(Diary):
        async def open(self, _: web.Application) -> AsyncIterator[None]:
            yield
            self.lines.append("closing")
            await never.wait()

        async def hang(self) -> None:
            await never.wait()

    diary, stop = Stuck(), asyncio.Event()
    node = replace(diary.node(), retire=diary.hang, drain=diary.hang)
    place = replace(Place.of(Settings(), 0), notice_s=3)
    stop.set()

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(serve(node, place, stop, lambda _: None))
        took_s = runner.get_loop().time()

    assert took_s == pytest.approx(place.longest_s)
    assert diary.lines == ["job over", "closing"]


def test_units_and_containers_wait_for_the_longest_goodbye_there_is_by_default() -> None:
    page = (PROJECT / "docs" / "how-to" / "deploy.md").read_text()
    waits_s = re.findall(r"(?:TimeoutStopSec=|stop_grace_period: )(\d+)", page)
    assert len(waits_s) == 2
    assert all(int(wait_s) > Place.of(Settings(), 0).longest_s for wait_s in waits_s)


async def test_the_clock_takes_over_the_database_s_time() -> None:
    clock = SystemClock()
    ahead = timedelta(hours=3)

    async def theirs():
        return clock_start + ahead + timedelta(seconds=clock.monotonic() - began)

    clock_start, began = clock.now(), clock.monotonic()
    await clock.set_by(theirs)

    assert abs(clock.now() - (await theirs())) < timedelta(milliseconds=50)


async def test_the_clock_is_right_again_after_the_machine_slept() -> None:
    clock, asked = SystemClock(), 0
    began, enough = clock.now(), asyncio.Event()

    async def eight_hours_later() -> datetime:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise StorageUnavailable
        if asked > 2 * MEASUREMENTS:
            enough.set()
        return began + timedelta(hours=8)

    following = asyncio.create_task(clock.follow(eight_hours_later, every_s=0))
    async with asyncio.timeout(5):
        await enough.wait()
    following.cancel()

    assert clock.now() - began > timedelta(hours=7)


async def test_fake_time_wakes_sleepers_in_order_at_their_moment() -> None:
    clock, woken = FakeClock(), []

    async def sleeper(when: float) -> None:
        await clock.sleep_until(when)
        woken.append((when, clock.monotonic()))

    tasks = [asyncio.create_task(sleeper(when)) for when in (3.0, 1.0, 2.0)]
    await clock.advance(2.5)
    assert woken == [(1.0, 1.0), (2.0, 2.0)]
    assert clock.now() == START + timedelta(seconds=2.5)
    await clock.advance(1)
    await asyncio.gather(*tasks)
    assert woken[-1] == (3.0, 3.0)

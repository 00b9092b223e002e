"""A rolling restart that loses something ends with a finding; nobody waits for it for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from loadtest.rolling import people
from loadtest.rolling.__main__ import unless_shown
from loadtest.rolling.page import Json, Notes, Page, Shown
from loadtest.rolling.people import Customer, Place, Reader, Said
from loadtest.rolling.verdict import Verdict, compare
from tests.support.loops import LeapingLoop

STORED: list[Said] = [(1, "hello"), (2, "are you there?")]
NOT_LET_IN = '44/visitor,{"message":"no","data":{"code":"forbidden","retryable":false}}'

pytestmark = pytest.mark.timeout(20)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class StagePage(Page):
    """A page whose reading ends as the test says."""

    def __init__(self, http: aiohttp.ClientSession, answer: Callable[[], Awaitable[Json]]) -> None:
        super().__init__(http, "http://nowhere", "/visitor", Notes())
        self._answer = answer

    async def insist(self, command: str, **payload: object) -> Json:
        return await self._answer()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "SERVED_S", 0.01)
    monkeypatch.setattr(people, "READ_S", 0.01)


async def never() -> Json:
    return await asyncio.get_running_loop().create_future()


async def broken() -> Json:
    raise KeyError("messages")


def reader_of(page: Page, *shown: Said) -> Reader:
    reader = Reader(page, "talk")
    for seq, text in shown:
        reader.receive(seq, text)
    return reader


async def judged(*readers: Reader | None) -> Verdict:
    verdict = Verdict()
    await compare(verdict, STORED, readers, by=asyncio.get_running_loop().time() + 0.01)
    return verdict


async def test_what_both_sides_have_read_is_well(http: aiohttp.ClientSession) -> None:
    page = StagePage(http, never)

    assert (await judged(reader_of(page, *STORED), reader_of(page, *STORED))).is_well


async def test_a_message_that_never_comes_is_missing(http: aiohttp.ClientSession) -> None:
    verdict = await judged(reader_of(StagePage(http, never), STORED[0]))

    assert (verdict.missing, verdict.misread, verdict.is_well) == (1, 0, False)


def test_however_many_miss_something_they_are_waited_for_once() -> None:
    verdict = Verdict()

    async def compares() -> None:
        async with aiohttp.ClientSession() as http:
            late = [reader_of(StagePage(http, never), STORED[0]) for _ in range(9)]
            prompt = reader_of(StagePage(http, never), *STORED)
            await compare(verdict, STORED, [*late, prompt], by=30.0)

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runner.run(compares())
        assert runner.get_loop().time() == pytest.approx(30.0)
    assert (verdict.missing, verdict.misread) == (9, 0)


async def test_a_conversation_of_which_no_agent_heard_is_missing_whole() -> None:
    assert (await judged(None)).missing == len(STORED)


@pytest.mark.parametrize("shown", [[(1, "other")], [*STORED, (3, "not stored")]], ids=len)
async def test_what_is_shown_otherwise_than_stored_is_misread(
    http: aiohttp.ClientSession, shown: list[Said]
) -> None:
    assert (await judged(reader_of(StagePage(http, never), *shown))).misread == 1


async def test_a_reading_that_fails_is_noted_and_ends_the_waiting(
    http: aiohttp.ClientSession,
) -> None:
    page = StagePage(http, broken)
    reader = reader_of(page, STORED[0])
    reader.head_is(2)

    with pytest.raises(Shown):
        await reader.until(2, within_s=10)
    assert page.notes.shown == ["KeyError('messages')"]


async def test_a_customer_whom_nobody_serves_is_shown_that(http: aiohttp.ClientSession) -> None:
    customer = Customer(Place(http, "http://nowhere", Notes()))

    with pytest.raises(Shown):
        await customer.until_served()
    assert customer.page.notes.has_shown.is_set()


async def test_whoever_insists_on_a_page_that_was_not_let_in_hears_of_it(
    http: aiohttp.ClientSession,
) -> None:
    async def refuse(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(NOT_LET_IN)
        await socket.receive()
        return socket

    app = web.Application()
    app.router.add_get("/socket.io/", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    page = Page(http, f"http://127.0.0.1:{runner.addresses[0][1]}", "/visitor", Notes())
    running = asyncio.create_task(page.run())
    try:
        with pytest.raises(Shown):
            await page.insist("conversation:start")
        with pytest.raises(Shown):
            await running
    finally:
        await runner.cleanup()
    assert page.notes.shown == ["not let in: forbidden"]


async def test_the_restarts_end_when_somebody_is_shown_an_error() -> None:
    notes = Notes()
    rolling = asyncio.create_task(unless_shown(never(), notes))
    await asyncio.sleep(0)
    notes.show("something")

    assert await rolling is None


async def test_restarts_that_nobody_notices_are_carried_out() -> None:
    async def roll() -> float:
        return 1.5

    assert await unless_shown(roll(), Notes()) == 1.5

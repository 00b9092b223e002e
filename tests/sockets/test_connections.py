"""Who may come in, who is shown out, and that nobody holds up the others (P13)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

import aiohttp
import pytest

from server.protocol.events import SessionEnded
from server.settings import Settings
from server.sockets import pulse as pulse_module
from server.sockets.drain import SOONEST_MS, latest_ms
from server.sockets.pulse import Pulse
from tests.sockets.conftest import OpenStage
from tests.sockets.raw import Deaf, RawClient
from tests.sockets.stage import Stage
from tests.sockets.waiting import until


async def test_what_is_told_while_entering_comes_after_connect_and_the_snapshot(
    stage: Stage,
) -> None:
    async with RawClient(stage.url) as ann:
        ann.auth = {"name": "ann", "greeted": True, "has_news": True}
        assert (await ann.enter()).startswith('40/visitor,{"sid":"')
        assert await ann.hears() == ("session:started", {})
        assert await ann.hears() == ("offer:ended", {})


async def test_a_refusal_to_enter_carries_its_code(stage: Stage) -> None:
    async with RawClient(stage.url) as ann:
        ann.auth = {"name": "stranger"}
        refused = await ann.enter()
        assert refused.startswith("44/visitor,")
        assert '"message":"Please sign in first."' in refused
        assert '"code":"unauthorized"' in refused

        ann.auth = {"name": "ann", "admin": True}
        assert '"field":"admin"' in await ann.enter()

        ann.namespace, ann.auth = "/nowhere", {"name": "ann"}
        assert '"code":"not_found"' in await ann.enter()
    assert stage.here == {}


async def test_p13_who_never_enters_is_shown_out(open_stage: OpenStage) -> None:
    stage = await open_stage(auth_timeout_s=0.1)
    async with RawClient(stage.url) as ann:
        assert '"code":"unauthorized"' in await asyncio.wait_for(ann.frames.get(), 5)
        await asyncio.wait_for(ann.closed.wait(), 5)


async def test_p13_entering_takes_no_longer_than_allowed(open_stage: OpenStage) -> None:
    stage = await open_stage(auth_timeout_s=0.2)
    async with RawClient(stage.url) as ann:
        ann.auth = {"name": "late"}
        assert '"code":"un' in await ann.enter()


async def test_a_busy_node_pings_as_often_as_it_has_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A turn of its loop takes 0.7 s: clients that hear nothing in time would all come back."""
    now, heard = 0.0, dict[str, list[float]]()

    @dataclass(eq=False)
    class Client:
        name: str
        slot: int = 0

    class Enough(Exception):
        """Twenty seconds have passed."""

    async def busy(_: float) -> None:
        nonlocal now
        now += 0.7
        if now > 20:
            raise Enough

    monkeypatch.setattr(pulse_module, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(pulse_module, "asyncio", SimpleNamespace(sleep=busy))
    pulse = Pulse[Client](5.0, lambda client: heard.setdefault(client.name, []).append(now))
    for number in range(50):
        pulse.add(Client(str(number)))
    with pytest.raises(Enough):
        await pulse.run()

    gaps = [late - early for times in heard.values() for early, late in pairwise([0.0, *times])]
    assert len(heard) == 50
    assert max(gaps) < 5.0 + 0.7 + 0.1


async def test_who_is_being_let_in_is_not_shown_out(stage: Stage) -> None:
    """A busy node may read late what a client has sent in time."""
    async with RawClient(stage.url) as ann:
        ann.auth = {"name": "late"}
        entering = asyncio.create_task(ann.enter())
        await until(lambda: "late" in stage.here)
        engine = stage.gateway.server.engine
        [connection] = engine.sockets.values()

        engine._check_entry(connection)  # pyright: ignore[reportPrivateUsage]

        assert not connection.ending
        entering.cancel()
        await asyncio.gather(entering, return_exceptions=True)


async def test_p13_an_address_has_only_so_many_connections(open_stage: OpenStage) -> None:
    stage = await open_stage(connections_per_address=2)
    async with (
        RawClient(stage.url, name="a"),
        RawClient(stage.url, name="b"),
        RawClient(stage.url) as third,
    ):
        third.auth = {"name": "c"}
        refused = await third.enter()
        assert '"code":"too_many"' in refused
        assert '"setting":"connections_per_address"' in refused
        await asyncio.wait_for(third.closed.wait(), 5)
    async with RawClient(stage.url, name="d"):
        assert "d" in stage.here


async def test_p13_a_full_node_says_so(open_stage: OpenStage) -> None:
    stage = await open_stage(connections_max=1)
    async with RawClient(stage.url, name="a"), aiohttp.ClientSession() as http:
        url = f"{stage.url}/socket.io/?EIO=4&transport=polling"
        async with http.get(url) as response:
            assert response.status == 503
            assert (await response.json(content_type=None))["code"] == "unavailable"


async def test_an_origin_may_be_refused_at_the_door(open_stage: OpenStage) -> None:
    stage = await open_stage(may_knock=lambda knock: knock.origin != "https://evil.example")
    url = f"{stage.url}/socket.io/?EIO=4&transport=polling"
    async with aiohttp.ClientSession() as http:
        async with http.get(url, headers={"Origin": "https://evil.example"}) as response:
            assert response.status == 403
        async with http.get(url, headers={"Origin": "https://shop.example"}) as response:
            assert response.status == 200
            assert "Access-Control-Allow-Credentials" not in response.headers


async def test_a_namespace_learns_who_knocks(stage: Stage) -> None:
    client = RawClient(stage.url, name="ann")
    client.headers = {"Origin": stage.url, "Cookie": "kefu_session=secret; other=1"}
    async with client:
        knock = stage.knocks[0]
    assert knock.remote == "127.0.0.1"
    assert knock.is_own_origin
    assert knock.cookie("kefu_session") == "secret"
    assert knock.cookie("nothing") is None


async def test_compression_is_not_agreed_to(stage: Stage) -> None:
    async with aiohttp.ClientSession() as http:
        url = f"{stage.url}/socket.io/?EIO=4&transport=websocket"
        async with http.ws_connect(url, compress=15) as socket:
            assert socket.compress == 0


async def test_d7_a_silent_client_is_given_up(open_stage: OpenStage) -> None:
    stage = await open_stage(ping_interval_s=0.2, ping_timeout_s=0.2)
    async with RawClient(stage.url, name="ann") as ann, RawClient(stage.url, name="bo") as bo:
        ann.answers_pings = False
        await asyncio.wait_for(ann.closed.wait(), 5)
        assert not bo.closed.is_set()
    assert ("ann", "silent") in stage.left


async def test_pings_come_as_often_as_promised(open_stage: OpenStage) -> None:
    stage = await open_stage(ping_interval_s=0.2)
    async with RawClient(stage.url, name="ann") as ann:
        assert ann.opening["pingInterval"] == 200
        begun = time.monotonic()
        await until(lambda: ann.pings == 5)
        assert 0.6 < time.monotonic() - begun < 1.4


async def test_leaving_is_noticed_once(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        await ann.send("41/visitor,")
        assert (await ann.ask_raw('["test:slow",{"number":1}]'))["error"]["code"] == "unauthorized"
    assert stage.left == [("ann", "client disconnect")]
    assert not stage.gateway.rooms.names()


async def test_who_does_not_speak_the_protocol_is_hung_up_on(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        await ann.send("49nonsense")
        await asyncio.wait_for(ann.closed.wait(), 5)


async def test_p13_d19_a_deaf_client_is_cut_off_and_the_others_hear_everything(
    open_stage: OpenStage,
) -> None:
    stage = await open_stage(outbox_max_bytes=65_536, commands_burst=1000)
    async with RawClient(stage.url, name="ann") as ann, Deaf(stage.url, name="deaf"):
        deaf = stage.here["deaf"]
        payload = {"events": 3000, "text": "x" * 4000}
        flood = await ann.post("test:flood", payload)
        heard = [(await ann.hears())[1]["seq"] for _ in range(3000)]

        assert (await flood)["ok"]
        assert heard == list(range(1, 3001))
        assert not deaf.is_open
        assert not ann.closed.is_set()
    ended = stage.registry.get_sample_value("kefu_sessions_ended_total", {"code": "slow"})
    assert ended == 1


async def test_p13_a_deaf_client_is_told_why_if_it_listens_again(open_stage: OpenStage) -> None:
    stage = await open_stage(outbox_max_bytes=65_536)
    async with Deaf(stage.url, name="deaf") as deaf:
        session = stage.here["deaf"]
        while session.is_open:
            stage.tell("x" * 60_000)
            await asyncio.sleep(0)
        deaf.writer.transport.resume_reading()  # type: ignore[attr-defined]
        heard = await asyncio.wait_for(deaf.reader.read(-1), 5)
        assert b'"code":"slow"' in heard[-400:]
        assert b"retry_after_ms" in heard[-400:]


async def test_shutdown_says_goodbye_and_when_to_come_back(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann, RawClient(stage.url, name="bo") as bo:
        await stage.gateway.drain()

        for client in (ann, bo):
            name, ended = await client.hears()
            assert (name, ended["code"]) == ("session:ended", "shutdown")
            assert SOONEST_MS <= ended["retry_after_ms"] <= latest_ms(2)
        assert sorted(stage.left) == [("ann", "shutdown"), ("bo", "shutdown")]
    url = f"{stage.url}/socket.io/?EIO=4&transport=polling"
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        assert response.status == 503


def test_the_more_are_sent_away_the_longer_they_take_to_come_back() -> None:
    assert latest_ms(2) == latest_ms(500) == 700
    assert latest_ms(2000) == 2200
    page_at_most_s = 2 * latest_ms(1_000_000) / 1000 + 0.5  # web/shared/socket.svelte.ts
    assert page_at_most_s < Settings().presence_grace_s


async def test_shutdown_answers_what_is_under_way_first(stage: Stage) -> None:
    stage.gates[1] = asyncio.Event()
    async with RawClient(stage.url, name="ann") as ann:
        answer = await ann.post("test:slow", {"number": 1})
        await until(lambda: _is_busy(stage))
        drained = asyncio.create_task(stage.gateway.drain())
        await until(lambda: stage.gateway.server.engine.draining)
        assert not drained.done()
        stage.gates[1].set()
        assert (await answer)["ok"]
        assert (await ann.hears())[1]["code"] == "shutdown"
        await asyncio.wait_for(drained, 5)


def _is_busy(stage: Stage) -> bool:
    return any(each.busy for each in stage.gateway.server.engine.sockets.values())


async def test_p13_a_deaf_client_does_not_hold_up_shutdown(open_stage: OpenStage) -> None:
    stage = await open_stage(drain_s=0.3)
    async with Deaf(stage.url, name="deaf"), RawClient(stage.url, name="ann") as ann:
        for _ in range(40):
            stage.tell("x" * 20_000)
        begun = time.monotonic()
        await stage.gateway.drain()

        assert time.monotonic() - begun < 1
        await asyncio.wait_for(ann.closed.wait(), 5)
        assert not stage.gateway.server.engine.sockets


async def test_who_is_cut_off_in_the_middle_of_a_command_leaves_nothing_behind(
    stage: Stage,
) -> None:
    """The command ends first, then the session is said goodbye to, and it joins no room again."""
    stage.gates[1] = asyncio.Event()
    async with RawClient(stage.url, name="ann") as ann:
        session = stage.here["ann"]
        await ann.post("test:slow", {"number": 1})
        await until(lambda: _is_busy(stage))
        session.end(SessionEnded(code="replaced", message="Elsewhere."))
        for connection in tuple(stage.gateway.server.engine.sockets.values()):
            connection.abandon()
        await asyncio.wait_for(ann.closed.wait(), 5)
        assert stage.left == []  # the command is still under way
        stage.gates[1].set()
        await until(lambda: stage.left == [("ann", "replaced")])
        session.join("agent:late")
        assert not stage.gateway.rooms.names()


async def test_a_namespace_learns_why_a_session_was_ended(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        stage.here["ann"].end(SessionEnded(code="signed_out", message="You have signed out."))
        await asyncio.wait_for(ann.closed.wait(), 5)
        await until(lambda: stage.left == [("ann", "signed_out")])


async def test_p13_entering_again_and_again_is_refused(stage: Stage) -> None:
    async with RawClient(stage.url) as ann:
        ann.auth = {"name": "ann"}
        entered = 0
        while (answer := await asyncio.wait_for(ann.enter(), 5)).startswith("40"):
            await ann.send("41/visitor,")
            entered += 1
            assert entered < 100
        assert '"code":"too_many"' in answer
        await asyncio.wait_for(ann.closed.wait(), 5)


async def test_p13_what_is_held_for_somebody_who_is_entering_is_bounded(stage: Stage) -> None:
    async with RawClient(stage.url) as ann:
        ann.auth = {"name": "late"}
        entering = asyncio.create_task(ann.enter())
        await until(lambda: "late" in stage.here)
        for number in range(1100):
            stage.tell("x", number + 1)
        assert not stage.here["late"].is_open
        assert '"code":"slow"' in await asyncio.wait_for(entering, 5)
        await asyncio.wait_for(ann.closed.wait(), 5)


@pytest.mark.parametrize(
    ("limits", "text"),
    [({"outbox_max_bytes": 65_536}, "x" * 20_000), ({"outbox_max_packets": 16}, "x")],
    ids=["bytes", "packets"],
)
async def test_p13_what_is_held_while_a_session_heals_is_bounded_like_an_outbox(
    open_stage: OpenStage, limits: dict[str, int], text: str
) -> None:
    stage = await open_stage(**limits)
    async with RawClient(stage.url, name="ann") as ann:
        session = stage.here["ann"]
        stage.may_heal.clear()
        healing = asyncio.create_task(stage.gateway.server.heal(session))
        await until(lambda: "heal ann" in stage.log)
        for number in range(3):
            stage.tell(text, number + 1)
        assert session.is_open
        for number in range(20):
            stage.tell(text, number + 4)
        assert not session.is_open
        name, ended = await ann.hears()
        assert (name, ended["code"]) == ("session:ended", "slow")
        assert ended["retry_after_ms"] > 0
        stage.may_heal.set()
        await healing
        await asyncio.wait_for(ann.closed.wait(), 5)
    async with RawClient(stage.url, name="ann") as ann:
        stage.tell("again")
        assert (await ann.hears())[1]["text"] == "again"


async def test_what_was_told_while_a_session_healed_follows_in_its_order(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        stage.may_heal.clear()
        healing = asyncio.create_task(stage.gateway.server.heal(stage.here["ann"]))
        await until(lambda: "heal ann" in stage.log)
        for number in range(100):
            stage.tell(f"{number}", number + 1)
        stage.may_heal.set()
        await healing
        assert [(await ann.hears())[1]["text"] for _ in range(100)] == [f"{n}" for n in range(100)]


async def test_d19_one_long_answer_does_not_make_a_slow_client_a_deaf_one(
    open_stage: OpenStage,
) -> None:
    stage = await open_stage(outbox_max_bytes=65_536, ping_interval_s=0.2)
    long = "x" * 12_000_000  # more than the kernel takes in
    async with Deaf(stage.url, name="slow") as slow:
        session = stage.here["slow"]
        stage.tell(long, 1)
        stage.tell("and then", 2)
        assert session.is_open
        slow.writer.transport.resume_reading()  # type: ignore[attr-defined]
        slow.reader._limit = 2 * len(long)  # type: ignore[attr-defined]
        assert b"x" * 1000 in await asyncio.wait_for(slow.reader.readuntil(b"and then"), 8)


async def test_d19_a_deaf_client_is_given_up_whatever_it_asked_for(open_stage: OpenStage) -> None:
    stage = await open_stage(outbox_max_bytes=65_536)
    async with Deaf(stage.url, name="deaf"):
        session = stage.here["deaf"]
        stage.tell("x" * 12_000_000, 1)
        for number in range(400):
            stage.tell("x" * 60_000, number + 2)
        assert not session.is_open

"""Several nodes on a real Valkey: what is said on one is heard on all, and losses heal (P3)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from uuid import UUID

import pytest
from msgspec import json, msgpack

from server.protocol.events import SessionEnded
from storage.bus import Bus, Pace
from tests.bus.ears import running
from tests.sockets.conftest import OpenStage
from tests.sockets.raw import RawClient
from tests.sockets.stage import CONVERSATION, ROOM, Stage, said
from tests.sockets.valve import Valve
from tests.sockets.waiting import until

ID = UUID(CONVERSATION)


@pytest.fixture
async def valve(redis_url: str) -> AsyncIterator[Valve]:
    """Valkey behind a valve that a test can shut."""
    async with Valve(redis_url) as valve:
        yield valve


@pytest.fixture
async def pair(open_stage: OpenStage, valve: Valve) -> list[Stage]:
    """Two nodes that hear each other."""
    nodes = [await open_stage(redis_url=valve.url, realm=valve.realm) for _ in range(2)]
    await until(lambda: all(_knows_neighbours(node) for node in nodes))
    return nodes


def _bus(stage: Stage) -> Bus:
    assert stage.bus is not None
    return stage.bus


def _queued(bus: Bus) -> list[bytes]:
    return [packed for link in bus.links for packed in link.queued]


def _knows_neighbours(stage: Stage) -> bool:
    return not _bus(stage).health.deaf and _bus(stage).neighbours == 1


async def _follows(stage: Stage, room: str = ROOM) -> None:
    await until(lambda: _bus(stage).hears(f"kefu:room:{room}"))


async def test_what_is_told_on_one_node_is_heard_on_the_other_once(pair: list[Stage]) -> None:
    one, other = pair
    async with RawClient(one.url, name="ann") as ann, RawClient(other.url, name="bo") as bo:
        await _follows(one)
        await _follows(other)
        for seq in range(1, 51):
            one.tell(f"message {seq}", seq)

        for client in (ann, bo):
            heard = [(await client.hears())[1]["seq"] for _ in range(50)]
            assert heard == list(range(1, 51))
            assert client.events.empty()


async def test_audience_and_exception_hold_on_every_node(pair: list[Stage]) -> None:
    one, other = pair
    async with (
        RawClient(other.url, name="visitor") as visitor,
        RawClient(other.url, "/agent", name="agent") as agent,
    ):
        await _follows(other)
        tell = one.gateway.fanout.tell
        tell(ROOM, "message:created", said("a note"), audience="agents")
        tell(ROOM, "message:created", said("not for agent"), but=other.here["agent"].id)
        tell(ROOM, "message:created", said("last"))

        assert [(await agent.hears())[1]["text"] for _ in range(2)] == ["a note", "last"]
        assert [(await visitor.hears())[1]["text"] for _ in range(2)] == ["not for agent", "last"]


async def test_sessions_are_gathered_scattered_and_ended_on_every_node(pair: list[Stage]) -> None:
    one, other = pair
    async with RawClient(other.url, name="bo", rooms=["agent:bo"]) as bo:
        await _follows(other, "agent:bo")
        session = other.here["bo"]
        one.gateway.fanout.gather("agent:bo", into=ROOM)
        await until(lambda: ROOM in session.rooms)
        one.gateway.fanout.scatter("agent:bo", out_of=ROOM)
        await until(lambda: ROOM not in session.rooms)

        reason = SessionEnded(code="signed_out", message="You signed out.")
        one.gateway.fanout.end("agent:bo", reason)

        assert await bo.hears() == (
            "session:ended", {"code": "signed_out", "message": "You signed out."}
        )  # fmt: skip
        assert await bo.frames.get() == "41/visitor,"  # so that no client reconnects by itself


async def test_what_only_a_newer_node_can_say_is_left_aside_and_the_rest_is_heard(
    pair: list[Stage],
) -> None:
    newer, node = pair

    def say(*words: object) -> None:
        _bus(newer).publish(f"kefu:room:{ROOM}", msgpack.encode(words))

    def told(text: str) -> bytes:
        return json.encode({"text": text, "is_new": True})

    async with RawClient(node.url, name="ann") as ann:
        await _follows(node)
        say("t", "message:created", told("with more behind"), "everyone", None, 1, "is new")
        say("n", "a new kind")
        say("t", "message:created", told("not for any of us"), "robots", None, 2)
        say("t", "thing:happened", told("a new event"), "everyone", None, 0)
        say("e", json.encode({"code": "is_new", "message": "The end.", "is_new": True}))

        heard = [await ann.hears() for _ in range(3)]
    assert heard == [
        ("message:created", {"text": "with more behind", "is_new": True}),
        ("thing:happened", {"text": "a new event", "is_new": True}),
        ("session:ended", {"code": "is_new", "message": "The end."}),
    ]
    counted = node.registry.get_sample_value("kefu_bus_not_understood_total")
    assert counted == 2


async def test_rooms_are_followed_only_while_somebody_is_in_them(pair: list[Stage]) -> None:
    one, _ = pair
    async with RawClient(one.url, name="ann"), RawClient(one.url, name="bo"):
        await _follows(one)
    await until(lambda: not _bus(one).hears(f"kefu:room:{ROOM}"))


async def test_p3_what_the_bus_lost_is_noticed(pair: list[Stage], valve: Valve) -> None:
    one, other = pair
    async with RawClient(one.url, name="ann") as ann, RawClient(other.url, name="bo") as bo:
        await _follows(other)
        await valve.shut()
        one.tell("lost on the way", 1)
        one.heads[ID] = other.heads[ID] = (1, 0)

        assert (await ann.hears())[0] == "message:created"  # the same node goes on talking
        assert await bo.hears() == ("head:changed", {"conversation": CONVERSATION, "head": 1})
        await until(lambda: _bus(other).health.deaf)

        await valve.open()
        await until(lambda: all(_knows_neighbours(node) for node in pair))
        await until(lambda: "heal bo" in other.log)
        await _follows(other)
        one.heads[ID] = other.heads[ID] = (2, 0)
        one.tell("heard again", 2)
        await until(lambda: any(p.get("text") == "heard again" for _, p in list(bo.events._queue)))


async def test_p3_a_bus_that_only_seems_alive_is_found_out(pair: list[Stage], valve: Valve) -> None:
    one, _ = pair
    assert _bus(one).health.lag_s is not None
    valve.clog()
    await until(lambda: _bus(one).health.deaf)
    await valve.shut()
    await valve.open()
    await until(lambda: not _bus(one).health.deaf)


async def test_for_how_long_a_node_is_deaf_counts_from_when_it_last_heard_everything(
    pair: list[Stage], valve: Valve
) -> None:
    bus = _bus(pair[0])
    assert bus.health.deaf_s == 0
    assert Bus(valve.url).health.deaf_s == math.inf, "it has not heard anything yet"

    await valve.shut()
    await until(lambda: bus.health.deaf)
    before = bus.health.deaf_s
    await until(lambda: bus.health.deaf_s > before + 0.5)

    await valve.open()
    await until(lambda: bus.health.deaf_s == 0)


async def test_p13_publishes_of_an_outage_are_bounded(valve: Valve) -> None:
    await valve.shut()
    bus = Bus(valve.url, pace=Pace(queue_max=10))
    job = asyncio.create_task(bus.run())
    for number in range(1000):
        bus.publish("kefu:room:x", str(number).encode())
    assert len(_queued(bus)) == 10
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)


async def test_p3_what_did_not_fit_into_the_queue_has_the_others_catch_up(
    open_stage: OpenStage, valve: Valve
) -> None:
    other = await open_stage(redis_url=valve.url, realm=valve.realm)
    bus = Bus(valve.url, realm=valve.realm, pace=Pace(beat_s=0.1, deaf_after_s=1.0, queue_max=10))
    async with running(bus):
        await until(lambda: bus.neighbours == 1 and _knows_neighbours(other))
        async with RawClient(other.url, name="bo"):
            before = len(other.log)
            for number in range(11):
                bus.publish("kefu:room:x", str(number).encode())
            await until(lambda: "heal bo" in other.log[before:])


async def test_p3_what_waited_too_long_to_be_said_has_the_others_catch_up(
    valve: Valve, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = Pace(beat_s=0.1, deaf_after_s=1000.0)
    one, other = (Bus(valve.url, realm=valve.realm, pace=pace) for _ in range(2))
    async with running(one, other):
        await until(lambda: one.neighbours == other.neighbours == 1)
        catch_ups: list[str] = []
        other.on_recovered(lambda: catch_ups.append("asked for"))
        one.publish("kefu:room:x", b"said, and then held up for ten seconds")
        later = SimpleNamespace(monotonic=lambda: time.monotonic() + 10.0)
        monkeypatch.setattr("storage.bus.link.time", later)
        await until(lambda: bool(catch_ups))


async def test_a_lonely_node_publishes_nothing(open_stage: OpenStage, valve: Valve) -> None:
    one = await open_stage(redis_url=valve.url, realm=valve.realm)
    await until(lambda: _bus(one).is_alone)
    one.tell("nobody else is here")
    assert not any(b"nobody else" in packed for packed in _queued(_bus(one)))

    other = await open_stage(redis_url=valve.url, realm=valve.realm)
    await until(lambda: _knows_neighbours(other))
    assert not _bus(one).is_alone


async def test_p3_sessions_from_before_the_bus_was_first_reached_catch_up(
    open_stage: OpenStage, valve: Valve
) -> None:
    await valve.shut()
    stage = await open_stage(redis_url=valve.url, realm=valve.realm)
    async with RawClient(stage.url, name="ann"):
        await valve.open()
        await until(lambda: "heal ann" in stage.log)


async def test_installations_that_share_a_server_do_not_hear_each_other(
    open_stage: OpenStage, valve: Valve
) -> None:
    one = await open_stage(redis_url=valve.url, realm=valve.realm)
    other = await open_stage(redis_url=valve.url, realm=f"{valve.realm}x:")
    third = await open_stage(redis_url=valve.url, realm=valve.realm)
    async with (
        RawClient(other.url, name="ann") as ann,
        RawClient(third.url, name="bo") as bo,
    ):
        await until(lambda: _knows_neighbours(one))
        await _follows(other)
        await _follows(third)
        one.tell("among ourselves")
        assert (await bo.hears())[1]["text"] == "among ourselves"
        other.tell("here only")
        assert (await ann.hears())[1]["text"] == "here only"
        assert _bus(other).neighbours == 0


async def test_p3_a_node_that_could_not_speak_lets_the_others_catch_up(
    open_stage: OpenStage, valve: Valve, redis_url: str
) -> None:
    async with Valve(redis_url) as own:
        one = await open_stage(redis_url=own.url, realm=valve.realm)
        other = await open_stage(redis_url=valve.url, realm=valve.realm)
        await until(lambda: _knows_neighbours(one) and _knows_neighbours(other))
        async with RawClient(other.url, name="bo"):
            assert not other.log
            await own.shut()
            await own.open()
            await until(lambda: "heal bo" in other.log)
        assert not _bus(other).health.deaf

"""One event, many listeners: encoded once a namespace, written to each."""

from __future__ import annotations

import asyncio

import pytest

from server.sockets import fanout as module
from server.sockets.frames import Frame
from tests.sockets.raw import RawClient
from tests.sockets.stage import ROOM, Stage, said


async def test_an_event_is_encoded_once_for_all_who_hear_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Frame] = []

    class Counted(Frame):
        __slots__ = ()

        def __init__(self, body: bytes) -> None:
            super().__init__(body)
            made.append(self)

    clients = [RawClient(stage.url, "/visitor", name=f"v{n}") for n in range(10)]
    clients += [RawClient(stage.url, "/agent", name=f"a{n}") for n in range(10)]
    await asyncio.gather(*(client.__aenter__() for client in clients))
    monkeypatch.setattr(module, "Frame", Counted)
    tasks = len(asyncio.all_tasks())
    stage.tell("to all")

    assert len(made) == 2
    assert len(asyncio.all_tasks()) == tasks  # and without a task a listener
    for client in clients:
        assert (await client.hears())[1]["text"] == "to all"
        await client.close()


async def test_visitors_do_not_hear_what_is_for_agents(stage: Stage) -> None:
    async with (
        RawClient(stage.url, name="visitor") as visitor,
        RawClient(stage.url, "/agent", name="agent") as agent,
    ):
        tell = stage.gateway.fanout.tell
        tell(ROOM, "message:created", said("a note"), audience="agents")
        tell(ROOM, "message:created", said("for visitors"), audience="visitors")
        tell(ROOM, "message:created", said("for all"))

        assert [(await visitor.hears())[1]["text"] for _ in range(2)] == ["for visitors", "for all"]
        assert [(await agent.hears())[1]["text"] for _ in range(2)] == ["a note", "for all"]


async def test_telling_an_empty_room_is_fine_and_costs_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most customers who wait have closed the page, and where they stand changes every second."""

    def encode(_: object) -> bytes:
        raise AssertionError("nobody hears it")

    monkeypatch.setattr(module, "encode", encode)
    stage.gateway.fanout.tell("conversation:nobody", "message:created", said("x"))
    stage.gateway.fanout.gather("agent:nobody", into=ROOM)
    stage.gateway.fanout.scatter("agent:nobody", out_of=ROOM)


@pytest.mark.parametrize("size", [1, 100, 125, 126, 65_000, 65_536, 200_000])
async def test_frames_of_every_length_arrive(stage: Stage, size: int) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        stage.tell("x" * size)
        assert (await ann.hears())[1]["text"] == "x" * size

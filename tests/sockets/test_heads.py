"""One node: what was stored but never delivered is told to whoever listens (P3)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from server.sockets.delivered import Delivered
from server.sockets.heads import HeadWatch
from tests.sockets.conftest import OpenStage
from tests.sockets.raw import RawClient
from tests.sockets.stage import CONVERSATION, ROOM, Stage, said
from tests.sockets.waiting import until

ID = UUID(CONVERSATION)


async def test_p3_who_is_behind_is_told_and_notes_stay_among_agents(stage: Stage) -> None:
    async with (
        RawClient(stage.url, name="visitor") as visitor,
        RawClient(stage.url, "/agent", name="agent") as agent,
    ):
        stage.heads[ID] = (3, 1)
        await until(lambda: not stage.gateway._delivered._fresh)
        assert visitor.events.empty()  # alone, it cannot have missed what was there before

        stage.heads[ID] = (4, 1)
        changed = {"conversation": CONVERSATION, "head": 4}
        assert await visitor.hears() == ("head:changed", changed)
        assert await agent.hears() == ("head:changed", {**changed, "note_head": 1})

        stage.heads[ID] = (4, 2)
        assert await agent.hears() == ("head:changed", {**changed, "note_head": 2})
        assert visitor.events.empty()


async def test_what_was_delivered_needs_no_telling(open_stage: OpenStage) -> None:
    stage = await open_stage(head_beat_s=0.05)
    async with RawClient(stage.url, name="ann") as ann:
        stage.tell("one", 1)
        stage.gateway.fanout.tell(ROOM, "message:created", said("two", 2))
        stage.heads[ID] = (2, 0)
        assert [(await ann.hears())[0] for _ in range(2)] == ["message:created"] * 2
        await until(lambda: not stage.gateway._delivered._fresh)
        stage.heads[ID] = (3, 0)
        assert (await ann.hears())[1]["head"] == 3
        assert ann.events.empty()


async def test_who_was_told_what_storage_lost_begins_anew_and_nobody_else(stage: Stage) -> None:
    elsewhere = "conversation:0192f0c1-0000-7000-8000-000000000002"
    async with (
        RawClient(stage.url, name="ann") as ann,
        RawClient(stage.url, name="bo", rooms=[elsewhere]) as bo,
    ):
        stage.tell("kept", 1)
        stage.tell("lost", 2)
        assert [(await ann.hears())[1]["text"] for _ in range(2)] == ["kept", "lost"]
        stage.heads[ID] = (1, 0)
        name, ended = await ann.hears()
        assert (name, ended["code"], ended["retry_after_ms"] > 0) == (
            "session:ended", "replaced", True
        )  # fmt: skip
        assert bo.events.empty()


async def test_a_conversation_that_storage_does_not_know_is_left_with_what_was_delivered(
    stage: Stage,
) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        stage.tell("lost", 1)
        await ann.hears()
        stage.gone.add(ID)
        assert (await ann.hears())[0] == "session:ended"


async def test_what_is_told_while_storage_is_read_is_no_loss(stage: Stage) -> None:
    delivered, fanout = stage.gateway._delivered, stage.gateway.fanout

    async def read(ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
        stage.tell("stored after the reading", 2)
        return dict.fromkeys(ids, (1, 0))

    async with RawClient(stage.url, name="ann") as ann:
        stage.tell("stored before", 1)
        watch = HeadWatch(delivered, fanout, read, stage.gateway._metrics, 60)
        assert await watch.compare() == 0
        assert [(await ann.hears())[0] for _ in range(2)] == ["message:created"] * 2
        assert ann.events.empty()


def test_with_neighbours_a_fresh_room_may_have_missed_something() -> None:
    delivered = Delivered(is_alone=lambda: False)
    delivered.open(ROOM)
    assert delivered.missing(ROOM, (2, 0)) == (True, False)
    delivered.note(ROOM, 2)
    assert delivered.missing(ROOM, (2, 1)) == (False, True)
    delivered.forget(ROOM)
    assert delivered.missing(ROOM, (9, 9)) == (False, False)


def test_a_neighbour_that_left_a_moment_ago_may_have_said_something() -> None:
    neighbours = 1
    delivered = Delivered(is_alone=lambda: neighbours == 0)
    delivered.open(ROOM)
    neighbours = 0
    assert delivered.missing(ROOM, (2, 0)) == (True, False)


def test_a_lonely_node_has_missed_nothing_of_what_was_there_before() -> None:
    delivered = Delivered(is_alone=lambda: True)
    delivered.open(ROOM)
    assert delivered.missing(ROOM, (2, 0)) == (False, False)
    assert delivered.missing(ROOM, (3, 0)) == (True, False)

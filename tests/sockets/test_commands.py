"""Every command is answered, in order, whatever it contains (P9)."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import WSMsgType

from tests.sockets.conftest import OpenStage
from tests.sockets.raw import RawClient
from tests.sockets.stage import CONVERSATION, Stage

MESSAGE = {"conversation": CONVERSATION, "client_id": "client-id-1", "text": "Hello"}


async def test_a_command_is_acknowledged_and_the_others_hear_of_it(stage: Stage) -> None:
    async with (
        RawClient(stage.url, name="ann") as ann,
        RawClient(stage.url, "/agent", name="bo") as bo,
    ):
        answer = await ann.ask("message:send", MESSAGE)

        assert answer == {"ok": True, "data": {"seq": 1, "at": "2026-03-02T00:00:00Z"}}
        name, message = await bo.hears()
        assert (name, message["text"]) == ("message:created", "Hello")
        assert ann.events.empty()  # who said it has the answer


async def test_events_of_one_client_are_carried_out_in_order(stage: Stage) -> None:
    stage.gates[1] = asyncio.Event()
    async with RawClient(stage.url, name="ann") as ann, RawClient(stage.url, name="bo") as bo:
        answers = [await ann.post("test:slow", {"number": number}) for number in (1, 2, 3)]
        await bo.ask("test:slow", {"number": 9})

        assert stage.log == ["9"]  # one who waits does not hold up another
        stage.gates[1].set()
        await asyncio.gather(*answers)
        assert stage.log == ["9", "1", "2", "3"]


async def test_p9_a_command_that_fails_is_answered_too(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        broken = await ann.ask("test:break", {})
        refused = await ann.ask("test:refuse", {})

    assert broken["ok"] is False
    assert broken["error"]["code"] == "internal"
    assert broken["error"]["retryable"] is True
    assert "foresaw" not in str(broken)
    assert refused["error"] == {
        "code": "conflict",
        "message": "No.",
        "retryable": False,
        "field": "x",
        "details": {"reason": "because"},
    }


@pytest.mark.parametrize(
    ("name", "payload", "field"),
    [
        ("message:send", {**MESSAGE, "sender": "agent"}, "sender"),
        ("message:send", {**MESSAGE, "text": 5}, "text"),
        ("message:send", {"conversation": "x", "text": "x"}, "client_id"),
        ("message:send", {**MESSAGE, "client_id": "short"}, "client_id"),
        ("message:send", {**MESSAGE, "text": "a\0b"}, "text"),
        ("message:send", "text", None),
        ("message:send", None, None),
        ("typing:set", {"conversation": "x", "on": "yes"}, "on"),
    ],
)
async def test_p9_what_is_wrong_is_said_with_its_field(
    stage: Stage, name: str, payload: object, field: str | None
) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        answer = await ann.ask(name, payload)

    assert answer["error"]["code"] == "invalid"
    assert answer["error"].get("field") == field
    assert stage.log == []


@pytest.mark.parametrize(
    "body",
    [
        '["message:send",{"conversation":"x","client_id":"12345678","text":"\\ud800"}]',
        '["message:send",{"conversation":"x","client_id":"12345678","text":"a',
        '["message:send",{"conversation":"x","client_id":"12345678","text":NaN}]',
        "[]",
        "[5]",
        '["message:send",{},{}]',
        '["connect",{}]',
        '["__init__",{}]',
        '["say",{}]',
        "[" * 5000,
        '["message:send",{"text":' + "[" * 1000 + '"\\u0000"' + "]" * 1000 + "}]",
    ],
)
async def test_p9_nonsense_is_refused_in_words(stage: Stage, body: str) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        answer = await ann.ask_raw(body)
        assert answer["error"]["code"] == "invalid"
        assert (await ann.ask("test:slow", {"number": 1}))["ok"]


async def test_p9_bytes_that_are_not_utf8_are_refused_in_words(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        answer = ann.acks[7] = asyncio.get_running_loop().create_future()
        body = b'42/visitor,7["message:send",{"text":"\xff\xfe"}]'
        await ann.socket.send_frame(body, WSMsgType.TEXT)

        assert (await answer)["error"]["code"] == "invalid"


async def test_a_backslash_before_u0000_is_only_text(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        assert (await ann.ask("message:send", {**MESSAGE, "text": "\\u0000"}))["ok"]
    assert stage.log == ["\\u0000"]


async def test_a_command_without_an_ack_is_carried_out_too(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        await ann.send('42/visitor,["test:slow",{"number":4}]')
        await ann.send('42/visitor,["test:nothing",{}]')
        assert (await ann.ask("test:slow", {"number": 5}))["ok"]

    assert stage.log == ["4", "5"]
    assert ann.frames.empty()


async def test_p13_a_command_above_the_limit_is_refused_by_name(open_stage: OpenStage) -> None:
    stage = await open_stage(frame_max_bytes=4096)
    async with RawClient(stage.url, name="ann") as ann:
        answer = await ann.ask("message:send", {**MESSAGE, "text": "x" * 5000})

        assert answer["error"]["code"] == "too_large"
        assert answer["error"]["details"] == {"setting": "frame_max_bytes", "limit": 4096}
        assert (await ann.ask("message:send", MESSAGE))["ok"]


async def test_p13_a_giant_frame_ends_the_session_and_says_why(open_stage: OpenStage) -> None:
    stage = await open_stage(frame_max_bytes=4096)
    async with RawClient(stage.url, name="ann") as ann:
        await ann.send("x" * 100_000)

        name, ended = await ann.hears()
        assert (name, ended["code"]) == ("session:ended", "limit")
        await asyncio.wait_for(ann.closed.wait(), 5)


async def test_p13_commands_come_no_faster_than_allowed(open_stage: OpenStage) -> None:
    stage = await open_stage(commands_per_s=1, commands_burst=3)
    async with RawClient(stage.url, name="ann") as ann:
        answers = [await ann.ask("test:slow", {"number": n}) for n in range(5)]

    assert [answer["ok"] for answer in answers] == [True, True, True, False, False]
    assert answers[3]["error"]["code"] == "too_many"
    assert answers[3]["error"]["retryable"]
    assert answers[3]["error"]["details"]["setting"] == "commands_per_s"
    assert answers[3]["error"]["details"]["retry_after_ms"] > 0


async def test_p13_who_goes_on_all_the_same_is_shown_out(open_stage: OpenStage) -> None:
    stage = await open_stage(commands_per_s=0.1, commands_burst=2)
    async with RawClient(stage.url, name="ann") as ann:
        for number in range(30):
            await ann.post("test:slow", {"number": number})
        name, ended = await ann.hears()
        assert (name, ended["code"]) == ("session:ended", "limit")
        assert "retry_after_ms" not in ended
        await asyncio.wait_for(ann.closed.wait(), 5)


async def test_binary_events_are_refused(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        answer = ann.acks[9] = asyncio.get_running_loop().create_future()
        await ann.send('451-/visitor,9["message:send",{"_placeholder":true,"num":0}]')
        await ann.socket.send_bytes(b"\0\1")

        assert (await answer)["error"]["code"] == "invalid"
        assert (await ann.ask("test:slow", {"number": 1}))["ok"]


async def test_commands_are_counted_by_name_and_outcome(stage: Stage) -> None:
    async with RawClient(stage.url, name="ann") as ann:
        await ann.ask("test:slow", {"number": 1})
        await ann.ask("message:send", {})
        await ann.ask("no:such", {})

    def count(command: str, outcome: str) -> float | None:
        labels = {"command": command, "outcome": outcome}
        return stage.registry.get_sample_value("kefu_command_seconds_count", labels)

    assert count("test:slow", "ok") == 1
    assert count("message:send", "invalid") == 1
    assert count("unknown", "invalid") == 1
    assert count("no:such", "invalid") is None

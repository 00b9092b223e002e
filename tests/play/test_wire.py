"""A played person stops at once, whatever their node is just saying."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from server.play.wire import Refusal, Wire

Answers = asyncio.Queue[Callable[[Any], None]]


@pytest.fixture
async def answers() -> Answers:
    """How each command that was sent is answered."""
    return asyncio.Queue()


@pytest.fixture
async def wire(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A line whose far end answers when the test says so."""
    made = Wire("http://localhost:1", "/agent")

    async def emit(
        _event: str, data: Any = None, namespace: str = "", callback: Any = None
    ) -> None:
        answers.put_nowait(callback)

    monkeypatch.setattr(made._client, "emit", emit)
    return made


@pytest.mark.parametrize("turns", range(3))
async def test_ctrl_c_counts_also_when_it_comes_together_with_an_answer(
    wire: Wire, answers: Answers, turns: int
) -> None:
    asking = asyncio.create_task(wire.ask("status:set", status="away"))
    answer = await answers.get()
    answer({"ok": True, "data": {}})
    for _ in range(turns):
        if not asking.done():
            await asyncio.sleep(0)
    if asking.cancel():
        with pytest.raises(asyncio.CancelledError):
            await asking


async def test_an_answer_is_taken_and_a_refusal_has_its_code(wire: Wire, answers: Answers) -> None:
    asking = asyncio.create_task(wire.ask("status:set", status="away"))
    (await answers.get())({"ok": True, "data": {"n": 1}})
    assert await asking == {"n": 1}

    asking = asyncio.create_task(wire.ask("status:set", status="away"))
    (await answers.get())({"ok": False, "error": {"code": "forbidden"}})
    with pytest.raises(Refusal, match="forbidden"):
        await asking

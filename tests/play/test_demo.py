"""`kefu demo` ends when it said it would, whoever goes on talking."""

import argparse
import asyncio
from random import Random
from typing import Any

import pytest

from server.commands import demo


@pytest.fixture
def sent_home(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who was sent home; nobody goes by themselves."""
    gone: list[str] = []

    async def talks_on(who: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            gone.append(who)

    async def visit(_url: str, _chance: Random, _seats: asyncio.Semaphore) -> None:
        await talks_on("customer")

    class Agent:
        def __init__(self, *_: Any) -> None: ...

        async def work(self, _until: asyncio.Event) -> None:
            await talks_on("agent")

    monkeypatch.setattr(demo, "_visit", visit)
    monkeypatch.setattr(demo, "PlayedAgent", Agent)
    for name in ("LAST_CALL_S", "LEAVE_S"):
        monkeypatch.setattr(demo, name, 0.01)
    return gone


async def test_it_ends_though_a_customer_and_an_agent_talk_on(
    sent_home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    options = argparse.Namespace(agents=1, customers=1, minutes=0.05 / 60)
    async with asyncio.timeout(10):  # else it waits for a free seat, and for who never leaves
        await demo._play("http://localhost:1", options, "river-and-reed")

    assert sent_home == ["customer", "agent"]
    said = capsys.readouterr().out
    assert "those who talk have" in said
    assert "1 still talked, and were sent home" in said


def test_the_help_says_that_it_lasts_a_little_longer(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    demo.arguments(parser)
    parser.print_help()
    helped = " ".join(capsys.readouterr().out.split())
    assert "then those who talk have 60 s to finish, and agents 20 s to leave" in helped

"""A small chat on the real gateway: no database, but real sockets, rooms and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiohttp import web
from prometheus_client import CollectorRegistry

from server.protocol.commands import Command, Done, SendMessage, SetTyping, Stored
from server.protocol.errors import Conflict, Unauthorized
from server.protocol.events import TypingChanged
from server.protocol.shapes import Message, Sender
from server.sockets.gateway import Gateway
from server.sockets.knock import Knock
from server.sockets.limits import SocketLimits
from server.sockets.namespace import CommandNamespace, command
from server.sockets.session import Session
from storage.bus import Bus, Pace

CONVERSATION = "0192f0c1-0000-7000-8000-000000000001"
ROOM = f"conversation:{CONVERSATION}"


class Hello(Command, frozen=True):
    """What the clients of these tests say first."""

    name: str
    rooms: tuple[str, ...] = (ROOM,)
    greeted: bool = False
    has_news: bool = False


class Break(Command, frozen=True):
    """Fail in a way that nobody foresaw."""


class Slow(Command, frozen=True):
    """Take some time, decided by the test."""

    number: int


class Flood(Command, frozen=True):
    """Tell the room a lot."""

    events: int
    text: str


COMMANDS = {
    "message:send": (SendMessage, Stored),
    "typing:set": (SetTyping, Done),
    "test:break": (Break, Done),
    "test:slow": (Slow, Done),
    "test:refuse": (Break, Done),
    "test:flood": (Flood, Done),
}


def said(text: str, seq: int = 1) -> Message:
    return Message(
        conversation=CONVERSATION,
        seq=seq,
        client_id="client-id",
        sender=Sender(kind="customer"),
        text=text,
        at=datetime(2026, 3, 2, tzinfo=UTC),
    )


class Chat(CommandNamespace[Hello, str]):
    """Tells the room what anybody says. ``log`` is what was carried out, in order."""

    def __init__(self, name: Any, stage: Stage) -> None:
        super().__init__(name, COMMANDS, Hello)
        self.stage = stage

    async def enter(self, session: Session[str], hello: Hello, knock: Knock) -> str:
        self.stage.knocks.append(knock)
        if hello.name == "stranger":
            raise Unauthorized
        for room in hello.rooms:
            session.join(room)
        if hello.name == "late":
            self.stage.here["late"] = session
            await asyncio.sleep(60)
        if hello.has_news:
            session.tell("offer:ended", Done())
        if hello.greeted:
            session.greet("session:started", Done())
        self.stage.here[hello.name] = session
        return hello.name

    async def leave(self, session: Session[str], reason: str) -> None:
        self.stage.left.append((session.seat, reason))

    async def heal(self, session: Session[str]) -> None:
        self.stage.log.append(f"heal {session.seat}")
        await self.stage.may_heal.wait()

    @command("message:send")
    async def say(self, session: Session[str], draft: SendMessage) -> Stored:
        self.stage.seq += 1
        self.stage.log.append(draft.text)
        message = said(draft.text, self.stage.seq)
        self.stage.gateway.fanout.tell(ROOM, "message:created", message, but=session.id)
        return Stored(seq=message.seq, at=message.at)

    @command("typing:set")
    async def typing(self, session: Session[str], draft: SetTyping) -> Done:
        changed = TypingChanged(conversation=draft.conversation, kind="customer", on=draft.on)
        self.stage.gateway.fanout.tell(ROOM, "typing:changed", changed)
        return Done()

    @command("test:break")
    async def break_down(self, session: Session[str], draft: Break) -> Done:
        raise ZeroDivisionError("nobody foresaw this")

    @command("test:refuse")
    async def refuse(self, session: Session[str], draft: Break) -> Done:
        raise Conflict("No.", field="x", reason="because")

    @command("test:slow")
    async def slow(self, session: Session[str], draft: Slow) -> Done:
        gate = self.stage.gates.get(draft.number)
        if gate is not None:
            await gate.wait()
        await asyncio.sleep(0)
        self.stage.log.append(str(draft.number))
        return Done()

    @command("test:flood")
    async def flood(self, session: Session[str], draft: Flood) -> Done:
        for number in range(draft.events):
            self.stage.gateway.fanout.tell(ROOM, "message:created", said(draft.text, number + 1))
            await asyncio.sleep(0)
        return Done()


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Stage:
    """One node with its jobs running. ``heads`` is what storage would say, of ``gone`` nothing."""

    gateway: Gateway
    bus: Bus | None
    registry: CollectorRegistry
    log: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    knocks: list[Knock] = field(default_factory=list)
    here: dict[str, Session[str]] = field(default_factory=dict)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    heads: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)
    may_heal: asyncio.Event = field(default_factory=_set)
    seq: int = 0
    url: str = ""
    _jobs: list[asyncio.Task[None]] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    @classmethod
    async def open(
        cls,
        *,
        redis_url: str | None = None,
        realm: str = "",
        head_beat_s: float = 0.2,
        may_knock: Any = None,
        **limits: Any,
    ) -> Stage:
        pace = Pace(beat_s=0.1, deaf_after_s=1.0)
        bus = Bus(redis_url, realm=realm, pace=pace) if redis_url else None
        registry = CollectorRegistry()
        check = {"may_knock": may_knock} if may_knock else {}
        gateway = Gateway(SocketLimits(**limits), registry, bus, **check)
        stage = cls(gateway, bus, registry)
        app = web.Application()
        gateway.serve(app, Chat("/visitor", stage), Chat("/agent", stage))
        stage._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await stage._runner.setup()
        await web.TCPSite(stage._runner, "127.0.0.1", 0).start()
        stage.url = f"http://127.0.0.1:{stage._runner.addresses[0][1]}"
        jobs = gateway.jobs(stage.read_heads, head_beat_s, heal_every_s=0.1)
        if bus is not None:
            jobs["bus"] = bus.run
        stage._jobs = [asyncio.create_task(_run(job())) for job in jobs.values()]
        return stage

    async def read_heads(self, ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
        """What a test says is stored, else what was delivered."""
        here = {each: heads for _, each, heads in self.gateway._delivered.conversations()}
        told = {each: self.heads.get(each) or here.get(each, (0, 0)) for each in ids}
        return {each: heads for each, heads in told.items() if each not in self.gone}

    def tell(self, text: str, seq: int = 1) -> None:
        self.gateway.fanout.tell(ROOM, "message:created", said(text, seq))

    async def close(self) -> None:
        await self.gateway.drain()
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()


async def _run(job: Awaitable[None]) -> None:
    await job

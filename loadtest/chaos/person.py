"""What customers and agents have in common: staying connected, an outbox, catching up."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp

from loadtest.chaos.history import Ack, Asked, History, Saying, Seen, Stay
from loadtest.chaos.transcript import Transcript
from loadtest.chaos.wire import Gone, Namespace, NoAnswer, Plain, Weather, Wire

PAUSE_S = (0.05, 0.3)
SHUNNED_S = 1.5
PAGE = 200


class Refused(Exception):
    """The node said no, and asking again is useless; the text is the code."""


@dataclass(slots=True)
class World:
    """Where people live: the nodes' addresses, the weather, and one pool of connections."""

    http: aiohttp.ClientSession
    doors: list[str]
    weather: Weather
    troubles: list[BaseException] = field(default_factory=list[BaseException])
    """What went wrong in the play itself."""


class Person:
    """Somebody who wants to be connected and hops to another node when theirs is lost."""

    namespace: Namespace

    def __init__(self, world: World, name: str, auth: Plain, chance: Random) -> None:
        self.world, self.name, self.auth, self.chance = world, name, auth, chance
        self.history = History(name)
        self._transcripts: dict[str, Transcript] = {}
        self.wire: Wire | None = None
        self.node = -1
        self._online = asyncio.Event()
        self._behind: set[str] = set()
        self._fell_behind = asyncio.Event()
        self._shunned: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Person":
        self.do(self._stay())
        self.do(self._catch_up())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.wire is not None:
            await self.wire.close()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the rest, until the end."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (trouble := task.exception()) is not None:
            self.world.troubles.append(trouble)

    def hear(self, event: str, payload: Plain) -> None:
        """React to an event."""
        if event == "message:created" and not payload.get("private"):
            self._told(payload)
        elif event == "head:changed":
            self._look(payload["conversation"], payload["head"])
        elif event == "session:started" and self._online.is_set():
            self.welcomed(payload)  # the node may have missed something, and tells all anew

    def welcomed(self, session: Plain) -> None:
        """React to being told how things stand."""

    def shown(self, message: Plain) -> None:
        """React to a message that is new on the page."""

    # Talking

    async def say(self, command: str, saying: Saying, **more: object) -> Plain:
        """Send a message until it is answered; note every answer. Refused when it is hopeless."""
        self.history.sayings.append(saying)
        payload: Plain = {"client_id": saying.client_id, "text": saying.text, **more}
        data, ack = await self.ask(command, payload)
        stored = data if command == "message:send" else data["message"]
        if command == "conversation:start":
            saying.conversation = data["conversation"]["id"]
            self.follow(saying.conversation)
        saying.acks.append(Ack(stored["seq"], ack.tried_s, ack.at_s, ack.node))
        self._see(saying.conversation, stored["seq"], saying, is_told=False)
        return data

    async def ask(self, command: str, payload: Plain) -> tuple[Plain, Ack]:
        """Ask, here or elsewhere, until there is an answer; Refused when it is a final no."""
        asked = Asked(command, time.monotonic())
        self.history.asked.append(asked)
        try:
            return await self._until_answered(command, payload)
        finally:
            asked.answered_s = time.monotonic()

    async def _until_answered(self, command: str, payload: Plain) -> tuple[Plain, Ack]:
        while True:
            await self._online.wait()
            wire, node, tried_s = self.wire, self.node, time.monotonic()
            assert wire is not None
            try:
                answer = await wire.ask(command, payload, self.world.weather.patience_s)
            except (Gone, NoAnswer):
                await self._pause()
                continue
            if answer["ok"]:
                return answer["data"], Ack(0, tried_s, time.monotonic(), node)
            if not answer["error"]["retryable"]:
                raise Refused(answer["error"]["code"])
            await self._pause()

    async def _pause(self) -> None:
        await asyncio.sleep(self.chance.uniform(*PAUSE_S))

    # Reading

    def follow(self, conversation: str) -> None:
        """Read a conversation from where one left it, and stay with it."""
        if conversation not in self.history.follows:
            self._transcripts.setdefault(conversation, Transcript())
            self.history.follows[conversation] = time.monotonic()
            self._lag(conversation)

    def unfollow(self, conversation: str) -> None:
        """Read it no longer."""
        self.history.follows.pop(conversation, None)

    def _told(self, message: Plain) -> None:
        saying = Saying(message["client_id"], message["text"])
        if self._see(message["conversation"], message["seq"], saying, is_told=True):
            self.shown(message)

    def _see(self, conversation: str, seq: int, what: Saying, *, is_told: bool) -> bool:
        transcript = self._transcript(conversation)
        is_shown = transcript is not None and transcript.told(seq)
        self._note(conversation, seq, what, is_told=is_told, is_shown=is_shown)
        if not is_shown:
            self._look(conversation, seq)
        return is_shown

    def _note(
        self, conversation: str, seq: int, what: Saying, *, is_told: bool, is_shown: bool
    ) -> None:
        at_s = time.monotonic()
        self.history.seen.append(
            Seen(conversation, seq, what.client_id, what.text, at_s, self.node, is_told, is_shown)
        )

    def _look(self, conversation: str, head: int) -> None:
        transcript = self._transcript(conversation)
        if transcript is not None and transcript.is_behind(head):
            self._lag(conversation)

    def _transcript(self, conversation: str) -> Transcript | None:
        is_followed = conversation in self.history.follows
        return self._transcripts[conversation] if is_followed else None

    def _lag(self, conversation: str) -> None:
        self._behind.add(conversation)
        self._fell_behind.set()

    async def _catch_up(self) -> None:
        while True:
            await self._fell_behind.wait()
            self._fell_behind.clear()
            while self._behind:
                await self._read(self._behind.pop())

    async def _read(self, conversation: str) -> None:
        transcript = self._transcript(conversation)
        while transcript is not None:
            payload = {"conversation": conversation, "after": transcript.last, "limit": PAGE}
            try:
                page, _ = await self.ask("message:since", payload)
            except Refused:
                return
            for message in page["messages"]:
                saying = Saying(message["client_id"], message["text"])
                is_shown = transcript.read(message["seq"])
                self._note(conversation, message["seq"], saying, is_told=False, is_shown=is_shown)
                if is_shown:
                    self.shown(message)
            if not page["messages"] or not transcript.is_behind(page["head"]):
                return

    # Being connected

    async def _stay(self) -> None:
        while True:
            self.node = self._choose()
            wire = Wire(
                self.world.http,
                self.world.doors[self.node],
                self.namespace,
                self.hear,
                lambda: self.chance.random() < self.world.weather.acks_lost_ratio,
            )
            try:
                session = await wire.open(self.auth)
            except Gone:
                self._shunned[self.node] = time.monotonic() + SHUNNED_S
                await self._pause()
                continue
            await self._live(wire, session)

    async def _live(self, wire: Wire, session: Plain) -> None:
        self.wire, node, since_s = wire, self.node, time.monotonic()
        self.history.stays.append(Stay(node, since_s))
        self.welcomed(session)
        for conversation in self.history.follows:
            self._lag(conversation)
        self._online.set()
        await wire.closed.wait()
        self._online.clear()
        self.history.stays[-1] = Stay(node, since_s, time.monotonic())
        self._shunned[node] = time.monotonic() + SHUNNED_S
        await wire.close()

    def _choose(self) -> int:
        """Choose a node as a proxy would: not the one that was just lost, if there is another."""
        now = time.monotonic()
        doors = range(len(self.world.doors))
        well = [each for each in doors if self._shunned.get(each, 0.0) <= now]
        return self.chance.choice(well or list(doors))

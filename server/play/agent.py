"""A played agent: signs in, takes offers after some seconds, reads, types, answers, closes."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from uuid import uuid4

import aiohttp

from server.play.answers import reply_to
from server.play.wire import Plain, Refusal, Wire

SILENCE_S = 90.0
OVER = {"wrap_up", "closed", "queued"}


@dataclass(slots=True)
class PlayedAgent:
    """One of the demo shop's agents. ``pace`` 1 is a person's, 0.1 ten times quicker."""

    url: str
    email: str
    password: str
    chance: Random
    say: Callable[[str], None]
    pace: float = 1.0
    _talks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])
    _inboxes: dict[str, asyncio.Queue[Plain]] = field(
        default_factory=dict[str, asyncio.Queue[Plain]]
    )

    async def work(self, until: asyncio.Event) -> None:
        """Be at work until told to go home; then end what is left and be as before.

        What was in these hands or on offer before is somebody's, and is left alone.
        """
        wire = Wire(self.url, "/agent")
        session = await wire.open({"token": await self._sign_in()})
        name = str(session["agent"]["name"])
        try:
            async with asyncio.TaskGroup() as group:
                await wire.ask("status:set", status="available")
                self.say(f"{name} is available")
                while not until.is_set():
                    if event := await wire.heard(0.5):
                        self._react(group, wire, name, *event)
                await wire.ask("status:set", status=session["status"])
                for conversation, talk in self._talks.items():
                    talk.cancel()
                    with suppress(Refusal):  # it ended in this very moment
                        await wire.ask("conversation:close", conversation=conversation)
        finally:
            await wire.close()

    def _react(
        self, group: asyncio.TaskGroup, wire: Wire, name: str, event: str, payload: Plain
    ) -> None:
        if event == "offer:made":
            group.create_task(self._accept(group, wire, payload))
        elif event == "message:created" and payload["conversation"] in self._inboxes:
            self._inboxes[payload["conversation"]].put_nowait(payload)
        elif event == "conversation:changed":
            talk = self._talks.get(payload["id"])
            if talk and payload["state"] in OVER:
                talk.cancel()
                self._talks.pop(payload["id"])
                self._inboxes.pop(payload["id"])
                self.say(f"{name} is done with a customer")

    async def _accept(self, group: asyncio.TaskGroup, wire: Wire, offer: Plain) -> None:
        await asyncio.sleep(self.chance.uniform(1.5, 6) * self.pace)
        try:
            taken = await wire.ask("offer:accept", offer=offer["offer"])
        except Refusal:
            return  # withdrawn, or somebody in another tab was quicker
        self._take_up(group, wire, taken["conversation"])

    def _take_up(self, group: asyncio.TaskGroup, wire: Wire, conversation: Plain) -> None:
        if conversation["state"] != "active" or conversation["id"] in self._talks:
            return
        self._inboxes[conversation["id"]] = asyncio.Queue()
        self._talks[conversation["id"]] = group.create_task(self._talk(wire, conversation["id"]))

    async def _talk(self, wire: Wire, conversation: str) -> None:
        """Answer what was asked, and what comes after, until there is nothing left to say."""
        page = await wire.ask("message:since", conversation=conversation, after=0)
        seen = int(page["head"])
        asked = [each for each in page["messages"] if each["sender"]["kind"] == "customer"]
        try:
            while asked:
                if not await self._answer(wire, conversation, asked[-1]):
                    return await self._close(wire, conversation, "resolved")
                asked = await self._wait(conversation, seen)
                seen = max([seen, *(int(each["seq"]) for each in asked)])
            await self._close(wire, conversation, "no_reply")
        except Refusal:
            return None  # ended or handed over meanwhile

    async def _answer(self, wire: Wire, conversation: str, message: Plain) -> bool:
        """Read and answer one message; False when it needs no answer."""
        await wire.ask("read:set", conversation=conversation, seq=message["seq"])
        answers = reply_to(str(message["text"]))
        for text in answers:
            await asyncio.sleep(self.chance.uniform(0.8, 2.5) * self.pace)
            await wire.ask("typing:set", conversation=conversation, on=True)
            await asyncio.sleep(min(7, 1 + len(text) * 0.04) * self.pace)
            client_id = uuid4().hex
            await wire.ask(
                "message:send", conversation=conversation, client_id=client_id, text=text
            )
        return bool(answers)

    async def _wait(self, conversation: str, seen: int) -> list[Plain]:
        """Return what the customer says next; nothing when they stay silent."""
        try:
            async with asyncio.timeout(SILENCE_S):
                while True:
                    message = await self._inboxes[conversation].get()
                    if message["sender"]["kind"] == "customer" and message["seq"] > seen:
                        return [message]
        except TimeoutError:
            return []

    async def _close(self, wire: Wire, conversation: str, outcome: str) -> None:
        await asyncio.sleep(self.chance.uniform(2, 5) * self.pace)
        await wire.ask("conversation:close", conversation=conversation, outcome=outcome)

    async def _sign_in(self) -> str:
        address = f"{self.url}/api/v1/sessions"
        credentials = {"email": self.email, "password": self.password}
        async with (
            aiohttp.ClientSession() as http,
            http.post(address, json=credentials) as answer,
        ):
            told = await answer.json()
            if answer.status >= 400:
                raise Refusal(f"{self.email}: {told.get('detail', answer.status)}")
            return str(told["token"])

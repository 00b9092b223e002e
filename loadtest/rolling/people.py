"""Customers who talk in a closed loop, and agents who take whoever is offered and read along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from loadtest.rolling.page import Json, Notes, Page, Shown

Said = tuple[int, str | None]
READ_S, SERVED_S = 30.0, 60.0
"""So long at most somebody waits for what was said, and for an agent."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where everybody is: one address, and the notes of what happens there."""

    http: aiohttp.ClientSession
    url: str
    notes: Notes
    site: str = "demo"


class Reader:
    """What one page shows of one conversation: in order, each once; what is missing is read."""

    def __init__(self, page: Page, conversation: str) -> None:
        self._page, self._conversation = page, conversation
        self._early: dict[int, Said] = {}
        self._head = 0
        self._filling: asyncio.Task[None] | None = None
        self._grown = asyncio.Event()
        self._failed: BaseException | None = None
        self.shown: list[Said] = []

    def receive(self, seq: int, text: str | None) -> None:
        """Take a message, wherever it came from."""
        if seq <= len(self.shown):
            return
        self._early[seq] = (seq, text)
        while (following := self._early.pop(len(self.shown) + 1, None)) is not None:
            self.shown.append(following)
        self._grown.set()
        self.head_is(seq)

    async def until(self, seq: int, within_s: float | None = None) -> None:
        """Return when everything up to there is shown.

        TimeoutError when that takes too long, Shown when reading what is missing was refused.
        """
        async with asyncio.timeout(READ_S if within_s is None else within_s):
            while len(self.shown) < seq:
                if self._failed is not None:
                    raise self._failed
                self._grown.clear()
                await self._grown.wait()

    def head_is(self, head: int) -> None:
        """Read what is missing up to there."""
        self._head = max(self._head, head)
        if len(self.shown) < self._head and self._filling is None:
            self._filling = asyncio.create_task(self._fill())
            self._filling.add_done_callback(self._filled)

    def _filled(self, task: asyncio.Task[None]) -> None:
        self._filling = None
        self._failed = _trouble(task, self._page.notes)
        self._grown.set()

    async def _fill(self) -> None:
        while len(self.shown) < self._head:
            after = len(self.shown)
            asked: Json = {"conversation": self._conversation, "after": after}
            page = await self._page.insist("message:since", **asked)
            for message in page["messages"]:
                self.receive(message["seq"], message.get("text"))
            self._head = max(self._head, page["head"])


class Customer:
    """Somebody with the widget open. The next thing is said when the last has been stored."""

    def __init__(self, place: Place) -> None:
        self.page = Page(place.http, place.url, "/visitor", place.notes)
        self.page.auth = {"site": place.site}
        self.page.hear = self._hear
        self.conversation = ""
        self.reader: Reader | None = None
        self.acked: list[Said] = []
        self._states: dict[str, tuple[int, str]] = {}
        self._changed = asyncio.Event()

    async def begins(self) -> None:
        """Ask the first question."""
        text = uuid4().hex
        begun = await self.page.insist("conversation:start", client_id=uuid4().hex, text=text)
        self.conversation = begun["conversation"]["id"]
        self.reader = Reader(self.page, self.conversation)
        self._stored(begun["message"]["seq"], text)

    async def says(self) -> None:
        """Say something more, and return when it is stored."""
        text = uuid4().hex
        stored = await self.page.insist(
            "message:send", conversation=self.conversation, client_id=uuid4().hex, text=text
        )
        self._stored(stored["seq"], text)

    async def leaves(self) -> None:
        """End the conversation."""
        await self.page.insist("conversation:end", conversation=self.conversation)

    async def until_served(self) -> None:
        """Return when an agent has taken it."""
        await self._until(lambda: self._states.get(self.conversation, (0, ""))[1] == "active")

    async def until_acked(self, count: int) -> None:
        """Return when so many messages have been acknowledged in all."""
        await self._until(lambda: len(self.acked) >= count)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(SERVED_S):
                while not is_so():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as late:
            raise self.page.notes.show(f"waited {SERVED_S:.0f} s in vain") from late

    def _stored(self, seq: int, text: str) -> None:
        self.acked.append((seq, text))
        if self.reader is not None:
            self.reader.receive(seq, text)
        self._changed.set()

    def _hear(self, name: str, payload: Json) -> None:
        if name == "session:started":
            self.page.auth["token"] = payload["token"]
            self._is_now(payload.get("conversation"))
        elif name == "conversation:changed":
            self._is_now(payload)
        elif self.reader is not None and payload.get("conversation") == self.conversation:
            _read(self.reader, name, payload)

    def _is_now(self, conversation: Json | None) -> None:
        if conversation is None:
            return
        # News of two nodes may overtake each other; the epoch says which is the newer.
        now = (conversation["epoch"], conversation["state"])
        self._states[conversation["id"]] = max(self._states.get(conversation["id"], now), now)
        if self.reader is not None and conversation["id"] == self.conversation:
            self.reader.head_is(conversation["head"])
        self._changed.set()


class Agent:
    """Somebody at a console who takes whatever is offered, and reads everything."""

    def __init__(self, place: Place, token: str) -> None:
        self.page = Page(place.http, place.url, "/agent", place.notes)
        self.page.auth = {"token": token}
        self.page.hear = self._hear
        self.readers: dict[str, Reader] = {}
        self._accepting: dict[str, asyncio.Task[None]] = {}

    async def is_available(self) -> None:
        """Begin work."""
        await self.page.insist("status:set", status="available")

    def _hear(self, name: str, payload: Json) -> None:
        if name == "session:started":
            for conversation in payload["conversations"]:
                self._reader(conversation["id"]).head_is(conversation["head"])
            for offer in payload["offers"]:
                self._accept(offer["offer"])
        elif name == "offer:made":
            self._accept(payload["offer"])
        elif name in {"message:created", "head:changed"}:
            _read(self._reader(payload["conversation"]), name, payload)

    def _reader(self, conversation: str) -> Reader:
        if conversation not in self.readers:
            self.readers[conversation] = Reader(self.page, conversation)
        return self.readers[conversation]

    def _accept(self, offer: str) -> None:
        if offer not in self._accepting:
            task = self._accepting[offer] = asyncio.create_task(self._take(offer))
            task.add_done_callback(lambda done: _trouble(done, self.page.notes))

    async def _take(self, offer: str) -> None:
        taken: dict[str, Any] = await self.page.insist("offer:accept", offer=offer)
        conversation = taken["conversation"]
        self._reader(conversation["id"]).head_is(conversation["head"])


def _trouble(task: asyncio.Task[None], notes: Notes) -> BaseException | None:
    """Return why something failed; what no person was shown is noted as well."""
    trouble = None if task.cancelled() else task.exception()
    return trouble if trouble is None or isinstance(trouble, Shown) else notes.show(repr(trouble))


def _read(reader: Reader, name: str, payload: Json) -> None:
    if name == "message:created" and not payload.get("private"):
        reader.receive(payload["seq"], payload.get("text"))
    elif name == "head:changed":
        reader.head_is(payload["head"])


__all__ = ["Agent", "Customer", "Place", "Reader", "Shown"]

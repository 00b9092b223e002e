"""A page's line, as `web/shared/socket.svelte.ts` keeps it: it comes back, and it insists."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
import orjson

Json = dict[str, Any]  # as it comes from the wire
Hear = Callable[[str, Json], None]

ANSWER_S = 8.0
SILENCE_S = 6.0
RECONNECT_S, RETRY_S = (0.5, 8.0), (1.0, 15.0)
CLOSING = aiohttp.ClientWSTimeout(ws_close=1.0)  # pyright: ignore[reportCallIssue]
TROUBLES = (OSError, aiohttp.ClientError)


class Shown(Exception):
    """A refusal that repeating cannot change: a person sees it."""


@dataclass(slots=True)
class Notes:
    """What happened to all pages together."""

    shown: list[str] = field(default_factory=list[str])
    repeated: Counter[str] = field(default_factory=Counter[str])
    goodbyes: int = 0
    longest_s: float = 0.0
    has_shown: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, what: str) -> Shown:
        """Note something that a person sees."""
        self.shown.append(what)
        self.has_shown.set()
        return Shown(what)


class Page:
    """One page in one namespace at one address; ``hear`` is told of every event, in order."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        namespace: Literal["/visitor", "/agent"],
        notes: Notes,
    ) -> None:
        self._http, self._namespace, self.notes = http, namespace, notes
        self._url = f"{url}/socket.io/?EIO=4&transport=websocket"
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._acks: dict[int, asyncio.Future[Json]] = {}
        self._number = self._attempt = 0
        self._hold_s = 0.0
        self._online = asyncio.Event()
        self._ended: Shown | None = None
        self.auth: Json = {}
        self.hear: Hear = lambda name, payload: None

    async def run(self) -> None:
        """Stay connected, for ever. Shown when that cannot be: whoever insists hears of it."""
        try:
            await self._stay()
        except Exception as trouble:
            known = trouble if isinstance(trouble, Shown) else self.notes.show(repr(trouble))
            self._ended = known
            self._online.set()
            raise known from trouble

    async def _stay(self) -> None:
        while True:
            try:
                async with self._http.ws_connect(self._url, timeout=CLOSING) as self._socket:
                    await self._live(self._socket)
            except TROUBLES:
                pass
            finally:
                self._lost()
            held_s, self._hold_s = self._hold_s * (1 + random.random()), 0.0
            await asyncio.sleep(held_s + _wait_s(RECONNECT_S, self._attempt))
            self._attempt += 1

    async def insist(self, command: str, **payload: object) -> Json:
        """Send a command until it is answered; raise Shown when repeating cannot help."""
        begun = time.monotonic()
        for attempt in range(1000):
            await self._online.wait()
            if self._ended is not None:
                raise self._ended
            answer = await self._ask(command, payload)
            self.notes.longest_s = max(self.notes.longest_s, time.monotonic() - begun)
            if answer.get("ok"):
                return answer["data"]
            error = answer["error"]
            if not error["retryable"]:
                raise self.notes.show(f"{command}: {error['code']} ({error['message']})")
            self.notes.repeated[error["code"]] += 1
            told_s = error.get("details", {}).get("retry_after_ms", 0) / 1000
            await asyncio.sleep(max(told_s, _wait_s(RETRY_S, attempt)) if self._is_open else 0)
        raise self.notes.show(f"{command} was never answered")

    @property
    def _is_open(self) -> bool:
        return self._online.is_set()

    async def _ask(self, command: str, payload: Json) -> Json:
        """Send a command once; being cut off and hearing nothing are answers too."""
        assert self._socket is not None
        self._number += 1
        number = self._number
        answer = self._acks[number] = asyncio.get_running_loop().create_future()
        body = orjson.dumps([command, payload]).decode()
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._socket.send_str(f"42{self._namespace},{number}{body}")
                return await answer
        except TROUBLES as trouble:
            self._acks.pop(number, None)
            code = "timeout" if isinstance(trouble, TimeoutError) else "offline"
            return {"ok": False, "error": {"code": code, "message": "", "retryable": True}}

    async def _live(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_str(f"40{self._namespace}," + orjson.dumps(self.auth).decode())
        while True:
            message = await socket.receive(timeout=SILENCE_S)
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            if message.data == "2":
                await socket.send_str("3")
            elif not self._take(message.data):
                return

    def _take(self, frame: str) -> bool:
        """Take one frame; tell whether to stay."""
        kind, rest = frame[:2], frame[2:].removeprefix(f"{self._namespace},")
        if kind == "43":
            at = rest.index("[")
            waiting = self._acks.pop(int(rest[:at]), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(orjson.loads(rest[at:])[0])
        elif kind == "42":
            name, *payload = orjson.loads(rest)
            return self._event(name, payload[0] if payload else {})
        elif kind == "44":
            error: Json = orjson.loads(rest).get("data") or {}
            if not error.get("retryable"):
                raise self.notes.show(f"not let in: {error.get('code')}")
            return False
        return True

    def _event(self, name: str, payload: Json) -> bool:
        if name == "session:ended":
            if "retry_after_ms" not in payload:
                raise self.notes.show(f"shown out: {payload['code']}")
            self.notes.goodbyes += 1
            self._hold_s = payload["retry_after_ms"] / 1000
            return False
        self.hear(name, payload)
        if name == "session:started":
            self._attempt = 0
            self._online.set()
        return True

    def _lost(self) -> None:
        self._online.clear()
        for waiting in self._acks.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError())
                waiting.exception()
        self._acks.clear()


def _wait_s(between: tuple[float, float], attempt: int) -> float:
    """Return how long to wait: twice as long each time, up to a limit, and not all the same."""
    first_s, most_s = between
    return min(most_s, first_s * 2 ** min(attempt, 16)) * random.uniform(0.5, 1.0)

"""One socket of one played person: asks, waits for answers, hears events in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, Protocol, cast

import socketio  # pyright: ignore[reportMissingTypeStubs]
from socketio.exceptions import SocketIOError  # pyright: ignore[reportMissingTypeStubs]

Plain = dict[str, Any]  # JSON, as it comes from the wire
ANSWER_S = 10.0


class Client(Protocol):
    """What we use of python-socketio's client, which has no types of its own."""

    async def connect(
        self,
        url: str,
        *,
        auth: Plain,
        namespaces: list[str],
        transports: list[str],
        wait_timeout: float,
    ) -> None:
        """Open the connection and enter the namespaces."""
        ...

    async def emit(
        self, event: str, data: Plain, namespace: str, callback: Callable[[Plain], None]
    ) -> None:
        """Send a command; its acknowledgement comes to ``callback``."""
        ...

    async def disconnect(self) -> None:
        """Close the connection."""
        ...

    def on(self, event: str, handler: Callable[..., Awaitable[None]], namespace: str) -> None:
        """Hear an event."""
        ...


class Refusal(Exception):
    """The node said no; the text is its code."""


class Wire:
    """A connection in one namespace. ``heard`` yields what the node tells, in order."""

    def __init__(self, url: str, namespace: Literal["/visitor", "/agent"]) -> None:
        self._url, self._namespace = url, namespace
        client = socketio.AsyncClient(reconnection_delay_max=2, handle_sigint=False)
        self._client = cast("Client", client)
        self._events: asyncio.Queue[tuple[str, Plain]] = asyncio.Queue(maxsize=1000)
        self._client.on("*", self._hear, namespace)

    async def open(self, auth: Plain) -> Plain:
        """Connect; return what ``session:started`` tells. Refusal when we are not let in."""
        try:
            await self._client.connect(
                self._url,
                auth=auth,
                namespaces=[self._namespace],
                transports=["websocket"],
                wait_timeout=ANSWER_S,
            )
        except SocketIOError as error:
            raise Refusal(str(error)) from error
        while event := await self.heard(ANSWER_S):
            if event[0] == "session:started":
                return event[1]
        raise Refusal("the node does not answer")

    async def ask(self, command: str, **payload: object) -> Plain:
        """Send a command and return the data of its answer; Refusal when it is refused."""
        answered: asyncio.Future[Plain] = asyncio.get_running_loop().create_future()

        def hear(answer: Plain) -> None:
            if not answered.done():
                answered.set_result(answer)

        try:
            # Not the client's own ``call``: under Python 3.11 its ``wait_for`` swallows a Ctrl-C
            # that comes together with the answer.
            async with asyncio.timeout(ANSWER_S):
                await self._client.emit(command, payload, self._namespace, hear)
                answer = await answered
        except (SocketIOError, TimeoutError) as error:
            raise Refusal("the node does not answer") from error
        if not answer["ok"]:
            raise Refusal(answer["error"]["code"])
        return cast("Plain", answer["data"])

    async def heard(self, patience_s: float) -> tuple[str, Plain] | None:
        """Return the next event, or None when nothing happens for so long."""
        try:
            async with asyncio.timeout(patience_s):
                return await self._events.get()
        except TimeoutError:
            return None

    async def close(self) -> None:
        """Hang up."""
        await self._client.disconnect()

    async def _hear(self, event: str, payload: Mapping[str, Any]) -> None:
        if not self._events.full():  # who does not listen misses things, as people do
            self._events.put_nowait((event, dict(payload)))

"""Long-polling, for clients that cannot open a websocket, and the way from it to a websocket."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import asyncio
from typing import Protocol, cast

import engineio.exceptions
from aiohttp import hdrs, web

from server.protocol.events import SessionEnded
from server.sockets.connection import Connection
from server.sockets.frames import NOOP, PROBE, PROBED, SEPARATOR, TEXT, UPGRADE, Frame
from server.sockets.limits import SocketLimits
from server.sockets.outbox import CLOSE_FRAME, Letterbox, Line
from server.sockets.pulse import Pulse
from server.sockets.websocket import TooBig, Websocket

NOOP_FRAME = Frame(NOOP)
BINARY = b"b"


def polling_answer(frames: list[Frame]) -> dict[str, object]:
    """Return frames as the body of a polling answer, in python-engineio's form."""
    return {
        "status": "200 OK",
        "headers": [("Content-Type", "text/plain; charset=UTF-8"), ("Cache-Control", "no-store")],
        "response": SEPARATOR.join([frame.body for frame in frames]),
    }


class Listener(Protocol):
    """What polling needs of the engine."""

    limits: SocketLimits
    pulse: Pulse[Connection]

    async def take(self, connection: Connection, data: bytes) -> None:
        """Take one Engine.IO packet."""
        ...

    async def listen(self, connection: Connection, socket: Websocket, line: Line) -> None:
        """Take the client's frames until it is gone."""
        ...

    def too_big(self) -> SessionEnded:
        """Return why a connection ends that sent too much at once."""
        ...


class Polling:
    """The part of the engine that serves polling clients."""

    async def poll(self: Listener, connection: Connection, request: web.Request) -> object:
        """Answer a GET: with what waits, as soon as something waits; or with a websocket."""
        if request.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
            return await upgrade(self, connection, request)
        letterbox = connection.outbox
        if not isinstance(letterbox, Letterbox) or connection.upgrading:
            return polling_answer([NOOP_FRAME])
        if letterbox.is_polled:  # two polls at once would tear the order of frames apart
            raise engineio.exceptions.EngineIOError
        await letterbox.wait()
        if connection.upgrading:
            return polling_answer([NOOP_FRAME])
        frames = letterbox.take()
        if not frames and connection.ending:
            connection.let_go("server disconnect")
            return polling_answer([CLOSE_FRAME])
        return polling_answer(frames or [NOOP_FRAME])

    async def post(self: Listener, connection: Connection, request: web.Request) -> None:
        """Take the packets of a POST one after the other, and after those of an earlier POST."""
        try:
            async with asyncio.timeout(self.limits.auth_timeout_s):
                body = await read_body(request, self.limits.frame_refused_bytes)
        except TooBig:
            connection.end(self.too_big())
            return
        except TimeoutError as error:
            raise engineio.exceptions.EngineIOError from error
        if connection.inbox is None:
            connection.inbox = asyncio.Lock()
        async with connection.inbox:
            for data in body.split(SEPARATOR):
                if not data.startswith(BINARY):
                    await self.take(connection, data)


async def read_body(request: web.Request, limit_bytes: int) -> bytes:
    """Read the body. Raises TooBig above the limit, whatever Content-Length says."""
    parts: list[bytes] = []
    size = 0
    async for part in request.content.iter_any():
        size += len(part)
        if size > limit_bytes:
            raise TooBig
        parts.append(part)
    return b"".join(parts)


async def upgrade(engine: Listener, connection: Connection, request: web.Request) -> object:
    """Move a polling client to a websocket: probe, then everything that waits, then listen."""
    if connection.upgrading or connection.upgraded:
        raise web.HTTPBadRequest
    socket = Websocket(engine.limits.frame_refused_bytes)
    await socket.prepare(request)
    line = Line(socket.transport, engine.limits, engine.pulse)
    connection.upgrading = True
    try:
        async with asyncio.timeout(engine.limits.auth_timeout_s):
            agreed = await _agree(connection, socket, line)
    except (TimeoutError, TooBig):
        agreed = False
    connection.upgrading = False
    if agreed and not connection.closed:
        connection.move_to(line)
        await engine.listen(connection, socket, line)
    else:
        line.force([])
    return socket


async def _agree(connection: Connection, socket: Websocket, line: Line) -> bool:
    if await socket.read(line) != PROBE:
        return False
    line.control(TEXT, PROBED)
    cast("Letterbox", connection.outbox).wake()  # the poll ends, the client pauses polling
    return await socket.read(line) == UPGRADE

"""The Engine.IO half: handshakes, websockets and who is connected, on python-engineio's server."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, cast

import engineio
import orjson
from aiohttp import hdrs, web

from server.http.problems import answer
from server.protocol.errors import AppError, Forbidden, TooMany, Unavailable
from server.protocol.events import SessionEnded
from server.sockets.connection import Connection
from server.sockets.frames import PING, PONG, Frame, Unreadable
from server.sockets.knock import Knock, KnockReader
from server.sockets.limits import SocketLimits
from server.sockets.metrics import SocketMetrics
from server.sockets.outbox import Letterbox, Line
from server.sockets.polling import Polling, polling_answer
from server.sockets.pulse import Pulse
from server.sockets.websocket import TooBig, Websocket

Receiver = Callable[[Connection, bytes], Awaitable[None]]
OriginCheck = Callable[[Knock], bool]
PING_FRAME = Frame(PING)
MESSAGE, CLOSING, PINGING = b"4", b"1", b"2"
HARD_FACTOR = 2


def quiet() -> logging.Logger:
    """Return a logger for python-engineio, which would write a line for every bad request."""
    logger = logging.getLogger("kefu.engineio")
    logger.setLevel(logging.CRITICAL + 1)
    return logger


class Engine(Polling, engineio.AsyncServer):
    """Writes directly, pings from one wheel, keeps no task but the reader's for a client."""

    def __init__(
        self,
        *,
        limits: SocketLimits,
        metrics: SocketMetrics,
        read_knock: KnockReader,
        may_knock: OriginCheck,
        receive: Receiver,
        departed: Callable[[Connection, str], None],
        **options: Any,
    ) -> None:
        options |= {
            "async_mode": "aiohttp",
            "ping_interval": limits.ping_interval_s,
            "ping_timeout": limits.ping_timeout_s,
            "max_http_buffer_size": limits.frame_max_bytes,
            "http_compression": False,
            "cors_allowed_origins": "*",  # who may is decided by may_knock and by the namespaces
            "cors_credentials": False,
            "monitor_clients": False,
            "logger": quiet(),
        }
        super().__init__(**options)
        self.limits = limits
        self.metrics = metrics
        self.sockets: dict[str, Connection] = {}
        self.draining = False
        self.pulse: Pulse[Connection] = Pulse(limits.ping_interval_s, self._visit)
        self.empty = asyncio.Event()
        self.empty.set()
        self._addresses: Counter[str] = Counter()
        self._read_knock, self._may_knock = read_knock, may_knock
        self._receive, self._departed = receive, departed
        self._silence_s = limits.ping_interval_s + limits.ping_timeout_s

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request: a handshake, a poll, a post, or a websocket's whole life."""
        if "sid" not in request.query and request.method == hdrs.METH_GET:
            refusal = self._refusal(self._read_knock(request))
            if refusal is not None:
                self.metrics.refused(refusal.code)
                return answer(refusal)
            if request.query.get("transport") == "websocket" and request.query.get("EIO") == "4":
                return await self._open_websocket(request)
        return cast("web.StreamResponse", await super().handle_request(request))

    def _refusal(self, knock: Knock) -> AppError | None:
        """Say why nobody may come in now; far above a limit not even to be told in words."""
        limits = self.limits
        if self.draining:
            return Unavailable("This server is being restarted.", retry_after_ms=1000)
        if not self._may_knock(knock):
            return Forbidden("Pages of this origin may not connect.", reason="origin")
        if len(self.sockets) >= limits.connections_max:
            return Unavailable(setting="connections_max", limit=limits.connections_max)
        if self._addresses[knock.remote] >= HARD_FACTOR * limits.connections_per_address:
            return self._too_many()
        return None

    def _too_many(self) -> TooMany:
        limit = self.limits.connections_per_address
        return TooMany(
            "There are too many connections from your address.",
            setting="connections_per_address",
            limit=limit,
        )

    def admit(self, knock: Knock, outbox: Line | Letterbox) -> Connection:
        """Make a connection, and give it ``auth_timeout_s`` to enter a namespace."""
        connection = Connection(self.generate_id(), knock, outbox, self, self.pulse.now)
        self.sockets[connection.sid] = connection
        self.empty.clear()
        self._addresses[knock.remote] += 1
        if self._addresses[knock.remote] > self.limits.connections_per_address:
            connection.refusal = self._too_many()
        self.pulse.add(connection)
        self.metrics.sockets.inc()
        self.expect_entry(connection)
        return connection

    def expect_entry(self, connection: Connection) -> None:
        """End the connection when nobody asks to enter a namespace in time.

        Whoever asks has as long once more to be let in: a busy node is slow to read its mail.
        """
        wait_s = self.limits.auth_timeout_s
        asyncio.get_running_loop().call_later(wait_s, self._check_entry, connection)

    def _check_entry(self, connection: Connection) -> None:
        if connection.busy:
            self.expect_entry(connection)
        elif not connection.sessions:
            connection.end(
                SessionEnded(
                    code="unauthorized",
                    message=f"Nobody signed in within {self.limits.auth_timeout_s:g} s.",
                )
            )

    def opening(self, connection: Connection, upgrades: list[str]) -> Frame:
        """Return the frame that opens a connection."""
        facts = {
            "sid": connection.sid,
            "upgrades": upgrades,
            "pingTimeout": round(self.limits.ping_timeout_s * 1000),
            "pingInterval": round(self.limits.ping_interval_s * 1000),
            "maxPayload": self.limits.frame_max_bytes,
        }
        return Frame(b"0" + orjson.dumps(facts))

    async def _handle_connect(
        self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None
    ) -> dict[str, object]:
        """Open a polling connection. The name is python-engineio's."""
        knock = self._read_knock(environ["aiohttp.request"])
        connection = self.admit(knock, Letterbox(self.limits))
        return polling_answer([self.opening(connection, ["websocket"])])

    async def _open_websocket(self, request: web.Request) -> web.StreamResponse:
        socket = Websocket(self.limits.frame_refused_bytes)
        await socket.prepare(request)
        line = Line(socket.transport, self.limits, self.pulse)
        connection = self.admit(self._read_knock(request), line)
        connection.send(self.opening(connection, []))
        await self.listen(connection, socket, line)
        return socket

    async def listen(self, connection: Connection, socket: Websocket, line: Line) -> None:
        """Take the client's frames one after the other until it is gone."""
        try:
            while (data := await socket.read(line)) is not None:
                await self.take(connection, data)
                await socket.breathe()
        except TooBig:
            connection.end(self.too_big())
        except ConnectionError:
            pass
        finally:
            if not connection.ending:
                line.force([])  # the other half of the websocket's goodbye
            connection.let_go(self.reason.TRANSPORT_CLOSE)

    def too_big(self) -> SessionEnded:
        """Return why a connection ends that sent a frame we do not even read."""
        limit = self.limits.frame_refused_bytes
        return SessionEnded(
            code="limit", message=f"A frame was larger than {limit} bytes (frame_max_bytes)."
        )

    async def take(self, connection: Connection, data: bytes) -> None:
        """Take one Engine.IO packet."""
        connection.heard_at = self.pulse.now
        kind = data[:1]
        if connection.ending or kind == PONG:
            return
        if kind == MESSAGE:
            try:
                await self._receive(connection, data)
            except Unreadable:
                connection.hang_up("unreadable")
        elif kind == CLOSING:
            connection.hang_up("closed")
        elif kind == PINGING:
            connection.send(Frame(PONG + data[1:]))

    def _visit(self, connection: Connection) -> None:
        """Ping a client, or give up on one that was silent for too long."""
        if self.pulse.now - connection.heard_at > self._silence_s and not connection.busy:
            connection.hang_up("silent")
        else:
            connection.send(PING_FRAME)

    def ended(self, connection: Connection, code: str) -> None:
        """Count it; its sessions leave their rooms now, so that nothing more is written."""
        self.metrics.ended(code)
        for session in connection.sessions.values():
            session.leave_all()

    def gone(self, connection: Connection, reason: str) -> None:
        """Forget a connection of which nothing is left."""
        self.sockets.pop(connection.sid, None)
        self.pulse.discard(connection)
        self.metrics.sockets.dec()
        if not self.sockets:
            self.empty.set()
        remote = connection.knock.remote
        self._addresses[remote] -= 1
        if self._addresses[remote] <= 0:
            del self._addresses[remote]
        self._departed(connection, reason)

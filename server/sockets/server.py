"""The Socket.IO half: who enters which namespace, one client's events in order, and the drain."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

import msgspec
import orjson
import socketio
import structlog
from aiohttp import web

from server.protocol.errors import (
    AppError,
    Internal,
    Invalid,
    NotFound,
    TooMany,
    Unauthorized,
    Unavailable,
)
from server.protocol.wrong import invalid
from server.services.refusals import refusal
from server.sockets.connection import Connection
from server.sockets.drain import drain
from server.sockets.engine import Engine
from server.sockets.frames import (
    Packet,
    Unreadable,
    answer_frame,
    connected_frame,
    refused_frame,
    take_apart,
)
from server.sockets.knock import Knock, KnockReader, read_knock
from server.sockets.limits import SocketLimits
from server.sockets.metrics import SocketMetrics
from server.sockets.namespace import CommandNamespace
from server.sockets.refusals import refused_answer, refused_entry
from server.sockets.rooms import Rooms
from server.sockets.session import NamespaceName, Session
from storage.errors import StorageUnavailable

CONNECT, DISCONNECT, EVENT, ACK, BINARY_EVENT, BINARY_ACK = b"0", b"1", b"2", b"3", b"5", b"6"
TRIES_MAX = 5
ENTRIES_MAX = 20

AnyNamespace = CommandNamespace[Any, Any]
log = structlog.stdlib.get_logger()


class SocketServer(socketio.AsyncServer):
    """python-socketio's server with its own sessions, rooms and writing.

    Rooms live in ``Rooms`` and are reached through the fan-out; ``emit`` and the client manager of
    python-socketio are not used.
    """

    def __init__(
        self,
        limits: SocketLimits,
        metrics: SocketMetrics,
        rooms: Rooms,
        *,
        read_knock: KnockReader = read_knock,
        may_knock: Callable[[Knock], bool] = lambda knock: True,
    ) -> None:
        super().__init__(
            async_handlers=False,
            namespaces=[],
            limits=limits,
            metrics=metrics,
            read_knock=read_knock,
            may_knock=may_knock,
            receive=self._receive,
            departed=self._departed,
        )
        self.limits, self.metrics = limits, metrics
        self._rooms = rooms
        self._spaces: dict[str, AnyNamespace] = {}
        self._farewells: set[asyncio.Task[None]] = set()

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    @property
    def engine(self) -> Engine:
        """The Engine.IO server underneath."""
        return cast("Engine", self.eio)

    def register_namespace(self, namespace_handler: AnyNamespace) -> None:
        """Serve a namespace."""
        super().register_namespace(namespace_handler)
        namespace_handler.serve(self.limits, self.metrics)
        self._spaces[namespace_handler.name] = namespace_handler

    def mount(self, app: web.Application, path: str = "/socket.io/") -> None:
        """Serve sockets under ``path`` of ``app``."""
        for method in ("GET", "POST", "OPTIONS"):
            app.router.add_route(method, path, self.engine.handle_request)

    async def run(self) -> None:
        """Ping clients and give up on silent ones, for ever. One of the node's background jobs."""
        await self.engine.pulse.run()

    async def drain(self) -> None:
        """Say goodbye to every client; return when all are gone or ``drain_s`` is over."""
        await drain(self.engine, self._farewells, self.limits.drain_s)

    def sessions(self) -> list[Session[Any]]:
        """Return all who are here."""
        connections = tuple(self.engine.sockets.values())
        return [session for each in connections for session in each.sessions.values()]

    async def heal(self, session: Session[Any]) -> bool:
        """Let a session catch up; False when storage is away, and it is as it was."""
        with session.holding():
            healing = self._spaces[session.namespace].heal(session)
            return await self._guard(healing, "heal_failed", session)

    def seats(self, namespace: NamespaceName) -> list[Any]:
        """Return as whom everybody sits here who has entered a namespace."""
        connections = tuple(self.engine.sockets.values())
        here = (each.sessions.get(namespace) for each in connections)
        return [session.seat for session in here if session is not None]

    async def _receive(self, connection: Connection, raw: bytes) -> None:
        """Take one Socket.IO packet. The next of this client is read when this one is answered."""
        kind, packet = raw[1:2], take_apart(raw)
        connection.busy = True
        try:
            if kind == EVENT:
                await self._event(connection, packet)
            elif kind == CONNECT:
                await self._enter(connection, packet)
            elif kind == DISCONNECT:
                await self._leave(connection, packet.namespace)
            elif kind == BINARY_EVENT:
                self._refuse_binary(connection, packet)
            elif kind not in {ACK, BINARY_ACK}:
                raise Unreadable("packet type")
        finally:
            connection.busy = False
            if connection.closed:  # what was under way has ended only now
                self._departed(connection, connection.code or "gone")
        if connection.last_words is not None:
            connection.end(connection.last_words)

    async def _event(self, connection: Connection, packet: Packet) -> None:
        session = connection.sessions.get(packet.namespace)
        if session is None:
            answer = refused_answer(Unauthorized())
        else:
            answer = await self._spaces[packet.namespace].carry_out(session, packet.data)
        if packet.ack:
            connection.send(answer_frame(packet.namespace, packet.ack, answer))

    def _refuse_binary(self, connection: Connection, packet: Packet) -> None:
        """Answer at once; the attachments that follow are not read."""
        if packet.ack:
            answer = refused_answer(Invalid("Binary events are not accepted here."))
            connection.send(answer_frame(packet.namespace, packet.ack, answer))

    async def _enter(self, connection: Connection, packet: Packet) -> None:
        connection.tries += 1
        session: Session[Any] | None = None
        try:
            if connection.refusal is not None:
                raise connection.refusal
            if connection.tries > ENTRIES_MAX:
                raise TooMany("You entered too often. Please connect again.")
            space = self._space(connection, packet.namespace)
            name = cast("NamespaceName", packet.namespace)
            session = Session(self.engine.generate_id(), name, connection, self._rooms, self.limits)
            seat = await self._ask(space, session, packet.data, connection.knock)
        except AppError as error:
            self._refuse(connection, packet.namespace, error, session)
            return
        session.open(seat, connected_frame(name, session.id))
        self.metrics.session(name, 1)
        if connection.ending:
            await self._say_goodbye(session, self.reason.CLIENT_DISCONNECT)
        else:
            connection.sessions[name] = session

    def _space(self, connection: Connection, name: str) -> AnyNamespace:
        space = self._spaces.get(name)
        if space is None:
            raise NotFound("There is no such namespace.")
        if name in connection.sessions:
            raise Invalid("You have entered this namespace already.")
        return space

    async def _ask(
        self, space: AnyNamespace, session: Session[Any], auth: bytes, knock: Knock
    ) -> object:
        """Let the namespace say who this is, within ``auth_timeout_s``."""
        try:
            hello = msgspec.convert(orjson.loads(auth or b"{}") or {}, space.hello)
            async with asyncio.timeout(self.limits.auth_timeout_s):
                return await space.enter(session, hello, knock)
        except orjson.JSONDecodeError as error:
            raise Invalid(f"This is not valid JSON: {error.msg}.") from error
        except msgspec.ValidationError as error:
            raise invalid(error) from error
        except TimeoutError as error:
            raise Unavailable from error
        except Exception as error:
            known = refusal(error)
            if known is None:
                log.exception("enter_failed", namespace=session.namespace)
                known = Internal()
            raise known from error

    def _refuse(
        self,
        connection: Connection,
        name: str,
        error: AppError,
        session: Session[Any] | None,
    ) -> None:
        if session is not None:
            session.leave_all()
        self.metrics.refused(error.code)
        connection.send(refused_frame("" if name == "/" else name, refused_entry(error)))
        if connection.refusal is not None or connection.tries >= TRIES_MAX:
            connection.hang_up("refused")

    async def _leave(self, connection: Connection, name: str) -> None:
        """The client leaves a namespace; the connection may stay for others."""
        session = connection.sessions.pop(name, None)
        if session is not None:
            await self._say_goodbye(session, self.reason.CLIENT_DISCONNECT)
            self.engine.expect_entry(connection)

    def _departed(self, connection: Connection, reason: str) -> None:
        """Say goodbye for everybody on it, after the command that is under way, if one is."""
        if connection.sessions and not connection.busy:
            task = asyncio.get_running_loop().create_task(self._depart(connection, reason))
            self._farewells.add(task)
            task.add_done_callback(self._farewells.discard)

    async def _depart(self, connection: Connection, reason: str) -> None:
        while connection.sessions:
            _, session = connection.sessions.popitem()
            await self._say_goodbye(session, reason)

    async def _say_goodbye(self, session: Session[Any], reason: str) -> None:
        session.leave_all()
        self.metrics.session(session.namespace, -1)
        space = self._spaces[session.namespace]
        await self._guard(space.leave(session, reason), "leave_failed", session)

    async def _guard(
        self, work: Coroutine[Any, Any, None], event: str, session: Session[Any]
    ) -> bool:
        """Job boundary: what fails for one session is logged and does not touch the others.

        Return whether storage was there for it.
        """
        try:
            await work
        except (AppError, StorageUnavailable) as error:
            log.warning(event, session=session.id, error=type(error).__name__)
            return not isinstance(error, Unavailable | StorageUnavailable)
        except Exception:
            log.exception(event, session=session.id)
        return True

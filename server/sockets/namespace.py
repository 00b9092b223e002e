"""A namespace made of commands: typed, timed, in order, and always answered."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar, cast

import msgspec
import orjson
import structlog
from msgspec import Struct
from socketio import AsyncNamespace

from server.protocol.errors import Internal, Invalid, TooLarge, TooMany
from server.protocol.events import SessionEnded
from server.protocol.wrong import invalid
from server.services.refusals import refusal
from server.services.tracing import Tracer
from server.sockets.frames import encode
from server.sockets.knock import Knock
from server.sockets.limits import SocketLimits
from server.sockets.metrics import SocketMetrics
from server.sockets.refusals import refused_answer
from server.sockets.session import NamespaceName, Session

HelloT = TypeVar("HelloT", bound=Struct)
SeatT = TypeVar("SeatT")
Method = TypeVar("Method", bound=Callable[..., Awaitable[Struct]])
CommandTable = Mapping[str, tuple[type[Struct], type[Struct]]]
Carry = Callable[[Session[object], Struct], Awaitable[Struct]]

MARK = "__kefu_command__"
NUL_ESCAPE = b"\\u0000"
STRIKES_FACTOR = 10
FIELD_MAX_CHARS = 100

log = structlog.stdlib.get_logger()


def command(name: str) -> Callable[[Method], Method]:
    """Mark the method that carries out the command ``name`` of the catalogue.

    The method takes ``(session, command)`` and returns the answer, or refuses with an AppError.
    """

    def mark(method: Method) -> Method:
        setattr(method, MARK, name)
        return method

    return mark


class CommandNamespace(AsyncNamespace, Generic[HelloT, SeatT]):
    """Base of the visitors' and the agents' namespace.

    ``hello`` is the type of the ``auth`` object that clients send with CONNECT. The table must
    match the marked methods exactly, otherwise the constructor raises.
    """

    def __init__(self, name: NamespaceName, table: CommandTable, hello: type[HelloT]) -> None:
        super().__init__(name)
        self.name = name
        self.hello = hello
        methods = [cast("Carry", getattr(self, key)) for key in dir(type(self))]
        marked = {getattr(method, MARK): method for method in methods if hasattr(method, MARK)}
        if marked.keys() != table.keys():
            differ = sorted(marked.keys() ^ table.keys())
            raise TypeError(f"{type(self).__name__} and its table differ: {', '.join(differ)}")
        self._commands = {key: (table[key][0], carry) for key, carry in marked.items()}
        self._decoders = {
            b'["%b"' % key.encode(): (key, carry, msgspec.json.Decoder(tuple[str, kind]))
            for key, (kind, carry) in self._commands.items()
        }
        self._limits = SocketLimits()
        self._metrics: SocketMetrics | None = None
        self._tracer: Tracer | None = None

    def serve(self, limits: SocketLimits, metrics: SocketMetrics) -> None:
        """Take over the limits and counters of the server that serves this namespace."""
        self._limits, self._metrics = limits, metrics

    def follow(self, tracer: Tracer | None) -> None:
        """Have commands followed by ``tracer``, if there is one."""
        self._tracer = tracer

    async def enter(self, session: Session[SeatT], hello: HelloT, knock: Knock) -> SeatT:
        """Say who this is, or refuse with an AppError (clients get it as CONNECT_ERROR data).

        Rooms may be joined and events told here already: they are sent right after CONNECT.
        """
        raise NotImplementedError

    async def leave(self, session: Session[SeatT], reason: str) -> None:
        """Called once for every session that entered, when its connection is gone."""

    async def heal(self, session: Session[SeatT]) -> None:
        """Called when this node hears the others again after it was deaf: join what was missed.

        What is told meanwhile is held: it comes after what the session is greeted with.
        """

    async def attend(self, session: Session[SeatT], name: str) -> None:
        """Called before a command is carried out."""

    async def carry_out(self, session: Session[object], data: bytes) -> bytes:
        """Carry out the command in ``data`` (``["name", {…}]``); return its acknowledgement."""
        begun = time.perf_counter()
        name, outcome = "unknown", "ok"
        try:
            self._spend(session)
            quick = self._read_quickly(data)
            if quick is not None:
                name, carry, draft = quick
            else:
                asked, payload = self._read(data)
                kind, carry = self._find(asked)
                name = asked
                draft = _draft(payload, kind)
            await self.attend(cast("Session[SeatT]", session), name)
            if self._tracer is not None:
                carry = _followed(self._tracer, name, carry)
            answer = b'{"ok":true,"data":%b}' % encode(await carry(session, draft))
        except Exception as error:
            known = refusal(error)
            if known is None:
                log.exception("command_failed", command=name, session=session.id)
                known = Internal()
            outcome, answer = known.code, refused_answer(known)
        if self._metrics is not None:
            self._metrics.carried_out(name, outcome, time.perf_counter() - begun)
        return answer

    def _read_quickly(self, data: bytes) -> tuple[str, Carry, Struct] | None:
        """Read a command straight into its type; None for `_read` to say what is wrong with it."""
        known = self._decoders.get(data[: data.find(b",")])
        if known is None or len(data) > self._limits.frame_max_bytes or NUL_ESCAPE in data:
            return None
        name, carry, decoder = known
        try:
            return name, carry, decoder.decode(data)[1]
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def _read(self, data: bytes) -> tuple[str, object]:
        """Return the name and the payload of an event."""
        limit = self._limits.frame_max_bytes
        if len(data) > limit:
            raise TooLarge(
                f"A command may have {limit} bytes.", setting="frame_max_bytes", limit=limit
            )
        try:
            parts = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise Invalid(f"This is not valid JSON: {error.msg}.") from error
        if not isinstance(parts, list) or not parts or not isinstance(parts[0], str):
            raise Invalid("An event begins with its name.")
        name, *rest = cast("list[str | object]", parts)
        if len(rest) > 1:
            raise Invalid("A command takes one object.")
        if NUL_ESCAPE in data:
            _refuse_nul(rest)
        return str(name), rest[0] if rest else {}

    def _find(self, name: str) -> tuple[type[Struct], Carry]:
        """Return the type of a command's payload and the method that carries it out."""
        known = self._commands.get(name)
        if known is None:
            raise Invalid("There is no such command.", reason="unknown_command")
        return known

    def _spend(self, session: Session[object]) -> None:
        """Take one token of the session's bucket; who keeps on without one is shown out."""
        limits, now = self._limits, time.monotonic()
        gained = (now - session.stamp) * limits.commands_per_s
        session.tokens = min(limits.commands_burst, session.tokens + gained)
        session.stamp = now
        if session.tokens >= 1:
            session.tokens -= 1
            session.strikes = 0
            return
        session.strikes += 1
        if session.strikes > STRIKES_FACTOR * limits.commands_burst:
            session.end(SessionEnded(code="limit", message="Too many commands (commands_per_s)."))
        raise TooMany(
            setting="commands_per_s",
            limit=limits.commands_per_s,
            retry_after_ms=int((1 - session.tokens) * 1000 / limits.commands_per_s) + 1,
        )


def _followed(tracer: Tracer, name: str, carry: Carry) -> Carry:
    """Return what carries out a command within a span of its own."""

    async def carry_followed(session: Session[object], draft: Struct) -> Struct:
        about = {"kefu.namespace": session.namespace, "kefu.session.id": session.id}
        with tracer.begin(name, "server", about) as span:
            try:
                return await carry(session, draft)
            except Exception as error:
                known = refusal(error)
                span.fail(Internal.code if known is None else known.code)
                raise

    return carry_followed


def _draft(payload: object, kind: type[Struct]) -> Struct:
    """Return the payload as its type, or say which field is wrong."""
    try:
        return msgspec.convert(payload, kind)
    except msgspec.ValidationError as error:
        raise invalid(error) from error


def _refuse_nul(payload: list[object]) -> None:
    """Refuse the character U+0000, which PostgreSQL cannot store, naming the field.

    Without recursion: how deep a client nests its JSON is its own choice.
    """
    left: list[tuple[object, str]] = [(payload, "")]
    while left:
        value, path = left.pop()
        if isinstance(value, str):
            if "\0" in value:
                field = path[:FIELD_MAX_CHARS] or None
                raise Invalid("The character U+0000 cannot be stored.", field=field)
        elif isinstance(value, list):
            left.extend((item, path) for item in cast("list[object]", value))
        elif isinstance(value, dict):
            for key, item in cast("dict[str, object]", value).items():
                left += ((key, path), (item, f"{path}.{key}"[:FIELD_MAX_CHARS] if path else key))

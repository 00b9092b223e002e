"""The fan-out: sessions here get the bytes at once, other nodes hear of it through the bus."""

from collections.abc import Callable
from functools import partial

from msgspec import MsgspecError

from server.protocol.events import SessionEnded
from server.protocol.shapes import Message, Shape
from server.services.fanout import Audience
from server.services.tracing import Tracer
from server.sockets.delivered import Delivered
from server.sockets.follow import processed, published, pushed, told_with_trace
from server.sockets.frames import Frame, encode, event_body
from server.sockets.relay import (
    PREFIX,
    Ended,
    Followed,
    Gathered,
    Relay,
    Said,
    Scattered,
    Told,
    ending,
    pack,
    unpack,
)
from server.sockets.rooms import Rooms

NAMESPACES: dict[Audience, tuple[str, ...]] = {
    "everyone": ("/visitor", "/agent"),
    "visitors": ("/visitor",),
    "agents": ("/agent",),
}


class SocketFanout:
    """Keeps the promise of ``server.services.fanout.Fanout`` with rooms and a bus.

    ``relay`` is None on a node that will never have neighbours. ``strange`` is told when one says
    what this version does not know. ``tracer`` follows events across nodes, where somebody asked.
    """

    def __init__(
        self,
        rooms: Rooms,
        delivered: Delivered,
        relay: Relay | None,
        strange: Callable[[MsgspecError], None],
        tracer: Tracer | None = None,
    ) -> None:
        self._rooms, self._delivered, self._relay = rooms, delivered, relay
        self._strange, self._tracer = strange, tracer
        self._tell_all = self._tell if tracer is None else partial(self._tell_followed, tracer)
        rooms.watch(self._opened, self._emptied)

    def tell(
        self,
        room: str,
        event: str,
        payload: Shape,
        *,
        audience: Audience = "everyone",
        but: str | None = None,
    ) -> None:
        """Send ``event`` to every session in ``room``, leaving out the one with the id ``but``."""
        if not self._rooms.members(room) and self._is_alone:
            return  # nobody would hear it: most of what is told to customers while they wait
        seq = 0
        if isinstance(payload, Message):
            seq = -payload.seq if payload.private else payload.seq
        self._say(room, Told(event, encode(payload), audience, but, seq))

    def gather(self, source: str, into: str) -> None:
        """Let every session in the room ``source``, on any node, join the room ``into``."""
        self._say(source, Gathered(into))

    def scatter(self, source: str, out_of: str) -> None:
        """Let every session in the room ``source``, on any node, leave the room ``out_of``."""
        self._say(source, Scattered(out_of))

    def end(self, room: str, reason: SessionEnded) -> None:
        """Tell every session in ``room`` why, and close it."""
        self._say(room, Ended(encode(reason)))

    def tell_here(self, room: str, event: str, payload: Shape, audience: Audience) -> None:
        """Send ``event`` to the sessions of this node only."""
        self._tell(room, Told(event, encode(payload), audience, None, 0))

    def end_here(self, room: str, reason: SessionEnded) -> None:
        """Tell every session of this node in ``room`` why, and close it."""
        self._carry_out(room, Ended(encode(reason)))

    @property
    def _is_alone(self) -> bool:
        return self._relay is None or self._relay.is_alone

    def _say(self, room: str, said: Said) -> None:
        self._carry_out(room, said)
        if self._relay is not None and not self._is_alone:
            if self._tracer is None or not isinstance(said, Told):
                self._relay.publish(PREFIX + room, pack(said))
            else:
                self._publish(self._relay, self._tracer, room, said)

    def _publish(self, relay: Relay, tracer: Tracer, room: str, told: Told) -> None:
        with tracer.within(*published(room, told)) as span:
            trace = span.traceparent
            relay.publish(PREFIX + room, pack(told_with_trace(told, trace) if trace else told))

    def _carry_out(self, room: str, said: Said) -> None:
        match said:
            case Told():
                self._tell_all(room, said)
            case Gathered(into):
                for session in tuple(self._rooms.members(room)):
                    session.join(into)
            case Scattered(out_of):
                for session in tuple(self._rooms.members(room)):
                    session.leave(out_of)
            case Ended(reason):
                why = ending(reason)
                for session in tuple(self._rooms.members(room)):
                    session.end(why)

    def _tell_followed(self, tracer: Tracer, room: str, told: Told) -> None:
        members = self._rooms.members(room)
        if not members or tracer.here is None:
            self._tell(room, told)
            return
        wanted = NAMESPACES[told.audience]
        reached = [each for each in members if each.namespace in wanted and each.id != told.but]
        with tracer.within(*pushed(room, told, reached)):
            self._tell(room, told)

    def _tell(self, room: str, told: Told) -> None:
        """Encode once a namespace; a client that is cut off on the way leaves the room at once."""
        members = self._rooms.members(room)
        if not members:
            return
        if told.seq:
            self._delivered.note(room, told.seq)
        wanted = NAMESPACES[told.audience]
        frames: dict[str, Frame] = {}
        for session in tuple(members):
            name = session.namespace
            if name not in wanted or session.id == told.but:
                continue
            veil = session.veil
            if veil is not None and (body := veil(told.event, told.body)) is not told.body:
                session.send(Frame(event_body(name, told.event, body)))
                continue
            frame = frames.get(name)
            if frame is None:
                frame = frames[name] = Frame(event_body(name, told.event, told.body))
            session.send(frame)

    def _opened(self, room: str) -> None:
        self._delivered.open(room)
        if self._relay is not None:
            self._relay.listen(PREFIX + room, self._heard)

    def _emptied(self, room: str) -> None:
        self._delivered.forget(room)
        if self._relay is not None:
            self._relay.unlisten(PREFIX + room)

    def _heard(self, channel: str, body: bytes) -> None:
        try:
            said = unpack(body)
        except MsgspecError as error:
            self._strange(error)
            return
        room = channel.removeprefix(PREFIX)
        if self._tracer is None:
            self._carry_out(room, said)
        elif isinstance(said, Followed) and said.traceparent is not None:
            with self._tracer.within(*processed(room, said), of=said.traceparent):
                self._carry_out(room, said)
        else:
            self._carry_out(room, said)

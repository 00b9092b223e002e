"""One signed-in session: a client in one namespace, the rooms it is in, and how to reach it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from server.protocol.events import SessionEnded
from server.protocol.shapes import Shape
from server.sockets.frames import Frame, event_frame
from server.sockets.kept import Kept
from server.sockets.limits import SocketLimits

if TYPE_CHECKING:
    from server.sockets.connection import Connection
    from server.sockets.rooms import Rooms

Veil = Callable[[str, bytes], bytes]
"""Hides something in the payload of an event; returns the same bytes where it hides nothing."""

NamespaceName = Literal["/visitor", "/agent"]
SeatT_co = TypeVar("SeatT_co", covariant=True)


class Session(Generic[SeatT_co]):
    """A client that entered a namespace. Frames told before that, and while it heals, are held.

    They are bounded like an outbox: who is told more is cut off, and reads it when they return.
    """

    __slots__ = (
        "_connection",
        "_held",
        "_is_gone",
        "_limits",
        "_registry",
        "_seat",
        "id",
        "namespace",
        "rooms",
        "stamp",
        "strikes",
        "tokens",
        "veil",
    )

    def __init__(
        self,
        session_id: str,
        namespace: NamespaceName,
        connection: "Connection",
        registry: "Rooms",
        limits: SocketLimits,
    ) -> None:
        self.id = session_id
        self.namespace: NamespaceName = namespace
        self.rooms: set[str] = set()
        self.tokens = 0.0
        self.stamp = 0.0
        self.strikes = 0
        self.veil: Veil | None = None
        self._connection = connection
        self._registry = registry
        self._limits = limits
        self._seat: SeatT_co | None = None
        self._held: Kept | None = Kept(limits)
        self._is_gone = False

    @property
    def seat(self) -> SeatT_co:
        """Who sits here. Known once the namespace's ``enter`` has answered."""
        if self._seat is None:
            raise LookupError("nobody has entered this session yet")
        return self._seat

    def open(self, seat: SeatT_co, welcome: Frame) -> None:  # pyright: ignore[reportGeneralTypeIssues]
        """Seat somebody, and send ``welcome`` and what was held. Called by the server only."""
        self._seat = seat
        self._connection.send(welcome)
        self._let_out()

    @contextmanager
    def holding(self) -> Generator[None]:
        """Hold frames meanwhile, so that a snapshot that is read now can be greeted with."""
        self._held = Kept(self._limits)
        try:
            yield
        finally:
            self._let_out()

    @property
    def is_open(self) -> bool:
        """Whether frames still reach the client."""
        return not self._connection.ending

    def join(self, room: str) -> None:
        """Hear what is told in ``room`` from now on, unless this session is over."""
        if not self._is_gone:
            self._registry.join(self, room)

    def leave(self, room: str) -> None:
        """Stop hearing what is told in ``room``."""
        self._registry.leave(self, room)

    def leave_all(self) -> None:
        """Hear nothing any more, ever: the session is over."""
        self._is_gone = True
        self._registry.leave_all(self)

    def tell(self, event: str, payload: Shape) -> None:
        """Send one event to this session alone."""
        self.send(event_frame(self.namespace, event, payload))

    def greet(self, event: str, payload: Shape) -> None:
        """Send a snapshot ahead of what is held: news told while it was read comes after it."""
        if self._held is None:
            self.tell(event, payload)
        else:
            self._held.add(event_frame(self.namespace, event, payload), ahead=True)

    def send(self, frame: Frame) -> None:
        """Send a frame that is encoded already."""
        if self._held is None:
            self._connection.send(frame)
        elif not self._held.put(frame):
            self._held.take()
            self._connection.cut_off()

    def end(self, reason: SessionEnded) -> None:
        """Say why, then close the connection."""
        self._connection.end(reason)

    def _let_out(self) -> None:
        held, self._held = self._held, None
        for frame in () if held is None else held.take():
            self._connection.send(frame)

"""What nodes say to each other about rooms, packed small.

The other node may be one version older or newer. So a kind of saying only grows, at its end and
with defaults, and what changes otherwise is a new kind: who does not know it leaves it aside, and
the heads heal what was in it.
"""

from typing import Protocol, cast

from msgspec import Struct, json, msgpack

from server.protocol.events import SessionEnd, SessionEnded
from server.services.fanout import Audience

PREFIX = "kefu:room:"


class Told(Struct, frozen=True, array_like=True, tag="t"):
    """An event for a room: its payload as JSON, the number if it is a message, notes negative."""

    event: str
    body: bytes
    audience: Audience
    but: str | None
    seq: int


class Followed(Told, frozen=True, array_like=True, tag="t"):
    """The same with the W3C traceparent of who tells it, whatever another version writes there.

    Everything told is read as this; it is written so only where somebody follows it.
    """

    traceparent: object = None


class Gathered(Struct, frozen=True, array_like=True, tag="g"):
    """Whoever is in the room joins another."""

    into: str


class Scattered(Struct, frozen=True, array_like=True, tag="s"):
    """Whoever is in the room leaves another."""

    out_of: str


class Ended(Struct, frozen=True, array_like=True, tag="e"):
    """Whoever is in the room is told why and closed. ``reason`` is a SessionEnded as JSON."""

    reason: bytes


class _Ending(Struct, frozen=True):
    """A SessionEnded of any version."""

    code: str
    message: str = ""
    retry_after_ms: int | None = None


Said = Told | Gathered | Scattered | Ended
HeardSaid = Followed | Gathered | Scattered | Ended

pack = msgpack.Encoder().encode
unpack = msgpack.Decoder(HeardSaid).decode
_ending = json.Decoder(_Ending).decode


def ending(reason: bytes) -> SessionEnded:
    """Read why sessions end. They end even with a code that only newer nodes and pages know."""
    said = _ending(reason)
    return SessionEnded(cast("SessionEnd", said.code), said.message, said.retry_after_ms)


class Relay(Protocol):
    """The way to other nodes, as the bus offers it."""

    @property
    def is_alone(self) -> bool:
        """Whether nobody would hear."""
        ...

    def publish(self, channel: str, body: bytes) -> None:
        """Send to the other nodes that listen to ``channel``."""
        ...

    def listen(self, channel: str, handler: "Heard") -> None:
        """Hear what they send."""
        ...

    def unlisten(self, channel: str) -> None:
        """Hear it no longer."""
        ...


class Heard(Protocol):
    """Takes what another node sent."""

    def __call__(self, channel: str, body: bytes, /) -> None:
        """Take it."""
        ...

"""What nodes say to each other about rooms, packed small."""

from typing import Protocol

from msgspec import Struct, msgpack

from server.services.fanout import Audience

PREFIX = "kefu:room:"


class Told(Struct, frozen=True, array_like=True, tag="t"):
    """An event for a room: its payload as JSON, the number if it is a message, notes negative."""

    event: str
    body: bytes
    audience: Audience
    but: str | None
    seq: int


class Gathered(Struct, frozen=True, array_like=True, tag="g"):
    """Whoever is in the room joins another."""

    into: str


class Scattered(Struct, frozen=True, array_like=True, tag="s"):
    """Whoever is in the room leaves another."""

    out_of: str


class Ended(Struct, frozen=True, array_like=True, tag="e"):
    """Whoever is in the room is told why and closed. ``reason`` is a SessionEnded as JSON."""

    reason: bytes


Said = Told | Gathered | Scattered | Ended

pack = msgpack.Encoder().encode
unpack = msgpack.Decoder(Said).decode


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

"""The port through which use cases tell everybody who listens, on whatever node they are."""

from typing import Literal, Protocol

from server.protocol.events import SessionEnded
from server.protocol.shapes import Shape

Audience = Literal["everyone", "visitors", "agents"]


class Fanout(Protocol):
    """How every node hears of it. Nothing blocks or raises; what is lost heals from storage."""

    def tell(
        self,
        room: str,
        event: str,
        payload: Shape,
        *,
        audience: Audience = "everyone",
        but: str | None = None,
    ) -> None:
        """Send ``event`` to every session in ``room``, but not to the one with the id ``but``."""
        ...

    def gather(self, source: str, into: str) -> None:
        """Let every session in the room ``source``, on any node, join the room ``into``."""
        ...

    def scatter(self, source: str, out_of: str) -> None:
        """Let every session in the room ``source``, on any node, leave the room ``out_of``."""
        ...

    def end(self, room: str, reason: SessionEnded) -> None:
        """Tell every session in ``room`` why, and close it."""
        ...

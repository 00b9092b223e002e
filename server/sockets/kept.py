"""Frames that are kept until somebody takes them, no more than may wait for one client."""

from server.sockets.frames import Frame
from server.sockets.limits import SocketLimits


class Kept:
    """Frames in their order, bounded. The longest is not counted: it was asked for."""

    __slots__ = ("_bytes", "_frames", "_limits", "_longest")

    def __init__(self, limits: SocketLimits) -> None:
        self._limits = limits
        self._frames: list[Frame] = []
        self._bytes = self._longest = 0

    def __bool__(self) -> bool:
        return bool(self._frames)

    @property
    def is_too_long(self) -> bool:
        """Whether it is more than a client may leave waiting, whatever was asked for."""
        return self._bytes > self._limits.outbox_max_bytes

    def put(self, frame: Frame) -> bool:
        """Keep the frame, unless too much waits already."""
        limits = self._limits
        bytes_max = limits.outbox_max_bytes + self._longest
        if self._bytes > bytes_max or len(self._frames) >= limits.outbox_max_packets:
            return False
        self.add(frame)
        return True

    def add(self, frame: Frame, *, ahead: bool = False) -> None:
        """Keep the frame, however much waits already; ``ahead`` of all others or behind them."""
        self._frames.insert(0 if ahead else len(self._frames), frame)
        self._bytes += len(frame.body)
        self._longest = max(self._longest, len(frame.body))

    def take(self) -> list[Frame]:
        """Hand out everything that waits."""
        frames, self._frames = self._frames, []
        self._bytes = self._longest = 0
        return frames

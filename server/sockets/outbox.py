"""How frames leave: straight into a websocket, or kept for the next poll. Both are bounded."""

import asyncio
from typing import Protocol

from server.sockets.frames import CLOSE, CLOSE_CONTROL, Frame, websocket_frame
from server.sockets.kept import Kept
from server.sockets.limits import SocketLimits

CLOSE_FRAME = Frame(CLOSE)
NORMAL_CLOSURE = (1000).to_bytes(2, "big")


class Steps(Protocol):
    """A clock that moves in steps."""

    @property
    def now(self) -> float:
        """The time of the last step in seconds."""
        ...


class Line:
    """A websocket's transport, written to directly: no queue, no task, no copy a recipient."""

    __slots__ = ("_limits", "_longest", "_packets", "_pulse", "_transport", "_waiting_since")

    def __init__(
        self, transport: asyncio.WriteTransport, limits: SocketLimits, pulse: Steps
    ) -> None:
        self._transport = transport
        self._limits = limits
        self._pulse = pulse
        self._packets = self._longest = 0
        self._waiting_since = 0.0

    def put(self, frame: Frame) -> bool:
        """Write the frame, unless what the client has not taken yet is over the limit.

        The longest frame is not counted: an answer as long as that was asked for.
        """
        transport = self._transport
        waiting = transport.get_write_buffer_size()
        if waiting == 0:
            self._packets = self._longest = 0
            self._waiting_since = self._pulse.now
        elif waiting > self._limits.outbox_max_bytes + self._longest or self._is_stuck():
            return False
        self._packets += 1
        self._longest = max(self._longest, len(frame.wire))
        if not transport.is_closing():
            transport.write(frame.wire)
        return True

    def _is_stuck(self) -> bool:
        """Many packets wait, and not only because they were written a moment ago."""
        return (
            self._packets >= self._limits.outbox_max_packets
            and self._pulse.now > self._waiting_since
        )

    def force(self, frames: list[Frame]) -> None:
        """Write the last frames, and goodbye in both protocols."""
        if not self._transport.is_closing():
            wires = [frame.wire for frame in (*frames, CLOSE_FRAME)]
            wires.append(websocket_frame(CLOSE_CONTROL, NORMAL_CLOSURE))
            self._transport.write(b"".join(wires))

    def carry_on(self, frames: list[Frame], *, is_last: bool) -> None:
        """Write what waited for a poll before the upgrade."""
        if is_last:
            self.force(frames)
        else:
            self._transport.write(b"".join([frame.wire for frame in frames]))

    def control(self, first: int, body: bytes) -> None:
        """Write a control frame of the websocket protocol itself."""
        if not self._transport.is_closing():
            self._transport.write(websocket_frame(first, body))

    def abort(self) -> None:
        """Let go of a client that does not take its last frames."""
        self._transport.abort()


class Letterbox:
    """Frames that wait for a client to poll."""

    __slots__ = ("_is_over", "_kept", "_waiter")

    def __init__(self, limits: SocketLimits) -> None:
        self._kept = Kept(limits)
        self._is_over = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, frame: Frame) -> bool:
        """Keep the frame, unless too much waits already."""
        if not self._kept.put(frame):
            return False
        self.wake()
        return True

    def force(self, frames: list[Frame]) -> None:
        """Keep these last frames; what does not fit before them is read again from storage.

        They leave alone: npm's client loses what comes in the same answer as the close.
        """
        self._is_over = True
        if self._kept.is_too_long:
            self.take()
        for frame in frames:
            self._kept.add(frame)
            self.wake()

    def wake(self) -> None:
        """Let a waiting poll return."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def take(self) -> list[Frame]:
        """Hand out everything that waits."""
        return self._kept.take()

    @property
    def is_polled(self) -> bool:
        """Whether a poll waits right now."""
        return self._waiter is not None

    async def wait(self) -> None:
        """Return when there is something, or somebody woke us."""
        if self._kept or self._is_over:
            return
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

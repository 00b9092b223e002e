"""Two connections made one: bytes go through unread, at the pace of the slower side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

LINGER_S = 2.0


class End(asyncio.Protocol):
    """One end of a pair; ``gone`` is called when it is no more."""

    def __init__(self, gone: Callable[[], None]) -> None:
        self._gone = gone
        self._transport: asyncio.Transport | None = None
        self.other: End | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is somebody at it."""
        return self._transport is not None and not self._transport.is_closing()

    def say(self, data: bytes) -> None:
        """Send bytes."""
        if self._transport is not None and self.is_open:
            self._transport.write(data)

    def finish(self) -> None:
        """Say that nothing more comes; what is still to be heard is heard."""
        if self._transport is not None and self.is_open:
            self._transport.write_eof()

    def close(self) -> None:
        """Hang up, after what is still to be said."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Hang up at once."""
        if self._transport is not None:
            self._transport.abort()

    def hold(self) -> None:
        """Read no further."""
        if self._transport is not None and self.is_open and self._transport.is_reading():
            self._transport.pause_reading()

    def read_on(self) -> None:
        """Read again."""
        if self._transport is not None and self.is_open and not self._transport.is_reading():
            self._transport.resume_reading()

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand bytes over."""
        if self.other is not None:
            self.other.say(data)

    def pause_writing(self) -> None:
        """Too much waits to be said here: the other end reads no further."""
        if self.other is not None:
            self.other.hold()

    def resume_writing(self) -> None:
        """There is room again."""
        if self.other is not None:
            self.other.read_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hang up at the other end too, in the same way."""
        if self.other is not None:
            if exc is None:
                self.other.close()
            else:
                self.other.abort()
        self._gone()


class Caller(End):
    """The end of whoever called. What they say before they are connected is kept, one read of it.

    Who has finished speaking is still told the answer. When a node has, everything is over.
    """

    def __init__(self, gone: Callable[[], None], called: Callable[[Caller], None]) -> None:
        super().__init__(gone)
        self._called = called
        self._early = b""
        self._has_finished = self._is_over = False

    def join(self, node: End) -> None:
        """Let what either hears be said by the other, from now on."""
        self.other, node.other = node, self
        if self._early:
            node.say(self._early)
        self._early = b""
        if self._has_finished:
            node.finish()
        self.read_on()

    def close(self) -> None:
        """Hang up when they have, or soon: at once would take from them what was said last."""
        self._is_over = True
        if self._has_finished or not self.is_open:
            super().close()
            return
        self.finish()
        self.read_on()
        asyncio.get_running_loop().call_later(LINGER_S, super().close)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for somebody to talk to."""
        super().connection_made(transport)
        self._called(self)

    def data_received(self, data: bytes) -> None:
        """Hand bytes over, or keep them; when everything is over nobody wants them."""
        if self._is_over:
            return
        super().data_received(data)
        if self.other is None:
            self._early += data
            self.hold()

    def eof_received(self) -> bool:
        """Keep the way back open, unless everything is over."""
        self._has_finished = True
        if self.other is not None:
            self.other.finish()
        return not self._is_over

"""One Engine.IO connection: the sessions on it, where its frames go, and how it ends."""

import asyncio
import random
from typing import TYPE_CHECKING, Protocol

from aiohttp import web
from msgspec import Struct

from server.protocol.errors import AppError
from server.protocol.events import SessionEnded
from server.sockets.frames import (
    Frame,
    disconnected_frame,
    encode,
    event_frame,
    refused_frame,
)
from server.sockets.knock import Knock
from server.sockets.outbox import Letterbox, Line

if TYPE_CHECKING:
    from server.sockets.session import Session

GRACE_S = 2.0
SLOW_RETRY_MS = (500, 3000)


class Host(Protocol):
    """Who keeps the connections."""

    def ended(self, connection: "Connection", code: str) -> None:
        """Called when a connection hears nothing more; it may still read its last frames."""
        ...

    def gone(self, connection: "Connection", reason: str) -> None:
        """Called once, when nothing is left of it."""
        ...

    async def poll(self, connection: "Connection", request: web.Request) -> object:
        """Answer a GET of a polling client, or its upgrade to a websocket."""
        ...

    async def post(self, connection: "Connection", request: web.Request) -> None:
        """Take what a polling client sends."""
        ...


class _Unentered(Struct, frozen=True):
    message: str
    data: SessionEnded


class Connection:
    """A client, from its first request to its last frame. Writing to it never blocks or raises."""

    __slots__ = (
        "_grace",
        "_host",
        "busy",
        "closed",
        "code",
        "ending",
        "heard_at",
        "inbox",
        "knock",
        "last_words",
        "outbox",
        "refusal",
        "sessions",
        "sid",
        "slot",
        "tries",
        "upgrading",
    )

    def __init__(
        self, sid: str, knock: Knock, outbox: "Line | Letterbox", host: Host, now: float
    ) -> None:
        self.sid = sid
        self.knock = knock
        self.outbox: Line | Letterbox = outbox
        self.sessions: dict[str, Session[object]] = {}
        self.heard_at = now
        self.slot = 0
        self.tries = 0
        self.busy = self.ending = self.closed = self.upgrading = False
        self.code: str | None = None
        self.refusal: AppError | None = None
        self.last_words: SessionEnded | None = None
        self.inbox: asyncio.Lock | None = None
        self._host = host
        self._grace: asyncio.TimerHandle | None = None

    connected = True

    @property
    def upgraded(self) -> bool:
        """Whether frames go through a websocket."""
        return isinstance(self.outbox, Line)

    def send(self, frame: Frame) -> None:
        """Send a frame; a client that does not take its frames is cut off."""
        if not self.ending and not self.outbox.put(frame):
            self.cut_off()

    def cut_off(self) -> None:
        """End it because more waits for the client than may wait."""
        self.end(
            SessionEnded(
                code="slow",
                message="Your connection could not keep up. Please reconnect.",
                retry_after_ms=random.randint(*SLOW_RETRY_MS),
            )
        )

    def end(self, reason: SessionEnded) -> None:
        """Say why, then close. Without ``retry_after_ms`` no client comes back by itself."""
        if self.ending:
            return
        frames = [event_frame(name, "session:ended", reason) for name in self.sessions]
        if not frames:
            frames.append(refused_frame("", encode(_Unentered(reason.message, reason))))
        elif reason.retry_after_ms is None:
            frames.extend(disconnected_frame(name) for name in self.sessions)
        self._finish(frames, reason.code)

    def end_when_idle(self, reason: SessionEnded) -> None:
        """End now, or as soon as the command under way has been answered."""
        if self.busy:
            self.last_words = reason
        else:
            self.end(reason)

    def hang_up(self, code: str) -> None:
        """Close without a word to the session."""
        if not self.ending:
            self._finish([], code)

    def _finish(self, frames: list[Frame], code: str) -> None:
        self.ending = True
        self.code = code
        self.outbox.force(frames)
        self._grace = asyncio.get_running_loop().call_later(GRACE_S, self.abandon)
        self._host.ended(self, code)

    def abandon(self) -> None:
        """Wait no longer for the client to take its last frames."""
        if isinstance(self.outbox, Line):
            self.outbox.abort()
        else:
            self.outbox.wake()
        self.let_go("server disconnect")

    def let_go(self, reason: str) -> None:
        """Forget the connection; that we ended it matters more than how it closed then."""
        if self.closed:
            return
        self.closed = self.ending = True
        self.code = self.code or reason
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None
        self._host.gone(self, self.code)

    async def handle_get_request(self, environ: dict[str, web.Request]) -> object:
        """Answer a GET. The name is python-engineio's."""
        return await self._host.poll(self, environ["aiohttp.request"])

    async def handle_post_request(self, environ: dict[str, web.Request]) -> None:
        """Take a POST. The name is python-engineio's."""
        await self._host.post(self, environ["aiohttp.request"])

    async def close(self, reason: str = "transport error") -> None:
        """Close after a broken request. The name is python-engineio's."""
        self.let_go(reason)

    def move_to(self, line: Line) -> None:
        """Continue on a websocket with what has not been polled yet."""
        letterbox, self.outbox = self.outbox, line
        if isinstance(letterbox, Letterbox):
            line.carry_on(letterbox.take(), is_last=self.ending)

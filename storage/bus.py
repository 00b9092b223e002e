"""Between nodes: publish and subscribe through Valkey or Redis, lossy and honest about it.

Writing needs no answers: the publishing connection runs with CLIENT REPLY OFF, and the publishes of
one loop turn leave as one packet. That everything works is proved by hearing oneself: each beat is
published and comes back through the subscription. Messages begin with the tag of the node that sent
them; own ones are dropped. A beat also carries the node's card, for people who look who is there
(`storage/beats.py`); nodes do not read it.
"""

import asyncio
import math
import random
import secrets
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, cast

import structlog
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection as Connection
from redis.exceptions import RedisError

Handler = Callable[[str, bytes], None]

NODES = "kefu:nodes"
HELLO, BACK, BYE = b"hello", b"back", b"bye"
TAG_BYTES = 8
PEER_GONE_S = 15.0
CONNECT_S = 2.0
RETRY_S = (0.1, 2.0)
STALE_S = 5.0
CHANNELS_AT_ONCE = 500

log = structlog.stdlib.get_logger()


class _Lost(OSError):
    """The connection is there, but nothing comes back."""


@dataclass(frozen=True, slots=True)
class BusHealth:
    """Whether this node hears itself through the bus, and how late (seconds)."""

    connected: bool
    deaf: bool
    lag_s: float | None


class Bus:
    """Sends to and hears from other nodes. Nothing here raises while the server is away.

    ``realm`` goes before every channel: installations that share a server do not hear each other.
    ``card`` says who this node is, as `beats.written` writes it.
    """

    def __init__(
        self,
        url: str,
        *,
        realm: str = "",
        queue_max: int = 10_000,
        beat_s: float = 1.0,
        deaf_after_s: float = 5.0,
        card: bytes = b"",
    ) -> None:
        self._realm, self._card = realm, card
        self._pool = ConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]
            url, protocol=2, socket_timeout=None
        )
        self._tag = secrets.token_bytes(TAG_BYTES)
        self._beat_s, self._deaf_after_s = beat_s, deaf_after_s
        self._outgoing: deque[tuple[float, bytes]] = deque(maxlen=queue_max)
        self._handlers: dict[str, Handler] = {}
        self._changed: dict[str, bool] = {}
        self._subscribed: set[str] = set()
        self._wake = asyncio.Event()
        self._peers: dict[bytes, float] = {}
        self._recovered: list[Callable[[], None]] = []
        self._connected = False
        self._was_cut_off = False
        self._alone = False
        self._since = self._heard_self = time.monotonic()
        self._lag_s: float | None = None

    @property
    def health(self) -> BusHealth:
        """How well this node hears, for readiness."""
        silent_s = time.monotonic() - self._heard_self
        deaf = not self._connected or silent_s > self._deaf_after_s
        return BusHealth(self._connected, deaf, self._lag_s)

    @property
    def is_alone(self) -> bool:
        """Whether no other node has been heard of, so that publishing would be in vain."""
        return self._alone

    def on_recovered(self, call: Callable[[], None]) -> None:
        """Have ``call`` called whenever we may have missed something.

        That is when we begin to hear, and when another node is back that could not speak to us.
        """
        self._recovered.append(call)

    def listen(self, channel: str, handler: Handler) -> None:
        """Hear what other nodes publish on ``channel``."""
        self._handlers[channel] = handler
        self._changed[channel] = True
        self._wake.set()

    def hears(self, channel: str) -> bool:
        """Whether the server has confirmed that we hear ``channel``."""
        return channel in self._subscribed

    @property
    def neighbours(self) -> int:
        """How many other nodes were heard of lately."""
        return len(self._peers)

    def unlisten(self, channel: str) -> None:
        """Hear it no longer."""
        self._handlers.pop(channel, None)
        self._changed[channel] = False
        self._wake.set()

    def publish(self, channel: str, body: bytes) -> None:
        """Send to the other nodes. When too much waits the oldest is dropped; heads heal it."""
        if not self._alone:
            self._queue(channel, body)

    def _queue(self, channel: str, body: bytes) -> None:
        packed = _publish(self._realm + channel, self._tag + body)
        self._outgoing.append((time.monotonic(), packed))
        self._wake.set()

    async def run(self) -> None:
        """Stay connected, for ever. One of the node's background jobs."""
        wait_s = RETRY_S[0]
        try:
            while True:
                begun = time.monotonic()
                try:
                    await self._live()
                except (OSError, RedisError) as trouble:
                    log.warning("bus_lost", error=repr(trouble))
                finally:
                    self._connected = self._alone = False
                    self._was_cut_off = True
                    self._subscribed.clear()
                if time.monotonic() - begun > PEER_GONE_S:
                    wait_s = RETRY_S[0]
                await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))
                wait_s = min(2 * wait_s, RETRY_S[1])
        finally:
            await self._pool.disconnect()

    async def _live(self) -> None:
        """Serve until one of the two connections fails."""
        speaker, listener = self._pool.make_connection(), self._pool.make_connection()
        try:
            async with asyncio.timeout(CONNECT_S):
                await speaker.connect()
                await listener.connect()
            await speaker.send_packed_command(_command(b"CLIENT", b"REPLY", b"OFF"))
            self._changed = dict.fromkeys(self._handlers, True)
            await self._subscribe(listener)
            await listener.send_packed_command(
                _command(b"SUBSCRIBE", (self._realm + NODES).encode())
            )
            self._heard_self = time.monotonic()
            await _until_one_fails(
                self._read(listener), self._write(speaker, listener), self._beat()
            )
        finally:
            self._farewell(speaker)
            await speaker.disconnect(nowait=True)
            await listener.disconnect(nowait=True)

    async def _read(self, listener: Connection) -> None:
        while True:
            kind, name, body = cast(
                "tuple[bytes, bytes, bytes]",
                await listener.read_response(
                    disable_decoding=True, timeout=math.inf, disconnect_on_error=False
                ),
            )
            channel = name.decode().removeprefix(self._realm)
            if kind == b"message":
                self._heard(channel, body)
            elif kind == b"subscribe":
                self._subscribed.add(channel)
                if channel == NODES:
                    self._is_up()
            elif kind == b"unsubscribe":
                self._subscribed.discard(channel)

    def _is_up(self) -> None:
        """Everything is subscribed: the channel of the nodes comes last."""
        self._connected = True
        self._since = time.monotonic()
        self._queue(NODES, self._greeting())
        if self._was_cut_off:
            self._queue(NODES, BACK)
        log.info("bus_up")
        self._recover()

    def _recover(self) -> None:
        for call in self._recovered:
            call()

    def _greeting(self) -> bytes:
        return HELLO + str(time.monotonic()).encode() + b" " + self._card

    def _heard(self, channel: str, raw: bytes) -> None:
        tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
        if channel == NODES:
            self._heard_node(tag, body)
            return
        handler = self._handlers.get(channel)
        if tag == self._tag or handler is None:
            return
        try:
            handler(channel, body)
        except Exception:
            log.exception("bus_message_failed", channel=channel)

    def _heard_node(self, tag: bytes, body: bytes) -> None:
        now = time.monotonic()
        if tag == self._tag:
            self._heard_self = now
            if body.startswith(HELLO):
                self._lag_s = now - float(body.removeprefix(HELLO).partition(b" ")[0])
        elif body == BYE:
            self._peers.pop(tag, None)
        elif body == BACK:
            self._recover()
        else:
            is_new = tag not in self._peers
            self._peers[tag] = now
            self._alone = False
            if is_new:
                self._queue(NODES, self._greeting())

    async def _write(self, speaker: Connection, listener: Connection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._changed:
                await self._subscribe(listener)
            if self._outgoing:
                await speaker.send_packed_command(self._take())

    def _take(self) -> bytes:
        """Return what waits, without what waited so long that hearing it now would mislead."""
        oldest = time.monotonic() - STALE_S
        commands = [packed for at, packed in self._outgoing if at > oldest]
        self._outgoing.clear()
        return b"".join(commands)

    async def _subscribe(self, listener: Connection) -> None:
        changed, self._changed = self._changed, {}
        for verb, wanted in ((b"SUBSCRIBE", True), (b"UNSUBSCRIBE", False)):
            names = [
                (self._realm + name).encode()
                for name, is_wanted in changed.items()
                if is_wanted is wanted
            ]
            for at in range(0, len(names), CHANNELS_AT_ONCE):
                part = names[at : at + CHANNELS_AT_ONCE]
                await listener.send_packed_command(_command(verb, *part))

    async def _beat(self) -> None:
        """Say that we are here, and notice when we do not hear ourselves say it."""
        while True:
            await asyncio.sleep(self._beat_s)
            now = time.monotonic()
            if now - self._heard_self > self._deaf_after_s:
                raise _Lost("nothing comes back from the bus")
            self._peers = {tag: at for tag, at in self._peers.items() if now - at < PEER_GONE_S}
            self._alone = (
                self._connected and not self._peers and now - self._since > 2 * self._beat_s
            )
            self._queue(NODES, self._greeting())

    def _farewell(self, speaker: Connection) -> None:
        """Tell the others that they need not send to us any more."""
        writer = speaker._writer  # pyright: ignore[reportPrivateUsage]
        if writer is not None and not writer.is_closing():
            writer.write(_publish(self._realm + NODES, self._tag + BYE))


async def _until_one_fails(*works: Coroutine[Any, Any, None]) -> None:
    """Run them together. Unlike a task group this never trades a cancellation for an error."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _publish(channel: str, body: bytes) -> bytes:
    return _command(b"PUBLISH", channel.encode(), body)


def _command(*words: bytes) -> bytes:
    return b"*%d\r\n%b" % (len(words), b"".join(_words(words)))


def _words(words: Iterable[bytes]) -> Iterable[bytes]:
    return (b"$%d\r\n%b\r\n" % (len(word), word) for word in words)

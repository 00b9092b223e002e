"""One server of the bus: a connection that speaks, one that listens, and whether we hear ourselves.

Publishes of one loop turn leave as one packet. Nobody waits for answers: a single server is told to
give none (CLIENT REPLY OFF); those of a cluster are read for one thing only, that a slot is
elsewhere. That everything works is proved by the echo: each beat is published, and comes back
through the subscription.
"""

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, cast

import structlog
from redis.asyncio.connection import AbstractConnection as Connection
from redis.exceptions import ClusterDownError, MovedError, RedisError

from storage.bus.door import Door
from storage.bus.subscriptions import Subscriptions
from storage.bus.together import until_one_fails
from storage.bus.wire import PLAIN, SUBSCRIBED, UNSUBSCRIBED, command

CONNECT_S = 2.0
RETRY_S = (0.1, 2.0)
STALE_S = 5.0
STEADY_S = 15.0
READ_BYTES = 65_536
ERROR = b"-"

log = structlog.stdlib.get_logger()


class Lost(OSError):
    """The connection is there, but it leads nowhere."""


class Ear(Protocol):
    """Whom a link tells what it hears, and how it fares."""

    def heard(self, name: bytes, body: bytes, /) -> None:
        """Take a message."""
        ...

    def is_up(self, link: "Link", *, again: bool) -> None:
        """Take note that everything is heard that was asked for; ``again``: after a gap."""
        ...

    def is_down(self, link: "Link") -> None:
        """Take note that nothing is heard."""
        ...

    def lost_words(self) -> None:
        """Take note, once a beat, that some of what was to be said was dropped."""
        ...

    def lost_way(self) -> None:
        """Take note that something is not where it was looked for."""
        ...

    def last_words(self, link: "Link") -> Iterable[tuple[bytes, bytes]]:
        """Return what to publish where, if that can be, before the connection is given up."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a link beats, after how long it is deaf (seconds), and how much may wait."""

    beat_s: float = 1.0
    deaf_after_s: float = 5.0
    queue_max: int = 10_000


class Link:
    """Stays connected to one server.

    ``echo`` is a channel of that server that is ours alone. ``has_gap``: something may have been
    missed before.
    """

    def __init__(
        self, door: Door, echo: bytes, ear: Ear, pace: Pace, *, has_gap: bool = False
    ) -> None:
        self._door, self._echo, self._ear, self._pace = door, echo, ear, pace
        self._verbs = door.verbs
        self._outgoing: deque[tuple[float, bytes]] = deque(maxlen=pace.queue_max)
        self._channels = Subscriptions(door.verbs)
        self._wake = asyncio.Event()
        self._is_up = self._owes_echo = False
        self._has_gap, self._is_amiss, self._has_dropped = has_gap, False, False
        self._heard_self = time.monotonic()
        self.lag_s: float | None = None

    @property
    def is_connected(self) -> bool:
        """Whether everything that was asked for has been confirmed once."""
        return self._is_up

    @property
    def heard_self(self) -> float:
        """When we heard ourselves the last time; when we subscribed, if not since."""
        return self._heard_self

    @property
    def is_deaf(self) -> bool:
        """Whether we do not hear ourselves."""
        silent_s = time.monotonic() - self._heard_self
        return not self._is_up or silent_s > self._pace.deaf_after_s

    @property
    def place(self) -> str:
        """Which server it is, for people."""
        return self._door.place

    @property
    def echo(self) -> bytes:
        """The channel by which we hear ourselves."""
        return self._echo

    @property
    def queued(self) -> tuple[bytes, ...]:
        """What waits to be sent."""
        return tuple(packed for _, packed in self._outgoing)

    def say(self, name: bytes, body: bytes) -> None:
        """Publish. When too much waits the oldest is dropped, and the ear told of it afterwards."""
        self._has_dropped |= len(self._outgoing) == self._outgoing.maxlen
        self._outgoing.append((time.monotonic(), self._verbs.published(name, body)))
        self._wake.set()

    def listen(self, name: bytes) -> None:
        """Subscribe."""
        self._channels.want(name)
        self._wake.set()

    def take_over(self, name: bytes) -> None:
        """Subscribe to what another server had until now."""
        self.listen(name)
        self._is_amiss = True

    def unlisten(self, name: bytes) -> None:
        """Unsubscribe."""
        self._channels.drop(name)
        self._wake.set()

    def forget(self, name: bytes) -> None:
        """Want it no longer: another server has it now, and this one took it away by itself."""
        self._channels.forget(name)

    def hears(self, name: bytes) -> bool:
        """Whether the server has confirmed it."""
        return name in self._channels

    def regain(self, echo: bytes) -> None:
        """Ask again for what is missing, if anything is; tell of the gap when all is there."""
        has_changed, self._echo = echo != self._echo, echo
        if has_changed or (self._is_amiss and self._is_up):
            self._is_amiss = False
            self._channels.ask_for_missing()
            self._has_gap = self._owes_echo = True
            self._wake.set()

    async def run(self) -> None:
        """Stay connected, for ever."""
        wait_s = RETRY_S[0]
        while True:
            begun = time.monotonic()
            try:
                await self._live()
            except (OSError, RedisError) as trouble:
                log.warning("bus_lost", server=self.place, error=repr(trouble))
            finally:
                self._is_up = False
                self._has_gap = True
                self._channels.end()
                self._ear.is_down(self)
            self._ear.lost_way()
            if time.monotonic() - begun > STEADY_S:
                wait_s = RETRY_S[0]
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))
            wait_s = min(2 * wait_s, RETRY_S[1])

    async def _live(self) -> None:
        """Serve until one of the two connections fails."""
        async with asyncio.timeout(CONNECT_S):
            pool = await self._door.find()
        speaker, listener = pool.make_connection(), pool.make_connection()
        try:
            async with asyncio.timeout(CONNECT_S):
                await speaker.connect()
                await listener.connect()
            is_plain = self._verbs is PLAIN
            if is_plain:
                await speaker.send_packed_command(command(b"CLIENT", b"REPLY", b"OFF"))
            self._channels.begin()
            self._is_amiss, self._owes_echo = False, True
            await self._subscribe(listener)
            self._heard_self = time.monotonic()
            answers = () if is_plain else (self._read_answers(speaker),)
            await until_one_fails(
                self._read(listener),
                self._write(speaker, listener),
                self._beat(),
                self._stay(),
                *answers,
            )
        finally:
            self._farewell(speaker)
            await speaker.disconnect(nowait=True)
            await listener.disconnect(nowait=True)

    async def _read(self, listener: Connection) -> None:
        while True:
            try:
                kind, name, body = cast(
                    "tuple[bytes, bytes, bytes]",
                    await listener.read_response(
                        disable_decoding=True, timeout=math.inf, disconnect_on_error=False
                    ),
                )
            except (MovedError, ClusterDownError):
                self._lose_way()
                continue
            if name == self._echo:
                self._heard_echo(kind, body)
            elif kind in SUBSCRIBED:
                self._channels.confirm(name)
            elif kind in UNSUBSCRIBED:
                if not self._channels.lose(name):  # its slot has moved
                    self._lose_way()
            else:
                self._ear.heard(name, body)

    def _heard_echo(self, kind: bytes, body: bytes) -> None:
        """Note when we hear ourselves. It is asked for last: when it is there, all is there."""
        if kind in SUBSCRIBED:
            again, self._has_gap, self._is_up = self._has_gap, False, True
            self._has_dropped &= not again  # who is told that we are back misses none of it
            log.info("bus_up", server=self.place)
            self._say_to_ourselves()
            self._ear.is_up(self, again=again)
        elif kind in UNSUBSCRIBED:
            self._lose_way()
        else:
            self._heard_self = time.monotonic()
            self.lag_s = self._heard_self - float(body)

    def _lose_way(self) -> None:
        self._is_amiss = True
        self._ear.lost_way()

    async def _write(self, speaker: Connection, listener: Connection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._channels.have_changed or self._owes_echo:
                await self._subscribe(listener)
            if self._outgoing:
                await speaker.send_packed_command(self._take())

    def _take(self) -> bytes:
        """Return what waits, without what waited so long that hearing it now would mislead."""
        oldest = time.monotonic() - STALE_S
        commands = [packed for at, packed in self._outgoing if at > oldest]
        self._has_dropped |= len(commands) < len(self._outgoing)
        self._outgoing.clear()
        return b"".join(commands)

    async def _subscribe(self, listener: Connection) -> None:
        commands = list(self._channels.commands())
        if self._owes_echo:
            self._owes_echo = False
            commands.append(command(self._verbs.subscribe, self._echo))
        await listener.send_packed_command(b"".join(commands))

    async def _read_answers(self, speaker: Connection) -> None:
        """Read how many heard, which nobody wants to know; anything else is an error."""
        reader = speaker._reader  # pyright: ignore[reportPrivateUsage]
        assert reader is not None
        while answers := await reader.read(READ_BYTES):
            if ERROR in answers:
                if not self._is_amiss:
                    log.warning("bus_refused", server=self.place, answer=_error_in(answers))
                self._lose_way()
        raise Lost("the server closed the connection")

    async def _beat(self) -> None:
        """Say something to ourselves, and notice when it does not come back."""
        while True:
            await asyncio.sleep(self._pace.beat_s)
            if time.monotonic() - self._heard_self > self._pace.deaf_after_s:
                raise Lost("nothing comes back from the bus")
            self._say_to_ourselves()
            if self._has_dropped:
                self._has_dropped = False
                log.warning("bus_words_dropped", server=self.place)
                self._ear.lost_words()

    def _say_to_ourselves(self) -> None:
        self.say(self._echo, str(time.monotonic()).encode())

    async def _stay(self) -> None:
        await self._door.moved()
        raise Lost("another server has taken its place")

    def _farewell(self, speaker: Connection) -> None:
        writer = speaker._writer  # pyright: ignore[reportPrivateUsage]
        if writer is not None and not writer.is_closing():
            for name, body in self._ear.last_words(self):
                writer.write(self._verbs.published(name, body))


def _error_in(answers: bytes) -> str:
    return answers[answers.index(ERROR) :].partition(b"\r")[0].decode(errors="replace")

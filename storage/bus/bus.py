"""Between nodes: publish and subscribe through Valkey or Redis, lossy and honest about it.

Messages begin with the tag of the node that sent them; own ones are dropped. Each link proves by
its echo that it works (`storage/bus/link.py`). On one more channel nodes say hello to each other,
and with it their card, for people who look who is there (`storage/beats.py`); nodes do not read it.
"""

import asyncio
import math
import secrets
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import structlog

from storage.bus.link import Link, Pace
from storage.bus.neighbours import BACK, BYE, HELLO, Neighbours
from storage.bus.shards import shards
from storage.bus.together import until_one_fails
from storage.bus.wire import NODES, TAG_BYTES
from storage.servers import Servers

Handler = Callable[[str, bytes], None]

ECHO = "kefu:echo"

log = structlog.stdlib.get_logger()


@dataclass(frozen=True, slots=True)
class BusHealth:
    """Whether this node hears itself through the bus, and how late (seconds).

    ``deaf_to`` names the servers through which it does not, ``deaf_s`` says for how long: 0 while
    it hears itself, and without end when it has not yet.
    """

    connected: bool
    deaf: bool
    lag_s: float | None
    deaf_to: tuple[str, ...] = ()
    deaf_s: float = 0.0


class Bus:
    """Sends to and hears from other nodes. Nothing here raises while the server is away.

    ``url`` names one server, Sentinels or a cluster (`storage/servers.py`). ``realm`` goes before
    every channel: installations that share a server do not hear each other. ``card`` says who this
    node is, as `beats.written` writes it.
    """

    def __init__(
        self, url: str, *, realm: str = "", card: bytes = b"", pace: Pace | None = None
    ) -> None:
        self._realm, self._card = realm, card
        self._pace = pace or Pace()
        self._tag = secrets.token_bytes(TAG_BYTES)
        self._nodes = (realm + NODES).encode()
        self._handlers: dict[bytes, tuple[str, Handler]] = {}
        self._recovered: list[Callable[[], None]] = []
        self._neighbours = Neighbours()
        self._alone = False
        self._has_dropped = False
        self._since = time.monotonic()
        self._heard_all = -math.inf
        echo = f"{realm}{ECHO}:{self._tag.hex()}"
        self._shards = shards(Servers.named(url), echo, self, self._pace)
        self._shards.listen(self._nodes)

    @property
    def health(self) -> BusHealth:
        """How well this node hears, for readiness: it is deaf when it is to one server."""
        self._note_heard()
        links = self._shards.links
        deaf_to = tuple(link.place for link in links if link.is_deaf)
        lags_s = [link.lag_s for link in links if link.lag_s is not None]
        is_deaf = bool(deaf_to) or not self._is_whole
        return BusHealth(
            connected=self._is_connected,
            deaf=is_deaf,
            lag_s=max(lags_s, default=None),
            deaf_to=deaf_to,
            deaf_s=time.monotonic() - self._heard_all if is_deaf else 0.0,
        )

    @property
    def links(self) -> Collection[Link]:
        """The connections to servers."""
        return self._shards.links

    @property
    def is_alone(self) -> bool:
        """Whether no other node has been heard of, so that publishing would be in vain."""
        return self._alone

    @property
    def neighbours(self) -> int:
        """How many other nodes were heard of lately."""
        return len(self._neighbours)

    def on_recovered(self, call: Callable[[], None]) -> None:
        """Have ``call`` called whenever we may have missed something.

        That is when we begin to hear, and when another node is back that could not speak to us.
        """
        self._recovered.append(call)

    def listen(self, channel: str, handler: Handler) -> None:
        """Hear what other nodes publish on ``channel``."""
        name = self._name(channel)
        self._handlers[name] = (channel, handler)
        self._shards.listen(name)

    def unlisten(self, channel: str) -> None:
        """Hear it no longer."""
        name = self._name(channel)
        self._handlers.pop(name, None)
        self._shards.unlisten(name)

    def hears(self, channel: str) -> bool:
        """Whether the server has confirmed that we hear ``channel``."""
        name = self._name(channel)
        link = self._shards.of(name)
        return link is not None and link.hears(name)

    def publish(self, channel: str, body: bytes) -> None:
        """Send to the other nodes. When too much waits the oldest is dropped, and they catch up."""
        if not self._alone:
            self._say(self._name(channel), body)

    async def run(self) -> None:
        """Stay connected, for ever. One of the node's background jobs."""
        await until_one_fails(self._shards.run(), self._beat())

    def heard(self, name: bytes, raw: bytes) -> None:
        """Take what a link heard."""
        tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
        if tag == self._tag:
            return
        if name == self._nodes:
            self._heard_node(tag, body)
            return
        channel, handler = self._handlers.get(name, (None, None))
        if channel is None or handler is None:
            return
        try:
            handler(channel, body)
        except Exception:
            log.exception("bus_message_failed", channel=channel)

    def is_up(self, link: Link, *, again: bool) -> None:
        """Catch up with what was said meanwhile, and have the others do so if we were cut off."""
        if link is self._shards.of(self._nodes):
            self._since = time.monotonic()
            self._greet()
        if again or self._has_dropped:
            self._has_dropped = False
            self._say(self._nodes, BACK)
        self._recover()

    def is_down(self, link: Link) -> None:
        """Publish again: who does not hear cannot know that nobody is there."""
        if link is self._shards.of(self._nodes):
            self._alone = False

    def lost_words(self) -> None:
        """Have the others catch up: they do not know what they did not hear."""
        self._say(self._nodes, BACK)

    def lost_way(self) -> None:
        """Have it looked up where things are."""
        self._shards.look_again()

    def last_words(self, link: Link) -> Iterable[tuple[bytes, bytes]]:
        """Return a goodbye: the others need not send to us any more."""
        if link is self._shards.of(self._nodes):
            yield self._nodes, self._tag + BYE

    @property
    def _is_whole(self) -> bool:
        return bool(self._shards.links) and self._shards.is_whole

    @property
    def _is_connected(self) -> bool:
        return self._is_whole and all(link.is_connected for link in self._shards.links)

    def _note_heard(self) -> None:
        """Note until when everything was heard: links that are lost take that with them."""
        if self._is_connected:
            self._heard_all = min(link.heard_self for link in self._shards.links)

    def _name(self, channel: str) -> bytes:
        return (self._realm + channel).encode()

    def _say(self, name: bytes, body: bytes) -> None:
        link = self._shards.of(name)
        if link is None:
            self._has_dropped = True
        else:
            link.say(name, self._tag + body)

    def _recover(self) -> None:
        for call in self._recovered:
            call()

    def _greet(self) -> None:
        self._say(self._nodes, HELLO + str(time.monotonic()).encode() + b" " + self._card)

    def _heard_node(self, tag: bytes, body: bytes) -> None:
        if body == BYE:
            self._neighbours.lose(tag)
        elif body == BACK:
            self._recover()
        else:
            self._alone = False
            if self._neighbours.meet(tag):
                self._greet()

    async def _beat(self) -> None:
        """Say that we are here, and forget who says so no longer."""
        while True:
            await asyncio.sleep(self._pace.beat_s)
            self._note_heard()
            link = self._shards.of(self._nodes)
            if link is None or not link.is_connected:
                continue
            self._neighbours.forget_silent()
            is_settled = time.monotonic() - self._since > 2 * self._pace.beat_s
            self._alone = is_settled and not self._neighbours
            self._greet()

"""Which nodes are on the bus, for people who look: it listens for a while and says nothing itself.

Every node says hello once a second (`storage/bus`), and with it who it is. Who only listens is
no neighbour: no node publishes a message more because of it.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import msgspec
from redis.asyncio.connection import AbstractConnection as Connection

from storage.bus.link import CONNECT_S
from storage.bus.neighbours import BACK, BYE
from storage.bus.shards import door_to
from storage.bus.wire import NODES, SUBSCRIBED, TAG_BYTES, command
from storage.errors import Away
from storage.servers import Servers
from storage.valkey import TROUBLE


class Card(msgspec.Struct, frozen=True):
    """Who a node is: its name in leases, its version, and where it runs. All empty: not said."""

    node: str = ""
    version: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A node that was heard, and how long ago it said something last (seconds)."""

    card: Card
    silent_s: float


def written(card: Card) -> bytes:
    """Return a card as it travels in a beat."""
    return msgspec.json.encode(card)


def read(body: bytes) -> Card:
    """Return the card of a beat; an empty one where an older node says none."""
    try:
        return msgspec.json.decode(body.partition(b" ")[2], type=Card)
    except msgspec.DecodeError:
        return Card()


async def listen(url: str, realm: str, for_s: float) -> Sequence[Heard]:
    """Return the nodes heard within ``for_s`` seconds, without those that said goodbye."""
    heard: dict[bytes, tuple[Card, float]] = {}
    name = (realm + NODES).encode()
    try:
        door = await door_to(Servers.named(url), name)
        connection = (await door.find()).make_connection()
        try:
            async with asyncio.timeout(CONNECT_S):
                await connection.connect()
            await connection.send_packed_command(command(door.verbs.subscribe, name))
            with suppress(TimeoutError):
                async with asyncio.timeout(for_s):
                    async for body in _said(connection):
                        _note(heard, body)
        finally:
            await connection.disconnect(nowait=True)
    except (*TROUBLE, ValueError) as error:  # ValueError: the address is none
        raise Away from error
    now = time.monotonic()
    found = (Heard(card, now - at) for card, at in heard.values())
    return sorted(found, key=lambda each: each.card.node)


async def _said(connection: Connection) -> AsyncIterator[bytes]:
    while True:
        kind, _, body = cast(
            "tuple[bytes, bytes, bytes]",
            await connection.read_response(disable_decoding=True, timeout=math.inf),
        )
        if kind not in SUBSCRIBED:
            yield body


def _note(heard: dict[bytes, tuple[Card, float]], raw: bytes) -> None:
    tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
    if body == BYE:
        heard.pop(tag, None)
    elif body != BACK:
        heard[tag] = (read(body), time.monotonic())

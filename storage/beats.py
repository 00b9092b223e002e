"""Which nodes are on the bus, for people who look: it listens for a while and says nothing itself.

Every node says hello once a second (`storage/bus.py`), and with it who it is. Who only listens is
no neighbour: no node publishes a message more because of it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import msgspec

from storage.bus import BACK, BYE, NODES, TAG_BYTES
from storage.valkey import asking


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
    async with asking(url, decode=False) as valkey:
        pubsub = valkey.pubsub(ignore_subscribe_messages=True)  # pyright: ignore[reportUnknownMemberType]
        try:
            await pubsub.subscribe(realm + NODES)  # pyright: ignore[reportUnknownMemberType]
            with suppress(TimeoutError):
                async with asyncio.timeout(for_s):
                    async for said in cast("AsyncIterator[dict[str, bytes]]", pubsub.listen()):  # pyright: ignore[reportUnknownMemberType]
                        _note(heard, said["data"])
        finally:
            await pubsub.aclose()
    now = time.monotonic()
    found = (Heard(card, now - at) for card, at in heard.values())
    return sorted(found, key=lambda each: each.card.node)


def _note(heard: dict[bytes, tuple[Card, float]], raw: bytes) -> None:
    tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
    if body == BYE:
        heard.pop(tag, None)
    elif body != BACK:
        heard[tag] = (read(body), time.monotonic())

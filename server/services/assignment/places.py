"""Where waiting customers stand in their lines, as every node can tell."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, cast
from uuid import UUID

from msgspec.structs import replace

from server.protocol.shapes import Conversation, Prospect
from storage.errors import Away
from storage.places import Entry, PlaceStore


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a line: 1 is next. ``eta_s`` is a range in seconds, absent where it is poor.

    ``service`` is what whoever stands there may hope for.
    """

    position: int
    eta_s: tuple[int, int] | None = None
    service: Prospect = "open"


def at_place(view: Conversation, place: Place) -> Conversation:
    """Say in the customer's view where they stand."""
    return replace(view, position=place.position, eta_s=place.eta_s, service=place.service)


class Places(Protocol):
    """What any node may ask."""

    async def of(self, conversation_ids: Sequence[UUID]) -> Mapping[UUID, Place]:
        """Return the places of those who wait; who has none is left out."""
        ...


class PlaceBook(Places, Protocol):
    """What the host writes for all nodes."""

    def disown(self) -> None:
        """Another node writes them from now on."""
        ...

    async def write(self, places: Mapping[UUID, Place], gone: Collection[UUID]) -> None:
        """Note the places of some, and forget those of others."""
        ...


class SharedPlaces:
    """Places in Valkey for all nodes; while it is away the host still knows its own."""

    def __init__(self, store: PlaceStore) -> None:
        self._store = store
        self._own: dict[UUID, Place] = {}

    async def write(self, places: Mapping[UUID, Place], gone: Collection[UUID]) -> None:
        """Note the places of some, and forget those of others."""
        self._own.update(places)
        for each in gone:
            self._own.pop(each, None)
        with suppress(Away):
            entries = {each: _entry(place) for each, place in places.items()}
            await self._store.write(entries, gone)

    def disown(self) -> None:
        """Another node writes them from now on."""
        self._own.clear()

    async def of(self, conversation_ids: Sequence[UUID]) -> Mapping[UUID, Place]:
        """Return the places of those who wait; who has none is left out."""
        own = {each: self._own[each] for each in conversation_ids if each in self._own}
        others = [each for each in conversation_ids if each not in own]
        if others:
            with suppress(Away):
                found = await self._store.read(others)
                own.update({each: _place(*entry) for each, entry in found.items()})
        return own


def _entry(place: Place) -> Entry:
    return place.position, place.eta_s, place.service


def _place(position: int, eta_s: tuple[int, int] | None, service: str) -> Place:
    return Place(position, eta_s, cast("Prospect", service))

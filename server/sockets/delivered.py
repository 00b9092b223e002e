"""How far each conversation was delivered to the sessions of this node."""

from collections.abc import Callable, Iterator
from uuid import UUID

PREFIX = "conversation:"
Heads = tuple[int, int]


class Delivered:
    """The newest number of messages and of notes, for each conversation with a listener here.

    A room starts at zero: what was stored while it opened here may have been missed.
    """

    def __init__(self, is_alone: Callable[[], bool]) -> None:
        self._heads: dict[str, list[int]] = {}
        self._fresh: set[str] = set()
        self._is_alone = is_alone

    def open(self, room: str) -> None:
        """Begin to follow a conversation."""
        if room.startswith(PREFIX):
            self._heads[room] = [0, 0]
            if self._is_alone():
                self._fresh.add(room)

    def forget(self, room: str) -> None:
        """Stop following it."""
        self._heads.pop(room, None)
        self._fresh.discard(room)

    def note(self, room: str, seq: int) -> None:
        """Remember that message ``seq`` was delivered; a note if it is negative."""
        heads = self._heads.get(room)
        if heads is not None:
            side = 0 if seq > 0 else 1
            heads[side] = max(heads[side], abs(seq))

    def missing(self, room: str, stored: Heads) -> tuple[bool, bool]:
        """Whether storage has messages, and whether it has notes, that were not delivered.

        A conversation followed since a moment ago, on a node without neighbours then and now,
        cannot have missed anything.
        """
        heads = self._heads.get(room)
        if heads is None:
            return False, False
        if room in self._fresh:
            self._fresh.discard(room)
            if self._is_alone():
                self.catch_up(room, stored)
        return stored[0] > heads[0], stored[1] > heads[1]

    def rewind(self, room: str, stored: Heads) -> None:
        """Take over the heads of storage although they are lower: it lost what was delivered."""
        heads = self._heads.get(room)
        if heads is not None:
            heads[:] = stored

    def catch_up(self, room: str, stored: Heads) -> None:
        """Take over the heads of storage: the listeners have been told of them."""
        heads = self._heads.get(room)
        if heads is not None:
            heads[0], heads[1] = max(heads[0], stored[0]), max(heads[1], stored[1])

    def conversations(self) -> Iterator[tuple[str, UUID, Heads]]:
        """Return room, id and what was delivered of every conversation followed here."""
        for room, (head, note_head) in self._heads.items():
            try:
                yield room, UUID(room.removeprefix(PREFIX)), (head, note_head)
            except ValueError:
                continue

"""Who is in which room, on this node."""

from collections.abc import Callable, Collection

from server.sockets.session import Session


class Rooms:
    """Rooms come into being with the first session and are gone with the last."""

    def __init__(self) -> None:
        self._members: dict[str, set[Session[object]]] = {}
        self._watchers: list[tuple[Callable[[str], None], Callable[[str], None]]] = []

    def watch(self, opened: Callable[[str], None], emptied: Callable[[str], None]) -> None:
        """Call ``opened`` when a room gets its first session, ``emptied`` after its last."""
        self._watchers.append((opened, emptied))

    def join(self, session: Session[object], room: str) -> None:
        """Put ``session`` into ``room``."""
        if room in session.rooms:
            return
        session.rooms.add(room)
        members = self._members.get(room)
        if members is not None:
            members.add(session)
            return
        self._members[room] = {session}
        for opened, _ in self._watchers:
            opened(room)

    def leave(self, session: Session[object], room: str) -> None:
        """Take ``session`` out of ``room``."""
        if room not in session.rooms:
            return
        session.rooms.discard(room)
        members = self._members[room]
        members.discard(session)
        if members:
            return
        del self._members[room]
        for _, emptied in self._watchers:
            emptied(room)

    def leave_all(self, session: Session[object]) -> None:
        """Take ``session`` out of every room."""
        for room in tuple(session.rooms):
            self.leave(session, room)

    def members(self, room: str) -> Collection[Session[object]]:
        """Return the sessions in ``room``; copy it before anything that may change the room."""
        return self._members.get(room, ())

    def names(self) -> Collection[str]:
        """Return the names of all rooms with somebody in them."""
        return self._members.keys()

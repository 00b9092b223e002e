"""Who is where: remembered here for our own sessions, and in Valkey for those of other nodes."""

from collections.abc import Sequence
from typing import Protocol

from server.services.clock import Clock

RENEW_S = 20.0  # a third of the time after which an unrenewed name is forgotten


class Rosters(Protocol):
    """Lists of names shared by all nodes; None or False when they cannot be reached."""

    async def enter(self, entries: Sequence[tuple[str, str]], now_s: float) -> bool:
        """Name each (roster, member) for a while."""
        ...

    async def leave(self, entries: Sequence[tuple[str, str]]) -> bool:
        """Strike each (roster, member)."""
        ...

    async def members(self, rosters: Sequence[str], now_s: float) -> list[list[str]] | None:
        """Return the members of each roster."""
        ...


class Attendance:
    """Keeps rosters. While Valkey is away it knows of this node's sessions only."""

    def __init__(self, rosters: Rosters, clock: Clock) -> None:
        self._rosters, self._clock = rosters, clock
        self._local: dict[str, set[str]] = {}

    async def enter(self, roster: str, member: str) -> None:
        """Write ``member`` into ``roster`` until it leaves, or this node is gone."""
        self._local.setdefault(roster, set()).add(member)
        await self._rosters.enter([(roster, member)], self._now_s())

    def here(self, roster: str) -> int:
        """Return how many members this node has itself."""
        return len(self._local.get(roster, ()))

    async def leave(self, roster: str, member: str) -> bool:
        """Strike ``member``; False when it was not there."""
        members = self._local.get(roster)
        if members is None or member not in members:
            return False
        members.discard(member)
        if not members:
            del self._local[roster]
        await self._rosters.leave([(roster, member)])
        return True

    async def members(self, rosters: Sequence[str]) -> list[set[str]]:
        """Return who is in each roster, on any node."""
        found = await self._rosters.members(rosters, self._now_s())
        ours = [self._local.get(roster, set()) for roster in rosters]
        if found is None:
            return [set(members) for members in ours]
        return [members | set(theirs) for members, theirs in zip(ours, found, strict=True)]

    async def run(self) -> None:
        """Name our own again and again. A job: it never returns."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + RENEW_S)
            ours = [(roster, each) for roster, members in self._local.items() for each in members]
            if ours:
                await self._rosters.enter(ours, self._now_s())

    def _now_s(self) -> float:
        return self._clock.now().timestamp()

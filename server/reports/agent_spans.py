"""How an agent spent a time, piece by piece: what the figures of their time are made of. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from storage.states import Logged, Ready, Spent

Of = Literal["present", "ready", "working", "occupied", "occupancy", "at_once"]
"""A figure of agents' time, as `server.protocol.reports.AgentTime` explains them."""

STATES: Final[tuple[Ready, ...]] = ("available", "busy", "away", "unresponsive")
WORKING: Final = frozenset({"available", "busy"})
MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A time in which nothing changed; ``in_hand`` says how many conversations they had."""

    since: datetime
    until: datetime
    is_present: bool
    state: Ready | None
    in_hand: int

    @property
    def is_working(self) -> bool:
        """Whether they were connected, and available or busy."""
        return self.is_present and self.state in WORKING

    def belongs_to(self, figure: Of) -> bool:
        """Tell whether a figure is made of this piece, among others."""
        match figure:
            case "present":
                return self.is_present
            case "ready":
                return self.is_present and self.state == "available"
            case "working" | "occupancy":
                return self.is_working
            case "occupied":
                return self.is_working and self.in_hand > 0
            case "at_once":
                return self.in_hand > 0

    def adds(self, figure: Of) -> timedelta:
        """Return what it adds to a figure; to a share or a mean, to what is divided."""
        length = self.until - self.since
        if figure == "occupancy":
            return length if self.in_hand else timedelta(0)
        return length * self.in_hand if figure == "at_once" else length


def pieces_of(logged: Sequence[Logged]) -> list[Piece]:
    """Return the pieces of one agent's time, in order; nothing is said of times without a log."""
    open_now: Counter[str] = Counter()
    pieces: list[Piece] = []
    since: datetime | None = None
    for at, changes in _changes(logged):
        if since is not None and any(open_now.values()):
            _join(pieces, _piece(since, at, open_now))
        for word, change in changes:
            open_now[word] += change
        since = at
    return pieces


def spent_in(pieces: Sequence[Piece], agent_id: UUID) -> Spent:
    """Return what the pieces of one agent's time add up to, as `StateLog.spent` counts it."""

    def sum_of(figure: Of) -> int:
        return _ms(each.adds(figure) for each in pieces if each.belongs_to(figure))

    return Spent(
        agent_id=agent_id,
        present_ms=sum_of("present"),
        ready_ms=sum_of("ready"),
        working_ms=sum_of("working"),
        occupied_ms=sum_of("occupied"),
        held_ms=_ms(each.until - each.since for each in pieces if each.in_hand),
        in_hand_ms=sum_of("at_once"),
    )


def _ms(times: Iterable[timedelta]) -> int:
    """Return how long times are together, rounded as `length_ms` does."""
    return (sum(times, timedelta()) + MILLISECOND / 2) // MILLISECOND


def _changes(logged: Iterable[Logged]) -> list[tuple[datetime, list[tuple[str, int]]]]:
    """Return what begins (1) and ends (-1), by moment."""
    found: dict[datetime, list[tuple[str, int]]] = {}
    for each in logged:
        if each.since < each.until:
            found.setdefault(each.since, []).append((each.word, 1))
            found.setdefault(each.until, []).append((each.word, -1))
    return sorted(found.items())


def _piece(since: datetime, until: datetime, open_now: Counter[str]) -> Piece:
    state: Ready | None = next((each for each in STATES if open_now[each]), None)
    return Piece(since, until, open_now["present"] > 0, state, open_now["held"])


def _join(pieces: list[Piece], new: Piece) -> None:
    last = pieces[-1] if pieces else None
    goes_on = last is not None and last.until == new.since
    if last is not None and goes_on and replace(new, since=last.since, until=last.until) == last:
        pieces[-1] = replace(last, until=new.until)
    else:
        pieces.append(new)

"""What people of one process note: into seconds, and for whoever else wants to know at once."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from loadtest.people.record import Page, Read, Said, Second, Told
from loadtest.people.spread import put

Tell = Callable[[str, str, float, str | None], None]
"""Kind, name, milliseconds, and what went wrong."""


def to_nobody(kind: str, name: str, ms: float, error: str | None) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Book:
    """Notes of one process. ``now`` is in seconds since 1970, ``spent`` in seconds of CPU."""

    tell: Tell = to_nobody
    now: Callable[[], float] = time.time
    spent: Callable[[], float] = time.process_time
    people: dict[str, int] = field(default_factory=dict[str, int])
    _seconds: dict[int, Second] = field(default_factory=dict[int, Second])
    _told: list[Told] = field(default_factory=list[Told])
    _said: list[Said] = field(default_factory=list[Said])
    _read: list[Read] = field(default_factory=list[Read])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ticked: tuple[float, float] | None = None

    def changed(self, who: str, by: int) -> None:
        """Note that so many came (+) or went (-)."""
        with self._lock:
            self.people[who] = self.people.get(who, 0) + by

    def counted(self, what: str) -> None:
        """Note that something happened."""
        with self._lock:
            counts = self._second().counts
            counts[what] = counts.get(what, 0) + 1

    def took(self, kind: str, name: str, ms: float, *, what: str = "", shop: str = "") -> None:
        """Note how long something took. ``what`` is the spread it belongs to."""
        with self._lock:
            spreads = self._second().spreads
            for key in (what, f"{what}@{shop}") if what and shop else (what,) if what else ():
                put(spreads.setdefault(key, {}), ms)
        self.tell(kind, name, ms, None)

    def failed(self, kind: str, name: str, ms: float, code: str) -> None:
        """Note that something was refused or not answered."""
        with self._lock:
            errors = self._second().errors
            key = f"{name}: {code}"
            errors[key] = errors.get(key, 0) + 1
        self.tell(kind, name, ms, code)

    def acked(self, conversation: str, seq: int, client_id: str, by: str = "") -> None:
        """Note a message that was acknowledged. ``by`` is the side whose words it is."""
        with self._lock:
            self._told.append((conversation, seq, client_id))
            if by:
                self._said.append(Said(conversation, seq, by, self.now()))
            counts = self._second().counts
            counts["messages"] = counts.get("messages", 0) + 1

    def read(self, reading: Read) -> None:
        """Note how far somebody has read who knows all that was said."""
        with self._lock:
            self._read.append(reading)

    def tick(self) -> None:
        """Note who is there, and how busy this process is; once a second.

        A machine that is full skips ticks: the seconds between are noted as well, for nobody left.
        """
        with self._lock:
            now, spent = self.now(), self.spent()
            before, spent_before = self._ticked or (now, spent)
            took = now - before
            self._ticked = now, spent
            for at in range(min(int(before) + 1, int(now)), int(now) + 1):
                second = self._second(at)
                second.people = {who: count for who, count in self.people.items() if count}
                second.busy = (spent - spent_before) / took if took > 0 else 0.0

    def take(self, *, everything: bool = False) -> Page:
        """Return what is new; a second that is not over yet stays, unless it is the end."""
        with self._lock:
            now = int(self.now())
            done = [at for at in self._seconds if at < now or everything]
            told, self._told = self._told, []
            said, self._said = self._said, []
            read, self._read = self._read, []
            return Page([self._seconds.pop(at) for at in done], told, said, read)

    def _second(self, at: int | None = None) -> Second:
        at = int(self.now()) if at is None else at
        second = self._seconds.get(at)
        if second is None:
            second = self._seconds[at] = Second(at)
        return second

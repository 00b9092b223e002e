"""A page's line, as `web/shared/socket.svelte.ts` keeps it: it comes back, and it insists."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

import orjson

from loadtest.people.book import Book
from loadtest.people.clock import Clock, OwnClock
from loadtest.people.manners import Phone
from loadtest.people.wire import Json, Lost, Wire

Role = Literal["visitor", "agent"]
Hear = Callable[[str, Json], None]
OVER = "line:over"
"""What is heard last of all, when the page was closed or shown out for good."""

ANSWER_S = 8.0
FIRST_S = 60.0
RECONNECT_S, RETRY_S = (0.5, 8.0), (1.0, 15.0)


class Refusal(Exception):
    """The node said no, and repeating cannot change it; the text is its code."""


class Gone(Exception):
    """The page is closed, or was shown out for good."""


@dataclass(slots=True)
class _Answer:
    """What came back for a command, once ``is_here`` is set."""

    is_here: threading.Event
    given: Json | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where everybody is: some addresses of one Kefu, and the book of what happens there."""

    urls: Sequence[str]
    book: Book
    chance: Random
    clock: Clock = field(default_factory=OwnClock)

    def line(self, role: Role, auth: Json, shop: str, hear: Hear) -> "Line":
        """Return somebody's connection, not yet open."""
        return Line(self, role, auth, shop, hear)


class Line:
    """One person's connection. ``hear`` is told of every event, in order, by the line's thread."""

    def __init__(self, place: Place, role: Role, auth: Json, shop: str, hear: Hear) -> None:
        self._place, self._role, self._shop, self._hear = place, role, shop, hear
        self._book, self._chance = place.book, place.chance
        self.auth, self.phone = auth, Phone()
        self._wire: Wire | None = None
        self._answers: dict[int, _Answer] = {}
        self._numbers = itertools.count(1)
        self._attempt = 0
        self._hold_s = self._lost_at = 0.0
        self._since: float | None = None
        self._until: float | None = None
        self._is_over = False
        self._online = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def open(self) -> None:
        """Connect and return when everything needed is known. Gone when we are not let in."""
        self._thread.start()
        if not self._online.wait(FIRST_S) or self._is_over:
            raise Gone

    def close(self) -> None:
        """Close the page."""
        self._ends()
        self.cut()

    def there(self) -> tuple[float, float] | None:
        """Return since when it is connected without a break, and until when; None if it is not.

        In the book's time; until now, or until it was over.
        """
        if self._since is None:
            return None
        return self._since, self._book.now() if self._until is None else self._until

    def cut(self) -> None:
        """Lose the connection, without a goodbye."""
        if self._wire is not None:
            self._wire.close()

    def insist(self, command: str, **payload: object) -> Json:
        """Send a command until it is answered; Refusal when repeating cannot help."""
        attempt = 0
        while True:
            self._online.wait()
            if self._is_over:
                raise Gone
            told_s, answer = self._ask(command, payload)
            if answer is not None:
                return answer
            time.sleep(max(told_s, _wait_s(self._chance, RETRY_S, attempt)))
            attempt += 1

    def _ask(self, command: str, payload: Json) -> tuple[float, Json | None]:
        """Send a command once; return its data, or after how many seconds to ask again."""
        number, began = next(self._numbers), time.monotonic()
        answer = self._answers[number] = _Answer(threading.Event())
        time.sleep(self.phone.lag_s)
        try:
            if self._wire is None or not self._online.is_set():  # lost while the phone lagged
                answer.is_here.set()
            else:
                self._wire.ask(number, command, payload)
                answer.is_here.wait(ANSWER_S)
        except Lost:
            answer.is_here.set()
        finally:
            self._answers.pop(number, None)
        return self._judged(command, answer, (time.monotonic() - began) * 1000)

    def _judged(self, command: str, answer: _Answer, ms: float) -> tuple[float, Json | None]:
        """Note how it went."""
        name, given = f"{self._role} {command}", answer.given
        if given is None:
            if answer.is_here.is_set() or self._is_over:
                return 0.0, None  # cut off: that is noted where it happens
            self._book.failed("socket", name, ms, "no answer")
            return 0.0, None
        if given["ok"]:
            self._took(name, ms, "ack")
            return 0.0, given["data"]
        error = given["error"]
        if error["retryable"]:
            self._book.failed("socket", name, ms, error["code"])
            return error.get("details", {}).get("retry_after_ms", 0) / 1000, None
        if error["code"] == "conflict":  # somebody else was quicker: nobody's fault
            self._took(name, ms, "ack")
        else:
            self._book.failed("socket", name, ms, error["code"])
        raise Refusal(error["code"])

    def _took(self, name: str, ms: float, what: str) -> None:
        """Note a time; a slow phone's apart, for it says more about the phone than the nodes."""
        if self.phone.is_slow:
            self._book.took("socket", f"{name} (slow phone)", ms, what="phone")
        else:
            self._book.took("socket", name, ms, what=what, shop=self._shop)

    def _run(self) -> None:
        """Stay connected until the page is closed."""
        while not self._is_over:
            self._live()
            self._lost()
            if not self._is_over:
                held_s, self._hold_s = self._hold_s * (1 + self._chance.random()), 0.0
                time.sleep(held_s + _wait_s(self._chance, RECONNECT_S, self._attempt))
                self._attempt += 1
        self._online.set()  # who waits for it finds out that it is over
        self._hear(OVER, {})

    def _live(self) -> None:
        """Be connected once, until it is lost."""
        began = time.monotonic()
        wire = self._wire = Wire(self._chance.choice(self._place.urls), f"/{self._role}")
        try:
            wire.open(self.auth)
            for kind, rest in wire.packets():
                time.sleep(self.phone.lag_s)
                if not self._take(kind, rest, began) or self._is_over:
                    return
                if time.monotonic() - began > self.phone.loses_signal_after_s:
                    self._hold_s = self.phone.finds_it_after_s
                    self._book.counted("signals lost")
                    return
        except Lost as trouble:
            if not self._online.is_set() and not self._is_over:
                ms = (time.monotonic() - began) * 1000
                self._book.failed("socket", f"{self._role} connect", ms, _plain(trouble))
        finally:
            wire.close()

    def _take(self, kind: str, rest: str, began: float) -> bool:
        """Take one packet; tell whether to stay."""
        if kind == "43":
            at = rest.index("[")
            answer = self._answers.get(int(rest[:at]))
            if answer is not None:
                answer.given = orjson.loads(rest[at:])[0]
                answer.is_here.set()
        elif kind == "42":
            name, *payload = orjson.loads(rest)
            return self._event(name, payload[0] if payload else {}, began)
        elif kind == "44":
            error: Json = orjson.loads(rest).get("data") or {}
            ms = (time.monotonic() - began) * 1000
            self._book.failed("socket", f"{self._role} connect", ms, str(error.get("code")))
            self._is_over = not error.get("retryable")
            return False
        return True

    def _event(self, name: str, payload: Json, began: float) -> bool:
        if name == "session:ended":
            self._is_over = "retry_after_ms" not in payload
            self._hold_s = payload.get("retry_after_ms", 0) / 1000
            self._book.counted(f"shown out: {payload['code']}")
            return False
        if name == "session:started" and not self._online.is_set():
            ms = (time.monotonic() - began) * 1000
            self._took(f"{self._role} connect", ms, "connect")
            self._is_back(time.monotonic())
        self._hear(name, payload)
        return True

    def _is_back(self, now: float) -> None:
        if self._lost_at:
            ms = (now - self._lost_at) * 1000
            self._took(f"{self._role} back online", ms, "back")
        self._book.changed("online", 1)
        self._attempt, self._since = 0, self._book.now()
        self._online.set()

    def _ends(self) -> None:
        if self._until is None:
            self._until = self._book.now()
        self._is_over = True

    def _lost(self) -> None:
        if self._is_over:
            self._ends()
        else:
            self._since = None
        if self._online.is_set():
            self._lost_at = time.monotonic()
            self._book.changed("online", -1)
        self._online.clear()
        for answer in list(self._answers.values()):
            answer.is_here.set()


def _wait_s(chance: Random, between: tuple[float, float], attempt: int) -> float:
    """Return how long to wait: twice as long each time, up to a limit, and not all the same."""
    first_s, most_s = between
    return min(most_s, first_s * 2 ** min(attempt, 16)) * chance.uniform(0.5, 1.0)


def _plain(trouble: Exception) -> str:
    """Return a short text without addresses, so that equal troubles count as one."""
    text = str(trouble)
    return text if text.startswith("HTTP") else type(trouble.__cause__ or trouble).__name__

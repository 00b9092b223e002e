"""A place with a clock of its own and nobody at the other end but what a test says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from queue import Queue
from typing import TypeVar

from loadtest.people.line import Hear, Line, Place, Role
from loadtest.people.wire import Json

T = TypeVar("T")
Answer = Callable[[Json], Json]
Script = Mapping[str, Answer]


class StageClock:
    """Time that passes when somebody waits, and brings what a test has planned."""

    def __init__(self) -> None:
        self.at = 0.0
        self._order = count()
        self._plan: list[tuple[float, int, Callable[[], None]]] = []

    def later(self, seconds: float, happens: Callable[[], None]) -> None:
        """Plan something."""
        heappush(self._plan, (self.at + seconds, next(self._order), happens))

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        until = self.at + seconds
        while self._plan and self._plan[0][0] <= until:
            self._next()
        self.at = max(self.at, until)

    def get(self, heard: Queue[T], within_s: float) -> T | None:
        until = self.at + within_s
        while heard.empty():
            if not self._plan or self._plan[0][0] > until:
                self.at = max(self.at, until)
                return None
            self._next()
        return heard.get_nowait()

    def begin(self, work: Callable[..., None], *given: object) -> None:
        work(*given)

    def _next(self) -> None:
        when, _, happens = heappop(self._plan)
        self.at = max(self.at, when)
        happens()


class StageLine(Line):
    """A connection to nowhere: it keeps what it is asked, and answers as the test says."""

    def __init__(self, place: Place, role: Role, shop: str, hear: Hear, script: Script) -> None:
        super().__init__(place, role, {}, shop, hear)
        self.hear, self._script, self._clock = hear, script, place.clock
        self.asked: list[tuple[float, str, Json]] = []
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def there(self) -> tuple[float, float] | None:
        return (0.0, self._clock.now()) if self.is_open else None

    def insist(self, command: str, **payload: object) -> Json:
        self.asked.append((self._clock.now(), command, payload))
        answer = self._script.get(command)
        return answer(payload) if answer else {}

    def times(self, command: str) -> list[float]:
        """Return when that was asked."""
        return [at for at, name, _ in self.asked if name == command]


@dataclass(frozen=True, slots=True)
class Stage(Place):
    """Where people of a test are."""

    script: Script = field(default_factory=dict[str, Answer])

    def line(self, role: Role, auth: Json, shop: str, hear: Hear) -> Line:
        return StageLine(self, role, shop, hear, self.script)

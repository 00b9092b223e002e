"""What the people of one process share: who is there, where, and how each of them is."""

import time
from argparse import Namespace
from collections.abc import Generator
from contextlib import contextmanager
from random import Random

from loadtest.people.agent import Agent
from loadtest.people.book import Book
from loadtest.people.line import Place
from loadtest.people.manners import Manners
from loadtest.people.scenarios import SCENARIOS, Scenario
from loadtest.people.supervisor import Supervisor
from loadtest.people.visitor import Visitor

SUPERVISORS = {"demo": "qin@demo.kefu"}
GOLDEN = 0.618034  # deals numbers out evenly


class Hall:
    """What the users of one process share."""

    def __init__(self) -> None:
        self.book = Book()
        self.is_closing = False
        self._visitors: set[Visitor] = set()
        self._sources = 0
        self._free: list[int] = []  # desks without an agent

    def opens(self, options: Namespace, worker: int, password: str) -> None:
        """Begin a run, as the ``worker``-th process (from 0)."""
        self._seed, self._pace, self._worker = options.seed, options.pace, worker
        self.scenario: Scenario = SCENARIOS[options.scenario]
        self.sites: list[str] = options.sites.split(",")
        self.agents = self.scenario.agents(options.customers)
        self.password = password
        self.place = Place(options.urls.split(","), self.book, self.chance("place"))
        self.is_closing, self._sources = False, 0
        self._free = list(range(self.agents))

    def closes(self) -> None:
        """Show everybody out."""
        self.is_closing = True
        for visitor in list(self._visitors):
            visitor.shown_out()

    def cuts(self) -> None:
        """Take every customer's connection away."""
        for visitor in list(self._visitors):
            visitor.line.cut()
            self.book.counted("cut off")

    def chance(self, *who: object) -> Random:
        """Return the luck of one person, the same in each run with the same seed."""
        return Random("/".join(map(str, (self._seed, self._worker, *who))))

    def manners(self, *who: object) -> Manners:
        """Return how one person behaves."""
        return Manners(self.chance(*who), self._pace)

    def site(self, share: float) -> str:
        """Return the shop for somebody; the last one is the noisy one."""
        return self.sites[-1] if share < self.scenario.noisy else self.sites[0]

    def source(self) -> int:
        """Return the number of one more source of customers."""
        self._sources += 1
        return self._sources

    @contextmanager
    def desk(self) -> Generator[Agent]:
        """Give an agent a desk, which is free again when they have left."""
        number = self._free.pop(0)
        site = self.site((0.5 + number * GOLDEN) % 1)
        email = f"agent{self._worker * self.agents + number + 1}@{site}.kefu"
        try:
            yield Agent(self.place, self.manners("agent", number), email, self.password, site)
        finally:
            self._free.append(number)

    def supervisor(self) -> Supervisor:
        """Return who leads the first shop."""
        site = self.sites[0]
        email = SUPERVISORS.get(site, f"supervisor@{site}.kefu")
        return Supervisor(self.place, self.manners("supervisor"), email, self.password, site)

    def visitor(self, *who: object) -> Visitor:
        """Return somebody who is about to come."""
        manners = self.manners(*who)
        site = self.site(manners.chance.random())
        noisy = site == self.sites[-1] and len(self.sites) > 1
        return Visitor(self.place, manners, site, slow=self.scenario.phones, noisy=noisy)

    def receive(self, visitor: Visitor) -> None:
        """Let somebody come and go, and note how that ended."""
        began, ended = time.monotonic(), ""
        self._visitors.add(visitor)
        try:
            ended = visitor.visit()
        finally:
            self._visitors.discard(visitor)
            ms = (time.monotonic() - began) * 1000
            if ended:
                self.book.counted(ended)
                self.book.took("visit", ended, ms)
            else:
                self.book.failed("visit", "visitor", ms, "a fault of this program")

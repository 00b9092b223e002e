"""What locust runs: the people as its users, the scenario as its shape, their notes as statistics.

The only file that knows locust; it is run by ``python -m loadtest.people``, or by hand:
``python -m locust -f loadtest/people/locustfile.py --urls http://…``. The password of the agents
``agent1@SITE.kefu`` … is KEFU_DEMO_PASSWORD. With W workers there must be W times as many agents.
"""

import itertools
import os
import threading
import time
from pathlib import Path
from random import Random

import msgspec
from locust import LoadTestShape, User, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner, Runner, WorkerRunner

from loadtest.people.agent import Agent
from loadtest.people.book import Book
from loadtest.people.line import Place
from loadtest.people.manners import Manners
from loadtest.people.record import Page, Record, decode, encode
from loadtest.people.scenarios import SCENARIOS, VISIT_S, Scenario
from loadtest.people.supervisor import Supervisor
from loadtest.people.visitor import Visitor

OPENS_WITHIN_S = 90
CLOSES_S = 12
ARRIVE_AT_ONCE = 100
SUPERVISORS = {"demo": "qin@demo.kefu"}
GOLDEN = 0.618034  # deals numbers out evenly


class Hall:
    """What the users of one process share."""

    def __init__(self) -> None:
        self.book = Book()
        self.is_closing = False
        self.visitors: set[Visitor] = set()
        self.sources = 0
        self.free: list[int] = []  # desks without an agent

    def opens(self, environment: Environment) -> None:
        """Begin a run."""
        self.options = environment.parsed_options
        self.scenario: Scenario = SCENARIOS[self.options.scenario]
        self.sites = self.options.sites.split(",")
        self.agents = self.scenario.agents(self.options.customers)
        self.worker = max(0, getattr(environment.runner, "worker_index", 0))
        self.password = os.environ.get("KEFU_DEMO_PASSWORD", "")
        self.place = Place(self.options.urls.split(","), self.book, self.chance("place"))
        self.is_closing, self.sources = False, 0
        self.free = list(range(self.agents))

    def chance(self, *who: object) -> Random:
        """Return the luck of one person, the same in each run with the same seed."""
        return Random("/".join(map(str, (self.options.seed, self.worker, *who))))

    def manners(self, *who: object) -> Manners:
        """Return how one person behaves."""
        return Manners(self.chance(*who), self.options.pace)

    def site(self, share: float) -> str:
        """Return the shop for somebody; the last one is the noisy one."""
        return self.sites[-1] if share < self.scenario.noisy else self.sites[0]

    def visitor(self, *who: object) -> Visitor:
        """Return somebody who is about to come."""
        manners = self.manners(*who)
        site = self.site(manners.chance.random())
        noisy = site == self.sites[-1] and len(self.sites) > 1
        return Visitor(self.place, manners, site, slow=self.scenario.phones, noisy=noisy)

    def receive(self, visitor: Visitor) -> None:
        """Let somebody come and go, and note how that ended."""
        began, ended = time.monotonic(), ""
        self.visitors.add(visitor)
        try:
            ended = visitor.visit()
        finally:
            self.visitors.discard(visitor)
            ms = (time.monotonic() - began) * 1000
            if ended:
                self.book.counted(ended)
                self.book.took("visit", ended, ms)
            else:
                self.book.failed("visit", "visitor", ms, "a fault of this program")


HALL = Hall()


class Customers(User):
    """A source: customers come from it one after the other, whether or not one has left yet.

    When it stops, nobody comes any more; who is there may finish.
    """

    @task
    def come(self) -> None:
        """Let customers come as long as this source is wanted."""
        HALL.sources += 1
        source = HALL.sources
        coming = HALL.manners("source", source)
        for number in itertools.count(1):
            time.sleep(coming.comes_after_s(VISIT_S))
            who = HALL.visitor("customer", source, number)
            threading.Thread(target=HALL.receive, args=(who,), daemon=True).start()


class Desk(User):
    """An agent's place."""

    fixed_count = 1

    @task
    def works(self) -> None:
        """Work until the day is over."""
        number = HALL.free.pop(0)
        site = HALL.site((0.5 + number * GOLDEN) % 1)
        email = f"agent{HALL.worker * HALL.agents + number + 1}@{site}.kefu"
        manners = HALL.manners("agent", number)
        try:
            Agent(HALL.place, manners, email, HALL.password, site).work()
        finally:
            HALL.free.append(number)
        raise StopUser


class Gallery(User):
    """A supervisor's place."""

    fixed_count = 1

    @task
    def watches(self) -> None:
        """Watch until the day is over."""
        site = HALL.sites[0]
        email = SUPERVISORS.get(site, f"supervisor@{site}.kefu")
        manners = HALL.manners("supervisor")
        Supervisor(HALL.place, manners, email, HALL.password, site).watch()
        raise StopUser


class Day(LoadTestShape):
    """Opens when the agents are there, follows the scenario, and lets people finish."""

    opened_at: float | None = None

    def reset_time(self) -> None:
        """Begin a run."""
        super().reset_time()
        self.opened_at, self.cuts = None, []

    def tick(self) -> tuple[int, float] | None:
        """Return how many people there are to be now, and how many may come in a second."""
        given = self.runner.environment.parsed_options
        scenario = SCENARIOS[given.scenario]
        Desk.fixed_count = scenario.agents(given.customers)
        Gallery.fixed_count = scenario.supervisors(given.customers)
        staff = Desk.fixed_count + Gallery.fixed_count
        if self.opened_at is None:
            if REGISTER.agents() < Desk.fixed_count and self.get_run_time() < OPENS_WITHIN_S:
                return staff, ARRIVE_AT_ONCE
            self.opened_at, self.cuts = time.monotonic(), list(scenario.cuts)
            REGISTER.record.open(time.time())
        at = (time.monotonic() - self.opened_at) / given.seconds
        if self.cuts and at > self.cuts[0]:
            self.cuts.pop(0)
            self.runner.send_message("kefu:cut")
        if at < 1:
            return staff + scenario.sources(given.customers, at), ARRIVE_AT_ONCE
        return (staff, ARRIVE_AT_ONCE) if at < 1 + CLOSES_S / given.seconds else None


class Register:
    """Where the notes of all processes come together, and are kept."""

    record: Record | None = None
    is_open = False
    path: Path | None = None

    def opens(self, environment: Environment) -> None:
        """Begin a run."""
        given = environment.parsed_options
        self.record = Record(
            scenario=given.scenario,
            customers=given.customers,
            agents=HALL.agents,
            nodes=len(given.urls.split(",")),
            began_at=time.time(),
            pace=given.pace,
            seed=given.seed,
            workers=getattr(environment.runner, "worker_count", 1),
            where=given.urls,
        )
        self.path = Path(given.record) if given.record else None
        self.is_open = True

    def agents(self) -> int:
        """Return how many agents are available, as far as is known."""
        if not self.is_open or not self.record.seconds:
            return 0
        counts = [second.people.get("agents", 0) for second in self.record.seconds[-5:]]
        return max(counts)

    def include(self, page: Page) -> None:
        """Take what a process has to tell."""
        if self.record is not None:
            self.record.include(page)

    def write(self) -> None:
        """Keep what there is."""
        if self.path and self.record:
            ended = msgspec.structs.replace(self.record, ended_s=time.time())
            self.path.write_bytes(msgspec.json.encode(ended))


REGISTER = Register()


@events.init_command_line_parser.add_listener
def arguments(parser: LocustArgumentParser) -> None:
    """Take what a run may be told; the web UI asks for it as well."""
    parser.add_argument("--scenario", default="quiet", choices=list(SCENARIOS))
    parser.add_argument(
        "--customers", type=int, default=20, help="about so many at the busiest moment"
    )
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--pace", type=float, default=1.0, help="0.5: people twice as quick")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--urls", default="http://127.0.0.1:8080", help="nodes, with commas between"
    )
    parser.add_argument("--sites", default="demo", help="shops, with commas between")
    parser.add_argument(
        "--record", default="", include_in_web_ui=False, help="file for the figures"
    )


@events.init.add_listener
def prepare(environment: Environment, runner: Runner | None, **_: object) -> None:
    """Connect the parts to locust, in every process."""

    def tell(kind: str, name: str, ms: float, error: str | None) -> None:
        exception = RuntimeError(error) if error else None
        environment.events.request.fire(
            request_type=kind, name=name, response_time=ms, response_length=0,
            exception=exception, context={},
        )  # fmt: skip

    HALL.book.tell = tell
    if runner is not None:
        runner.register_message("kefu:cut", cut)
    if isinstance(runner, MasterRunner):
        environment.events.worker_report.add_listener(
            lambda client_id, data: REGISTER.include(decode(data.pop("kefu", b"{}")))
        )
        return
    if isinstance(runner, WorkerRunner):
        environment.events.report_to_master.add_listener(
            lambda client_id, data: data.update(
                kefu=encode(HALL.book.take(everything=HALL.is_closing))
            )
        )
    is_alone = not isinstance(runner, WorkerRunner)
    threading.Thread(target=keep_time, args=(is_alone,), daemon=True).start()


def keep_time(is_alone: bool) -> None:
    """Note every second who is there."""
    while True:
        HALL.book.tick()
        time.sleep(1 - time.time() % 1)
        if is_alone:
            REGISTER.include(HALL.book.take())


def cut(**_: object) -> None:
    """Take every customer's connection away."""
    for visitor in list(HALL.visitors):
        visitor.line.cut()
        HALL.book.counted("cut off")


@events.test_start.add_listener
def starts(environment: Environment, **_: object) -> None:
    """Begin a run."""
    HALL.opens(environment)
    if not isinstance(environment.runner, WorkerRunner):
        REGISTER.opens(environment)


@events.test_stopping.add_listener
def closes(**_: object) -> None:
    """Let nobody stay."""
    HALL.is_closing = True
    for visitor in list(HALL.visitors):
        visitor.line.close()


@events.test_stop.add_listener
def over(environment: Environment, **_: object) -> None:
    """Keep the figures, also when the web UI goes on."""
    if not isinstance(environment.runner, WorkerRunner):
        if not isinstance(environment.runner, MasterRunner):
            REGISTER.include(HALL.book.take(everything=True))
        REGISTER.is_open = False
        REGISTER.write()


@events.quit.add_listener
def quits(**_: object) -> None:
    """Keep the figures with what workers told last."""
    REGISTER.write()

"""What locust runs: the people as its users, the scenario as its shape, their notes as statistics.

The only file that knows locust; it is run by ``python -m loadtest.people``, or by hand:
``python -m locust -f loadtest/people/locustfile.py --urls http://…``. The password of the agents
``agent1@SITE.kefu`` … is KEFU_DEMO_PASSWORD. With W workers there must be W times as many agents.
"""

import itertools
import os
import threading
import time

from locust import LoadTestShape, User, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner, Runner, WorkerRunner

from loadtest.people.hall import Hall
from loadtest.people.record import decode, encode
from loadtest.people.register import Register
from loadtest.people.scenarios import SCENARIOS, VISIT_S

OPENS_WITHIN_S = 90
CLOSES_S = 12
ARRIVE_AT_ONCE = 100

HALL, REGISTER = Hall(), Register()


class Customers(User):
    """A source: customers come from it one after the other, whether or not one has left yet.

    When it stops, nobody comes any more; who is there may finish.
    """

    @task
    def come(self) -> None:
        """Let customers come as long as this source is wanted."""
        source = HALL.source()
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
        with HALL.desk() as agent:
            agent.work()
        raise StopUser


class Gallery(User):
    """A supervisor's place."""

    fixed_count = 1

    @task
    def watches(self) -> None:
        """Watch until the day is over."""
        HALL.supervisor().watch()
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
            REGISTER.begin()
        at = (time.monotonic() - self.opened_at) / given.seconds
        if self.cuts and at > self.cuts[0]:
            self.cuts.pop(0)
            self.runner.send_message("kefu:cut")
        if at < 1:
            return staff + scenario.sources(given.customers, at), ARRIVE_AT_ONCE
        return (staff, ARRIVE_AT_ONCE) if at < 1 + CLOSES_S / given.seconds else None


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
    HALL.cuts()


@events.test_start.add_listener
def starts(environment: Environment, **_: object) -> None:
    """Begin a run."""
    given, runner = environment.parsed_options, environment.runner
    worker = max(0, getattr(runner, "worker_index", 0))
    HALL.opens(given, worker, os.environ.get("KEFU_DEMO_PASSWORD", ""))
    if not isinstance(runner, WorkerRunner):
        REGISTER.opens(given, getattr(runner, "worker_count", 1))


@events.test_stopping.add_listener
def closes(**_: object) -> None:
    """Let nobody stay."""
    HALL.closes()


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

"""What the people of one process share, and what is kept of all processes."""

from argparse import Namespace
from pathlib import Path
from random import Random

import msgspec
import pytest

from loadtest.people.hall import Hall
from loadtest.people.manners import Manners
from loadtest.people.record import Page, Record, Second, together
from loadtest.people.register import Register
from loadtest.people.visitor import Visitor


def options(path: str = "") -> Namespace:
    return Namespace(
        scenario="noisy", customers=16, seed=1, pace=0.5, sites="calm,noisy", record=path,
        urls="http://127.0.0.1:1,http://127.0.0.1:2",
    )  # fmt: skip


def opened(worker: int = 0) -> Hall:
    hall = Hall()
    hall.opens(options(), worker, "password")
    return hall


def test_each_agent_has_a_desk_of_their_own_which_is_free_again_when_they_leave() -> None:
    hall = opened()
    with hall.desk() as one, hall.desk() as other:
        assert {one.email.split("@")[0], other.email.split("@")[0]} == {"agent1", "agent2"}
    with hall.desk() as third, hall.desk() as fourth:
        assert third.email.startswith("agent3@")
        assert fourth.email.startswith("agent4@")
    desks = [hall.desk() for _ in range(hall.agents)]
    assert len({desk.__enter__().email for desk in desks}) == hall.agents == 10
    with opened(worker=1).desk() as elsewhere:
        assert elsewhere.email.startswith("agent11@")


def test_as_many_customers_and_agents_are_of_the_noisy_shop_as_asked_for() -> None:
    hall = opened()
    sites = [hall.visitor("customer", number).site for number in range(1000)]
    assert 250 < sites.count("noisy") < 350
    again = [opened().visitor("customer", number).site for number in range(1000)]
    assert sites == again
    shops = [agent.__enter__().email.split("@")[1] for agent in [hall.desk() for _ in range(10)]]
    assert shops.count("noisy.kefu") == 3


class Brief(Visitor):
    """Somebody whose visit is over at once."""

    def visit(self) -> str:
        return "left"


class Faulty(Visitor):
    """Somebody whose program has a fault."""

    def visit(self) -> str:
        raise ZeroDivisionError


def test_how_a_visit_ended_is_noted_and_a_fault_of_the_program_is_a_failure() -> None:
    hall, told = opened(), list[tuple[str, str, str | None]]()
    hall.book.tell = lambda kind, name, ms, error: told.append((kind, name, error))
    manners = Manners(Random(1))
    hall.receive(Brief(hall.place, manners, "calm"))
    with pytest.raises(ZeroDivisionError):
        hall.receive(Faulty(hall.place, manners, "calm"))
    whole = together(hall.book.take(everything=True).seconds)
    assert whole.counts == {"left": 1}
    assert whole.errors == {"visitor: a fault of this program": 1}
    assert told == [("visit", "left", None), ("visit", "visitor", "a fault of this program")]


def test_what_all_processes_told_is_kept(tmp_path: Path) -> None:
    register, path = Register(), tmp_path / "record.json"
    register.include(Page([Second(1)]))
    assert register.agents() == 0
    register.opens(options(str(path)), workers=2)
    for _ in range(2):
        register.include(Page([Second(7, people={"agents": 5})], [("c", 1, "id")]))
    assert register.agents() == 10
    register.begin()
    register.write()
    record = msgspec.json.decode(path.read_bytes(), type=Record)
    assert (record.workers, record.nodes, record.agents, record.pace) == (2, 2, 10, 0.5)
    assert record.told == [("c", 1, "id")] * 2
    assert record.ended_s >= record.began_at

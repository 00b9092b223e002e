"""The people are real clients; without locust they are threads, and are served all the same."""

import asyncio
from random import Random
from threading import Thread

from loadtest.people.agent import Agent
from loadtest.people.book import Book
from loadtest.people.line import Line, Place
from loadtest.people.manners import Manners
from loadtest.people.record import together
from loadtest.people.spread import size
from loadtest.people.truth import look
from loadtest.people.visitor import Visitor
from server.services.passwords import Passwords
from storage.agents import Agents, NewAgent
from tests.support.database import database, database_template, dsn
from tests.support.house import House, house

__all__ = ["database", "database_template", "dsn", "house"]

EMAIL, PASSWORD = "agent1@the-shop.example", "a password of their own"


class Patient(Manners):
    """Somebody in a hurry who never gives up."""

    def only_looks(self) -> bool:
        """Tell that they ask."""
        return False

    def patience_s(self) -> float:
        """Wait as long as a test may."""
        return 20

    def waits_for_words_s(self) -> float:
        """Wait as long as a test may."""
        return 20

    def questions(self) -> list[str]:
        """Have two things to ask."""
        return ["Where is my order?", "Is it green?"]


class Dropped(Patient):
    """Somebody who loses the connection while they say goodbye."""

    line: Line | None = None

    def farewell(self) -> str:
        """Lose it."""
        assert self.line is not None
        self.line.cut()
        return super().farewell()


async def test_a_customer_is_served_and_all_of_it_is_noted_and_true(house: House, dsn: str) -> None:
    await Agents(house.db).create(
        NewAgent(
            shop_id=house.shop.id,
            email=EMAIL,
            name="Agent",
            password_hash=await Passwords().hash(PASSWORD),
        )
    )
    book = Book()
    place = Place([house.url], book, Random(1))
    agent = Agent(place, Patient(Random(2), 0.01), EMAIL, PASSWORD)
    manners = Dropped(Random(3), 0.01)
    visitor = Visitor(place, manners, house.shop.key)
    manners.line = visitor.line
    working = Thread(target=agent.work, daemon=True)
    working.start()

    ended = await asyncio.to_thread(visitor.visit)
    book.tick()
    agent.line.close()
    await asyncio.to_thread(working.join)

    page = book.take(everything=True)
    whole = together(page.seconds)
    assert ended == "left"
    assert whole.errors == {}
    assert whole.counts["asked"] == whole.counts["served"] == 1
    assert whole.counts["messages"] == len(page.told) == 5  # two questions, two answers, goodbye
    assert size(whole.spreads["wait"]) == 1
    assert size(whole.spreads["delivery"]) == size(whole.spreads["reply"]) == 2
    assert size(whole.spreads["ack"]) > 10
    assert size(whole.spreads["back"]) == 1
    assert size(whole.spreads["connect"]) == 3  # the agent once, the customer twice
    truth = await look(dsn, page.told)
    assert truth.is_well
    assert truth.acked == 5

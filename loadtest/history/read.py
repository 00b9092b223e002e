"""Reads in a long past as consoles and widgets do, and says how long each kind of reading takes."""

import time
from collections.abc import Awaitable, Callable
from random import Random
from uuid import UUID

from msgspec import Struct

from loadtest.history.fill import EACH, VISITS, number_in, sign_at, word_at
from storage.conversation_lists import ConversationLists
from storage.database import Database
from storage.messages import Messages
from storage.search import Search
from storage.visitors import Visitors

SEED = 20260101
PAGE = 50

Reading = Callable[[], Awaitable[object]]


class Took(Struct, frozen=True):
    """How long one kind of reading took, in milliseconds."""

    name: str
    p50_ms: float
    p95_ms: float
    max_ms: float


class Reader:
    """Reads at random places of a shop's past."""

    def __init__(self, db: Database, shop_id: UUID, conversations: int) -> None:
        self._lists, self._messages = ConversationLists(db), Messages(db)
        self._visitors, self._search = Visitors(db), Search(db)
        self._shop_id, self._conversations = shop_id, conversations
        self._customers = conversations // VISITS
        self._chance = Random(SEED)

    def readings(self) -> dict[str, Reading]:
        """Return all kinds of reading, by name."""
        lists, shop, any_id = self._lists, self._shop_id, self._conversation
        return {
            "transcript, newest 50": lambda: self._messages.last(any_id(), PAGE),
            "what was missed": lambda: self._messages.since(any_id(), 4, 200, private=False),
            "all conversations, first page": lambda: lists.all_of_shop(shop, None, PAGE),
            "all conversations, anywhere": lambda: lists.all_of_shop(shop, any_id(), PAGE),
            "closed, anywhere": lambda: lists.closed(shop, None, any_id(), PAGE),
            "closed of an agent": self._closed_of_agent,
            "waiting": lambda: lists.waiting(shop),
            "of a customer": lambda: lists.of_visitor(self._customer(), None, PAGE),
            "a customer's summary": lambda: self._visitors.summaries([self._customer()]),
            **self._searches(),
        }

    def _searches(self) -> dict[str, Reading]:
        """Return all kinds of search, each for another word every time."""
        rank, some, number = self._chance.randint, self._number, self._chance.getrandbits
        kinds: dict[str, Callable[[], str]] = {
            "most have it": lambda: "tuesday",
            "many have it": lambda: word_at(rank(1, 50)),
            "some have it": lambda: word_at(rank(500, 2000)),
            "few have it": lambda: word_at(rank(15000, 20000)),
            "one has it": lambda: some()[: rank(8, 10)],
            "nobody has it": lambda: f"none{number(64):x}",
            "two words": lambda: f"{word_at(rank(1, 500))} {word_at(rank(1, 500))}",
            "three rarer words": lambda: " ".join(word_at(rank(50, 1000)) for _ in range(3)),
            "two letters": lambda: word_at(rank(10, 99)),
            "two Chinese signs": lambda: sign_at(rank(1, 300)) + sign_at(rank(1, 300)),
            "one Chinese sign": lambda: sign_at(rank(1, 3000)),
            "a customer's name": lambda: f"customer-{self._chance.randrange(self._customers)}",
        }
        first = {f"search, {name}": self._seek(word) for name, word in kinds.items()}
        behind = {
            f"search, {name}, anywhere": self._seek(kinds[name], self._conversation)
            for name in ("most have it", "many have it", "some have it", "two words")
        }
        return first | behind

    def _seek(self, word: Callable[[], str], before: Callable[[], UUID] | None = None) -> Reading:
        async def seek() -> object:
            behind = None if before is None else before()
            return await self._search.find(self._shop_id, word(), behind, PAGE)

        return seek

    async def measure(self, name: str, reading: Reading, times: int) -> Took:
        """Read again and again."""
        samples: list[float] = []
        for _ in range(times):
            began = time.perf_counter()
            await reading()
            samples.append((time.perf_counter() - began) * 1000)
        samples.sort()
        return Took(name, samples[times // 2], samples[times * 95 // 100], samples[-1])

    async def _closed_of_agent(self) -> object:
        row = await self._lists.get(self._conversation())
        assert row is not None
        return await self._lists.closed(self._shop_id, row.agent_id, row.id, PAGE)

    def _conversation(self) -> UUID:
        return conversation_at(self._chance.randrange(self._conversations * 9 // 10))

    def _customer(self) -> UUID:
        return customer_at(self._chance.randrange(self._customers))

    def _number(self) -> str:
        return number_in(self._chance.randrange(self._conversations), self._chance.randint(1, EACH))


def conversation_at(number: int) -> UUID:
    """Return the id of a conversation that ``fill`` has made."""
    return UUID(f"00000000-0000-7000-9000-{number:012x}")


def customer_at(number: int) -> UUID:
    """Return the id of a customer that ``fill`` has made."""
    return UUID(f"00000000-0000-7000-8000-{number:012x}")


async def any_agent(db: Database, shop_id: UUID) -> UUID:
    """Return an agent of the shop."""
    row = await db.fetchrow("SELECT id FROM agent WHERE shop_id = $1 LIMIT 1", shop_id)
    assert row is not None
    found: UUID = row["id"]
    return found

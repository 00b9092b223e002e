"""Builds that break one promise each, to see that the checker catches them. Never for people.

`python -m loadtest.chaos.broken NAME` is `kefu serve` with that one mistake in it.
"""

import asyncio
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import storage.offers
import storage.routing_facts
from loadtest.chaos.checker import Kind
from routing.engine import Decision
from server.__main__ import main
from server.services.assignment.dealer import Dealer
from server.sockets.heads import HeadWatch
from storage.bus import Bus
from storage.errors import OfferOver, Taken
from storage.messages import Messages, append_all
from storage.offers import Offers
from storage.reports.keeping import Step
from storage.reports.rows import Facts
from storage.rows import Appended, Draft, MessageRow, Moved

LATE_S = 0.5
TOO_MANY = 2


@dataclass(frozen=True, slots=True)
class Build:
    """A mistake, the fault under which it shows, and what is found then."""

    make: Callable[[], None]
    fault: str
    caught: tuple[Kind, ...]


def ack_before_commit() -> None:
    """Answer and tell as soon as the rows are written, and commit a little later."""
    under_way: set[asyncio.Task[None]] = set()

    async def store(self: Messages, drafts: Sequence[Draft]) -> list[Appended]:
        written: asyncio.Future[list[Appended]] = asyncio.get_running_loop().create_future()

        async def commit() -> None:
            try:
                async with self._db.transaction() as tx:  # pyright: ignore[reportPrivateUsage]
                    written.set_result(await append_all(tx, drafts))
                    await asyncio.sleep(LATE_S)
            except Exception as error:  # noqa: BLE001 (whatever it is, whoever waits hears of it)
                if not written.done():
                    written.set_exception(error)

        task = asyncio.create_task(commit())
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        return await written

    Messages._store = store  # pyright: ignore[reportPrivateUsage]


def no_deduplication() -> None:
    """Take every retry for something new."""
    append = Messages.append

    async def anew(self: Messages, draft: Draft) -> Appended:
        return await append(self, replace(draft, client_id=secrets.token_hex(8)))

    Messages.append = anew


def reads_backwards() -> None:
    """Return what was missed with the newest first."""
    since = Messages.since

    async def backwards(
        self: Messages, conversation_id: UUID, after: int, limit: int, private: bool
    ) -> list[MessageRow]:
        return (await since(self, conversation_id, after, limit, private))[::-1]

    Messages.since = backwards


def forgets_to_tell() -> None:
    """Lose every third word between nodes, and never compare heads."""
    publish = Bus.publish

    def sometimes(self: Bus, channel: str, body: bytes) -> None:
        if secrets.randbelow(3):
            publish(self, channel, body)

    async def never(self: HeadWatch) -> int:
        return 0

    Bus.publish = sometimes
    HeadWatch.compare = never


def accepts_twice() -> None:
    """Tell whoever was slower that the conversation is theirs too."""
    accept, get = Offers.accept, Offers.get

    async def generously(self: Offers, offer_id: UUID, agent_id: UUID, now: datetime) -> Moved:
        try:
            return await accept(self, offer_id, agent_id, now)
        except (Taken, OfferOver):
            offer = await get(self, offer_id)
            assert offer is not None
            async with self._db.transaction() as tx:  # pyright: ignore[reportPrivateUsage]
                row = await storage.offers.lock(tx, offer.conversation_id)
            return Moved(row)

    Offers.accept = generously


def counts_badly() -> None:
    """Let everybody hold more than they may."""
    facts, take = storage.routing_facts, storage.offers.take_slot

    async def too_many(tx: Any, agent: UUID, conversation: UUID, most: int, now: datetime) -> bool:
        return await take(tx, agent, conversation, most + TOO_MANY, now)

    for name in ("AGENTS", "AGENTS_OF_SHOP"):
        changed = getattr(facts, name).replace(
            "a.capacity", f"(a.capacity + {TOO_MANY})::smallint AS capacity"
        )
        setattr(facts, name, changed)
    storage.offers.take_slot = too_many


def overlooks_some() -> None:
    """Never offer some conversations to anybody."""
    deal = Dealer.deal

    async def some(
        self: Dealer, board: Any, decisions: Sequence[Decision], lease: Any, apart: Any
    ) -> list[Decision]:
        kept = [each for each in decisions if UUID(each.task).int % 3]
        return await deal(self, board, kept, lease, apart)

    Dealer.deal = some


def forgets_hands() -> None:
    """Count for reports who asked, and forget in whose hands they were."""
    write = Step.write

    async def write_some(self: Step, conversations: Sequence[UUID], found: Sequence[Facts]) -> None:
        await write(self, conversations, [replace(each, legs=()) for each in found])

    Step.write = write_some


BUILDS = {
    "ack-before-commit": Build(ack_before_commit, "kill-node", ("lost", "phantom")),
    "no-deduplication": Build(no_deduplication, "lost-acks", ("doubled",)),
    "reads-backwards": Build(reads_backwards, "stop-node", ("reordered",)),
    "forgets-to-tell": Build(forgets_to_tell, "kill-valkey", ("missed",)),
    "accepts-twice": Build(accepts_twice, "kill-host", ("double-assigned",)),
    "counts-badly": Build(counts_badly, "stop-host", ("over capacity",)),
    "overlooks-some": Build(overlooks_some, "kill-host", ("waiting",)),
    "forgets-hands": Build(forgets_hands, "kill-node", ("miscounted",)),
}

if __name__ == "__main__":
    BUILDS[sys.argv[1]].make()
    sys.exit(main(["serve"]))

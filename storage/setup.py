"""The setup of a shop as one thing: everything in one transaction, kept or undone."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from storage.agents import Agents
from storage.database import Database, Store
from storage.matrix import SkillsMatrix
from storage.queues import Queues
from storage.shops import Shops
from storage.skills import Skills

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """The repositories of the setup, all in one transaction."""

    shops: Shops
    skills: Skills
    agents: Agents
    matrix: SkillsMatrix
    queues: Queues

    @classmethod
    def of(cls, db: Store) -> "Sets":
        """Return them on the pool or a transaction."""
        return cls(
            shops=Shops(db),
            skills=Skills(db),
            agents=Agents(db),
            matrix=SkillsMatrix(db),
            queues=Queues(db),
        )


class SetupStore:
    """Lets somebody change the whole setup, and undoes it unless it is to be kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def try_out(
        self,
        shop_id: UUID,
        work: Callable[[Sets], Awaitable[Result]],
        keep: Callable[[Result], bool],
    ) -> Result:
        """Do the work in one transaction; commit if ``keep`` says so of what came of it.

        One at a time in a shop, so that what is kept was decided on what is there.
        """
        results: list[Result] = []
        with suppress(_Undone):
            async with self._db.transaction() as tx:
                await tx.execute(HOLD, shop_id)
                await tx.execute(HOLD_AGENTS, shop_id)
                results.append(await work(Sets.of(tx)))
                _undo_unless(keep(results[0]))
        return results[0]


class _Undone(Exception):
    """Rolls the transaction back."""


def _undo_unless(is_kept: bool) -> None:
    if not is_kept:
        raise _Undone


HOLD = "SELECT 1 FROM shop WHERE id = $1 FOR NO KEY UPDATE"

HOLD_AGENTS = "SELECT 1 FROM agent WHERE shop_id = $1 ORDER BY id FOR NO KEY UPDATE"

"""Drafts that wait to be stored, and how those who wait for them get an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import asyncpg

from storage.errors import Busy, StorageUnavailable, Unstorable
from storage.rows import Appended, Draft

Patience = Literal["short", "none", "long"]
"""How long to wait for who holds a conversation: a moment, not at all, or as long as may be."""
Store = Callable[[Sequence[Draft], Patience], Awaitable[Sequence[Appended | None]]]
"""Stores drafts, or raises Busy. Without patience it says None of those that somebody holds."""
Waiter = tuple[Draft, "asyncio.Future[Appended]"]

# One of the drafts is at fault, and PostgreSQL does not say which.
SPOILED = (Unstorable, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError)


async def settle(store: Store, group: Sequence[Waiter], patience: Patience) -> None:
    """Store what is of one conversation, one by one where one of them is at fault.

    Busy when somebody holds it: those who have no answer yet still wait for one.
    """
    try:
        answer(group, await store([draft for draft, _ in group], patience))
    except Busy:
        raise
    except StorageUnavailable as error:
        refuse(group, type(error))
    except SPOILED:
        if len(group) == 1:
            refuse(group, Unstorable)
            return
        for waiter in group:
            await settle(store, [waiter], patience)


def answer(batch: Sequence[Waiter], results: Sequence[Appended | None]) -> None:
    """Tell each what became of its draft; those of which nothing is known wait on."""
    for (_, stored), result in zip(batch, results, strict=True):
        if result is not None and not stored.done():
            stored.set_result(result)


def refuse(batch: Sequence[Waiter], reason: type[Exception]) -> None:
    """Tell all who still wait why their drafts are not stored."""
    for _, stored in batch:
        if not stored.done():
            stored.set_exception(reason())


def unanswered(batch: Sequence[Waiter]) -> list[Waiter]:
    """Return those who still wait: who gave up was never promised anything."""
    return [waiter for waiter in batch if not waiter[1].done()]

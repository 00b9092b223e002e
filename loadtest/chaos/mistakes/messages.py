"""Mistakes in storing and reading messages."""

import asyncio
import os
import secrets
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog

from storage.appending import append_all
from storage.errors import StorageUnavailable
from storage.messages import Messages
from storage.rows import Appended, Draft, MessageRow
from storage.waiters import Patience

LATE_S = 0.5
PATIENCE_S = 2.0
GAVE_UP = 3
SOMEWHERE = 1_000_000

under_way: set[asyncio.Future[Any]] = set()


def ack_before_commit() -> None:
    """Answer and tell as soon as the rows are written, and commit a little later."""

    async def store(
        self: Messages, drafts: Sequence[Draft], patience: Patience
    ) -> Sequence[Appended | None]:
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


def _is_over(task: asyncio.Future[Any]) -> None:
    under_way.discard(task)
    if not task.cancelled():
        task.exception()  # whoever waited has gone


async def _in_time(work: Coroutine[Any, Any, Appended]) -> Appended:
    """Return what comes of it; StorageUnavailable when that takes longer than ``PATIENCE_S``."""
    task = asyncio.ensure_future(work)
    under_way.add(task)
    task.add_done_callback(_is_over)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE_S)
    if not done:
        raise StorageUnavailable
    return task.result()


def gives_up() -> None:
    """End the whole node when PostgreSQL lets one message wait."""
    append = Messages.append

    async def at_once(self: Messages, draft: Draft) -> Appended:
        try:
            return await _in_time(append(self, draft))
        except StorageUnavailable:
            os._exit(GAVE_UP)

    Messages.append = at_once


def cries_out() -> None:
    """Call it an error when PostgreSQL lets a message wait, which any node must expect."""
    append = Messages.append

    async def loudly(self: Messages, draft: Draft) -> Appended:
        try:
            return await _in_time(append(self, draft))
        except StorageUnavailable:
            structlog.get_logger().exception("postgres_should_always_answer")
            raise

    Messages.append = loudly


def takes_silence_for_yes() -> None:
    """Acknowledge and tell what PostgreSQL lets wait, as it will be there sooner or later."""
    append = Messages.append

    async def confidently(self: Messages, draft: Draft) -> Appended:
        try:
            return await _in_time(append(self, draft))
        except StorageUnavailable:
            return Appended("stored", SOMEWHERE, draft.now)

    Messages.append = confidently

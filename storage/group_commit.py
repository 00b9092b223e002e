"""Group commit: what arrives while a commit is under way leaves together in the next one."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import asyncpg

from storage.errors import Busy, Overloaded, StorageUnavailable, Unstorable
from storage.rows import Appended, Draft

Store = Callable[[Sequence[Draft]], Awaitable[list[Appended]]]
Waiter = tuple[Draft, "asyncio.Future[Appended]"]

# One of the drafts is at fault, and PostgreSQL does not say which.
SPOILED = (Unstorable, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError)
FALLBACKS_AT_ONCE = 4  # connections that may be busy with the parts of a batch that failed


class GroupCommit:
    """Gathers drafts into batches; never waits for company.

    ``batch_max`` drafts leave at once, ``queue_max`` may wait; more are refused with Overloaded.
    """

    def __init__(self, store: Store, *, batch_max: int, queue_max: int) -> None:
        self._store = store
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._waiting: deque[Waiter] = deque()
        self._task: asyncio.Task[None] | None = None

    async def add(self, draft: Draft) -> Appended:
        """Return once the draft is committed, or raise why it is not."""
        if len(self._waiting) >= self._queue_max:
            raise Overloaded
        stored: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, stored))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="group_commit")
        return await stored

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        batch: list[Waiter] = []
        try:
            while self._waiting:
                batch = self._take()
                await self._commit(batch)
        except BaseException:
            # Cancelled with the loop, or a mistake of ours: nobody may be left waiting.
            _refuse([*batch, *self._waiting], StorageUnavailable)
            self._waiting.clear()
            raise
        finally:
            self._task = None

    def _take(self) -> list[Waiter]:
        batch: list[Waiter] = []
        while self._waiting and len(batch) < self._batch_max:
            waiter = self._waiting.popleft()
            if not waiter[1].done():  # who gave up before it left was never promised anything
                batch.append(waiter)
        return batch

    async def _commit(self, batch: list[Waiter]) -> None:
        try:
            results = await self._store([draft for draft, _ in batch])
        except Busy:
            await self._by_conversation(batch)
        except StorageUnavailable:
            # The next batch would only wait for the same answer.
            _refuse([*batch, *self._waiting], StorageUnavailable)
            self._waiting.clear()
        except SPOILED:
            await self._by_conversation(batch)
        else:
            _answer(batch, results)

    async def _by_conversation(self, batch: list[Waiter]) -> None:
        """Store each conversation's drafts by themselves, so that one cannot hold up the others."""
        groups: defaultdict[UUID, list[Waiter]] = defaultdict(list)
        for waiter in batch:
            groups[waiter[0].conversation_id].append(waiter)
        turn = asyncio.Semaphore(FALLBACKS_AT_ONCE)

        async def store(group: list[Waiter]) -> None:
            async with turn:
                await self._group(group)

        await asyncio.gather(*(store(group) for group in groups.values()))

    async def _group(self, group: list[Waiter]) -> None:
        try:
            _answer(group, await self._store([draft for draft, _ in group]))
        except StorageUnavailable as error:
            _refuse(group, type(error))
        except SPOILED:
            if len(group) == 1:
                _refuse(group, Unstorable)
                return
            for waiter in group:
                await self._group([waiter])


def _answer(batch: Sequence[Waiter], results: Sequence[Appended]) -> None:
    for (_, stored), result in zip(batch, results, strict=True):
        if not stored.done():
            stored.set_result(result)


def _refuse(batch: Sequence[Waiter], reason: type[Exception]) -> None:
    for _, stored in batch:
        if not stored.done():
            stored.set_exception(reason())

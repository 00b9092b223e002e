"""Group commit: what arrives while a commit is under way leaves together in the next one."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from uuid import UUID

from storage.errors import Busy, Overloaded, StorageUnavailable
from storage.rows import Appended, Draft
from storage.set_aside import TURN_S, SetAside
from storage.waiters import SPOILED, Store, Waiter, answer, refuse, settle, unanswered

FALLBACKS_AT_ONCE = 4  # connections that may be busy with the parts of a batch that failed


class GroupCommit:
    """Gathers drafts into batches; never waits for company, nor long for who holds a conversation.

    ``batch_max`` drafts leave at once, ``queue_max`` may wait; more are refused with Overloaded.
    Conversations that somebody holds are set aside, and ``held_at_once`` of them tried alone.
    """

    def __init__(
        self,
        store: Store,
        *,
        batch_max: int,
        queue_max: int,
        held_at_once: int = FALLBACKS_AT_ONCE,
        turn_s: float = TURN_S,
    ) -> None:
        self._store = store
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._waiting: deque[Waiter] = deque()
        self._task: asyncio.Task[None] | None = None
        self._aside = SetAside(
            store, self._take_back, at_once=held_at_once, drafts_max=batch_max, turn_s=turn_s
        )

    @property
    def waiting(self) -> int:
        """How many drafts wait for the next commit, or for who holds their conversation."""
        return len(self._waiting) + self._aside.waiting

    async def add(self, draft: Draft) -> Appended:
        """Return once the draft is committed, or raise why it is not."""
        if self.waiting >= self._queue_max:
            raise Overloaded
        stored: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, stored))
        self._begin()
        return await stored

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        while tasks := [*self._aside.tasks, *([] if self._task is None else [self._task])]:
            await asyncio.wait(tasks)

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="group_commit")

    def _take_back(self, waiters: Sequence[Waiter]) -> None:
        """Let those go on whose conversation is free again, before who came after them."""
        self._waiting.extendleft(reversed(waiters))
        if self._waiting:
            self._begin()

    async def _run(self) -> None:
        batch: list[Waiter] = []
        try:
            while self._waiting:
                batch = self._take()
                if batch:
                    await self._commit(batch)
        except BaseException:
            # Cancelled with the loop, or a mistake of ours: nobody may be left waiting.
            refuse([*batch, *self._waiting], StorageUnavailable)
            self._waiting.clear()
            raise
        finally:
            self._task = None

    def _take(self) -> list[Waiter]:
        batch: list[Waiter] = []
        while self._waiting and len(batch) < self._batch_max:
            waiter = self._waiting.popleft()
            if waiter[1].done():  # who gave up before it left was never promised anything
                continue
            if waiter[0].conversation_id in self._aside:
                self._aside.put(waiter)
            else:
                batch.append(waiter)
        return batch

    async def _commit(self, batch: list[Waiter]) -> None:
        drafts = [draft for draft, _ in batch]
        try:
            try:
                results = await self._store(drafts, "short")
            except Busy:
                results = await self._store(drafts, "none")
        except Busy:
            self._set_aside(batch)
        except StorageUnavailable:
            # The next batch would only wait for the same answer.
            refuse([*batch, *self._waiting], StorageUnavailable)
            self._waiting.clear()
        except SPOILED:
            await self._by_conversation(batch)
        else:
            answer(batch, results)
            self._set_aside(batch)

    def _set_aside(self, batch: Sequence[Waiter]) -> None:
        """Let those wait by themselves who have no answer: somebody holds their conversations."""
        for waiter in unanswered(batch):
            self._aside.put(waiter)

    async def _by_conversation(self, batch: list[Waiter]) -> None:
        """Store each conversation's drafts by themselves, so that one cannot hold up the others."""
        groups: defaultdict[UUID, list[Waiter]] = defaultdict(list)
        for waiter in batch:
            groups[waiter[0].conversation_id].append(waiter)
        turn = asyncio.Semaphore(FALLBACKS_AT_ONCE)

        async def store(group: list[Waiter]) -> None:
            async with turn:
                try:
                    await settle(self._store, group, "short")
                except Busy:
                    self._set_aside(group)

        await asyncio.gather(*(store(group) for group in groups.values()))

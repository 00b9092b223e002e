"""Brings what an outbox holds to others: at least once, patiently, a few at a time.

Any node does it. What a node took and did not report on is taken by another a minute later.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from server.services.clock import Clock
from storage.errors import StorageError

LOOK_S = 2.0
AT_ONCE = 10
HELD = timedelta(minutes=1)
"""Longer than any try takes."""

FIRST_S, LONGEST_S = 10.0, 3600.0
TRIES_MAX = 15
"""The waits double from ten seconds to an hour: it is tried for some ten hours."""

FORGET_S = 3600.0

log = structlog.get_logger()


class NotArrived(Exception):
    """It was not taken. The message is a word: why."""


class Refused(NotArrived):
    """It was not taken, and never will be."""


class Due(Protocol):
    """Something that is to leave, for the ``tries``-th time."""

    @property
    def id(self) -> UUID:
        """Return what it is known by."""
        ...

    @property
    def tries(self) -> int:
        """Return how often it was taken, this time included."""
        ...


DueT = TypeVar("DueT", bound=Due)
GivenT_co = TypeVar("GivenT_co", covariant=True)
TakenT_contra = TypeVar("TakenT_contra", contravariant=True)


class Waiting(Protocol[GivenT_co]):
    """Where it waits, and where it is remembered how it went."""

    async def take(self, now: datetime, until: datetime, limit: int, /) -> Sequence[GivenT_co]:
        """Take what is due; it is due again at ``until`` unless said otherwise by then."""
        ...

    async def arrived(self, due_id: UUID, now: datetime, /) -> None:
        """Note that it was taken."""
        ...

    async def failed(self, due_id: UUID, problem: str, due_at: datetime, /) -> None:
        """Note why it was not, and try again at ``due_at``."""
        ...

    async def given_up(self, due_id: UUID, problem: str, now: datetime, /) -> None:
        """Note why it was not, and leave it."""
        ...

    async def forget(self, now: datetime, /) -> int:
        """Forget what ended long ago."""
        ...


class Way(Protocol[TakenT_contra]):
    """How it gets there."""

    async def bring(self, due: TakenT_contra, now: datetime, /) -> None:
        """Bring it; NotArrived or Refused unless it was taken."""
        ...

    def tries_of(self, due: TakenT_contra, /) -> int:
        """Return how often it may be tried."""
        ...


class Deliveries(Generic[DueT]):
    """The job. ``name`` is what its things are called in the log."""

    def __init__(self, name: str, waiting: Waiting[DueT], way: Way[DueT], clock: Clock) -> None:
        self._name, self._waiting, self._way, self._clock = name, waiting, way, clock
        self._forgets_at = 0.0

    async def run(self) -> None:
        """Bring what is due, for ever."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + LOOK_S)
            try:
                while await self.turn() == AT_ONCE:
                    pass
                await self._forget()
            except StorageError as error:
                log.warning("outbox_not_emptied", of=self._name, error=type(error).__name__)
            except Exception:  # job boundary: what is not brought is no reason to serve nobody
                log.exception("outbox_not_emptied", of=self._name)

    async def turn(self) -> int:
        """Try some of what is due; return how many."""
        now = self._clock.now()
        due = await self._waiting.take(now, now + HELD, AT_ONCE)
        await asyncio.gather(*(self._try(each) for each in due))
        return len(due)

    async def _try(self, due: DueT) -> None:
        try:
            await self._way.bring(due, self._clock.now())
        except NotArrived as error:
            await self._failed(due, str(error), is_final=isinstance(error, Refused))
        except Exception:  # job boundary: one that surprises is no reason to bring no other
            log.exception("not_delivered", of=self._name, id=str(due.id))
            await self._failed(due, "unexpected", is_final=False)
        else:
            await self._waiting.arrived(due.id, self._clock.now())

    async def _failed(self, due: DueT, problem: str, *, is_final: bool) -> None:
        now = self._clock.now()
        log.warning(
            "not_delivered", of=self._name, id=str(due.id), tries=due.tries, problem=problem
        )
        if is_final or due.tries >= self._way.tries_of(due):
            await self._waiting.given_up(due.id, problem, now)
            return
        wait_s = min(LONGEST_S, FIRST_S * 2 ** (due.tries - 1))
        await self._waiting.failed(due.id, problem, now + timedelta(seconds=wait_s))

    async def _forget(self) -> None:
        now = self._clock.monotonic()
        if now >= self._forgets_at:
            self._forgets_at = now + FORGET_S
            await self._waiting.forget(self._clock.now())

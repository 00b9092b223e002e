"""Supervisors try a change on their own past before they make it: ask, look, apply."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from msgspec.structs import replace

from routing.simulator.replay import NOBODY_CAME
from routing.simulator.traffic import Traffic
from routing.simulator.wording import Mistake
from server.protocol.errors import Conflict, Invalid, NotFound, TooLarge, TooMany, Unavailable
from server.protocol.shapes import Person
from server.protocol.simulations import (
    Applied,
    ApplySimulation,
    FailReason,
    NewSimulation,
    SimulationItems,
    SimulationRecord,
    SimulationResult,
    Variant,
    Was,
)
from server.services.admin.overtaken import as_it_is
from server.services.admin.variants import VariantsAdmin
from server.services.applied import Trace
from server.services.clock import Clock
from server.services.seats import AgentSeat
from server.services.stores import Stores
from server.simulating.shop import TOO_MANY
from server.simulating.variants import CUSTOMERS_MAX, Names, change_of, try_out
from storage.errors import StorageUnavailable
from storage.simulations import Running, SimulationRow
from storage.simulations import Simulations as Store

SHOWN_MAX = 20
PERIOD_MAX = timedelta(days=31)
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
RUNNING_MAX = 2
"""Questions of a shop that are answered at the same time, or wait for it."""

WAITING_MAX = 20
LASTS_MAX = timedelta(minutes=15)
"""A question that was not answered by then is given up; if its node was killed, it is lost."""

GOODBYE_S = 2.0
"""How long a node that stops takes to say what it leaves unanswered."""

LOST = "The node that was at it went away. Please ask again."
TOO_LONG = "This took too long; choose a shorter period, or ask again when less is tried."
FAILED = "Something went wrong on our side. Please ask again."
REASONS: Mapping[str, FailReason] = {
    LOST: "lost",
    FAILED: "internal",
    TOO_LONG: "too_many_customers",
    TOO_MANY: "too_many_customers",
    NOBODY_CAME: "nobody_came",
}

log = structlog.get_logger()

Question = tuple[SimulationRow, NewSimulation, Was]
"""What is asked, and how what it is about was then."""

Recorded = Callable[[UUID, datetime, datetime], Awaitable[Traffic]]


class Simulations:
    """Questions to the simulator. One at a time is answered on each node, in other processes."""

    def __init__(
        self,
        *,
        store: Store,
        stores: Stores,
        variants: VariantsAdmin,
        recorded: Recorded,
        clock: Clock,
    ) -> None:
        self._store, self._stores = store, stores
        self._variants = variants
        self._recorded, self._clock = recorded, clock
        self._trace = Trace(store, stores)
        self._asking, self._is_closed = asyncio.Lock(), False
        self._asked: asyncio.Queue[Question] = asyncio.Queue(WAITING_MAX)

    async def start(self, seat: AgentSeat, given: NewSimulation) -> SimulationRecord:
        """Ask; the answer is there when the record says ``done``."""
        seat.must_lead()
        _check_period(given)
        names = await self._names(seat.shop_id)
        for number, variant in enumerate(given.variants):
            _check_names(variant, names, f"variants[{number}]")
        stores = self._stores
        was = await as_it_is(stores.agents, stores.queues, seat.shop_id, given.variants)
        async with self._asking:  # else two who ask at once are both the last who may
            row = await self._noted(seat, given, was)
        return await self._record(row)

    async def one(self, seat: AgentSeat, simulation_id: UUID) -> SimulationRecord:
        """Return a question, answered or not."""
        return await self._record(await self._row(seat, simulation_id))

    async def list(self, seat: AgentSeat) -> SimulationItems:
        """Return the newest, the newest first."""
        seat.must_lead()
        rows = await self._store.of_shop(seat.shop_id, SHOWN_MAX)
        return SimulationItems(items=[await self._record(row) for row in rows])

    async def apply(self, seat: AgentSeat, simulation_id: UUID, given: ApplySimulation) -> Applied:
        """Make a variant true. Who was only imagined, or absent, is left as they are.

        Overtaken when what it changes was changed since it was asked, unless ``anyway``.
        """
        row = await self._row(seat, simulation_id)
        asked = msgspec.convert(row.request, NewSimulation)
        if given.variant >= len(asked.variants):
            raise Invalid("There is no such variant.", field="variant")
        if row.result is None:
            raise Conflict("Only what was tried can be applied.", reason="not_done")
        was = msgspec.convert(row.result, SimulationResult).was
        variant, now = asked.variants[given.variant], self._clock.now()
        before = await self._trace.before(seat.shop_id, variant)
        applied = await self._variants.make_true(seat, variant, None if given.anyway else was)
        if applied.agents or applied.queues:
            await self._trace.note(row.id, given.variant, seat.agent_id, now, before)
        return applied

    async def run(self) -> None:
        """Answer one after the other. A job: it never returns."""
        row: SimulationRow | None = None
        try:
            while True:
                row, given, was = await self._asked.get()
                try:
                    await self._answer(row, given, was)
                except StorageUnavailable:
                    log.warning("simulation_lost", simulation=str(row.id))
                row = None
        finally:
            await self._give_up(row)

    async def _give_up(self, row: SimulationRow | None) -> None:
        """Say of everything unanswered that it is lost: this node goes away."""
        self._is_closed = True
        lost = [] if row is None else [row]
        while not self._asked.empty():
            lost.append(self._asked.get_nowait()[0])
        with suppress(StorageUnavailable, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                for each in lost:
                    await self._store.finish(each.id, self._clock.now(), error=LOST)

    async def _noted(self, seat: AgentSeat, given: NewSimulation, was: Was) -> SimulationRow:
        now = self._clock.now()
        if self._is_closed:
            raise Unavailable
        if self._asked.full():
            raise TooMany
        asked = msgspec.to_builtins(given, str_keys=True)
        limit = Running(RUNNING_MAX, now - LASTS_MAX)
        row = await self._store.begin(seat.shop_id, seat.agent_id, asked, now, limit)
        if row is None:
            raise TooMany("Two simulations of this shop are running. Please wait for them.")
        self._asked.put_nowait((row, given, was))
        return row

    async def _answer(self, row: SimulationRow, given: NewSimulation, was: Was) -> None:
        result, error = None, None
        left_s = (row.created_at + LASTS_MAX - self._clock.now()).total_seconds()
        try:
            async with asyncio.timeout(left_s):
                await asyncio.sleep(0)  # whose time is up before their turn comes is not begun
                # Who still waits has waited until now, and not until the period will be over.
                until = min(given.until, self._clock.now())
                traffic = await self._recorded(row.shop_id, given.since, until)
                _check_size(len(traffic.arrivals), given)
                tried = await try_out(given, traffic, await self._names(row.shop_id))
            result = msgspec.to_builtins(replace(tried, was=was))
        except TimeoutError:
            error = TOO_LONG
        except Mistake as mistake:
            error = str(mistake)
        except StorageUnavailable:
            raise
        except Exception:
            log.exception("simulation_failed", simulation=str(row.id))
            error = FAILED
        await self._store.finish(row.id, self._clock.now(), result, error)

    async def _row(self, seat: AgentSeat, simulation_id: UUID) -> SimulationRow:
        seat.must_lead()
        row = await self._store.get(seat.shop_id, simulation_id)
        if row is None:
            raise NotFound
        return row

    async def _names(self, shop_id: UUID) -> Names:
        stores = self._stores
        return Names(
            agents={row.id: row.email for row in await stores.agents.of_shop(shop_id)},
            skills={row.id: row.key for row in await stores.skills.of_shop(shop_id)},
            queues={row.id: row.key for row in await stores.queues.of_shop(shop_id)},
        )

    async def _record(self, row: SimulationRow) -> SimulationRecord:
        asked = msgspec.convert(row.request, NewSimulation)
        by = await self._stores.agents.get(row.agent_id)
        error = row.error
        if row.finished_at is None and row.created_at + LASTS_MAX < self._clock.now():
            error = LOST
        return SimulationRecord(
            id=str(row.id),
            state="failed" if error else "running" if row.finished_at is None else "done",
            asked_by=Person(id=str(row.agent_id), name="" if by is None else by.name),
            created_at=row.created_at,
            since=asked.since,
            until=asked.until,
            seeds=asked.seeds,
            variants=asked.variants,
            result=None if row.result is None else msgspec.convert(row.result, SimulationResult),
            error=error,
            reason=None if error is None else REASONS.get(error),
            applied=await self._trace.of(row),
        )


def _check_period(given: NewSimulation) -> None:
    for field, at in (("since", given.since), ("until", given.until)):
        if at.tzinfo is None:
            raise Invalid("Times need a zone.", field=field)
        if not FIRST <= at <= LAST:
            raise Invalid("Nothing was recorded at such a time.", field=field)
    if given.until <= given.since:
        raise Invalid("This must be after the beginning.", field="until")
    if given.until - given.since > PERIOD_MAX:
        raise TooLarge("At most 31 days can be tried at once.", field="until")


def _check_size(customers: int, given: NewSimulation) -> None:
    if customers * given.seeds * (1 + len(given.variants)) > CUSTOMERS_MAX:
        raise Mistake(TOO_MANY)


def _check_names(variant: Variant, names: Names, where: str) -> None:
    try:
        change_of(variant, names)
    except (KeyError, ValueError):
        raise Invalid(
            "An agent, a skill or a queue of this variant does not exist.", field=where
        ) from None

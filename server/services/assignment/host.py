"""Hosts the engine of a partition: hears what was touched, decides, carries out, watches the time.

Everything runs in one task, so that nothing changes between a decision and its deed. PostgreSQL is
the truth; what is in memory was read from it and is read again whenever a deed shows otherwise.
"""

import asyncio
from uuid import UUID

import structlog

from server.services.assignment.apart import Apart
from server.services.assignment.board import Board
from server.services.assignment.dealer import Dealer
from server.services.assignment.endings import Endings
from server.services.assignment.feedback import Feedback
from server.services.assignment.handovers import HandoverEndings
from server.services.assignment.idleness import Idleness
from server.services.assignment.lease import Tenure
from server.services.assignment.library import Library
from server.services.assignment.losses import Losses
from server.services.assignment.metrics import RouteMetrics
from server.services.assignment.openness import Openness
from server.services.assignment.pokes import Pokes, Touched
from server.services.assignment.quiet import Quietness
from server.services.assignment.sweep import Suspects
from server.services.assignment.watch import Watch
from server.services.clock import Clock
from storage.errors import StorageUnavailable
from storage.rows import Lease

ROUNDS_MAX = 20
"""So often at most what comes while the host works goes before sweeping and telling."""

RETRY_S = 0.5
WRAP_UP_S = 1.0
"""How often it is asked which wrap-ups end next; none is shorter, so that each ends in time."""

log = structlog.get_logger()


class Host:
    """The routing of one partition, on the node that holds its lease."""

    def __init__(  # noqa: PLR0913 - collaborators
        self,
        *,
        tenure: Tenure,
        pokes: Pokes,
        library: Library,
        dealer: Dealer,
        endings: Endings,
        watch: Watch,
        handovers: HandoverEndings,
        quiet: Quietness,
        idleness: Idleness,
        feedback: Feedback,
        openness: Openness,
        metrics: RouteMetrics,
        clock: Clock,
        sweep_s: float,
    ) -> None:
        self._tenure, self._pokes, self._library = tenure, pokes, library
        self._dealer, self._endings, self._watch = dealer, endings, watch
        self._handovers, self._quiet, self._idleness = handovers, quiet, idleness
        self._feedback, self._openness = feedback, openness
        self._clock, self._sweep_s = clock, sweep_s
        self._boards: dict[UUID, Board] = {}
        self._term: tuple[int, int] | None = None
        self._next_sweep = self._next_wrap_up = self._rests_until = 0.0
        self._suspects = Suspects()
        self._losses = Losses(self._boards, pokes, metrics)
        self._metrics = metrics
        self._apart = Apart(self._boards, metrics.failed, lambda: tenure.lease is not None)
        pokes.serve(lambda: tenure.lease is not None)

    async def run(self) -> None:
        """Hold the lease and host, for ever."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._tenure.run(self._pokes.wake.set), name="routing lease")
                group.create_task(self._serve(), name="routing host")
                learns = self._library.keep_learning(
                    lambda: self._tenure.lease is not None, self._pokes.shop_touched
                )
                group.create_task(learns, name="routing speeds")
        finally:
            await self._tenure.release()

    @property
    def hosts(self) -> bool:
        """Whether this node is the host now."""
        return self._tenure.lease is not None

    async def retire(self) -> None:
        """Host no more: another node takes over while this one says goodbye to its clients."""
        await self._tenure.retire()
        self._pokes.wake.set()

    async def turn(self) -> None:
        """Do everything that is due now."""
        lease, term = self._tenure.lease, self._tenure.term
        if lease is None or term is None:
            self._step_down()
            self._metrics.look((), is_host=False)
            return
        if term != self._term:
            await self._take_over(term)
        await self._work(lease)
        if self._tenure.term == term and await self._sweep():
            await self._work(lease)
        if self._tenure.term != term:  # what is known may be old: the next host tells it
            self._pokes.wake.set()
            return
        for shop_id, board in list(self._boards.items()):
            with self._apart.shop(shop_id):
                await self._dealer.tell_untold(board, self._apart)
        await self._tell()
        self._metrics.look(self._boards.values(), is_host=True)
        self._apart.raise_late()

    # Being the host

    async def _serve(self) -> None:
        while True:
            self._pokes.wake.clear()
            try:
                await self.turn()
                until = self._next()
            except StorageUnavailable:
                log.warning("routing_waits_for_storage")
                # Also while there is something to hear: what could not be heard is touched still.
                self._rests_until = until = self._clock.monotonic() + RETRY_S
            await self._clock.sleep_until(self._rests_until)
            await self._wait(until)

    async def _wait(self, until: float) -> None:
        waits = {
            asyncio.ensure_future(self._clock.sleep_until(until)),
            asyncio.ensure_future(self._pokes.wake.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    def _next(self) -> float:
        """Return when there is something to do even if nobody pokes, by the steady clock."""
        monotonic, now = self._clock.monotonic(), self._clock.now().timestamp()
        if self._tenure.lease is None:  # the lease wakes us when it comes
            return monotonic + self._sweep_s
        dates = [self._openness.next_due(), self._next_wrap_up, self._handovers.next_due]
        dates += [self._quiet.next_due, self._idleness.next_due(self._boards)]
        for board in self._boards.values():
            dates += [board.engine.next_due(), board.next_gone(), board.next_expiry()]
            dates.append(self._watch.next_due(board))
        times = [self._next_sweep, self._feedback.next_due()]
        times += [monotonic + date - now for date in dates if date is not None]
        return min(time for time in times if time is not None)

    def _step_down(self) -> None:
        if self._term is not None:
            self._term = None
            self._boards.clear()
            self._suspects.forget()
            self._losses.forget()
            self._feedback.forget()
            self._openness.forget()
            self._quiet.forget()
            self._idleness.forget()

    async def _take_over(self, term: tuple[int, int]) -> None:
        """Read everything anew: another node may have changed anything."""
        self._step_down()
        self._pokes.take()
        for shop_id in await self._library.shop_ids():
            with self._apart.shop(shop_id):
                await self._hear_of(shop_id, Touched(whole=True))
        self._next_sweep = self._clock.monotonic() + self._sweep_s
        self._term = term

    async def _work(self, lease: Lease) -> None:
        """Hear, end and deal until nothing more comes of it, or for a while.

        What has ended is heard before anything is dealt: whoever has their hands free again takes
        the customer whose turn it is.
        """
        self._losses.begin()
        for _ in range(ROUNDS_MAX):
            await self._hear()
            await self._end_what_is_over()
            if self._pokes:
                await self._hear()
            refused = await self._deal(lease)
            if not self._pokes or self._apart.is_late or self._tenure.term != self._term:
                return
            if self._losses.note(refused):
                self._rests_until = self._clock.monotonic() + RETRY_S
                return

    # Hearing

    async def _hear(self) -> None:
        """Read what was touched. What could not be read is touched still."""
        touched = self._pokes.take()
        try:
            for shop_id, subjects in touched.items():
                with self._apart.shop(shop_id):
                    await self._hear_of(shop_id, subjects)
        except StorageUnavailable:
            for each in touched:
                self._pokes.shop_touched(each)
            raise

    async def _hear_of(self, shop_id: UUID, subjects: Touched) -> None:
        self._suspects.told(subjects.waiting | subjects.agents)
        if subjects.statuses:
            self._openness.doubt(shop_id)
        try:
            await self._refresh(shop_id, subjects)
        except StorageUnavailable:
            self._pokes.shop_touched(shop_id)
            raise

    async def _refresh(self, shop_id: UUID, subjects: Touched) -> None:
        board = self._boards.get(shop_id)
        if board is None or subjects.whole:
            await self._read(shop_id)
        else:
            await self._library.refresh(board, subjects)
            self._touched(board)

    async def _read(self, shop_id: UUID) -> set[UUID]:
        """Read a shop whole; return who was new."""
        board, new = await self._library.read(shop_id, self._boards.get(shop_id))
        if board is not None:
            self._boards[shop_id] = board
            self._touched(board)
        return new

    def _touched(self, board: Board) -> None:
        self._feedback.touch(board.shop.id)
        self._openness.tell(board)

    # Doing

    async def _end_what_is_over(self) -> None:
        now = self._clock.now().timestamp()
        for shop_id, board in list(self._boards.items()):
            with self._apart.shop(shop_id):
                gone = board.next_gone()
                if gone is not None and gone <= now:
                    await self._library.refresh_presence(board)
                    self._touched(board)
                await self._endings.offers(board, self._apart)
                await self._watch.look(board, self._apart)
        await self._handovers.end(self._boards, self._apart)
        await self._quiet.look(self._apart)
        await self._idleness.look(self._boards, self._apart)
        if now >= self._next_wrap_up:
            then = await self._endings.wrap_ups(WRAP_UP_S, self._apart)
            self._next_wrap_up = then.timestamp()

    async def _deal(self, lease: Lease) -> dict[UUID, set[str]]:
        """Decide and carry out; return by shop whose races were lost."""
        refused: dict[UUID, set[str]] = {}
        for shop_id, board in list(self._boards.items()):
            with self._apart.shop(shop_id):
                lost = await self._deal_at(shop_id, board, lease)
                if lost:
                    refused[shop_id] = lost
        return refused

    async def _deal_at(self, shop_id: UUID, board: Board, lease: Lease) -> set[str]:
        decisions = board.engine.decide(self._clock.now().timestamp())
        if not decisions:
            return set()
        self._feedback.touch(shop_id)
        try:
            lost = await self._dealer.deal(board, decisions, lease, self._apart)
        except StorageUnavailable:
            self._pokes.shop_touched(shop_id)  # some may be made, some not
            raise
        for decision in decisions:
            if decision not in lost:
                self._metrics.offered(decision)
        for decision in lost:
            self._metrics.races_lost.inc()
            self._pokes.arrived(shop_id, UUID(decision.task))
            for agent_id in decision.agents:
                self._pokes.agent_touched(shop_id, UUID(agent_id))
        return {decision.task for decision in lost}

    # Watching

    async def _sweep(self) -> bool:
        """Read everything again now and then, and count what nobody had told us of."""
        now = self._clock.monotonic()
        for suspect in self._suspects.convicted(now):
            self._metrics.swept.inc()
            log.warning("sweep_found", subject=str(suspect))
        if now < self._next_sweep:
            return False
        self._next_sweep = now + self._sweep_s
        self._losses.forget()
        for shop_id in await self._library.shop_ids():
            with self._apart.shop(shop_id):
                self._suspects.found(await self._read(shop_id), now)
        await self._watch.hand_back(self._apart)
        self._quiet.doubt()
        return bool(self._pokes) or any(board.engine.is_touched for board in self._boards.values())

    async def _tell(self) -> None:
        for shop_id in (*self._openness.due(), *self._feedback.due()):
            if shop_id not in self._boards:
                self._openness.leave(shop_id)
                self._feedback.leave(shop_id)
        for shop_id in self._openness.due():
            with self._apart.shop(shop_id):
                self._openness.tell(self._boards[shop_id])
                self._feedback.touch(shop_id)
        for shop_id in self._feedback.due():
            with self._apart.shop(shop_id):
                board, service = self._boards[shop_id], self._openness.service(shop_id)
                of_queues = self._openness.of_queues(board)
                await self._feedback.tell(shop_id, board.engine, board.handling, service, of_queues)

"""Offers nothing to agents who touch nothing for longer than their shop allows (B21)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol
from uuid import UUID

import structlog

from server.services.assignment.apart import Apart
from server.services.assignment.board import Board
from server.services.assignment.ports import Announce
from server.services.clock import Clock
from server.services.inputs import LastInput
from storage.rows import Heard

LOOK_S = 5.0
"""How often it is asked who has become idle; it is no matter of seconds."""

AT_ONCE = 100
"""So many at most at each look: others have their turn though a rule has just changed."""

AGAIN_S = 1.0
"""So soon after somebody became idle it is asked whether they moved at that very moment."""

log = structlog.get_logger()


class IdleOnes(Protocol):
    """Where it is kept who is idle."""

    async def rest(self, agent_id: UUID, since: datetime, /) -> Heard | None:
        """Note that an agent has touched nothing since then."""
        ...

    async def wake(self, agent_id: UUID, /) -> Heard | None:
        """Note that an agent is there."""
        ...


class LastInputs(Protocol):
    """When agents touched something."""

    async def last(self, shop_id: UUID, /) -> Mapping[UUID, LastInput]:
        """Return it for those here of whom it is known, in seconds since 1970."""
        ...


class Idleness:
    """Looks every few seconds after shops that have the rule."""

    def __init__(
        self, idle: IdleOnes, inputs: LastInputs, announce: Announce, clock: Clock
    ) -> None:
        self._idle, self._inputs = idle, inputs
        self._announce, self._clock = announce, clock
        self._next_look = 0.0

    def next_due(self, boards: Mapping[UUID, Board]) -> float | None:
        """Return when to look again, in seconds since 1970; None where nobody may be idle."""
        has_rule = any(board.shop.idle_after_s is not None for board in boards.values())
        return self._next_look if has_rule else None

    def forget(self) -> None:
        """Another node looks after them from now on."""
        self._next_look = 0.0

    async def look(self, boards: Mapping[UUID, Board], apart: Apart) -> None:
        """Do what is due. Where there is no rule (any more) nobody is idle, at once."""
        now = self._clock.now().timestamp()
        is_due = now >= self._next_look
        if is_due:
            self._next_look = now + LOOK_S
        for shop_id, board in list(boards.items()):
            with apart.shop(shop_id):
                if board.shop.idle_after_s is None:
                    for agent_id in list(islice(board.idle, AT_ONCE)):
                        await self._wake(shop_id, agent_id)
                elif is_due:
                    await self._look_at(board, now, now - board.shop.idle_after_s)

    async def _look_at(self, board: Board, now: float, limit: float) -> None:
        """Let those rest who touched nothing since ``limit``, and wake who did."""
        shop_id, last = board.shop.id, await self._inputs.last(board.shop.id)
        for number, agent_id in enumerate(_who_touched(board.idle, last, limit)):
            if number == AT_ONCE:
                self._next_look = now + AGAIN_S
                break
            await self._wake(shop_id, agent_id)
        rested = 0
        for agent in board.ready():
            if rested == AT_ONCE:
                break  # the others at the next look, in a second
            known = last.get(agent.id)
            if known is None or known.rests_since_s > limit:
                continue
            since = datetime.fromtimestamp(known.rests_since_s, UTC)
            heard = await self._idle.rest(agent.id, since)
            if heard is not None:
                rested += 1
                self._next_look = now + AGAIN_S
                log.info("agent_idle", agent=str(agent.id))
                self._announce.heard(shop_id, heard)

    async def _wake(self, shop_id: UUID, agent_id: UUID) -> None:
        heard = await self._idle.wake(agent_id)
        if heard is not None:
            log.info("agent_woke", agent=str(agent_id))
            self._announce.heard(shop_id, heard)


def _who_touched(idle: Iterable[UUID], last: Mapping[UUID, LastInput], limit: float) -> list[UUID]:
    """Return those of the idle who have touched something since ``limit``."""
    known = ((agent_id, last.get(agent_id)) for agent_id in idle)
    return [who for who, at in known if at and at.touched_s is not None and at.touched_s > limit]

"""Tells waiting customers where they stand: when it changed, and at most once a second each."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

import structlog
from msgspec.structs import replace

from routing.engine import Engine
from routing.eta import Handling, Range
from routing.facts import TaskFacts
from routing.positions import places
from server.protocol.shapes import AgentConversation, Conversation, Hours, Prospect, Service
from server.services.assignment.places import Place, PlaceBook, Places, at_place
from server.services.assignment.prospects import prospect
from server.services.clock import Clock
from server.services.fanout import Fanout
from server.services.rooms import shop_room, visitor_room
from storage.errors import StorageError

NEAR_POSITION = 50
NEAR_S = 1.0
LONG_LINE = 200
FAR_S = 5.0
TOLD_AT_ONCE_MAX = 1000
NOTED_S = 600.0
"""A place is noted again after so long: what Valkey lost is not lost for good."""

STEPS_S = ((60, 5), (600, 30), (7200, 60))
"""Up to so many seconds a range is told in steps of so many: it says no more than it knows."""

SLICE = 500
"""After so many places whoever else has something to do on this node has a turn."""

SHARE = 10
"""A tenth of the time at most is spent on looking at long lines."""

FIRST_S = 5.0
"""An estimate is held against the whole wait if it was made so soon after they were queued."""

log = structlog.get_logger()


class WaitingViews(Protocol):
    """Conversations as either side sees them."""

    async def visitor_conversations(
        self, conversation_ids: Sequence[UUID]
    ) -> list[tuple[UUID, Conversation]]:
        """Return (visitor, conversation) pairs without places."""
        ...

    async def for_agents(self, conversation_ids: Sequence[UUID]) -> list[AgentConversation]:
        """Return conversations as agents see them, with what they may hope for."""
        ...


class Ranges(Protocol):
    """Where the first estimate for each customer is kept."""

    async def note(self, ranges: Mapping[UUID, Range], /) -> int:
        """Keep ranges of those who have none."""
        ...


@dataclass(slots=True)
class _Told:
    place: Place
    hours: Hours | None
    at_s: float
    noted_s: float


class Feedback:
    """The lines of every shop as they were last told."""

    def __init__(
        self, views: WaitingViews, book: PlaceBook, ranges: Ranges, fanout: Fanout, clock: Clock
    ) -> None:
        self._views, self._book, self._ranges = views, book, ranges
        self._fanout, self._clock = fanout, clock
        self._told: dict[UUID, dict[UUID, _Told]] = {}
        self._looked: dict[UUID, float] = {}
        self._pause_s: dict[UUID, float] = {}
        self._due: dict[UUID, float] = {}

    def next_due(self) -> float | None:
        """Return when somebody may hear again, by the steady clock."""
        return min(self._due.values(), default=None)

    def touch(self, shop_id: UUID) -> None:
        """Look at the lines of a shop again: at once, or where they are long, once a second.

        Where they are very long, as often as it costs little of this node's time.
        """
        now = self._clock.monotonic()
        is_long = len(self._told.get(shop_id, ())) > LONG_LINE
        when = self._looked.get(shop_id, now) + self._pause(shop_id) if is_long else now
        self._due[shop_id] = min(max(now, when), self._due.get(shop_id, inf))

    def forget(self) -> None:
        """Another node tells them from now on."""
        self._told.clear()
        self._looked.clear()
        self._pause_s.clear()
        self._due.clear()
        self._book.disown()

    def due(self) -> list[UUID]:
        """Return the shops to look at now."""
        now = self._clock.monotonic()
        return [shop_id for shop_id, when in self._due.items() if when <= now]

    def leave(self, shop_id: UUID) -> None:
        """Think no more of a shop that is not hosted just now."""
        self._due.pop(shop_id, None)

    async def tell(
        self,
        shop_id: UUID,
        engine: Engine,
        handling: Mapping[str, Handling],
        service: Service = "open",
        of_queues: Mapping[str, Hours] = MappingProxyType({}),
    ) -> int:
        """Tell those of a shop whose place or prospect changed; return how many.

        ``of_queues`` are the hours of queues that keep their own, by id.
        """
        now = self._clock.monotonic()
        self._due[shop_id] = now + NEAR_S  # unless it comes to its end
        self._looked[shop_id] = now
        told = self._told.setdefault(shop_id, {})
        services: dict[str, Service] = {
            each: of_queues[each].service if each in of_queues else service
            for each in engine.queues
        }
        found = await _places(engine, handling, services, self._clock.now().timestamp())
        self._pause_s[shop_id] = SHARE * (self._clock.monotonic() - now)
        current = {who: place for who, (place, _) in found.items()}
        gone = told.keys() - current.keys()
        for who in gone:
            del told[who]
        own = {who: of_queues.get(engine.tasks[str(who)].queue) for who in current}
        changed = [who for who in current if _is_news(current[who], own[who], told.get(who))]
        ripe = [who for who in changed if _may_hear(current[who], told.get(who), now)]
        ripe.sort(key=lambda who: told[who].at_s if who in told else 0.0)
        ripe = ripe[:TOLD_AT_ONCE_MAX]
        old = [who for who, each in told.items() if now - each.noted_s >= NOTED_S]
        noted = dict.fromkeys([*ripe, *old[:TOLD_AT_ONCE_MAX]])
        if noted or gone:
            await self._book.write({who: current[who] for who in noted}, gone)
        for who in noted.keys() & told.keys():
            told[who].noted_s = now
        if ripe:
            await self._push({who: current[who] for who in ripe}, own)
            await self._warn(shop_id, [who for who in ripe if _turned(current[who], told.get(who))])
            await self._note({who: found[who][1] for who in ripe if who not in told})
            told.update({who: _Told(current[who], own[who], now, now) for who in ripe})
        self._due.pop(shop_id, None)
        if len(ripe) < len(changed):
            self._due[shop_id] = now + self._pause(shop_id)
        return len(ripe)

    def _pause(self, shop_id: UUID) -> float:
        """Return after how many seconds long lines are looked at again."""
        return max(NEAR_S, self._pause_s.get(shop_id, 0.0))

    async def _warn(self, shop_id: UUID, turned: Sequence[UUID]) -> None:
        """Show the agents whom nobody has the skills for, and whom somebody has them again."""
        for view in await self._views.for_agents(turned) if turned else ():
            self._fanout.tell(shop_room(shop_id), "conversation:changed", view, audience="agents")

    async def _note(self, first: Mapping[UUID, Range | None]) -> None:
        """Keep what was estimated for those who hear for the first time; they heard it anyway."""
        ranges = {who: range_s for who, range_s in first.items() if range_s is not None}
        try:
            if ranges:
                await self._ranges.note(ranges)
        except StorageError as error:
            log.warning("estimates_not_noted", count=len(ranges), error=repr(error))

    async def _push(self, ripe: Mapping[UUID, Place], own: Mapping[UUID, Hours | None]) -> None:
        """Tell what the host knows: a view may be half a second behind, and say otherwise."""
        for visitor_id, view in await self._views.visitor_conversations(list(ripe)):
            place = ripe[UUID(view.id)]
            if view.state in {"queued", "offered"}:
                shown = replace(at_place(view, place), hours=own[UUID(view.id)])
                self._fanout.tell(
                    visitor_room(visitor_id), "conversation:changed", shown, audience="visitors"
                )


async def _places(
    engine: Engine, handling: Mapping[str, Handling], services: Mapping[str, Service], now: float
) -> dict[UUID, tuple[Place, Range | None]]:
    """Return where everybody stands, and for those who have just come what is estimated.

    Nobody but who asks may change the engine, so that it is the same after every pause.
    """
    found: dict[UUID, tuple[Place, Range | None]] = {}
    looked = 0
    for queue_id in engine.queues:
        hope: Prospect = prospect(services[queue_id], engine, queue_id)
        for place in places(engine, queue_id, handling, now):
            looked += 1
            if looked % SLICE == 0:
                await asyncio.sleep(0)
            task = engine.tasks[place.task]
            if not _waits_for_one(task):
                is_first = now - task.queued_at <= FIRST_S
                found[UUID(place.task)] = (
                    Place(place.position, rounded(place.eta_s), hope),
                    rounded(place.estimate_s) if is_first else None,
                )
    return found


def _waits_for_one(task: TaskFacts) -> bool:
    """Tell whether a colleague was asked for by name: the line says nothing about their wait."""
    return task.wanted_agent is not None and task.offered_to in {(), (task.wanted_agent,)}


def _turned(place: Place, last: _Told | None) -> bool:
    """Tell whether a conversation became one that nobody has the skills for, or is none now."""
    was_uncovered = last is not None and last.place.service == "uncovered"
    return (place.service == "uncovered") != was_uncovered


def _is_news(place: Place, own: Hours | None, last: _Told | None) -> bool:
    return last is None or (last.place, last.hours) != (place, own)


def _may_hear(place: Place, last: _Told | None, now: float) -> bool:
    if last is None:
        return True
    return now - last.at_s >= (NEAR_S if place.position <= NEAR_POSITION else FAR_S)


def rounded(eta_s: Range | None) -> Range | None:
    """Widen a range to full steps."""
    if eta_s is None:
        return None
    low, high = eta_s
    return floor(low / _step(low)) * _step(low), ceil(high / _step(high)) * _step(high)


def _step(seconds: float) -> int:
    return next((step for limit, step in STEPS_S if seconds <= limit), STEPS_S[-1][1])


__all__ = ["Feedback", "Place", "Places", "rounded"]

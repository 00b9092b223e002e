"""Finds whom their queue has no place for: it was full when they came, or they wait too long."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from routing import hours as opening
from server.services.assignment.board import Board
from server.services.assignment.open_time import OpenTime
from server.services.hours import read_plan
from storage.marks import Beyond
from storage.people import QueueFacts, ShopRow

JUST_CAME_S = 60.0
"""Who came longer ago than that was judged by another host, when they came."""

AHEAD_S = timedelta(days=2).total_seconds()
"""So far ahead it is known when somebody will have waited too long; then it is looked again."""


@dataclass(frozen=True, slots=True)
class _Read:
    plan: object
    time_zone: str
    time: OpenTime | None
    """None: open round the clock."""

    def holds(self, plan: object, time_zone: str, begin: float, now: float) -> bool:
        """Tell whether it says what is asked now."""
        if (self.plan, self.time_zone) != (plan, time_zone):
            return False
        return self.time is None or (self.time.begin <= begin and now < self.time.end)


class Limits:
    """Looks at boards; who is told of it is the caller's business."""

    def __init__(self) -> None:
        self._read: dict[tuple[UUID, UUID], _Read] = {}
        self._due: dict[UUID, float] = {}

    def next_due(self, shop_id: UUID) -> float | None:
        """Return when the next of a shop will have waited too long, in seconds since 1970."""
        return self._due.get(shop_id)

    def look(self, board: Board, now: float) -> list[tuple[UUID, Beyond]]:
        """Return who came when the queue was full, or has waited longer than it allows."""
        self._due.pop(board.shop.id, None)
        _judge(board, now)
        found: dict[UUID, Beyond] = dict.fromkeys(board.beyond, "length")
        for queue in board.queues.values():
            if queue.wait_max_s is not None:
                for conversation_id in self._over(board, queue, queue.wait_max_s, now):
                    found.setdefault(conversation_id, "wait")
        return list(found.items())

    def _over(self, board: Board, queue: QueueFacts, max_s: int, now: float) -> Iterator[UUID]:
        """Yield who has waited too long, and note when the next one will have."""
        newcomers = [each for each in _newcomers(board, queue) if not _is_told(board, each[1])]
        if not newcomers:
            return
        time = self._time(board.shop, queue, min(newcomers)[0], now)
        for since, conversation_id in newcomers:
            date = since + max_s if time is None else time.after(since, max_s)
            if date is not None and date <= now:
                yield conversation_id
                continue
            date = min(filter(None, (date, None if time is None else time.end)))
            self._due[board.shop.id] = min(date, self._due.get(board.shop.id, date))

    def _time(self, shop: ShopRow, queue: QueueFacts, begin: float, now: float) -> OpenTime | None:
        """Return when a queue is open, from before somebody came; None: round the clock."""
        plan = _plan(shop, queue.key)
        read = self._read.get((shop.id, queue.id))
        if read is not None and read.holds(plan, shop.time_zone, begin, now):
            return read.time
        hours = read_plan(plan, shop.time_zone)
        time = OpenTime.of(hours, begin, now + AHEAD_S) if _may_close(hours) else None
        self._read[shop.id, queue.id] = _Read(plan, shop.time_zone, time)
        return time


def _judge(board: Board, now: float) -> None:
    """Judge those who have come, once: how many newcomers waited in their queue before them."""
    lines: dict[UUID, list[tuple[float, UUID]]] = {}
    came, board.came = board.came, set()
    for waiting in [board.waiting[each] for each in came]:
        queue = board.queues.get(str(waiting.queue_id))
        since = waiting.queued_at.timestamp()
        if queue is None or queue.length_max is None or now - since > JUST_CAME_S:
            continue
        if waiting.was_taken or _is_told(board, waiting.id):
            continue
        if queue.id not in lines:
            lines[queue.id] = sorted(_newcomers(board, queue))
        if bisect_left(lines[queue.id], (since, waiting.id)) >= queue.length_max:
            board.beyond.add(waiting.id)


def _newcomers(board: Board, queue: QueueFacts) -> Iterator[tuple[float, UUID]]:
    """Yield since when who waits in a queue that was in nobody's hands yet."""
    for task in board.engine.queueing.members(str(queue.id)):
        waiting = board.waiting[UUID(task.id)]
        if not waiting.was_taken:
            yield task.queued_at, waiting.id


def _is_told(board: Board, conversation_id: UUID) -> bool:
    return conversation_id in board.marked or board.waiting[conversation_id].full_at is not None


def _plan(shop: ShopRow, key: str) -> Mapping[str, object] | None:
    """Return the plan that a queue keeps: its own, or the shop's."""
    own = (plan for plan in reversed(shop.plans) if key in cast("list[str]", plan["queues"]))
    return next(own, shop.hours)


def _may_close(hours: opening.Hours) -> bool:
    return bool(hours.weekly is not None or hours.once or hours.yearly)

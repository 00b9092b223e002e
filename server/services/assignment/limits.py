"""Finds whom their queue has no place for: it was full when they came, or they wait too long."""

from bisect import bisect_left
from collections.abc import Iterator
from uuid import UUID

from server.services.assignment.board import Board
from storage.marks import Beyond
from storage.people import QueueFacts

JUST_CAME_S = 60.0
"""Who came longer ago than that was judged by another host, when they came."""


class Limits:
    """Looks at boards; who is told of it is the caller's business."""

    def __init__(self) -> None:
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
        for since, conversation_id in newcomers:
            date = since + max_s
            if date <= now:
                yield conversation_id
            else:
                self._due[board.shop.id] = min(date, self._due.get(board.shop.id, date))


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

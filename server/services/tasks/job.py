"""Brings tasks to their time, every few seconds, on the node that hosts the routing.

Another host takes over within seconds when that node dies, and goes on with what is stored. Where
two take themselves for the host, each task is had by one of them.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog

from server.services.announce import Announce
from server.services.clock import Clock
from server.services.faces import message_face
from server.services.tasks.news import TaskNews
from server.services.views import Views
from storage.errors import StorageError, StorageUnavailable
from storage.tasks.coming import CameDue, Coming
from storage.tasks.rows import TaskRow

LOOK_S = 5.0
AHEAD = timedelta(minutes=10)
"""So long before it is due the assignee is reminded."""

AT_ONCE = 100

log = structlog.get_logger()


class DueTasks:
    """The job. ``hosts`` tells whether this node is the one that looks."""

    def __init__(
        self,
        *,
        coming: Coming,
        views: Views,
        announce: Announce,
        news: TaskNews,
        clock: Clock,
        hosts: Callable[[], bool],
    ) -> None:
        self._coming, self._views = coming, views
        self._announce, self._news = announce, news
        self._clock, self._hosts = clock, hosts

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + LOOK_S)
            try:
                await self.turn()
            except StorageError as error:
                log.warning("tasks_not_looked_at", error=type(error).__name__)

    async def turn(self) -> None:
        """Do once what is due, if this node is the one that does."""
        if not self._hosts():
            return
        now = self._clock.now()
        for row in await self._coming.remind(now + AHEAD, now, AT_ONCE):
            self._news.reminded(row)
        stuck: list[UUID] = []
        for _ in range(AT_ONCE):
            if not await self._next(stuck):
                break
        # Also those that another node brought, and died before a word of them.
        for row in await self._coming.untold(AT_ONCE):
            await self._try_to_tell(row)

    async def _next(self, stuck: list[UUID]) -> bool:
        """Bring one task to where it is done; one that cannot be is left until the next look."""
        try:
            came = await self._coming.next_due(self._clock.now(), stuck)
        except Exception as error:  # job boundary: one task is no reason to leave the others
            task_id = await self._coming.next_id(self._clock.now(), stuck)
            log.exception("task_not_brought", task=str(task_id), error=type(error).__name__)
            if task_id is None:
                return False
            stuck.append(task_id)
            return True
        if came is None:
            return False
        self._log(came)
        self._announce.arrived(came.row)
        for notice in came.notices:
            self._announce.message(message_face(notice))
        return True

    async def _try_to_tell(self, row: TaskRow) -> None:
        """Tell of one task; one that cannot be told is left until the next look."""
        try:
            await self._tell(row)
        except StorageUnavailable:  # as little can be told of the others
            raise
        except Exception as error:  # job boundary: one task is no reason to leave the others
            log.exception("task_not_told", task=str(row.id), error=type(error).__name__)

    def _log(self, came: CameDue) -> None:
        log.info(
            "task_due",
            task=str(came.task.id),
            conversation=str(came.row.id),
            began=came.began,
        )

    async def _tell(self, row: TaskRow) -> None:
        assert row.due_conversation_id is not None
        place = await self._views.row(row.due_conversation_id)
        self._announce.arrived(place)
        await self._news.conversation(place)
        self._news.changed(row)
        self._news.due(row, place.agent_id if place.state == "active" else None)
        await self._coming.told(row.id, self._clock.now())

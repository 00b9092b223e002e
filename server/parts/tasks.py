"""What serves tasks."""

from server.http.resources.tasks import TasksResource
from server.parts.base import Base
from server.parts.routing import Routing
from server.parts.use_cases import UseCases
from server.services.tasks.desk import TaskDesk
from server.services.tasks.job import DueTasks
from server.services.tasks.news import TaskNews
from storage.tasks.coming import Coming


def tasks_of(base: Base, use: UseCases) -> TasksResource:
    """Return the REST resource of tasks."""
    desk = TaskDesk(
        stores=base.stores,
        access=use.access,
        texts=use.texts,
        blurring=use.blurring,
        news=TaskNews(base.gateway.fanout, use.announce),
        clock=base.clock,
    )
    return TasksResource(desk)


def due_tasks_of(base: Base, use: UseCases, routing: Routing) -> DueTasks:
    """Return the job that brings tasks to their time."""
    return DueTasks(
        coming=Coming(base.db),
        views=use.views,
        announce=use.announce,
        news=TaskNews(base.gateway.fanout, use.announce),
        clock=base.clock,
        hosts=lambda: routing.host.hosts,
    )

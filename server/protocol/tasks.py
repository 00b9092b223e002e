"""What the REST API takes and gives about tasks: what is to be done for customers later."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.shapes import ClientId, Id, Shape, Task, TaskKind, Version

TaskText = Annotated[str, Meta(min_length=1, max_length=1000)]
Moment = Annotated[datetime, Meta(tz=True)]


class TasksQuery(Command, frozen=True):
    """Which tasks; ``after`` is the ``next`` of the page before.

    ``to_do`` and ``overdue``: what is due first at the top; ``ended``: the newest first.
    ``mine``: assigned to me, or made by me for whoever can. Who does not lead sees of the others
    those they made, those for whoever can, and those of conversations that are theirs.
    ``conversation``: all that came of it or is done in it, and nothing else.
    """

    which: Literal["to_do", "overdue", "ended"] = "to_do"
    whose: Literal["mine", "everybody"] = "mine"
    conversation: Id | None = None
    after: Annotated[str, Meta(max_length=100)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 100


class TaskItems(Shape, frozen=True):
    """A page of tasks; ``overdue``: how many of one's own are due and not done, in all."""

    items: list[Task]
    overdue: int
    next: str | None = None


class NewTask(Command, frozen=True):
    """What is to be done for the customer of a conversation, in the future, at most a year ahead.

    Without a ``queue`` it goes to that of the conversation, without an ``assignee`` to whoever can.
    Whoever asks the same again with the same ``client_id`` is answered with the task that was made
    then; where it is otherwise, nothing is made, and a refusal (``task_made``) names that ``task``.
    """

    conversation: Id
    text: TaskText
    due_at: Moment
    kind: TaskKind = "follow_up"
    queue: Id | None = None
    assignee: Id | None = None
    client_id: ClientId | None = None


class TaskPatch(Command, frozen=True):
    """What to change of the ``version`` that was seen; what is left out stays, null takes away.

    What is due already is put off with another ``due_at``.
    """

    version: Version
    text: TaskText | UnsetType = UNSET
    due_at: Moment | UnsetType = UNSET
    queue: Id | None | UnsetType = UNSET
    assignee: Id | None | UnsetType = UNSET


class TaskEnd(Command, frozen=True):
    """End the ``version`` that was seen, and say what came of it."""

    version: Version
    state: Literal["done", "cancelled"] = "done"
    outcome: Annotated[str, Meta(max_length=1000)] | None = None

"""How somebody looks at the live view: what is chosen, sorted and grouped by. Saved by name."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.values import Name
from server.protocol.shapes import Id, Shape

Column = Annotated[str, Meta(max_length=20)]
Order = tuple[Column, bool]
"""By which column, and whether the other way round. Pages overlook columns they do not know."""


class LiveLook(Shape, frozen=True, forbid_unknown_fields=True):
    """What a page needs to look the same again."""

    queue: Id | None = None
    part: Literal["all", "waiting", "in_hand"] = "all"
    sought: Annotated[str, Meta(max_length=100)] = ""
    queues: Order = ("oldest", False)
    talks: Order = ("wait", False)
    agents: Order = ("state", False)
    talks_by: Literal["none", "queue", "agent", "state"] = "none"
    agents_by: Literal["none", "state"] = "none"


class LiveLookRecord(Shape, frozen=True):
    """One that was saved."""

    id: str
    name: str
    look: LiveLook


class LiveLookItems(Shape, frozen=True):
    """What somebody saved, by name."""

    items: list[LiveLookRecord]
    next: str | None = None


class NewLiveLook(Command, frozen=True):
    """One to save."""

    name: Name
    look: LiveLook


class LiveLookPatch(Command, frozen=True):
    """What is to change; fields that are left out stay."""

    name: Name | UnsetType = UNSET
    look: LiveLook | UnsetType = UNSET

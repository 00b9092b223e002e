"""What the REST API takes and gives about tags: a shop's own words for its conversations."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.shapes import Id, Shape

TagName = Annotated[str, Meta(min_length=1, max_length=60)]
TagIds = Annotated[list[Id], Meta(max_length=20)]


class Tag(Shape, frozen=True):
    """A tag. What is archived stays where it is, and is put on nothing new."""

    id: str
    name: str
    archived: bool = False


class TagItems(Shape, frozen=True):
    """Tags by name: of the shop, or of a conversation."""

    items: list[Tag]
    next: str | None = None


class NewTag(Command, frozen=True):
    """A tag to be."""

    name: TagName


class TagPatch(Command, frozen=True):
    """What to change of a tag; what is left out stays."""

    name: TagName | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class ConversationTags(Command, frozen=True):
    """Which tags to put on a conversation, and which to take off. Others stay as they are."""

    add: TagIds = []
    remove: TagIds = []

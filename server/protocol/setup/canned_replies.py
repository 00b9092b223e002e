"""What the REST API takes and gives about prepared replies."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.values import Locale
from server.protocol.shapes import Shape

Shortcut = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^\S+$(?!\n)")]


class CannedReply(Shape, frozen=True):
    """A prepared answer, called up with ``/shortcut``."""

    id: str
    shortcut: str
    locale: str
    text: str


class CannedReplyItems(Shape, frozen=True):
    """The prepared answers of the shop, by shortcut."""

    items: list[CannedReply]
    next: str | None = None


class NewCannedReply(Command, frozen=True):
    """A prepared answer to be."""

    shortcut: Shortcut
    text: str
    locale: Locale = "en"


class CannedReplyPatch(Command, frozen=True):
    """What to change of a prepared answer."""

    shortcut: Shortcut | UnsetType = UNSET
    text: str | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET

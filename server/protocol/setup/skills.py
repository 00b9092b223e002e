"""What the REST API takes and gives about skills."""

from typing import Literal

from msgspec import UNSET, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.values import Key, Name
from server.protocol.shapes import Shape

SkillKind = Literal["skill", "language"]


class SkillRecord(Shape, frozen=True):
    """Something agents may know and queues may need. Languages are skills, keyed ``lang:zh``."""

    id: str
    key: str
    name: str
    kind: SkillKind


class SkillItems(Shape, frozen=True):
    """The skills of the shop, by name."""

    items: list[SkillRecord]
    next: str | None = None


class NewSkill(Command, frozen=True):
    """A skill to be."""

    key: Key
    name: Name
    kind: SkillKind = "skill"


class SkillPatch(Command, frozen=True):
    """What to change of a skill."""

    name: Name | UnsetType = UNSET

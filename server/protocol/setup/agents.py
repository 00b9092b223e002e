"""What the REST API takes and gives about agents."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.values import Capacity, Email, Name
from server.protocol.shapes import Id, Level, Role, Shape, Status

Password = Annotated[str, Meta(min_length=10, max_length=200)]


class AgentSkill(Shape, frozen=True):
    """How well an agent knows something, 1 to 5."""

    skill: Id
    level: Level


class AgentSkillGiven(Command, frozen=True):
    """A skill to give to an agent."""

    skill: Id
    level: Level


class AgentRecord(Shape, frozen=True):
    """An agent as administrators and colleagues see them. ``capacity`` is in units.

    ``unresponsive_since``: they missed too many offers, and get none until they act again.
    ``idle_since``: they have touched nothing since, and get none until they do.
    ``in_hand`` counts the places that are taken, also beyond the ``capacity``.
    """

    id: str
    name: str
    email: str
    role: Role
    capacity: int
    status: Status
    active: bool
    online: bool
    skills: list[AgentSkill]
    unresponsive_since: datetime | None = None
    idle_since: datetime | None = None
    in_hand: int = 0


class AgentItems(Shape, frozen=True):
    """The agents of the shop, by name."""

    items: list[AgentRecord]
    next: str | None = None


class NewAgent(Command, frozen=True):
    """An agent to be."""

    email: Email
    name: Name
    password: Password
    role: Role = "agent"
    capacity: Capacity = 3
    skills: Annotated[list[AgentSkillGiven], Meta(max_length=200)] = []


class AgentPatch(Command, frozen=True):
    """What to change of an agent; what is left out stays.

    Without ``active`` they are out of service: they cannot sign in, and hand back what they held.
    """

    email: Email | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    skills: Annotated[list[AgentSkillGiven], Meta(max_length=200)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET

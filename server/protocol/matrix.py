"""What the REST API takes and gives about the skills matrix: agents × skills × level."""

from typing import Annotated

from msgspec import Meta

from server.protocol.commands import Command
from server.protocol.setup.agents import AgentSkill
from server.protocol.setup.values import Capacity
from server.protocol.shapes import Id, Shape

LevelOrNone = Annotated[int, Meta(ge=0, le=5, description="0 is none.")]
CHANGES_MAX = 20_000


class LevelChange(Command, frozen=True):
    """An agent's level in a skill as it is to be, and as it was when it was read."""

    agent: Id
    skill: Id
    level: LevelOrNone
    was: LevelOrNone


class CapacityChange(Command, frozen=True):
    """An agent's capacity as it is to be, and as it was when it was read."""

    agent: Id
    capacity: Capacity
    was: Capacity


class MatrixPatch(Command, frozen=True):
    """What to change; all of it, or nothing when anything is no longer as it ``was``."""

    changes: Annotated[list[LevelChange], Meta(max_length=CHANGES_MAX)] = []
    capacities: Annotated[list[CapacityChange], Meta(max_length=CHANGES_MAX)] = []


class MatrixRow(Shape, frozen=True):
    """What an agent can after the change."""

    agent: str
    capacity: int
    skills: list[AgentSkill]


class MatrixRows(Shape, frozen=True):
    """The agents that were changed."""

    items: list[MatrixRow]

"""What the REST API takes and gives about the setup as a file: export, dry run, import."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.matrix import LevelOrNone
from server.protocol.setup.values import Capacity, Email
from server.protocol.shapes import Shape

FileFormat = Literal["json", "csv"]
Part = Literal["all", "matrix", "queues"]
Deed = Literal["added", "changed", "removed"]
Subject = Literal["shop", "skill", "agent", "queue"]
FaultCode = Literal[
    "unreadable",
    "structure",
    "column",
    "unknown_setting",
    "unknown_agent",
    "unknown_skill",
    "unknown_queue",
    "twice",
    "level",
    "empty",
    "archived",
    "administrator",
    "kind",
    "name_stays",
    "whole_number",
    "number",
    "text",
    "truth",
    "list",
    "missing",
    "spelling",
    "too_small",
    "too_large",
    "too_short",
    "too_long",
    "value",
]


class ExportQuery(Command, frozen=True):
    """As what, and which part; a table (csv) is one part, never ``all``."""

    format: FileFormat = "json"
    part: Part = "all"


class ImportQuery(Command, frozen=True):
    """Whether it is only tried; unless it is said otherwise, it is."""

    dry_run: bool = True


class SetupImport(Command, frozen=True):
    """A file of the setup. What does not stand in it stays as it is.

    ``expect`` is the fingerprint of a dry run: if by now other things would change, nothing does.
    """

    format: FileFormat
    text: str
    part: Part = "all"
    expect: Annotated[str, Meta(max_length=64)] | None = None


class SetupChange(Shape, frozen=True):
    """One thing that changes; ``field`` is what of it, texts are as a table has them."""

    deed: Deed
    subject: Subject
    name: str
    words: str
    field: str | None = None
    before: str | None = None
    after: str | None = None


class SetupFault(Shape, frozen=True):
    """What cannot be taken, and where it stands; pages say ``code`` in their own language.

    ``limit`` is what a value may not pass, or how long a text may be. ``column`` counts cells in a
    table and characters elsewhere; both begin with 1.
    """

    message: str
    code: FaultCode = "value"
    line: int | None = None
    column: int | None = None
    field: str | None = None
    limit: str | None = None


class SetupPlan(Shape, frozen=True):
    """What an import changes, or would change. With ``faults`` nothing is changed."""

    applied: bool
    fingerprint: str
    changes: list[SetupChange]
    faults: list[SetupFault] = []
    warnings: list[SetupFault] = []


class AgentSetup(Command, frozen=True):
    """An agent in a file of the setup; a level of 0 takes a skill away."""

    email: Email
    name: str | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    skills: dict[str, LevelOrNone] | UnsetType = UNSET

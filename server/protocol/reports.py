"""Reports: what the REST API takes and gives. Shares are 0 to 1, durations seconds."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from server.protocol.commands import Command
from server.protocol.shapes import Shape

By = Literal[
    "shop", "queue", "agent", "topic", "channel", "language", "day", "weekday", "hour", "weekhour"
]
Hours = Literal["clock", "open"]
Level = Literal["offered", "excluding", "answered", "virtual"]
Unit = Literal["count", "seconds", "share", "score", "ratio"]
Source = Literal["conversations", "stretches", "offers"]
Within = Annotated[int, Meta(ge=1, le=86400)]


class ReportQuery(Command, frozen=True):
    """Which days, both included, by the shop's clock (if not said: the last seven); by what.

    ``hours``: waits and responses by the clock, or counted within opening hours. ``level`` is the
    definition of the service level, ``within_s`` its limit. ``compare`` adds the days before.
    ``locale`` is that of whoever reads, for sheets.
    """

    first: date | None = None
    last: date | None = None
    by: By = "queue"
    hours: Hours = "clock"
    level: Level = "offered"
    within_s: Within = 60
    compare: bool = False
    locale: Annotated[str, Meta(max_length=35)] = "en"


class ReportRowsQuery(Command, frozen=True):
    """Which figure of which report; ``key`` as it is there, without one the figure of all together.

    ``none``: of those rows that have no key, such as conversations that nobody took. ``behind`` is
    the ``next`` of the page before.
    """

    first: date | None = None
    last: date | None = None
    figure: Annotated[str, Meta(max_length=40)] = "asked"
    by: By = "queue"
    hours: Hours = "clock"
    within_s: Within = 60
    key: Annotated[str, Meta(max_length=200)] | None = None
    none: bool = False
    behind: Annotated[str, Meta(max_length=120)] | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


class ReportFigure(Shape, frozen=True):
    """What a figure comes to, absent without rows; how many rows, and half of its 95 % interval.

    A ``rough`` one is of a long time: a duration is off by half a second or 1.25 % at most.
    """

    rows: int
    value: float | None = None
    half: float | None = None
    rough: bool = False


class ReportLine(Shape, frozen=True):
    """One line of a report; without a key and a name it is of what has none.

    ``before`` are the same figures of the days before. ``others``: so many lines with fewer rows
    than those above it, added up; there are no rows of it to be listed.
    """

    figures: dict[str, ReportFigure]
    key: str | None = None
    name: str | None = None
    before: dict[str, ReportFigure] | None = None
    others: int = 0


class ReportColumn(Shape, frozen=True):
    """A figure of the report: its unit, what its rows are, and what it means."""

    name: str
    unit: Unit
    source: Source
    meaning: str


class ReportPeriod(Shape, frozen=True):
    """Days, both included, and the moments at which they begin and end."""

    first: date
    last: date
    since: datetime
    until: datetime


class Report(Shape, frozen=True):
    """Figures by line and together. Not ``complete``: what is older is still being taken in.

    ``records_since`` is the day of the first record: where all days ``before`` are earlier, lines
    have no figures of them.
    """

    period: ReportPeriod
    time_zone: str
    columns: list[ReportColumn]
    lines: list[ReportLine]
    total: ReportLine
    complete: bool
    before: ReportPeriod | None = None
    records_since: date | None = None


class ReportRow(Shape, frozen=True):
    """One row behind a figure; ``value`` is what it adds, ``weight`` by how much it counts.

    ``visitor`` is the customer of the conversation, ``customer`` what they are called.
    """

    conversation: str
    at: datetime
    value: float
    weight: int
    visitor: str | None = None
    customer: str | None = None
    queue: str | None = None
    queue_name: str | None = None
    agent: str | None = None
    agent_name: str | None = None


class ReportRows(Shape, frozen=True):
    """A page of rows, the newest first, and the figure that all of them make."""

    column: ReportColumn
    figure: ReportFigure
    items: list[ReportRow]
    next: str | None = None


class DaysQuery(Command, frozen=True):
    """Which days, both included, by the shop's clock (if not said: the last seven); at most 31."""

    first: date | None = None
    last: date | None = None


class AgentTime(Shape, frozen=True):
    """How an agent spent the days, in seconds; without an agent, all of them together.

    ``present_s``: connected. ``ready_s``: of that, available. ``working_s``: available or busy, and
    ``occupied_s`` the part of it with at least one conversation in hand. ``occupancy`` is occupied
    divided by working, ``at_once`` how many they had on average while they had any.
    """

    present_s: float
    ready_s: float
    working_s: float
    occupied_s: float
    agent: str | None = None
    name: str | None = None
    occupancy: float | None = None
    at_once: float | None = None


class AgentPiecesQuery(Command, frozen=True):
    """Of which days, and which figure; ``before`` is the ``next`` of the page before."""

    first: date | None = None
    last: date | None = None
    figure: Literal["present", "ready", "working", "occupied", "occupancy", "at_once"] = "present"
    before: Annotated[datetime, Meta(tz=True)] | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class AgentPiece(Shape, frozen=True):
    """A time in which nothing changed, and the seconds that it adds to the figure.

    To occupancy and conversations at once it adds to what is divided by the length of all pieces.
    """

    since: datetime
    until: datetime
    adds_s: float
    in_hand: int
    present: bool
    state: Literal["available", "busy", "away", "unresponsive"] | None = None


class AgentPieces(Shape, frozen=True):
    """What a figure of an agent's time is made of, the newest first; ``count`` is how many."""

    time: AgentTime
    items: list[AgentPiece]
    count: int
    next: datetime | None = None


class AgentTimes(Shape, frozen=True):
    """The time of agents; ``since`` says from when on it is known, absent where it is not yet."""

    period: ReportPeriod
    lines: list[AgentTime]
    total: AgentTime
    since: datetime | None = None

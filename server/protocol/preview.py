"""What a queue that is being written would do now: asked for and answered, never kept."""

from typing import Annotated, Literal

from msgspec import Meta

from server.protocol.setup.queues import NewQueue
from server.protocol.setup.values import Locale
from server.protocol.shapes import Id, Level, Shape

Reason = Literal["full", "limit", "busy", "away", "not_responding", "idle", "offline"]


class QueueDraft(NewQueue, frozen=True):
    """A queue as it is being written: ``id`` says which one it is to change.

    ``language`` is that of the customer one thinks of, ``age_s`` how long they have waited.
    """

    id: Id | None = None
    key: Annotated[str, Meta(max_length=64)] = ""
    name: Annotated[str, Meta(max_length=200)] = ""
    language: Locale | None = None
    age_s: Annotated[int, Meta(ge=0, le=604_800)] = 0


class AbleAgent(Shape, frozen=True):
    """Somebody who could take a conversation now."""

    id: str
    name: str
    in_hand: int
    capacity: int


class UnableAgent(Shape, frozen=True):
    """Somebody who has what is asked for, and what keeps them now."""

    id: str
    name: str
    reason: Reason


class AskedSkill(Shape, frozen=True):
    """A skill that is asked for, and how much of it is enough."""

    skill: str
    level: Level


class PreviewRing(Shape, frozen=True):
    """Who is let in at an age, from ``from_s`` to ``until_s``; those of earlier ages go first.

    ``asks`` is what the queue itself asks for from here on, ``helps`` the queues whose agents
    help from here on. ``early``: those who help already, because nobody else is ready; ``eased``:
    for the same reason less is asked for already.
    Of many ``able`` and ``unable`` the first are named and all are counted. Not ``covered``:
    nobody in the shop, here or not, may take a conversation of this age.
    """

    from_s: int
    asks: list[AskedSkill]
    helps: list[str]
    early: list[str]
    eased: bool
    able: list[AbleAgent]
    able_count: int
    unable: list[UnableAgent]
    unable_count: int
    covered: bool
    until_s: int | None = None


class QueuePreview(Shape, frozen=True):
    """Who could take a conversation of a draft now, by age. ``ring`` is open for ``age_s``.

    All ``able`` agents, ring after ring, stand in the order in which they would be asked;
    ``decided_by`` is what puts the first before the second. ``uncovered``: nobody has the skills,
    at any age shown. Of the ``waiting`` in this queue so many as ``taken_at_once`` would be
    offered to somebody the moment the draft was saved.
    """

    rings: list[PreviewRing]
    ring: int
    uncovered: bool
    waiting: int
    taken_at_once: int
    decided_by: str | None = None

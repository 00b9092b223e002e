"""What the REST API takes and gives about the shop itself."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.hours import HoursPlan, OpeningHours
from server.protocol.setup.values import Locale, Name, Topic
from server.protocol.shapes import Shape

Wait = Annotated[int, Meta(ge=1, le=86_400)]
Accent = Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
Origin = Annotated[
    str,
    Meta(
        max_length=255,
        pattern=r"^https?://([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$(?!\n)",
        description="Scheme, host and port as a browser sends them; no wildcards.",
    ),
]
LostAgent = Literal["stay", "requeue"]
IdleAfter = Annotated[int, Meta(ge=60, le=14_400)]


class ShopRecord(Shape, frozen=True):
    """The shop as its administrators see it; ``hours`` absent means always open.

    Queues that a plan names keep that plan's hours, all others the shop's.

    From ``wait_notice_s`` on consoles show a wait as long, from ``wait_urgent_s`` on as too long.
    Conversations of an agent who is gone for ``lost_agent_s`` stay theirs, or wait again; who
    misses ``misses_max`` offers in a row is offered nothing until they act again. Who has
    touched nothing for ``idle_after_s`` is offered nothing until they do; absent: they are.
    ``blurs_watched``: who watches a conversation reads no personal data in it.
    """

    id: str
    key: str
    name: str
    locale: str
    time_zone: str
    accent: str
    identity_required: bool
    allowed_origins: list[str]
    topics: list[str]
    agents_may_pick: bool
    wait_notice_s: int
    wait_urgent_s: int
    lost_agent: LostAgent
    lost_agent_s: int
    misses_max: int
    snippet: str
    greeting: str | None = None
    hours: OpeningHours | None = None
    plans: list[HoursPlan] = []
    idle_after_s: int | None = None
    blurs_watched: bool = False


class ShopPatch(Command, frozen=True):
    """What to change of the shop; what is left out stays."""

    name: Name | UnsetType = UNSET
    greeting: Annotated[str, Meta(max_length=1000)] | None | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    time_zone: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    accent: Accent | UnsetType = UNSET
    identity_required: bool | UnsetType = UNSET
    allowed_origins: Annotated[list[Origin], Meta(max_length=100)] | UnsetType = UNSET
    topics: Annotated[list[Topic], Meta(max_length=50)] | UnsetType = UNSET
    agents_may_pick: bool | UnsetType = UNSET
    wait_notice_s: Wait | UnsetType = UNSET
    wait_urgent_s: Wait | UnsetType = UNSET
    lost_agent: LostAgent | UnsetType = UNSET
    lost_agent_s: Annotated[int, Meta(ge=10, le=86_400)] | UnsetType = UNSET
    misses_max: Annotated[int, Meta(ge=1, le=10)] | UnsetType = UNSET
    hours: OpeningHours | None | UnsetType = UNSET
    plans: Annotated[list[HoursPlan], Meta(max_length=50)] | UnsetType = UNSET
    idle_after_s: IdleAfter | None | UnsetType = UNSET
    blurs_watched: bool | UnsetType = UNSET


class IdentitySecret(Shape, frozen=True):
    """The key with which the shop's server, and only it, signs who its customers are."""

    identity_secret: str

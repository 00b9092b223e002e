"""Alerts: what those who lead want to be told of, and what was found."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.protocol.commands import Command
from server.protocol.setup.values import Name
from server.protocol.shapes import Id, Person, Shape

AlertMetric = Literal[
    "waiting",
    "longest_wait",
    "service_level",
    "abandonment",
    "uncovered",
    "not_responding",
    "missed",
    "unanswered",
    "gone",
]
Threshold = Annotated[int, Meta(ge=1, le=86_400)]
Lasting = Annotated[int, Meta(ge=0, le=3600)]
WebhookUrl = Annotated[
    str,
    Meta(max_length=2000, pattern=r"^https?://[^\s]+$(?!\n)", description="Where it is posted to."),
]
PostKind = Literal["raised", "cleared", "test"]
MailTo = Annotated[
    list[Id], Meta(max_length=20, description="Agents who lead, told at their own addresses.")
]


class Alert(Shape, frozen=True):
    """One breach of a rule by a queue or an agent, who is the ``subject``.

    It began ``since`` then. ``value`` is the worst so far, in people, seconds or percent as the
    metric has it. It is well again since ``well_since``, and over since ``cleared_at``.
    """

    id: str
    rule: str
    name: str
    metric: AlertMetric
    threshold: int
    subject: Person
    value: int
    since: datetime
    raised_at: datetime
    well_since: datetime | None = None
    cleared_at: datetime | None = None


class AlertsChanged(Shape, frozen=True):
    """What stands now, the newest hundred first; it replaces what was known. For who leads."""

    standing: list[Alert]


class AlertsQuery(Command, frozen=True):
    """Which; ``before`` is the ``next`` of the page before."""

    before: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class AlertPage(Shape, frozen=True):
    """Alerts, standing and over, the newest first; ``next`` continues the list."""

    items: list[Alert]
    next: str | None = None


class WebhookState(Shape, frozen=True):
    """How the newest message to a webhook fared; it is tried again at ``next_try_at``.

    ``problem`` is why it has not arrived: `address_refused`, `unreachable`, `timed_out`,
    `redirected`, or `status_` and the number that came back.
    """

    kind: PostKind
    tries: int
    arrived: bool = False
    problem: str | None = None
    ended_at: datetime | None = None
    next_try_at: datetime | None = None


class MailState(Shape, frozen=True):
    """How the newest e-mail fared; it left, or is to leave, at ``at``.

    ``problem`` is why it has not arrived: `unreachable`, `timed_out`, `tls_failed`, `not_offered`,
    `sign_in_refused`, `bad_address`, `nobody_told`, or `status_` and the number that came back. It
    is tried again at ``next_try_at``.
    """

    at: datetime
    tries: int
    arrived: bool = False
    problem: str | None = None
    ended_at: datetime | None = None
    next_try_at: datetime | None = None


class AlertRuleRecord(Shape, frozen=True):
    """A rule. ``threshold`` is in people, seconds or percent, as the metric has it.

    A breach is raised when it lasts ``hold_s`` seconds, and cleared when it is well for
    ``clear_s``. ``queue`` or ``agent`` is the only one it is about; without, each for itself.
    What is posted to ``webhook_url`` is signed with ``webhook_secret``. ``mail_to`` are agents who
    are told by e-mail as long as they lead.
    """

    id: str
    name: str
    metric: AlertMetric
    threshold: int
    hold_s: int
    clear_s: int
    active: bool
    webhook_secret: str
    queue: str | None = None
    agent: str | None = None
    webhook_url: str | None = None
    webhook: WebhookState | None = None
    mail_to: list[str] = []
    mail: MailState | None = None


class AlertRuleItems(Shape, frozen=True):
    """All rules of the shop, by name."""

    items: list[AlertRuleRecord]
    next: str | None = None


class NewAlertRule(Command, frozen=True):
    """A rule to add."""

    name: Name
    metric: AlertMetric
    threshold: Threshold = 1
    queue: Id | None = None
    agent: Id | None = None
    hold_s: Lasting = 30
    clear_s: Lasting = 60
    active: bool = True
    webhook_url: WebhookUrl | None = None
    mail_to: MailTo = []


class AlertRulePatch(Command, frozen=True):
    """What is to change; fields that are left out stay, null takes away."""

    name: Name | UnsetType = UNSET
    metric: AlertMetric | UnsetType = UNSET
    threshold: Threshold | UnsetType = UNSET
    queue: Id | None | UnsetType = UNSET
    agent: Id | None | UnsetType = UNSET
    hold_s: Lasting | UnsetType = UNSET
    clear_s: Lasting | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    webhook_url: WebhookUrl | None | UnsetType = UNSET
    mail_to: MailTo | UnsetType = UNSET

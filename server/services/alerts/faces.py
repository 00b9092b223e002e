"""Alerts as the wire shows them. To other programs nothing personal is told."""

from collections.abc import Iterable

from server.protocol.alerts import Alert, AlertRuleRecord, MailState, WebhookState
from server.protocol.shapes import Person
from server.services.alerts.metrics import KINDS
from storage.alert_posts import PostState
from storage.alert_rules import AlertRuleRow
from storage.alerts import AlertRow
from storage.mails import MailState as MailStateRow

TOLD_MAX = 100
"""So many that stand are told to pages: more than this nobody reads."""


def alert_face(row: AlertRow) -> Alert:
    """Show one that is, or was, raised."""
    assert row.raised_at is not None
    return Alert(
        id=str(row.id),
        rule=str(row.rule_id),
        name=row.rule_name,
        metric=row.metric,
        threshold=row.threshold,
        subject=Person(id=str(row.subject_id), name=row.subject_name),
        value=row.value,
        since=row.began_at,
        raised_at=row.raised_at,
        well_since=row.well_since,
        cleared_at=row.cleared_at,
    )


def alert_faces(rows: Iterable[AlertRow]) -> list[Alert]:
    """Show some."""
    return [alert_face(row) for row in rows]


def rule_record(
    row: AlertRuleRow, post: PostState | None = None, mail: MailStateRow | None = None
) -> AlertRuleRecord:
    """Show a rule, and how the newest it had to tell fared."""
    return AlertRuleRecord(
        id=str(row.id),
        name=row.name,
        metric=row.metric,
        threshold=row.threshold,
        hold_s=row.hold_s,
        clear_s=row.clear_s,
        active=row.active,
        webhook_secret=row.webhook_secret,
        queue=None if row.queue_id is None else str(row.queue_id),
        agent=None if row.agent_id is None else str(row.agent_id),
        webhook_url=row.webhook_url,
        webhook=None if post is None or row.webhook_url is None else _webhook(post),
        mail_to=[str(each) for each in row.mail_to],
        mail=None if mail is None or not row.mail_to else mail_face(mail),
    )


def mail_face(mail: MailStateRow) -> MailState:
    """Show how a mail fared."""
    return MailState(
        at=mail.leaves_at,
        tries=mail.tries,
        arrived=mail.arrived,
        problem=mail.problem,
        ended_at=mail.ended_at,
        next_try_at=mail.due_at if mail.ended_at is None else None,
    )


def _webhook(post: PostState) -> WebhookState:
    return WebhookState(
        kind=post.kind,
        tries=post.tries,
        arrived=post.arrived,
        problem=post.problem,
        ended_at=post.ended_at,
        next_try_at=post.due_at if post.ended_at is None else None,
    )


def told_outside(row: AlertRow, shop: str) -> dict[str, object]:
    """Return what another program is told: queues by name, people only by id."""
    kind = KINDS[row.metric].subject
    subject: dict[str, object] = {"type": kind, "id": str(row.subject_id)}
    if kind == "queue":
        subject["name"] = row.subject_name
    return {
        "shop": shop,
        "alert": {
            "id": str(row.id),
            "rule": {"id": str(row.rule_id), "name": row.rule_name},
            "metric": row.metric,
            "threshold": row.threshold,
            "value": row.value,
            "subject": subject,
            "since": row.began_at.isoformat(),
            "raised_at": None if row.raised_at is None else row.raised_at.isoformat(),
            "cleared_at": None if row.cleared_at is None else row.cleared_at.isoformat(),
        },
    }

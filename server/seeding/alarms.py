"""What the demo shop wants to be told of, and what it was told of in the last days."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from server.seeding.blank import id_at
from server.seeding.thread import Thread
from storage.alert_rules import AlertRuleRow, Metric
from storage.history import Staff

SECRET_BYTES = 32
PAST = timedelta(days=8)


class Wish(NamedTuple):
    """What somebody who leads wants to be told of; times in seconds."""

    name: str
    metric: Metric
    threshold: int
    hold_s: int = 30
    clear_s: int = 60


LONG_WAIT = Wish("Somebody waits too long", "longest_wait", 60, hold_s=15, clear_s=30)
WISHES = (
    LONG_WAIT,
    Wish("Many wait at once", "waiting", 8),
    Wish("A customer sits without an answer", "unanswered", 300),
    Wish("An agent does not respond", "not_responding", 1, hold_s=0),
    Wish("Gone with customers in hand", "gone", 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """Rules, and alerts that were raised and are over; columns as in ``alert``."""

    rules: list[AlertRuleRow] = field(default_factory=list[AlertRuleRow])
    alerts: list[Mapping[str, object]] = field(default_factory=list[Mapping[str, object]])

    @classmethod
    def of(cls, staff: Staff, threads: Iterable[Thread], now: datetime, chance: Random) -> "Alarms":
        """Return what waits of the past would have raised, the longest of each queue and day."""
        shop_id = staff.queues[0].shop_id
        made_at = now - PAST
        rules = [_rule(wish, shop_id, id_at(made_at, chance)) for wish in WISHES]
        names = {queue.id: queue.name for queue in staff.queues}
        longest: dict[tuple[UUID, object], Thread] = {}
        for thread in threads:
            queued_at = thread.row.queued_at
            if queued_at is None or queued_at < made_at:
                continue
            place = thread.queue.id, queued_at.date()
            known = longest.get(place)
            if known is None or _waited(thread) > _waited(known):
                longest[place] = thread
        least = timedelta(seconds=LONG_WAIT.threshold + LONG_WAIT.hold_s)
        alerts = [
            _alert(rules[0], thread, names[thread.queue.id], chance)
            for thread in longest.values()
            if _waited(thread) > least
        ]
        return cls(rules=rules, alerts=alerts)


def _waited(thread: Thread) -> timedelta:
    """Return how long a customer waited until somebody took them, or they left."""
    row = thread.row
    until = row.assigned_at or row.closed_at
    return timedelta() if row.queued_at is None or until is None else until - row.queued_at


def _rule(wish: Wish, shop_id: UUID, rule_id: UUID) -> AlertRuleRow:
    return AlertRuleRow(
        id=rule_id,
        shop_id=shop_id,
        name=wish.name,
        metric=wish.metric,
        threshold=wish.threshold,
        queue_id=None,
        agent_id=None,
        hold_s=wish.hold_s,
        clear_s=wish.clear_s,
        active=True,
        webhook_url=None,
        webhook_secret=secrets.token_urlsafe(SECRET_BYTES),
    )


def _alert(rule: AlertRuleRow, thread: Thread, name: str, chance: Random) -> Mapping[str, object]:
    row = thread.row
    assert row.queued_at is not None
    waited = _waited(thread)
    began = row.queued_at + timedelta(seconds=rule.threshold)
    well = row.queued_at + waited
    return {
        "id": id_at(began, chance),
        "shop_id": rule.shop_id,
        "rule_id": rule.id,
        "rule_name": rule.name,
        "metric": rule.metric,
        "threshold": rule.threshold,
        "subject_id": thread.queue.id,
        "subject_name": name,
        "value": int(waited.total_seconds()),
        "began_at": began,
        "raised_at": began + timedelta(seconds=rule.hold_s),
        "well_since": well,
        "cleared_at": well + timedelta(seconds=rule.clear_s),
    }

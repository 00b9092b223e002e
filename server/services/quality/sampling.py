"""Which parts of conversations the rules of a shop choose. Pure: the same part, the same answer."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from storage.quality.rows import Chosen, RuleKind, RuleRow

SETTLED = timedelta(hours=1)
"""How long after the end of a week it is drawn from: by then its facts are counted."""

WEEKS_MAX = 8
"""How many weeks are made up for, where nobody was there to draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one agent had of a conversation that has ended. Times in seconds, score 1 to 5.

    ``is_last``: nobody had it afterwards; ``handed_on``: they gave it to somebody else.
    """

    conversation_id: UUID
    agent_id: UUID
    shop_id: UUID
    queue_ids: frozenset[UUID]
    ended_at: datetime
    handle_s: float
    score: int | None
    is_last: bool
    handed_on: bool
    transfers: int
    reopened: int
    tags: frozenset[UUID]


def chosen_by(rules: Iterable[RuleRow], part: Part) -> Chosen | None:
    """Return what the first rule of the shop that chooses a part makes of it; None: none does."""
    for rule in rules:
        if _is_about(rule, part) and CHOOSES[rule.kind](rule, part):
            return Chosen(part.conversation_id, part.agent_id, part.shop_id, rule.id)
    return None


def weeks_due(
    since: datetime, done: datetime | None, now: datetime, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    """Return the weeks, Monday to Monday by the shop's clock, that are over and not yet drawn from.

    The first is the one in which a rule begins. After a long time without anybody only the newest
    ``WEEKS_MAX`` are returned.
    """
    weeks: list[tuple[datetime, datetime]] = []
    begin = _monday(since if done is None else done, zone)
    while (end := _monday(begin + timedelta(days=8), zone)) + SETTLED <= now:
        weeks.append((begin, end))
        begin = end
    return weeks[-WEEKS_MAX:]


def _is_about(rule: RuleRow, part: Part) -> bool:
    """Tell whether a rule is about a part: of its shop and queue, ended since there is the rule."""
    if rule.shop_id != part.shop_id:
        return False
    of_queue = rule.queue_id is None or rule.queue_id in part.queue_ids
    return rule.active and of_queue and part.ended_at >= rule.since


def _lot(rule: RuleRow, part: Part) -> float:
    """Return a lot from 0 to 1 that depends on nothing but the ids."""
    ids = f"{rule.id}{part.conversation_id}{part.agent_id}".encode()
    return int.from_bytes(hashlib.sha256(ids).digest()[:8], "big") / 2**64


def _monday(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the week of a moment began, by a clock."""
    day = at.astimezone(zone)
    monday = (day - timedelta(days=day.weekday())).date()
    return datetime(monday.year, monday.month, monday.day, tzinfo=zone)


CHOOSES: dict[RuleKind, Callable[[RuleRow, Part], bool]] = {
    "share": lambda rule, part: _lot(rule, part) < rule.amount,
    "per_agent_week": lambda _rule, _part: False,  # drawn when the week is over
    "low_score": lambda rule, part: part.is_last and 0 < (part.score or 0) <= rule.amount,
    "long_handle": lambda rule, part: part.handle_s >= rule.amount,
    "transfers": lambda rule, part: part.handed_on and part.transfers >= rule.amount,
    "reopened": lambda rule, part: part.is_last and part.reopened >= rule.amount,
    "tag": lambda rule, part: part.is_last and rule.tag_id in part.tags,
}
"""By kind of rule, whether it chooses a part that it is about."""

"""What a look at a shop means for a rule: what begins, is raised, is cleared. Pure.

A breach is raised when it has lasted for the rule's ``hold_s``, and cleared when it was well for
its ``clear_s``. Well is a tenth better than the threshold; what is between is neither. So a figure
that swings about the threshold raises once and stays raised.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from server.services.alerts.metrics import KINDS, Measure
from storage.alert_rules import AlertRuleRow
from storage.alerts import AlertRow

State = Literal["breach", "between", "well"]


@dataclass(frozen=True, slots=True)
class Begins:
    """It is a breach now, and was none."""

    measure: Measure
    is_raised: bool


@dataclass(frozen=True, slots=True)
class Stands:
    """What was known stands otherwise: perhaps it is raised now, or cleared."""

    row: AlertRow
    became: Literal["raised", "cleared"] | None = None


@dataclass(frozen=True, slots=True)
class Vanishes:
    """It ended before anybody was told."""

    row: AlertRow


Verdict = Begins | Stands | Vanishes


def judge(
    rule: AlertRuleRow, measures: Sequence[Measure], known: Sequence[AlertRow], now: datetime
) -> list[Verdict]:
    """Return what changes; ``known`` are the breaches of this rule that are not over.

    For whom nothing is measured any more it is over, and so is what was found by another metric or
    threshold: what the rule asks for now begins anew. What ends goes first: one stands at a time.
    """
    now_asked = (rule.metric, rule.threshold)
    rows = {row.subject_id: row for row in known if (row.metric, row.threshold) == now_asked}
    found: list[Verdict] = [
        end(row, now) for row in known if (row.metric, row.threshold) != now_asked
    ]
    for each in measures:
        if not _concerns(rule, each.subject_id):
            continue
        state, row = state_of(rule, each.value), rows.pop(each.subject_id, None)
        if each.is_held and state != "well":
            continue  # as it stands, until it opens
        if row is None:
            if state == "breach":
                found.append(Begins(each, is_raised=rule.hold_s == 0))
            continue
        verdict = _go_on(rule, row, state, each.value, now)
        if verdict is not None:
            found.append(verdict)
    return found + [end(row, now) for row in rows.values()]


def end(row: AlertRow, now: datetime) -> Verdict:
    """Return what becomes of a breach that nobody looks for any more."""
    if row.raised_at is None:
        return Vanishes(row)
    return Stands(replace(row, cleared_at=now), "cleared")


def state_of(rule: AlertRuleRow, value: int | None) -> State:
    """Tell on which side of the threshold a value is; what nobody can tell is well."""
    if value is None:
        return "well"
    margin = max(1, rule.threshold // 10)
    if KINDS[rule.metric].is_floor:
        if value < rule.threshold:
            return "breach"
        return "well" if value >= min(100, rule.threshold + margin) else "between"
    if value >= rule.threshold:
        return "breach"
    return "well" if value <= rule.threshold - margin else "between"


def _go_on(
    rule: AlertRuleRow, row: AlertRow, state: State, value: int | None, now: datetime
) -> Verdict | None:
    if row.raised_at is None:
        if state != "breach":
            return Vanishes(row)
        row = replace(row, value=_worse(rule, row.value, value))
        if now - row.began_at >= timedelta(seconds=rule.hold_s):
            return Stands(replace(row, raised_at=now), "raised")
        return None  # the value is stored when it is raised
    new = replace(row, value=_worse(rule, row.value, value))
    if state == "well":
        new = replace(new, well_since=row.well_since or now)
        if now - (new.well_since or now) >= timedelta(seconds=rule.clear_s):
            return Stands(replace(new, cleared_at=now), "cleared")
    else:
        new = replace(new, well_since=None)
    return None if new == row else Stands(new)


def _worse(rule: AlertRuleRow, one: int, other: int | None) -> int:
    if other is None:
        return one
    return min(one, other) if KINDS[rule.metric].is_floor else max(one, other)


def _concerns(rule: AlertRuleRow, subject_id: UUID) -> bool:
    only = rule.queue_id if KINDS[rule.metric].subject == "queue" else rule.agent_id
    return only is None or only == subject_id

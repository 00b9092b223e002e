"""What was found, each with what to do about it; also what `kefu doctor --json` prints."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Mark = Literal["well", "look", "unwell"]
"""`look` is worth a look and may be meant so; `unwell` has to be put right."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at. What is not well has a code, and says what to do."""

    part: str
    subject: str
    found: str
    mark: Mark = "well"
    code: str | None = None
    todo: str | None = None


class NodeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A node, by its name in leases. ``heard`` is false when only its leases speak of it."""

    node: str
    heard: bool
    version: str = ""
    place: str = ""
    silent_s: float | None = None
    hosts: list[int] = []
    agents: int = 0


class ShopSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A shop. What depends on who is connected is None while Valkey does not say."""

    shop: str
    agents_here: int | None
    agents_by_node: dict[str, int] | None
    waiting: int
    longest_wait_s: float | None
    offers_overdue: int
    wrap_ups_overdue: int
    in_hand: int
    in_hand_of_gone: int | None
    decisions_last_hour: int

    @property
    def is_quiet(self) -> bool:
        """Whether nothing goes on there."""
        busy = (self.agents_here, self.waiting, self.offers_overdue, self.wrap_ups_overdue)
        return not any((*busy, self.in_hand, self.decisions_last_hour))


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found."""

    version: str
    at: datetime
    is_well: bool
    findings: list[Finding]
    nodes: list[NodeSeen]
    shops: list[ShopSeen]


def well(part: str, subject: str, found: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(part=part, subject=subject, found=found)


def unwell(part: str, subject: str, found: str, code: str, todo: str) -> Finding:
    """Say that something has to be put right, and how."""
    return Finding(part=part, subject=subject, found=found, mark="unwell", code=code, todo=todo)


def look(part: str, subject: str, found: str, code: str, todo: str) -> Finding:
    """Say that something is worth a look."""
    return Finding(part=part, subject=subject, found=found, mark="look", code=code, todo=todo)


def duration(seconds: float) -> str:
    """Return a time as people say it."""
    for limit, divisor, unit in ((1, 0.001, "ms"), (120, 1, "s"), (7200, 60, "min")):
        if seconds < limit:
            value = seconds / divisor
            return f"{value:.{1 if value < 10 else 0}f} {unit}"
    return f"{seconds / 3600:.0f} h"

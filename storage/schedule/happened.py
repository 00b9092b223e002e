"""What has happened of a plan stays: a shift that is over, and what is over of one that runs.

Whoever was planned is held against it, so nobody moves it afterwards. The end of a shift that runs
and its breaks to come can be changed. A shift that was noted only after it had begun was nobody's
plan: as long as nobody has changed it, it can be corrected and taken out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from storage.errors import Clash
from storage.schedule.rows import Break, ShiftRow, Times

GRID = timedelta(minutes=15)
"""Plans go by quarters of an hour: the quarter that runs is not over."""


def must_be_to_come(row: ShiftRow, now: datetime) -> None:
    """Raise Clash unless a shift can be taken out: "over" or "runs"."""
    if not row.is_noted_late and row.starts_at <= now:
        raise Clash("over" if row.ends_at <= now else "runs")


def must_keep_the_past(row: ShiftRow, agent_id: UUID, times: Times, now: datetime) -> None:
    """Raise Clash where a change would touch what has happened: "over", "runs" or "gone_by"."""
    if row.is_noted_late:
        return
    if row.ends_at <= now:
        raise Clash("over")
    until = _quarter(now)
    if row.starts_at > now:
        if times.starts_at < until:
            raise Clash("gone_by")
        return
    begins_as_it_did = row.agent_id == agent_id and row.starts_at == times.starts_at
    pauses_as_it_did = _over(row.breaks, until) == _over(times.breaks, until)
    if not begins_as_it_did or not pauses_as_it_did or times.ends_at < until:
        raise Clash("runs")


def _quarter(now: datetime) -> datetime:
    """Return when the quarter that runs began; all zones differ by whole quarters."""
    return now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % GRID


def _over(breaks: Iterable[Break], until: datetime) -> list[Break]:
    """Return breaks as far as they are over."""
    return [(begin, min(end, until)) for begin, end in breaks if begin < until]

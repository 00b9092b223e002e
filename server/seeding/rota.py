"""The demo shop's plan of work: some past weeks, this one and the next, and one gap in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from server.schedule.times import monday, times_of
from server.seeding.blank import id_at
from storage.history import Staff
from storage.people import AgentRow
from storage.schedule.rows import ShiftRow, SwapRow

ONE_DAY = timedelta(days=1)
PLANNED_FOR = timedelta(weeks=2)
NEAR = timedelta(hours=1)
WEEK_DAYS = 7


class Post(NamedTuple):
    """Whose shift it is, in hours of the shop's clock, and the days off counted from today on.

    Yesterday is day 6, as is the same day of every week before: at its noon both who are at the
    desk then are planned, and nobody else.
    """

    mailbox: str
    start: int
    end: int
    pause: tuple[int, int]
    off: frozenset[int]


class Made(NamedTuple):
    """A shift's id, who planned it, and when."""

    id: UUID
    by: UUID
    at: datetime


POSTS = (
    Post("mei", 9, 17, (13, 14), frozenset({3})),
    Post("hao", 9, 17, (13, 14), frozenset({5})),
    Post("yun", 13, 21, (17, 18), frozenset({1})),
    Post("qin", 14, 22, (18, 19), frozenset({2})),
    Post("daniel", 15, 23, (19, 20), frozenset({0})),
    Post("sofia", 17, 25, (21, 22), frozenset({4})),
    Post("grace", 21, 29, (24, 25), frozenset({5})),
)

GAP_OF = frozenset({"mei", "hao"})
"""Nobody plans them for one morning: what there is to find."""

ABSENT = ("yun", 3)
"""Who did not come, and how many days ago."""

SWAPPED = ("grace", 2)
"""Whose shift is to change hands, in how many days; asked of everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Shifts by agent, those of ``absent`` days included, and the swap that waits."""

    shifts: Mapping[UUID, list[ShiftRow]] = field(default_factory=dict[UUID, list[ShiftRow]])
    absent: frozenset[UUID] = frozenset()
    swaps: tuple[SwapRow, ...] = ()

    @classmethod
    def of(cls, staff: Staff, now: datetime, time_zone: str, chance: Random, past: int) -> "Rota":
        """Plan from ``past`` days ago until the end of next week."""
        zone = ZoneInfo(time_zone)
        today = now.astimezone(zone).date()
        agents = {each.email.partition("@")[0]: each for each in staff.agents}
        lead = next(each.id for each in staff.agents if each.role == "supervisor")
        days = list(_days(today - past * ONE_DAY, monday(today) + PLANNED_FOR))
        gap = today + ONE_DAY if today.weekday() < WEEK_DAYS - 1 else today
        found: dict[UUID, list[ShiftRow]] = {}
        absent: set[UUID] = set()
        for post in POSTS:
            agent = agents[post.mailbox]
            for day in days:
                offset = (day - today).days
                if offset % WEEK_DAYS in post.off or (day == gap and post.mailbox in GAP_OF):
                    continue
                made = Made(id_at(_planned_at(day, now), chance), lead, _planned_at(day, now))
                row = _shift(post, agent, day, zone, made)
                found.setdefault(agent.id, []).append(row)
                if (post.mailbox, -offset) == ABSENT:
                    absent.add(row.id)
        asks, in_days = SWAPPED
        swaps = tuple(
            _swap(row, now, chance)
            for row in found[agents[asks].id]
            if row.day == today + in_days * ONE_DAY
        )
        return cls(shifts=found, absent=frozenset(absent), swaps=swaps)

    def every(self) -> list[ShiftRow]:
        """Return all shifts."""
        return [row for rows in self.shifts.values() for row in rows]

    def worked(self, agent_id: UUID, before: datetime) -> list[ShiftRow]:
        """Return shifts that somebody came to and that have begun."""
        rows = self.shifts.get(agent_id, [])
        return [row for row in rows if row.id not in self.absent and row.starts_at < before]

    def is_there(self, agent: AgentRow, at: datetime) -> bool:
        """Tell whether somebody is at work by the plan."""
        return any(
            row.starts_at <= at < row.ends_at
            and not any(begin <= at < end for begin, end in row.breaks)
            for row in self.worked(agent.id, at + ONE_DAY)
        )

    def is_near(self, agent: AgentRow, at: datetime) -> bool:
        """Tell whether somebody was at work just now, or is soon: they may stay or come earlier."""
        rows = self.worked(agent.id, at + ONE_DAY)
        return any(row.starts_at - NEAR <= at < row.ends_at + NEAR for row in rows)


def _days(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first += ONE_DAY


def _planned_at(day: date, now: datetime) -> datetime:
    """Plans are made the week before."""
    week_before = datetime(day.year, day.month, day.day, 2, tzinfo=now.tzinfo) - timedelta(days=9)
    return min(week_before, now - timedelta(hours=20))


def _shift(post: Post, agent: AgentRow, day: date, zone: ZoneInfo, made: Made) -> ShiftRow:
    start, end, *pause = (60 * hour for hour in (post.start, post.end, *post.pause))
    times = times_of(day, start, end, [(pause[0], pause[1])], zone)
    return ShiftRow(
        id=made.id,
        shop_id=agent.shop_id,
        agent_id=agent.id,
        day=day,
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        breaks_from=[begin for begin, _ in times.breaks],
        breaks_until=[stop for _, stop in times.breaks],
        wall=times.wall,
        version=1,
        changed_by=made.by,
        changed_at=made.at,
    )


def _swap(row: ShiftRow, now: datetime, chance: Random) -> SwapRow:
    return SwapRow(
        id=id_at(now - timedelta(hours=3), chance),
        shop_id=row.shop_id,
        shift_id=row.id,
        from_id=row.agent_id,
        to_id=None,
        state="asked",
        asked_at=now - timedelta(hours=3),
        answered_at=None,
        decided_by=None,
        decided_at=None,
    )

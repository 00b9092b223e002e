"""How long a queue was open between two moments, by the hours it kept then. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import cast
from uuid import UUID

from routing.hours import Hours, open_spans
from server.reports.times import ms, whole_ms
from server.services.hours import read_plan
from storage.reports.rows import HoursSince, ShopHours

EVER = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
LONGEST = timedelta(days=400)
"""Of what lasted longer only so much is looked at; nobody waits for that."""


class OpenTime:
    """Counts open time of one shop's queues."""

    def __init__(self, hours: ShopHours) -> None:
        self._keys = hours.queue_keys
        log = list(hours.log)
        begins = [EVER, *(each.since for each in log[1:]), FOREVER]
        self._kept = [
            (since, until, _Kept(each))
            for (since, until), each in zip(pairwise(begins), log, strict=False)
        ]

    def __call__(self, queue_id: UUID | None, since: datetime, until: datetime) -> int:
        """Return the milliseconds in which a queue was open; of no queue, the shop."""
        key = None if queue_id is None else self._keys.get(queue_id)
        until = min(until, since + LONGEST)
        open_for = timedelta()
        for begin, end, kept in self._kept:
            start, stop = max(since, begin), min(until, end)
            if start >= stop:
                continue
            hours = kept.of(key)
            if hours is None:
                open_for += stop - start
            else:
                spans = open_spans(hours, start, stop)
                open_for += sum((ends - begins for begins, ends in spans), timedelta())
        return whole_ms(open_for) if self._kept else ms(since, until)


class _Kept:
    """The hours of a time: of the shop, and of queues that had their own. None: always open."""

    def __init__(self, each: HoursSince) -> None:
        self._shop = _read(each.hours, each.time_zone)
        self._queues: dict[str, Hours | None] = {}
        for plan in each.plans:
            names = cast("Sequence[str]", plan["queues"])
            self._queues.update(dict.fromkeys(names, _read(plan, each.time_zone)))

    def of(self, key: str | None) -> Hours | None:
        return self._shop if key is None else self._queues.get(key, self._shop)


def _read(stored: Mapping[str, object] | None, time_zone: str) -> Hours | None:
    hours = read_plan(stored, time_zone)
    is_always = hours.weekly is None and not hours.once and not hours.yearly
    return None if is_always else hours

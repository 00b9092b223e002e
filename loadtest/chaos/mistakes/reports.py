"""Mistakes in what reports are made of."""

import time
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from storage.reports.keeping import Step
from storage.reports.rows import Facts

OFF_S = 15.0


def forgets_hands() -> None:
    """Count for reports who asked, and forget in whose hands they were."""
    write = Step.write

    async def write_some(self: Step, conversations: Sequence[UUID], found: Sequence[Facts]) -> None:
        await write(self, conversations, [replace(each, legs=()) for each in found])

    Step.write = write_some


def believes_own_clock() -> None:
    """Leave out of reports what is further than ``OFF_S`` from this machine's own clock."""
    write = Step.write

    def is_odd(facts: Facts) -> bool:
        times = [each.ended_at or each.at for each in facts.legs]
        return bool(times) and abs(time.time() - max(times).timestamp()) > OFF_S

    async def write_some(self: Step, conversations: Sequence[UUID], found: Sequence[Facts]) -> None:
        await write(self, conversations, [each for each in found if not is_odd(each)])

    Step.write = write_some

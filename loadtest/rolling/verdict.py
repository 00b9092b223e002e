"""Compares what everybody was told and shown with what PostgreSQL holds."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from loadtest.rolling.people import READ_S, Customer, Reader, Said, Shown
from loadtest.rolling.town import Town
from storage.database import Database, Limits
from storage.messages import Messages

ALL = 1_000_000


@dataclass(slots=True)
class Verdict:
    """What went wrong: all of it should be nothing."""

    acked: int = 0
    lost: int = 0
    doubled: int = 0
    gaps: int = 0
    misread: int = 0
    missing: int = 0

    @property
    def is_well(self) -> bool:
        """Whether nothing was lost, doubled, misnumbered, misread or never shown."""
        return self.lost == self.doubled == self.gaps == self.misread == self.missing == 0


async def judge(town: Town) -> Verdict:
    """Look at every conversation, once both sides have read it."""
    assert town.settings.database_url is not None
    url = town.settings.database_url.get_secret_value()
    database = await Database.connect(url, Limits(connections_min=0, connections_max=2))
    verdict, by = Verdict(), asyncio.get_running_loop().time() + READ_S
    try:
        for customer in town.customers:
            await _look(verdict, customer, town, Messages(database), by)
    finally:
        await database.close()
    return verdict


async def _look(
    verdict: Verdict, customer: Customer, town: Town, messages: Messages, by: float
) -> None:
    rows = await messages.since(UUID(customer.conversation), 0, ALL, private=False)
    stored = [(row.seq, row.text) for row in rows]
    said = Counter(row.text for row in rows if row.sender_kind == "customer")
    verdict.acked += len(customer.acked)
    verdict.lost += sum(each not in stored for each in customer.acked)
    verdict.doubled += sum(count - 1 for count in said.values())
    verdict.gaps += [seq for seq, _ in stored] != list(range(1, len(stored) + 1))
    readers = [each.readers.get(customer.conversation) for each in town.agents]
    agents = [reader for reader in readers if reader is not None]
    await compare(verdict, stored, [customer.reader, *(agents or [None])], by)


async def compare(
    verdict: Verdict, stored: Sequence[Said], readers: Sequence[Reader | None], by: float
) -> None:
    """Count what readers do not show, or show otherwise; None is one who never heard of it.

    All of them have until ``by``, in the loop's time: many who miss something are waited for once.
    """
    for reader in readers:
        if reader is None:
            verdict.missing += len(stored)
            continue
        with suppress(TimeoutError, Shown):
            await reader.until(len(stored), by - asyncio.get_running_loop().time())
        shown = reader.shown
        verdict.missing += max(0, len(stored) - len(shown))
        verdict.misread += shown != list(stored[: len(shown)])

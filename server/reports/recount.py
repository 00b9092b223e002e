"""Counts everything anew from what is stored, and says where what is kept differs."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol
from uuid import UUID

from server.reports.job import Reading, counted
from storage.reports.agreement import Cell
from storage.reports.rows import Facts

PART = 500
CANNOT = "cannot be counted"
ROUNDS_MAX = 20
"""Of conversations that are busy so often; what is behind even then is said."""


class Ledger(Reading, Protocol):
    """What is stored and what is kept."""

    def parts(self, shop_id: UUID | None, size: int, /) -> AsyncIterator[list[UUID]]:
        """Go through all conversations, a part at a time."""
        ...

    async def kept(self, conversations: Sequence[UUID], /) -> dict[UUID, Facts]:
        """Return the facts that are kept."""
        ...

    async def due(self, conversations: Sequence[UUID], /) -> set[UUID]:
        """Return those that are still to be counted."""
        ...

    async def put_right(self, conversations: Sequence[UUID], /) -> None:
        """Have these counted anew."""
        ...


class RollUps(Protocol):
    """What facts are summed up in."""

    def differences(self, shop_id: UUID | None, /) -> AsyncIterator[Cell]:
        """Go through what is not the sum of facts."""
        ...

    async def make_anew(self, shops: Sequence[UUID], /) -> None:
        """Have these shops summed up again."""
        ...


class Job(Protocol):
    """Who counts."""

    async def catch_up(self) -> None:
        """Return when all that was due has been counted, here or by another node."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that is not what a recount finds; None: the row is not there."""

    conversation_id: UUID
    row: str
    column: str
    kept: object
    counted: object


@dataclass(slots=True)
class Recounted:
    """How many conversations were compared, what was wrong, and what did not hold still."""

    conversations: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    busy: set[UUID] = field(default_factory=set[UUID])
    cells: list[Cell] = field(default_factory=list[Cell])
    """Days of which roll-ups and facts do not say the same."""

    @property
    def is_well(self) -> bool:
        """Whether every figure is what a recount finds."""
        return not (self.differences or self.busy or self.cells)


async def recount(
    ledger: Ledger, roll_ups: RollUps, job: Job, shop_id: UUID | None = None
) -> Recounted:
    """Compare all that is kept, of one shop or of all, with a recount, and roll-ups with facts.

    What something has happened to since it was counted last is behind and not wrong: it is
    compared again once it was counted.
    """
    result = Recounted()
    await job.catch_up()
    async for part in ledger.parts(shop_id, PART):
        result.conversations += len(part)
        await _compare(ledger, part, result)
    for _ in range(ROUNDS_MAX):
        if not result.busy:
            break
        again = sorted(result.busy)
        result.busy = set()
        await job.catch_up()
        for first in range(0, len(again), PART):
            await _compare(ledger, again[first : first + PART], result)
    result.cells = [cell async for cell in roll_ups.differences(shop_id)]
    return result


async def repair(ledger: Ledger, roll_ups: RollUps, job: Job, result: Recounted) -> None:
    """Have counted anew what was wrong."""
    await roll_ups.make_anew(sorted({each.shop_id for each in result.cells}))
    await ledger.put_right(sorted({each.conversation_id for each in result.differences}))
    await job.catch_up()


async def _compare(ledger: Ledger, part: Sequence[UUID], result: Recounted) -> None:
    due = await ledger.due(part)
    kept = await ledger.kept(part)
    facts, failed = await counted(ledger, part)
    found = {each.fact.conversation_id: each for each in facts}
    result.differences += [
        Difference(each, "conversation", "", _there(kept.get(each)), CANNOT) for each in failed
    ]
    differences = [
        difference
        for each in part
        if each not in failed
        for difference in _differences(each, kept.get(each), found.get(each))
    ]
    if not differences:
        return
    # Something may have happened, and have been counted, between one reading and the next.
    wrong = sorted({each.conversation_id for each in differences})
    due |= await ledger.due(wrong)
    again = await ledger.kept(wrong)
    busy = {each for each in wrong if each in due or again.get(each) != kept.get(each)}
    result.busy |= busy
    result.differences += [each for each in differences if each.conversation_id not in busy]


def _differences(
    conversation_id: UUID, kept: Facts | None, found: Facts | None
) -> Iterator[Difference]:
    mine, theirs = _rows(kept), _rows(found)
    for row in sorted(mine.keys() | theirs.keys()):
        has, should = mine.get(row), theirs.get(row)
        if has is None or should is None:
            yield Difference(conversation_id, row, "", _there(has), _there(should))
            continue
        for column, value in should.items():
            if has[column] != value:
                yield Difference(conversation_id, row, column, has[column], value)


def _rows(facts: Facts | None) -> dict[str, dict[str, object]]:
    if facts is None:
        return {}
    rows: dict[str, dict[str, object]] = {"conversation": asdict(facts.fact)}
    rows |= {f"stretch {leg.number}": asdict(leg) for leg in facts.legs}
    return rows | {f"offer {offer.offer_id}": asdict(offer) for offer in facts.offers}


def _there(row: object) -> str | None:
    return None if row is None else "there"

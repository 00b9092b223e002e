"""`kefu recount`: does what reports show equal a recount of all that is stored?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from uuid import UUID

from prometheus_client import CollectorRegistry

from server.commands.provide import database_of
from server.commands.refused import Refused
from server.reports.job import Reporting, ReportMetrics
from server.reports.recount import Difference, Recounted, recount, repair
from server.settings import Settings
from storage.database import Database, Limits
from storage.migrate import check_schema
from storage.reports.agreement import Cell, RollUps
from storage.reports.keeping import Keeping
from storage.reports.recount import Ledger
from storage.shops import Shops

SHOWN_MAX = 50
PATIENT = Limits(connections_max=2, command_s=60.0, statement_s=60.0)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take which shop, and whether to put right what is wrong."""
    parser.add_argument("--shop", metavar="KEY", help="only this shop (default: all)")
    parser.add_argument(
        "--repair", action="store_true", help="count anew what is wrong, and compare again"
    )


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Compare, print what differs; return 1 when something does."""
    async with database_of(settings) as url:
        db = await Database.connect(url, PATIENT)
        try:
            await check_schema(db)
            shop_id = await _shop_id(db, options.shop)
            ledger, roll_ups = Ledger(db), RollUps(db)
            job = Reporting(Keeping(db), ReportMetrics(CollectorRegistry()))
            result = await recount(ledger, roll_ups, job, shop_id)
            print("\n".join(_told(result)))
            if options.repair and (result.differences or result.cells):
                await repair(ledger, roll_ups, job, result)
                result = await recount(ledger, roll_ups, job, shop_id)
                print("\n".join(["Counted anew.", *_told(result)]))
        finally:
            await db.close()
    return 0 if result.is_well else 1


async def _shop_id(db: Database, key: str | None) -> UUID | None:
    if key is None:
        return None
    shop = await Shops(db).by_key(key)
    if shop is None:
        raise Refused(f"There is no shop {key}.")
    return shop.id


def _told(result: Recounted) -> Iterator[str]:
    """Return the table of differences, and what it comes to."""
    wrong = len({each.conversation_id for each in result.differences})
    if wrong:
        yield f"{'conversation':<36}  {'row':<14} {'column':<20} {'kept':>24} {'counted':>24}"
    yield from _some([_difference(each) for each in result.differences])
    yield from _some([_cell(each) for each in result.cells])
    compared = f"{result.conversations:,} conversations were counted again"
    if result.busy:
        yield f"{len(result.busy):,} conversations did not hold still; run it again."
    if result.cells:
        yield f"{len(result.cells):,} days are not the sum of their facts."
    if wrong:
        yield f"{compared}: {wrong:,} differ."
    elif not result.cells:
        yield f"{compared}: every figure is what reports show."


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:SHOWN_MAX]
    if len(lines) > SHOWN_MAX:
        yield f"… and {len(lines) - SHOWN_MAX} more"


def _difference(each: Difference) -> str:
    return (
        f"{each.conversation_id}  {each.row[:14]:<14} {each.column:<20} "
        f"{_shown(each.kept):>24} {_shown(each.counted):>24}"
    )


def _cell(each: Cell) -> str:
    return f"{each.day}, {each.axis} {each.key or '-'}: {each.what}"


def _shown(value: object) -> str:
    return "-" if value is None else str(value)[:24]

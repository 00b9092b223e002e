"""`kefu staff`: how many agents each half hour takes, for demand from a file or from the past."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import cast, get_args
from zoneinfo import ZoneInfo

from routing.demand import Demand, by_weekday, plan, typical_week
from routing.erlang.traffic import Definition
from routing.staffing import Goal, Work
from server.commands import staff_share
from server.commands.demand_file import read_demand
from server.commands.provide import provided
from server.commands.refused import Refused
from server.commands.staff_table import as_json, as_table
from server.services.demand import recorded
from server.settings import Settings
from storage.database import Database, Limits
from storage.demand import DemandStore
from storage.errors import SchemaUnfit
from storage.migrate import check_schema
from storage.people import ShopRow
from storage.shops import Shops

LIMITS = Limits(connections_max=1, wait_s=10, command_s=120, statement_s=120)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take where the demand stands, what is promised, and how agents work."""
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="CSV or JSON with queue, start (of a half hour), arrivals, handle_s, patience_s",
    )
    parser.add_argument(
        "--recorded",
        metavar="FROM..TO",
        help="days of the shop's past, such as 2026-03-02..2026-03-08",
    )
    parser.add_argument(
        "--typical", action="store_true", help="fold the recorded days into one typical week"
    )
    parser.add_argument("--shop", metavar="KEY", help="whose past, where there are several shops")
    parser.add_argument(
        "--sl", default="80/20", metavar="PERCENT/SECONDS", help="service level (default 80/20)"
    )
    parser.add_argument(
        "--definition",
        choices=get_args(Definition),
        default="offered",
        help="of whom the service level is a share (default offered: of all who come)",
    )
    for name, what in (
        ("--abandon-max", "share of customers who may leave unanswered, such as 0.05"),
        ("--occupancy-max", "share of the time that agents may be busy, such as 0.85"),
    ):
        parser.add_argument(name, type=float, default=1.0, metavar="SHARE", help=what)
    parser.add_argument(
        "--shrinkage", type=float, default=0.0, metavar="SHARE", help="breaks, training, illness"
    )
    parser.add_argument("--slots", type=int, default=1, help="conversations at once (default 1)")
    parser.add_argument(
        "--speeds",
        default="1",
        metavar="1,0.8,…",
        help="speed of each conversation with 1, 2, … at once (default 1)",
    )
    staff_share.arguments(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


async def run(settings: Settings, options: argparse.Namespace) -> int:
    """Read the demand, plan, print."""
    if (options.file is None) == (options.recorded is None):
        raise Refused("Name a file with the demand, or --recorded FROM..TO; one of them.")
    if options.share and options.file is None:
        raise Refused("--share reads a scenario from a file.")
    if options.typical and options.recorded is None:
        raise Refused("--typical folds recorded days; it needs --recorded FROM..TO.")
    try:
        goal, work = _goal(options), _work(options)
        if options.share:
            print(staff_share.shared(options, goal, work))
            return 0
        demands = (
            read_demand(options.file)
            if options.recorded is None
            else await _recorded(settings, options)
        )
        found = plan(demands, goal, work)
    except ValueError as error:
        raise Refused(str(error)) from error
    if options.typical:
        found = by_weekday(found)
    if options.json:
        print(as_json(found, goal, is_typical=options.typical))
    else:
        print("\n".join(as_table(found, goal, is_typical=options.typical)))
    return 0


def _goal(options: argparse.Namespace) -> Goal:
    percent, _, seconds = str(options.sl).partition("/")
    try:
        level, within_s = float(percent) / 100, float(seconds)
    except ValueError:
        raise Refused(f"--sl should look like 80/20, not {options.sl}.") from None
    return Goal(
        level=level,
        within_s=within_s,
        definition=cast("Definition", options.definition),
        abandon_max=options.abandon_max,
        occupancy_max=options.occupancy_max,
    )


def _work(options: argparse.Namespace) -> Work:
    try:
        speeds = tuple(float(speed) for speed in str(options.speeds).split(","))
    except ValueError:
        raise Refused(f"--speeds should look like 1,0.8,0.65, not {options.speeds}.") from None
    return Work(slots=options.slots, speeds=speeds, shrinkage=options.shrinkage)


async def _recorded(settings: Settings, options: argparse.Namespace) -> list[Demand]:
    first, last = _days(options.recorded)
    async with provided(settings) as servers:
        database = await Database.connect(servers.database_url, LIMITS)
        try:
            await check_schema(database)
            shop = _one(await Shops(database).all(), options.shop)
            zone = ZoneInfo(shop.time_zone)
            since, until = (
                datetime.combine(day, time(), zone).astimezone(UTC)
                for day in (first, last + timedelta(days=1))
            )
            store, now = DemandStore(database), await database.clock()
            rows = await store.of_shop(shop.id, since, until, now)
        except SchemaUnfit as wrong:
            raise Refused(f"{wrong} Run `kefu check` to see more.") from wrong
        finally:
            await database.close()
    if not rows:
        raise Refused(f"Nobody came to {shop.name} in that time.")
    demands = recorded(rows, zone)
    return typical_week(demands, first, last) if options.typical else demands


def _days(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise Refused(f"--recorded should look like 2026-03-02..2026-03-08, not {text}.") from None
    if days[0] > days[1]:
        raise Refused(f"--recorded ends before it begins: {text}.")
    return days


def _one(shops: Sequence[ShopRow], key: str | None) -> ShopRow:
    found = [shop for shop in shops if key in {None, shop.key}]
    if len(found) == 1:
        return found[0]
    there = ", ".join(shop.key for shop in shops) or "none"
    raise Refused(f"Say which shop with --shop KEY; there are: {there}.")

"""The part of `kefu simulate` that begins with a shop's own traffic."""

from __future__ import annotations

import argparse
from pathlib import Path

from routing.simulator.change import Change
from routing.simulator.replay import SimulationRequest
from routing.simulator.traffic import Traffic
from routing.simulator.wording import Mistake
from server.commands.picture import draw
from server.commands.provide import provided
from server.commands.refused import Refused
from server.seeding.first import LIMITS
from server.settings import Settings
from server.simulating.periods import as_it_was, read_forecast, read_period
from server.simulating.really import apart, as_json, really, warning
from server.simulating.replays import read_change, shown, simulate_on, written
from server.simulating.scenarios import Plan
from server.simulating.shop import expected_traffic, recorded_traffic
from server.simulating.written import lines
from storage.database import Database
from storage.shops import Shops


async def replay(settings: Settings, options: argparse.Namespace, plan: Plan) -> int:
    """Replay what came, or play what is expected; before and after a change."""
    try:
        change = read_change(_bytes(options.change)) if options.change else Change()
        traffic = await _traffic(settings, options)
        request = SimulationRequest(
            traffic=traffic, change=change, seeds=len(plan.seeds), first=plan.seeds[0]
        )
        result = await simulate_on(request, plan.processes)
    except Mistake as mistake:
        raise Refused(f"{mistake}.") from None
    was = really(traffic) if options.recorded else None
    far = [] if was is None else apart(was, result.before.total)
    if options.json:
        print(lines(written(result) | ({} if was is None else as_json(was, far))))
    else:
        if options.recorded:
            print(as_it_was(traffic), end="\n\n")
        print(shown(result, has_change=options.change is not None, runs=len(plan.seeds)))
        if far:
            print(f"\n{warning(far)}")
    if options.plot:
        outcomes = {"before": result.before.total, "after": result.after.total}
        await draw(options.plot, {options.recorded or options.forecast.name: outcomes})
    return 0


async def _traffic(settings: Settings, options: argparse.Namespace) -> Traffic:
    async with provided(settings) as servers:
        database = await Database.connect(servers.database_url, LIMITS)
        try:
            shop = await Shops(database).by_key(options.shop)
            if shop is None:
                raise Refused(f"There is no shop {options.shop}; name one with --shop.")
            if options.recorded:
                begin, end = read_period(options.recorded, shop.time_zone)
                end = min(end, await database.clock())  # who still waits has waited until now
                return await recorded_traffic(database, shop.id, begin, end)
            expected = read_forecast(_text(options.forecast).splitlines())
            now = await database.clock()
            return await expected_traffic(database, shop.id, expected, shop.time_zone, now)
        finally:
            await database.close()


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{path} cannot be read: it is not UTF-8.") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None

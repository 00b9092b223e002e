"""What the guide tells one to type does what it says, on the demo shop as it is."""

import argparse
import re
import shlex
from datetime import UTC, datetime, timedelta

import pytest

from routing.simulator.change import changed
from routing.simulator.traffic import Traffic
from server.commands.simulate import arguments, plan_of, read_file
from server.places import PROJECT
from server.seeding.first import found
from server.seeding.setup import SHOP_KEY, TIME_ZONE
from server.simulating.periods import read_forecast
from server.simulating.replays import read_change
from server.simulating.shop import expected_traffic, recorded_traffic
from storage.database import Database
from storage.shops import Shops

GUIDE = (PROJECT / "docs/how-to/simulate-a-change.md").read_text()
EXAMPLES = PROJECT / "docs/examples"
COMMANDS = re.findall(r"^kefu (simulate .+)$", GUIDE, re.MULTILINE)
NOW = datetime(2026, 7, 10, 9, 30, 17, tzinfo=UTC)


async def demo_shop(database: Database) -> Traffic:
    """The seven days before, in a demo shop that was just filled."""
    await found(database, "river-and-reed", [], NOW)
    shop = await Shops(database).by_key(SHOP_KEY)
    assert shop is not None
    return await recorded_traffic(database, shop.id, NOW - timedelta(days=7), NOW)


async def test_every_change_of_the_guide_fits_the_demo_shop(database: Database) -> None:
    traffic = await demo_shop(database)

    after = changed(traffic, read_change((EXAMPLES / "more-english.json").read_bytes()))

    assert len(after.people) == len(traffic.people) + 2
    assert {line.key: line.facts.policy for line in after.lines}["orders"] == "longest_idle"


async def test_the_forecast_of_the_guide_fits_the_demo_shop(database: Database) -> None:
    await demo_shop(database)
    shop = await Shops(database).by_key(SHOP_KEY)
    assert shop is not None
    expected = read_forecast((EXAMPLES / "monday.csv").read_text().splitlines())

    traffic = await expected_traffic(database, shop.id, expected, TIME_ZONE, NOW)
    after = changed(traffic, read_change((EXAMPLES / "roster.json").read_bytes()))

    assert len(after.people) == len(traffic.people) - 1


def test_files_that_the_guide_shows_are_the_ones_it_names() -> None:
    for name in ("more-english.json", "monday.csv"):
        assert f"```json\n{(EXAMPLES / name).read_text()}```" in GUIDE.replace(
            "```\nq", "```json\nq"
        )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_is_one(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    parser = argparse.ArgumentParser()
    arguments(parser)
    options = parser.parse_args(shlex.split(command)[1:])
    assert plan_of(options).seeds == range(1, 21)
    assert all(path.exists() for path in (options.change, options.forecast) if path)
    assert options.file is None or read_file(options.file).scenarios

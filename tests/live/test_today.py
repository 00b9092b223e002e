"""Today begins at midnight, by the clock on the shop's wall."""

from datetime import UTC, datetime

import pytest

from server.services.live.today import midnight
from storage.database import Database
from storage.shops import Shops
from tests.storage.floor import Floor
from tests.support.clock import FakeClock


@pytest.mark.parametrize(
    ("now", "began"),
    [
        ("2026-11-01T04:30", "2026-11-01T04:00"),  # 00:30 for the first time
        ("2026-11-01T05:30", "2026-11-01T04:00"),  # and for the second
        ("2026-11-01T18:00", "2026-11-01T04:00"),
        ("2026-03-08T12:00", "2026-03-08T05:00"),  # midnight is jumped over
    ],
)
async def test_a_day_whose_midnight_comes_twice_or_never_begins_once(
    database: Database, now: str, began: str
) -> None:
    floor = await Floor.open(database)
    await floor.db.execute("UPDATE shop SET time_zone = 'America/Havana'")
    clock = FakeClock(datetime.fromisoformat(now).replace(tzinfo=UTC))
    today = await midnight(Shops(floor.db), floor.shop.id, clock)
    assert today == datetime.fromisoformat(began).replace(tzinfo=UTC)

"""How agents spent their time: by the log of what they were ready for, and of who was connected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from server.protocol.errors import Forbidden, Invalid
from server.protocol.reports import AgentTimes, DaysQuery
from server.services.attendance_reports import AttendanceDesk
from server.services.present_log import LoggedLeases
from server.services.seats import AgentSeat
from storage.agents import Agents
from storage.errors import StorageUnavailable
from storage.states import StateLog
from tests.assignment.nodes import stores_of
from tests.reports.books import Books
from tests.storage.floor import NOON, Floor, at
from tests.support.clock import FakeClock

DAY = NOON.date()


async def times(floor: Floor, lead: UUID, hours: float = 6, **asked: object) -> AgentTimes:
    clock = FakeClock(NOON + timedelta(hours=hours))
    desk = AttendanceDesk(StateLog(floor.db), stores_of(floor.db), clock)
    seat = AgentSeat(lead, floor.shop.id, "Lead", "supervisor")
    return await desk.spent(seat, DaysQuery(**{"first": DAY, "last": DAY, **asked}))  # type: ignore[arg-type]


async def connected(
    floor: Floor, agent: UUID, *spans: tuple[float, float], node: str = "n"
) -> None:
    """Let a node vouch for an agent for half a minute at a time, from and until a second."""
    log = StateLog(floor.db)
    for since, until in spans:
        for second in range(int(since), int(until), 10):
            end = at(min(second + 30, until))
            await log.vouch(floor.shop.id, [agent], node, at(second), end)


async def states(floor: Floor, agent: UUID) -> list[tuple[str, float, float | None]]:
    rows = await floor.db.fetch(
        "SELECT state, since, until FROM agent_state WHERE agent_id = $1 ORDER BY since", agent
    )
    return [
        (
            row["state"],
            (row["since"] - NOON).total_seconds(),
            row["until"] and (row["until"] - NOON).total_seconds(),
        )
        for row in rows
    ]


async def test_an_hour_of_work_by_hand(floor: Floor, books: Books) -> None:
    lin, mei = await floor.agent("Lin"), await floor.agent("Mei")
    agents = Agents(floor.db)
    await agents.set_status(lin, "away", at(0))
    await agents.set_status(lin, "available", at(100))
    await connected(floor, lin, (200, 400), (380, 800), node="n")
    await connected(floor, lin, (300, 420), node="m")  # two nodes at once count once
    row = await floor.answered(lin, 250)
    again = await floor.answered(lin, 350)
    await agents.set_status(lin, "busy", at(500))
    await agents.set_status(lin, "away", at(700))
    for each, until in ((row, 450), (again, 650)):
        await floor.transitions.close(each.id, lin, "solved", at(until - 10))
        await floor.transitions.finish(each.id, None, None, at(until))
    await books.job.catch_up()

    found = await times(floor, mei)
    [line] = found.lines

    assert line.name == "Lin"
    assert line.present_s == 600  # 200 to 800
    assert line.ready_s == 300  # 200 to 500
    assert line.working_s == 500  # 200 to 700
    assert line.occupied_s == 400  # 250 to 650
    assert line.occupancy == 0.8
    assert line.at_once == round((200 + 300) / 400, 4)
    assert (found.total.present_s, found.total.occupancy) == (600, 0.8)
    assert found.since == at(200)


async def test_a_talk_that_goes_on_counts_until_now(floor: Floor, books: Books) -> None:
    lin = await floor.agent("Lin")
    await Agents(floor.db).set_status(lin, "available", at(0))
    await connected(floor, lin, (0, 7200))
    await floor.answered(lin, 1800)
    await books.job.catch_up()

    [line] = (await times(floor, lin, hours=1)).lines

    assert (line.present_s, line.occupied_s, line.occupancy) == (3600, 1800, 0.5)


async def test_every_change_of_state_is_logged(floor: Floor) -> None:
    lin = await floor.agent("Lin")
    agents = Agents(floor.db)
    await agents.set_status(lin, "busy", at(10))
    await agents.set_status(lin, "busy", at(15))
    await agents.set_status(lin, "available", at(20))
    await floor.db.execute("UPDATE agent SET unresponsive_at = $2 WHERE id = $1", lin, at(40))
    await agents.set_status(lin, "busy", at(60))
    await agents.deactivate(floor.shop.id, lin, at(90))

    found = [each for each in await states(floor, lin) if each[1] < 100]
    assert found == [
        ("available", 0, 10),
        ("busy", 10, 20),
        ("available", 20, 40),
        ("unresponsive", 40, 60),
        ("busy", 60, 90),
    ]
    await agents.update(floor.shop.id, lin, {"deactivated_at": None})
    assert (await states(floor, lin))[-1][::2] == ("away", None)


async def test_a_node_that_died_is_believed_no_longer_than_it_vouched(floor: Floor) -> None:
    lin = await floor.agent("Lin")
    log = StateLog(floor.db)
    await log.vouch(floor.shop.id, [lin], "dead", at(0), at(30))
    await log.vouch(floor.shop.id, [lin], "new", at(100), at(130))
    await log.vouch(floor.shop.id, [lin], "new", at(110), at(110))  # signed out

    [line] = (await times(floor, lin)).lines

    assert line.present_s == 40


async def test_only_who_leads_only_their_shop_and_at_most_a_month(floor: Floor) -> None:
    lin = await floor.agent("Lin")
    await connected(floor, lin, (0, 60))
    other = await Floor.open(floor.db, "coffee")
    assert (await times(other, lin)).lines == []
    assert (await times(other, lin)).since is None
    # nobody can be vouched for by a shop that is not theirs
    await StateLog(floor.db).vouch(other.shop.id, [lin], "n", at(0), at(30))
    assert (await times(other, lin)).lines == []
    with pytest.raises(Invalid) as refused:
        await times(floor, lin, first=DAY - timedelta(days=31))
    assert refused.value.field == "last"
    desk = AttendanceDesk(StateLog(floor.db), stores_of(floor.db), FakeClock(NOON))
    with pytest.raises(Forbidden):
        await desk.spent(AgentSeat(lin, floor.shop.id, "Lin", "agent"), DaysQuery())


class Told:
    """Leases that remember what they were told."""

    def __init__(self) -> None:
        self.vouched_for: list[UUID] = []

    async def vouch(self, shop_id: UUID, agent_ids: list[UUID], node: str, until_s: float) -> None:
        self.vouched_for += agent_ids

    async def vouched(self, shop_id: UUID) -> Mapping[tuple[UUID, str], float]:
        return {}


class Away:
    """A log that cannot be written."""

    async def vouch(self, *_: object) -> None:
        raise StorageUnavailable


async def test_a_log_that_cannot_be_written_stops_nobody(floor: Floor) -> None:
    lin, told = await floor.agent("Lin"), Told()
    leases = LoggedLeases(told, Away(), FakeClock(NOON))  # type: ignore[arg-type]
    await leases.vouch(floor.shop.id, [lin], "n", at(30).timestamp())
    assert told.vouched_for == [lin]

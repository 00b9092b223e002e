"""How agents spent their time: by the log of what they were ready for, and of who was connected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from msgspec import structs

from server.protocol.errors import Forbidden, Invalid, NotFound
from server.protocol.reports import (
    AgentPiece,
    AgentPiecesQuery,
    AgentTime,
    AgentTimes,
    DaysQuery,
)
from server.reports.agent_spans import Of
from server.services.attendance_reports import AttendanceDesk
from server.services.present_log import LoggedLeases
from server.services.seats import AgentSeat
from storage.agents import Agents
from storage.errors import StorageUnavailable
from storage.states import Spent, StateLog
from tests.assignment.nodes import stores_of
from tests.reports.books import Books
from tests.storage.floor import NOON, Floor, at
from tests.support.clock import FakeClock

Days = tuple[date, date]

DAY = NOON.date()


async def times(floor: Floor, lead: UUID, hours: float = 6, **asked: object) -> AgentTimes:
    clock = FakeClock(NOON + timedelta(hours=hours))
    desk = AttendanceDesk(StateLog(floor.db), stores_of(floor.db), clock)
    seat = AgentSeat(lead, floor.shop.id, "Lead", "supervisor")
    return await desk.spent(seat, DaysQuery(**{"first": DAY, "last": DAY, **asked}))  # type: ignore[arg-type]


async def pieces(floor: Floor, lead: UUID, agent: UUID, figure: Of) -> list[AgentPiece]:
    """Read them two at a time."""
    return (await pages(floor, lead, agent, figure))[0]


async def pages(
    floor: Floor,
    lead: UUID,
    agent: UUID,
    figure: Of,
    log: StateLog | None = None,
    days: Days = (DAY, DAY),
) -> tuple[list[AgentPiece], AgentTime]:
    """Read them two at a time; return what the last page says of their time, too."""
    clock = FakeClock(NOON + timedelta(hours=6))
    desk = AttendanceDesk(log or StateLog(floor.db), stores_of(floor.db), clock)
    seat = AgentSeat(lead, floor.shop.id, "Lead", "supervisor")
    found, before = list[AgentPiece](), None
    while True:
        asked = AgentPiecesQuery(first=days[0], last=days[1], figure=figure, before=before, limit=2)
        page = await desk.pieces(seat, agent, asked)
        found, before = found + page.items, page.next
        if before is None:
            assert page.count == len(found)
            return found, page.time


def _length(piece: AgentPiece) -> float:
    return (piece.until - piece.since).total_seconds()


def _second(moment: datetime) -> float:
    return (moment - NOON).total_seconds()


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


async def test_each_figure_of_an_agents_time_is_the_sum_of_its_pieces(
    floor: Floor, books: Books
) -> None:
    lin, mei = await floor.agent("Lin"), await floor.agent("Mei")
    agents = Agents(floor.db)
    await agents.set_status(lin, "available", at(100))
    await connected(floor, lin, (200, 400), (380, 800), node="n")
    await connected(floor, lin, (300, 420), node="m")
    first, second = await floor.answered(lin, 250), await floor.answered(lin, 350)
    await agents.set_status(lin, "busy", at(500))
    await agents.set_status(lin, "away", at(700))
    for each, until in ((first, 450), (second, 850)):
        await floor.transitions.close(each.id, lin, "solved", at(until - 10))
        await floor.transitions.finish(each.id, None, None, at(until))
    await books.job.catch_up()
    [line] = (await times(floor, mei)).lines

    adds = {name: await pieces(floor, mei, lin, name) for name in get_args(Of)}
    sums = {name: sum(each.adds_s for each in found) for name, found in adds.items()}
    long = {name: sum(_length(each) for each in found) for name, found in adds.items()}

    assert sums["present"] == line.present_s == 600
    assert sums["ready"] == line.ready_s == 300
    assert sums["working"] == line.working_s == 500
    assert sums["occupied"] == line.occupied_s == 450
    assert sums["occupancy"] / long["occupancy"] == line.occupancy == 0.9
    assert round(sums["at_once"] / long["at_once"], 4) == line.at_once
    assert [(_second(each.since), _second(each.until), each.state, each.in_hand)
            for each in adds["at_once"]] == [
        (800, 850, "away", 1),  # not connected any more, and it is still theirs
        (700, 800, "away", 1),
        (500, 700, "busy", 1),
        (450, 500, "available", 1),
        (350, 450, "available", 2),
        (250, 350, "available", 1),
    ]  # fmt: skip
    assert [each.present for each in adds["at_once"]] == [False, *[True] * 5]


async def test_a_page_of_an_agents_time_says_the_same_and_reads_nobody_elses(
    floor: Floor, books: Books
) -> None:
    class TheirsAlone(StateLog):
        async def spent(self, *_: object) -> list[Spent]:
            pytest.fail("the time of the whole shop is read for a page of one agent's")

    lin, mei = await floor.agent("Lin"), await floor.agent("Mei")
    agents = Agents(floor.db)
    await agents.set_status(lin, "available", at(100.3337))
    for each in (lin, mei):
        await connected(floor, each, (200.0005, 800.7))
    row = await floor.answered(lin, 250)
    await agents.set_status(lin, "busy", at(500.25))
    await agents.set_status(lin, "away", at(700))
    await floor.transitions.close(row.id, lin, "solved", at(840))
    await floor.transitions.finish(row.id, None, None, at(850))
    await books.job.catch_up()
    line = next(each for each in (await times(floor, mei)).lines if each.name == "Lin")

    for figure in get_args(Of):
        found, time = await pages(floor, mei, lin, figure, TheirsAlone(floor.db))
        assert found
        assert structs.replace(time, name="Lin") == line


async def test_days_to_come_are_empty_and_nobody_was_there(floor: Floor) -> None:
    lin, mei = await floor.agent("Lin"), await floor.agent("Mei")
    await connected(floor, lin, (0, 60))
    first, last = DAY + timedelta(days=1), DAY + timedelta(days=2)

    found = await times(floor, mei, first=first, last=last)

    assert (found.lines, found.total.present_s, found.since) == ([], 0, at(0))
    with pytest.raises(NotFound):
        await pages(floor, mei, lin, "present", days=(first, last))


async def test_whose_time_it_is_must_have_been_there_and_in_this_shop(floor: Floor) -> None:
    lin, mei = await floor.agent("Lin"), await floor.agent("Mei")
    await connected(floor, lin, (0, 60))
    other = await Floor.open(floor.db, "coffee")
    for where, whom in ((floor, mei), (other, lin)):
        with pytest.raises(NotFound):
            await pieces(where, mei, whom, "present")
    desk = AttendanceDesk(StateLog(floor.db), stores_of(floor.db), FakeClock(NOON))
    seat = AgentSeat(lin, floor.shop.id, "Lin", "agent")
    with pytest.raises(Forbidden):
        await desk.pieces(seat, lin, AgentPiecesQuery())


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

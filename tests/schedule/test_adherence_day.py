"""A day of the shop beside its plan, who sees it, and who is missed at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from unittest.mock import Mock
from uuid import UUID

import pytest

from server.protocol.adherence import Adherence, AdherenceLine, DayQuery, OnShift
from server.protocol.errors import Forbidden, Invalid
from server.protocol.schedule import ShiftPatch
from server.services.presence import Presence
from server.services.present_log import LoggedLeases
from server.services.schedule.adherence import AdherenceDesk
from server.services.schedule.on_shift import OnShiftDesk
from server.services.seats import AgentSeat
from storage.agents import Agents
from storage.states import StateLog
from tests.assignment.nodes import stores_of
from tests.schedule.rota import FIVE, MONDAY, NINE, NOON, Rota

TTL_S, GRACE_S = 60.0, 15.0


def at(hour: float, day: date = MONDAY) -> datetime:
    """Return a moment by Berlin's winter clock."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 1)


class Leases:
    """Leases that nobody else asks about."""

    async def vouch(self, *_: object) -> None:
        """Forget it."""

    async def vouched(self, shop_id: UUID) -> Mapping[tuple[UUID, str], float]:
        return {}


class Watch:
    """The desks that compare, and a node that agents connect to."""

    def __init__(self, rota: Rota) -> None:
        self.rota, self.log = rota, StateLog(rota.db)
        shifts, stores = rota.plan._kept.shifts, stores_of(rota.db)
        self.desk = AdherenceDesk(shifts, self.log, stores, rota.clock)
        self.on_shift = OnShiftDesk(shifts, self.log, stores, rota.clock)
        leases = LoggedLeases(Leases(), self.log, rota.clock)
        self.presence = Presence(leases, Mock(), rota.clock, "n", ttl_s=TTL_S, grace_s=GRACE_S)

    async def until(self, hour: float) -> None:
        """Let time pass."""
        await self.rota.clock.advance((at(hour) - self.rota.clock.now()).total_seconds())

    async def is_(self, who: AgentSeat, status: str) -> None:
        now = self.rota.clock.now()
        await Agents(self.rota.db).set_status(who.agent_id, status, now)  # type: ignore[arg-type]

    async def was(self, who: AgentSeat, status: str, begin: float, end: float) -> None:
        """Let somebody have been connected, in one state, between two hours."""
        shop = self.rota.shop.id
        await self.rota.db.execute(
            "INSERT INTO agent_state VALUES ($1, $2, $3, $4, $5)",
            *(shop, who.agent_id, status, at(begin), at(end)),
        )
        await self.log.vouch(shop, [who.agent_id], "n", at(begin), at(end))

    async def day(self, day: date | None = None) -> Adherence:
        return await self.desk.of_shop(self.rota.lead, DayQuery(day=day))

    async def now(self) -> dict[str, tuple[str, str | None, str | None]]:
        """Return by name what is planned, the state, and what is wrong."""
        found = await self.on_shift.now(self.rota.lead)
        return {each.agent.name: _said(each) for each in found.agents}


def _said(each: OnShift) -> tuple[str, str | None, str | None]:
    return each.planned, each.state, each.exception and each.exception.kind


def told(line: AdherenceLine) -> list[tuple[str, int]]:
    return [(each.kind, each.missed_s // 60) for each in line.exceptions]


@pytest.fixture
async def watch(rota: Rota) -> Watch:
    return Watch(rota)


async def test_a_supervisor_sees_the_day_of_all_and_agents_their_own(
    rota: Rota, watch: Watch
) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    await rota.plans(lin, breaks=[(NOON, NOON + 60)])
    await rota.plans(mei, start=NINE, end=NOON)
    await watch.was(rota.lead, "available", 8, 18)  # the log begins; she is not planned
    await watch.was(lin, "available", 9, 12)
    await watch.was(lin, "busy", 13, 16)
    await watch.until(20)

    found = await watch.day()

    lea, of_lin, of_mei = found.lines
    assert (lea.agent.name, lea.figures.adherence, lea.planned) == ("Lea", None, [])
    assert lea.figures.worked_s == 10 * 3600
    assert [(each.planned, each.since) for each in of_lin.planned] == [
        ("work", at(9)), ("break", at(12)), ("work", at(13))
    ]  # fmt: skip
    assert [(each.state, each.until) for each in of_lin.actual] == [
        ("available", at(12)), ("busy", at(16))
    ]  # fmt: skip
    assert told(of_lin) == [("left_early", 60)]
    assert (of_lin.figures.adherence, of_lin.figures.conformance) == (0.875, round(6 / 7, 6))
    assert told(of_mei) == [("absent", 180)]
    assert of_mei.figures.adherence == 0
    assert (found.total.scheduled_s, found.total.adherence) == (11 * 3600, round(7 / 11, 6))
    assert found.since == at(8)

    own = await watch.desk.mine(lin, DayQuery())
    assert [line.agent.name for line in own.lines] == ["Lin"]
    assert own.lines[0].figures == of_lin.figures
    for ask in (watch.desk.of_shop, watch.desk.table):
        with pytest.raises(Forbidden):
            await ask(lin, DayQuery())
    with pytest.raises(Forbidden):
        await watch.on_shift.now(lin)
    with pytest.raises(Invalid) as refused:
        await watch.day(date(1800, 1, 1))
    assert refused.value.field == "day"

    lines = (await watch.desk.table(rota.lead, DayQuery(day=MONDAY))).splitlines()
    head = lines[0].lstrip("\ufeff").split(",")
    row = dict(zip(head, lines[2].split(","), strict=True))
    assert (row["agent"], row["adherence"], row["left_early_s"]) == ("Lin", "0.875", "3600")
    assert lines[1].split(",")[1:3] == ["Lea", "0"]
    assert dict(zip(head, lines[-1].split(","), strict=True))["absent_s"] == "10800"


async def test_another_shop_sees_nothing_of_it(rota: Rota, watch: Watch) -> None:
    lin = await rota.agent("Lin")
    await rota.plans(lin)
    await watch.was(lin, "available", 9, 12)
    other = Watch(await Rota.open(rota.db, "coffee"))
    assert ((await other.day()).lines, (await other.day()).since) == ([], None)
    assert await other.now() == {}
    foreign = await other.desk.mine(AgentSeat(lin.agent_id, other.rota.shop.id, "Lin", "agent"), DayQuery())  # noqa: E501 # fmt: skip
    assert (foreign.lines[0].planned, foreign.lines[0].actual) == ([], [])


async def test_who_reconnects_within_grace_was_not_away(rota: Rota, watch: Watch) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    for who in (lin, mei):
        await watch.is_(who, "available")
        await watch.presence.came(who, "first")
        await rota.plans(who, start=10 * 60, end=11 * 60)
    for second in range(0, 600, 20):
        await rota.clock.advance(20)
        await watch.presence.renew()
        if second == 200:
            await watch.presence.went(lin, "first")
            await watch.presence.went(mei, "first")
            await rota.clock.advance(GRACE_S - 1)
            await watch.presence.came(lin, "second")
        if second == 400:
            await watch.presence.came(mei, "second")

    of_lin, of_mei = (await watch.day()).lines

    assert told(of_lin) == []
    assert of_lin.figures.adherence == 1
    assert told(of_mei) == [("unplanned_break", 3)]


async def test_the_plan_as_it_is_now_counts_and_says_that_it_was_changed(
    rota: Rota, watch: Watch
) -> None:
    lin = await rota.agent("Lin")
    planned = await rota.plans(lin, start=11 * 60, end=15 * 60)
    await watch.was(rota.lead, "away", 0, 1)  # the log begins
    await watch.was(lin, "available", 11, 13)
    await watch.until(13)
    assert (await watch.day()).lines[0].changed_at is None

    sent_home = ShiftPatch(agent=planned.agent, day=MONDAY, start=11 * 60, end=13 * 60)
    await rota.plan.change(rota.lead, UUID(planned.id), sent_home)
    await watch.until(16)

    after = (await watch.day()).lines[0]
    assert (told(after), after.figures.adherence, after.changed_at) == ([], 1, at(13))


async def test_now_tells_who_should_be_here_and_is_not(rota: Rota, watch: Watch) -> None:
    names = ("Ann", "Bob", "Cy", "Dee", "Eve", "Fay", "Gus")
    ann, bob, cy, dee, eve, fay, gus = [await rota.agent(name) for name in names]
    await watch.was(rota.lead, "available", 0, 1)  # the log begins
    await rota.plans(ann, MONDAY - timedelta(days=1), 22 * 60, 30 * 60)  # over by now
    for who in (bob, cy, dee, gus):
        await rota.plans(who, start=NINE, end=FIVE, breaks=[(NOON, NOON + 30)])
    await rota.plans(eve, start=NINE, end=FIVE, breaks=[(11 * 60, NOON)])
    await rota.plans(fay, start=14 * 60, end=FIVE)
    await watch.until(9)
    for who in (bob, cy, dee, eve):
        await watch.presence.came(who, "s")
        await watch.is_(who, "available")
    await watch.until(11.25)
    await watch.presence.renew()
    await watch.is_(cy, "away")
    await watch.is_(eve, "away")
    await watch.presence.went(dee, "s", signed_out=True)
    await watch.until(11.26)
    await watch.presence.renew()

    assert await watch.now() == {
        "Bob": ("work", "available", None),
        "Cy": ("work", "away", "unplanned_break"),
        "Dee": ("work", None, "unplanned_break"),
        "Eve": ("break", "away", None),
        "Gus": ("work", None, "late"),
    }


async def test_the_night_shift_of_yesterday_is_on_shift_after_midnight(
    rota: Rota, watch: Watch
) -> None:
    lin = await rota.agent("Lin")
    await rota.plans(lin, MONDAY, 22 * 60, 30 * 60, [(26 * 60, 26 * 60 + 30)])
    await watch.was(lin, "available", 22, 25)
    await watch.until(26.25)
    assert await watch.now() == {"Lin": ("break", None, None)}
    await watch.until(27)
    assert await watch.now() == {"Lin": ("work", None, "long_break")}
    [line] = (await watch.day(MONDAY)).lines
    assert told(line) == [("long_break", 90)]
    assert (await watch.day(MONDAY + timedelta(days=1))).lines == []

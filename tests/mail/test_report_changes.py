"""Reports that are changed while others change or send them: nothing is lost, nobody misled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from server.protocol.errors import NotFound
from server.protocol.scheduled_reports import (
    NewScheduledReport,
    ScheduledReportPatch,
    ScheduledReportRecord,
)
from server.services.reports import ReportDesk
from server.services.scheduled_reports import ScheduledReportsDesk
from server.services.seats import AgentSeat
from storage.reports.reading import Reports
from storage.reports.scheduled import ScheduledReports
from tests.assignment.office import Office
from tests.mail.conftest import OtherServer, Room, Shelf

DAY_S = 86_400.0
Act = Callable[[], Awaitable[object]]


class Once:
    """Something that happens at a certain point, the first time it is reached."""

    def __init__(self, act: Act) -> None:
        self._act: Act | None = act

    async def __call__(self) -> None:
        act, self._act = self._act, None
        if act is not None:
            await act()


class SlowScheduled(ScheduledReports):
    """Between what somebody has read and what they write others act."""

    def __init__(self, office: Office, meanwhile: Act) -> None:
        super().__init__(office.db)
        self._meanwhile = Once(meanwhile)

    async def create(self, *args: Any, **named: Any) -> Any:
        await self._meanwhile()
        return await super().create(*args, **named)

    async def update(self, *args: Any, **named: Any) -> Any:
        await self._meanwhile()
        return await super().update(*args, **named)


class SlowReports(ReportDesk):
    """While a report is made others act."""

    def __init__(self, office: Office, meanwhile: Act) -> None:
        super().__init__(Reports(office.db), office.stores, office.clock)
        self._meanwhile = Once(meanwhile)

    async def of_shop(self, *args: Any, **named: Any) -> Any:
        made = await super().of_shop(*args, **named)
        await self._meanwhile()
        return made


class Two:
    """Lea and Max lead, and a report goes to both every morning at eight."""

    def __init__(self, shelf: Shelf, lea: AgentSeat, max_: AgentSeat) -> None:
        self.shelf, self.lea, self.max = shelf, lea, max_
        self.id = UUID(int=0)

    async def begin(self) -> None:
        both = [str(self.lea.agent_id), str(self.max.agent_id)]
        new = NewScheduledReport(name="All", mail_to=both)
        self.id = UUID((await self.shelf.desk.create(self.lea, new)).id)

    def slowly(self, meanwhile: Act) -> ScheduledReportsDesk:
        slow = SlowScheduled(self.shelf.office, meanwhile)
        return self.shelf.administration(scheduled=slow)

    async def rename(self, desk: ScheduledReportsDesk | None = None) -> ScheduledReportRecord:
        patch = ScheduledReportPatch(name="Everything")
        return await (desk or self.shelf.desk).update(self.lea, self.id, patch)

    async def take_max_off(self) -> None:
        patch = ScheduledReportPatch(mail_to=[str(self.lea.agent_id)])
        await self.shelf.desk.update(self.lea, self.id, patch)


@pytest.fixture
async def two(shelf: Shelf, room: Room) -> Two:
    """Two who lead; it is Monday, 2 March 2026, 09:00."""
    both = Two(shelf, await room.seat("lea"), await room.seat("max"))
    await both.begin()
    return both


async def test_a_report_that_is_sent_while_it_is_renamed_is_sent_once_that_day(
    office: Office, two: Two, room: Room
) -> None:
    await office.clock.advance(DAY_S)
    renamed = await two.rename(two.slowly(two.shelf.node.turn))
    assert renamed.name == "Everything"
    assert renamed.next_at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
    await two.shelf.passes(60)
    assert await room.count() == 2, "one for each"


async def test_a_report_that_is_renamed_while_the_shop_moves_goes_by_the_new_clock(
    office: Office, two: Two
) -> None:
    renamed = await two.rename(two.slowly(_to_new_york(office)))
    assert renamed.next_at == datetime(2026, 3, 3, 13, 0, tzinfo=UTC)


async def test_a_time_that_is_chosen_while_the_shop_moves_is_of_the_new_clock(
    office: Office, two: Two
) -> None:
    patch = ScheduledReportPatch(at_minute=540)
    slow = two.slowly(_to_new_york(office))
    chosen = await slow.update(two.lea, two.id, patch)
    assert chosen.next_at == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


async def test_a_report_that_is_made_up_while_the_shop_moves_goes_by_the_new_clock(
    office: Office, two: Two
) -> None:
    new = NewScheduledReport(name="New", mail_to=[str(two.lea.agent_id)])
    made = await two.slowly(_to_new_york(office)).create(two.lea, new)
    assert made.next_at == datetime(2026, 3, 2, 13, 0, tzinfo=UTC)


async def test_who_renames_puts_nobody_back_on_the_list(two: Two) -> None:
    renamed = await two.rename(two.slowly(two.take_max_off))
    assert renamed.name == "Everything"
    assert renamed.mail_to == [str(two.lea.agent_id)]


async def test_a_report_that_is_deleted_while_it_is_renamed_is_gone(two: Two) -> None:
    with pytest.raises(NotFound):
        await two.rename(two.slowly(lambda: two.shelf.desk.delete(two.lea, two.id)))


async def test_who_is_taken_off_while_a_report_is_made_is_not_sent_it(
    office: Office, two: Two, room: Room, mail_server: OtherServer
) -> None:
    """It is made again as it is now, with its new name, and leaves once."""

    async def change() -> None:
        await two.take_max_off()
        await two.rename()

    await office.clock.advance(DAY_S)
    node = two.shelf.another_node(SlowReports(office, change))
    assert await node.turn()
    assert await room.count() == 0
    await two.shelf.passes(0)
    assert [to for to, _ in mail_server.taken] == ["lea@demo.kefu"]
    assert mail_server.letters[0]["Subject"] == "Everything: 2026-03-02"


async def test_a_day_that_has_had_its_report_has_no_other(
    office: Office, two: Two, room: Room
) -> None:
    """Whatever a node of the version before has written; and it is not made for ever."""
    await two.shelf.passes(DAY_S)
    assert await room.count() == 2
    eight = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    await office.db.execute("UPDATE scheduled_report SET next_at = $1", eight)
    assert await two.shelf.node.turn()
    assert not await two.shelf.node.turn()
    assert await room.count() == 2
    [shown] = (await two.shelf.desk.list(two.lea)).items
    assert shown.next_at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


async def test_who_is_taken_off_the_list_is_not_sent_what_waits(
    office: Office, two: Two, room: Room, mail_server: OtherServer
) -> None:
    mail_server.answers = ["451 Later"] * 2
    await two.shelf.passes(DAY_S)
    assert mail_server.taken == []
    await two.take_max_off()
    await room.passes(60)
    assert [to for to, _ in mail_server.taken] == ["lea@demo.kefu"]
    assert sorted(await room.ended()) == [(False, "nobody_told", 1), (True, None, 2)]


async def test_what_somebody_has_sent_to_themselves_needs_no_list(
    two: Two, room: Room, mail_server: OtherServer
) -> None:
    await two.take_max_off()
    await two.shelf.desk.send(two.max, two.id)
    await room.job.turn()
    assert [to for to, _ in mail_server.taken] == ["max@demo.kefu"]


def _to_new_york(office: Office) -> Act:
    async def move() -> None:
        await office.stores.shops.update(
            office.shop.id, {"time_zone": "America/New_York"}, office.clock.now()
        )

    return move

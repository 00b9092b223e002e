"""A shift changes hands: asked, accepted, approved; of two who are quick one wins."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from server.protocol.errors import Forbidden, Invalid
from server.protocol.schedule import (
    NewSwap,
    NewTimeOff,
    ShiftPatch,
    Swap,
    SwapAnswer,
    SwapDecision,
    TimeOffDecision,
    WeekQuery,
)
from server.services.seats import AgentSeat
from storage.errors import Changed, Clash, Duplicate, Missing
from tests.schedule.rota import FIVE, MONDAY, NINE, NOON, Rota

TOMORROW = MONDAY + timedelta(days=1)
YES, NO, BACK = (SwapAnswer(state=state) for state in ("accepted", "declined", "withdrawn"))
APPROVED, REFUSED = SwapDecision(approve=True), SwapDecision(approve=False)


async def asked(rota: Rota, by: AgentSeat, to: AgentSeat | None = None) -> Swap:
    """Return what is asked about a new shift of tomorrow."""
    shift = await rota.plans(by, TOMORROW)
    given = NewSwap(shift=shift.id, to=None if to is None else str(to.agent_id))
    return await rota.mine.ask_swap(by, given)


async def planned(rota: Rota) -> list[str]:
    week = await rota.plan.week(rota.lead, WeekQuery(day=TOMORROW))
    return [each.agent for each in week.shifts]


async def test_a_shift_is_anothers_once_it_is_accepted_and_approved(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    swap = await asked(rota, lin, mei)
    with pytest.raises(Changed):  # the colleague has not said yes
        await rota.decisions.swap(rota.lead, UUID(swap.id), APPROVED)

    await rota.mine.answer_swap(mei, UUID(swap.id), YES)
    assert await planned(rota) == [str(lin.agent_id)]
    [seen] = (await rota.plan.week(rota.lead, WeekQuery())).asked_swaps
    assert (seen.by.name, seen.to and seen.to.name, seen.state) == ("Lin", "Mei", "accepted")
    decided = await rota.decisions.swap(rota.lead, UUID(swap.id), APPROVED)

    assert (decided.state, decided.shift.agent) == ("approved", str(mei.agent_id))
    assert await planned(rota) == [str(mei.agent_id)]
    assert [each.day for each in (await rota.mine.look(mei)).shifts] == [TOMORROW]
    assert (await rota.mine.look(lin)).shifts == []


async def test_of_all_who_are_asked_the_first_to_say_yes_has_it(rota: Rota) -> None:
    lin = await rota.agent("Lin")
    others = [await rota.agent(f"No {n}") for n in range(4)]
    swap = await asked(rota, lin)
    assert [each.id for each in (await rota.mine.look(others[0])).swaps] == [swap.id]

    answers = await asyncio.gather(
        *(rota.mine.answer_swap(each, UUID(swap.id), YES) for each in others),
        return_exceptions=True,
    )

    [won] = [each for each in answers if isinstance(each, Swap)]
    assert sum(isinstance(each, Changed) for each in answers) == 3
    await rota.decisions.swap(rota.lead, UUID(swap.id), APPROVED)
    assert await planned(rota) == [won.to and won.to.id]


async def test_two_who_give_each_other_a_shift_both_have_it_or_neither(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    given = await asked(rota, lin, mei)
    shift = await rota.plans(mei, TOMORROW + timedelta(days=1))
    back = await rota.mine.ask_swap(mei, NewSwap(shift=shift.id, to=str(lin.agent_id)))
    both = SwapDecision(approve=True, with_swap=back.id)
    await rota.mine.answer_swap(mei, UUID(given.id), YES)
    with pytest.raises(Changed):  # Lin has not said yes: neither changes hands
        await rota.decisions.swap(rota.lead, UUID(given.id), both)
    waiting = (await rota.plan.week(rota.lead, WeekQuery())).asked_swaps
    assert {(each.id, each.state) for each in waiting} == {
        (given.id, "accepted"),
        (back.id, "asked"),
    }

    await rota.mine.answer_swap(lin, UUID(back.id), YES)
    await rota.decisions.swap(rota.lead, UUID(given.id), both)

    assert await planned(rota) == [str(mei.agent_id), str(lin.agent_id)]
    assert (await rota.plan.week(rota.lead, WeekQuery())).asked_swaps == []


async def test_another_shops_half_is_none_of_ours_and_ours_stays_undecided(rota: Rota) -> None:
    theirs = await asked(rota, await rota.agent("Lin"))
    other = await Rota.open(rota.db, "coffee")
    ours = await asked(other, await other.agent("Bo"))

    given = SwapDecision(approve=False, with_swap=theirs.id)
    with pytest.raises(Missing):
        await other.decisions.swap(other.lead, UUID(ours.id), given)

    for shop, swap in ((rota, theirs), (other, ours)):
        [seen] = (await shop.plan.week(shop.lead, WeekQuery())).asked_swaps
        assert (seen.id, seen.state) == (swap.id, "asked")


async def test_two_supervisors_decide_and_one_is_told(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    other = await rota.agent("Lee", role="supervisor")
    swap = await asked(rota, lin, mei)
    await rota.mine.answer_swap(mei, UUID(swap.id), YES)

    answers = await asyncio.gather(
        rota.decisions.swap(rota.lead, UUID(swap.id), APPROVED),
        rota.decisions.swap(other, UUID(swap.id), REFUSED),
        return_exceptions=True,
    )

    assert [type(each) for each in answers].count(Changed) == 1
    [won] = [each for each in answers if isinstance(each, Swap)]
    owner = mei if won.state == "approved" else lin
    assert await planned(rota) == [str(owner.agent_id)]


async def test_who_works_or_is_away_cannot_take_it_over_then_or_later(rota: Rota) -> None:
    lin, mei, yun = [await rota.agent(name) for name in ("Lin", "Mei", "Yun")]
    await rota.plans(mei, TOMORROW, NOON, FIVE)
    swap = await asked(rota, lin)
    with pytest.raises(Clash):
        await rota.mine.answer_swap(mei, UUID(swap.id), YES)

    await rota.mine.answer_swap(yun, UUID(swap.id), YES)
    off = await rota.mine.ask_time_off(yun, NewTimeOff(first=TOMORROW, last=TOMORROW))
    await rota.decisions.time_off(rota.lead, UUID(off.id), TimeOffDecision(approve=True))

    with pytest.raises(Clash) as refused:
        await rota.decisions.swap(rota.lead, UUID(swap.id), APPROVED)
    assert refused.value.reason == "time_off"
    assert str(lin.agent_id) in await planned(rota)


async def test_a_shift_that_is_changed_has_to_be_asked_anew(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    swap = await asked(rota, lin, mei)
    with pytest.raises(Duplicate):
        await rota.mine.ask_swap(lin, NewSwap(shift=swap.shift.id))

    patch = ShiftPatch(agent=str(lin.agent_id), day=TOMORROW, start=NINE, end=NOON)
    await rota.plan.change(rota.lead, UUID(swap.shift.id), patch)

    with pytest.raises(Changed) as refused:
        await rota.mine.answer_swap(mei, UUID(swap.id), YES)
    assert refused.value.now == "lapsed"
    await rota.mine.ask_swap(lin, NewSwap(shift=swap.shift.id))


async def test_nobody_answers_for_others(rota: Rota) -> None:
    lin, mei, yun = [await rota.agent(name) for name in ("Lin", "Mei", "Yun")]
    swap = await asked(rota, lin, mei)
    with pytest.raises(Missing):
        await rota.mine.ask_swap(mei, NewSwap(shift=swap.shift.id))  # not hers to give
    with pytest.raises(Missing):
        await rota.mine.answer_swap(yun, UUID(swap.id), YES)
    with pytest.raises(Missing):
        await rota.mine.answer_swap(lin, UUID(swap.id), YES)
    with pytest.raises(Missing):
        await rota.mine.answer_swap(mei, UUID(swap.id), BACK)
    with pytest.raises(Forbidden):
        await rota.decisions.swap(mei, UUID(swap.id), APPROVED)
    with pytest.raises(Invalid):
        await rota.mine.ask_swap(lin, NewSwap(shift=swap.shift.id, to=str(lin.agent_id)))
    stranger = await (await Rota.open(rota.db, "coffee")).agent("Spy", role="supervisor")
    with pytest.raises(Missing):
        await rota.decisions.swap(stranger, UUID(swap.id), REFUSED)

    assert (await rota.mine.answer_swap(mei, UUID(swap.id), NO)).state == "declined"
    with pytest.raises(Changed):
        await rota.mine.answer_swap(lin, UUID(swap.id), BACK)


async def test_time_off_is_asked_once_and_can_be_taken_back(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    off = await rota.mine.ask_time_off(
        lin, NewTimeOff(first=TOMORROW, last=TOMORROW, note="Moving")
    )
    with pytest.raises(Clash):
        await rota.mine.ask_time_off(lin, NewTimeOff(first=MONDAY, last=TOMORROW))
    before = MONDAY - timedelta(days=3)
    with pytest.raises(Invalid):
        await rota.mine.ask_time_off(lin, NewTimeOff(first=before, last=before))
    with pytest.raises(Missing):
        await rota.mine.withdraw_time_off(mei, UUID(off.id))
    with pytest.raises(Forbidden):
        await rota.decisions.time_off(lin, UUID(off.id), TimeOffDecision(approve=True))
    [seen] = (await rota.plan.week(rota.lead, WeekQuery())).asked_off
    assert (seen.agent.name, seen.note) == ("Lin", "Moving")

    await rota.decisions.time_off(rota.lead, UUID(off.id), TimeOffDecision(approve=True))
    assert (await rota.mine.withdraw_time_off(lin, UUID(off.id))).state == "withdrawn"
    await rota.plans(lin, TOMORROW)


async def test_a_shift_that_has_begun_stays_whose_it_is(rota: Rota) -> None:
    lin, mei = await rota.agent("Lin"), await rota.agent("Mei")
    swap = await asked(rota, lin, mei)
    begun = await rota.plans(lin)  # today, since nine
    with pytest.raises(Clash) as refused:
        await rota.mine.ask_swap(lin, NewSwap(shift=begun.id))
    assert refused.value.reason == "begun"

    await rota.clock.advance(24 * 3600)

    with pytest.raises(Clash):
        await rota.mine.answer_swap(mei, UUID(swap.id), YES)

"""Calibration: blind until all have handed in, then the same for all; the agent never sees it."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from server.protocol.calibration import Calibration, CalibrationsQuery, NewCalibration
from server.protocol.errors import AppError, Conflict, Invalid, NotFound
from server.protocol.quality import Answer, Question, ReviewsQuery
from server.services.quality.agreement import agreement_of
from server.services.seats import AgentSeat
from tests.quality.assessors import Assessors


async def opened(assessors: Assessors) -> Calibration:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    new = NewCalibration(
        conversation=str(row.id),
        agent=str(assessors.ann.agent_id),
        scorecard=card.id,
        reviewers=[str(assessors.lea.agent_id), str(assessors.max.agent_id)],
    )
    return await assessors.calibrations.open(assessors.lea, new)


async def hands_in(
    assessors: Assessors, who: AgentSeat, of: Calibration, steps: tuple[int | None, ...]
) -> UUID:
    seen = await assessors.calibrations.one(who, UUID(of.id))
    assert seen.own_review is not None
    draft = await assessors.reviews.one(who, UUID(seen.own_review))
    return UUID((await assessors.judges(who, draft, steps)).line.id)


async def test_nobody_sees_the_others_before_all_have_handed_in(assessors: Assessors) -> None:
    calibration = await opened(assessors)
    of = UUID(calibration.id)
    first = await hands_in(assessors, assessors.lea, calibration, (2, 5, 2))

    seen = await assessors.calibrations.one(assessors.max, of)
    assert [each.handed_in for each in seen.reviewers] == [True, False]
    assert [each.score for each in seen.reviewers] == [None, None]
    assert seen.agreement is None
    with pytest.raises(NotFound):
        await assessors.reviews.one(assessors.max, first)

    second = await hands_in(assessors, assessors.max, calibration, (2, 3, 1))
    seen = await assessors.calibrations.one(assessors.max, of)
    assert seen.closed_at is not None
    assert [each.score for each in seen.reviewers] == [100, 0]
    assert [each.deviation for each in seen.reviewers] == [50, -50]
    assert seen.agreement is not None
    assert (seen.agreement.mean, seen.agreement.range) == (50, 100)
    assert [each.spread for each in seen.agreement.questions] == [0, 0.5, 1]
    assert (await assessors.reviews.one(assessors.max, first)).note == "Well done"
    for review in (first, second):
        with pytest.raises(NotFound):
            await assessors.reviews.one(assessors.ann, review)
    assert (await assessors.reviews.page(assessors.ann, ReviewsQuery())).items == []


async def test_who_has_still_to_hand_in_sees_no_other_review_of_the_same(
    assessors: Assessors,
) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    before = await assessors.begins(assessors.lea, row, assessors.ann, card)
    await assessors.judges(assessors.lea, before)
    known = UUID(before.line.id)
    assert (await assessors.reviews.one(assessors.max, known)).note == "Well done"

    new = NewCalibration(
        conversation=str(row.id),
        agent=str(assessors.ann.agent_id),
        scorecard=card.id,
        reviewers=[str(assessors.lea.agent_id), str(assessors.max.agent_id)],
    )
    calibration = await assessors.calibrations.open(assessors.lea, new)
    with pytest.raises(NotFound):
        await assessors.reviews.one(assessors.max, known)
    assert (await assessors.reviews.one(assessors.ann, known)).note == "Well done", "it is hers"

    await hands_in(assessors, assessors.max, calibration, (2, 3, 2))
    assert (await assessors.reviews.one(assessors.max, known)).note == "Well done"


async def test_it_is_closed_though_the_last_two_hand_in_at_the_same_moment(
    assessors: Assessors,
) -> None:
    calibration = await opened(assessors)
    await asyncio.gather(
        hands_in(assessors, assessors.lea, calibration, (2, 5, 2)),
        hands_in(assessors, assessors.max, calibration, (2, 5, 2)),
    )
    seen = await assessors.calibrations.one(assessors.lea, UUID(calibration.id))
    assert seen.agreement is not None
    assert (seen.agreement.alike, seen.agreement.deviation) == (1, 0)


async def test_it_can_be_closed_before_and_what_was_not_handed_in_is_gone(
    assessors: Assessors,
) -> None:
    calibration = await opened(assessors)
    of = UUID(calibration.id)
    await hands_in(assessors, assessors.lea, calibration, (2, 5, 2))
    late = (await assessors.calibrations.one(assessors.max, of)).own_review
    assert late is not None
    with pytest.raises(Conflict):
        await assessors.reviews.discard(assessors.max, UUID(late))

    closed = await assessors.calibrations.close(assessors.lea, of)
    assert [each.person.name for each in closed.reviewers] == ["Lea"]
    with pytest.raises(AppError):
        await assessors.reviews.publish(assessors.max, UUID(late))
    with pytest.raises(Conflict):
        await assessors.calibrations.close(assessors.max, of)


async def test_only_others_who_lead_judge_and_nobody_learns_of_their_own(
    assessors: Assessors,
) -> None:
    calibration = await opened(assessors)
    for wrong in ([assessors.bob, assessors.lea], [assessors.lea, assessors.lea]):
        with pytest.raises(Invalid) as refused:
            await assessors.calibrations.open(
                assessors.lea,
                NewCalibration(
                    conversation=calibration.conversation,
                    agent=calibration.agent.id,
                    scorecard=(await assessors.scorecards.list(assessors.lea)).items[0].id,
                    reviewers=[str(each.agent_id) for each in wrong],
                ),
            )
        assert refused.value.field == "reviewers"
    promoted = replace(assessors.ann, role="supervisor")
    spy = replace(assessors.max, shop_id=uuid4())
    for who in (promoted, spy):
        assert (await assessors.calibrations.page(who, CalibrationsQuery())).items == []
        with pytest.raises(NotFound):
            await assessors.calibrations.one(who, UUID(calibration.id))


def test_agreement_in_figures() -> None:
    questions = [
        Question(key="a", text="A", scale=5),
        Question(key="b", text="B", scale=2, optional=True),
        Question(key="c", text="C", scale=2, optional=True),
    ]
    none = Answer(applies=False)
    first = {"a": Answer(step=5), "b": none, "c": none}
    second = {"a": Answer(step=2), "b": Answer(step=2), "c": none}
    found = agreement_of(questions, [first, second], [100, 40])
    assert [each.spread for each in found.questions] == [0.75, 1, 0]
    assert [each.mean for each in found.questions] == [3.5, 2, None]
    assert (found.mean, found.deviation, found.range) == (70, 30, 60)
    assert found.alike == pytest.approx(1 / 3, abs=0.01)
    assert agreement_of(questions, [first], [None]).mean is None

"""A scorecard, a review, and the agent who reads it: who sees what, and what stays as it was."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace as with_

from server.protocol.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from server.protocol.quality import (
    NewReview,
    Question,
    ReviewDecision,
    ReviewPatch,
    ReviewReply,
    ReviewsQuery,
    ScorecardPatch,
)
from storage.errors import Changed, Duplicate
from tests.quality.assessors import QUESTIONS, Assessors, answers


async def test_a_review_is_the_reviewers_until_it_is_published_and_then_the_agents(
    assessors: Assessors,
) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    draft = await assessors.begins(assessors.lea, row, assessors.ann, card)
    assert draft.line.state == "draft"
    again = await assessors.begins(assessors.lea, row, assessors.ann, card)
    assert again.line.id == draft.line.id, "who begins twice goes on"

    for stranger in (assessors.ann, assessors.max, assessors.bob):
        with pytest.raises(NotFound):
            await assessors.reviews.one(stranger, UUID(draft.line.id))
        assert (await assessors.reviews.page(stranger, ReviewsQuery())).items == []

    published = await assessors.judges(assessors.lea, draft)
    assert published.line.score == pytest.approx(100 * (1 + 3 * 0.75 + 1) / 5)
    assert published.line.passed

    seen = await assessors.reviews.one(assessors.ann, UUID(draft.line.id))
    assert seen.note == "Well done"
    assert seen.line.reviewer.name == "Lea"
    assert [each.id for each in (await assessors.reviews.page(assessors.max, ReviewsQuery())).items]
    with pytest.raises(NotFound):
        await assessors.reviews.one(assessors.bob, UUID(draft.line.id))


async def test_what_is_published_stays_as_it_is(assessors: Assessors) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    review = await assessors.judges(
        assessors.lea, await assessors.begins(assessors.lea, row, assessors.ann, card)
    )
    of = UUID(review.line.id)
    for act in (
        assessors.reviews.save(assessors.lea, of, ReviewPatch(answers={}, note="no")),
        assessors.reviews.publish(assessors.lea, of),
        assessors.reviews.discard(assessors.lea, of),
    ):
        with pytest.raises(Conflict):
            await act
    assert await assessors.reviews.one(assessors.lea, of) == review


async def test_a_review_keeps_the_scorecard_it_was_made_with(assessors: Assessors) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    draft = await assessors.begins(assessors.lea, row, assessors.ann, card)

    kept = with_(card.questions[1], weight=9)
    harder = ScorecardPatch(version=1, questions=[kept, Question(text="New")], pass_mark=99)
    changed = await assessors.scorecards.change(assessors.max, UUID(card.id), harder)
    assert changed.version == 2
    assert changed.questions[0].key == card.questions[1].key, "it is the same question still"

    review = await assessors.judges(assessors.lea, draft)
    assert (review.version, review.pass_mark) == (1, 80)
    assert [each.text for each in review.questions] == [each.text for each in QUESTIONS]
    with pytest.raises(Changed):
        await assessors.scorecards.change(assessors.lea, UUID(card.id), harder)
    renamed = ScorecardPatch(version=2, name="Chat, new")
    again = await assessors.scorecards.change(assessors.lea, UUID(card.id), renamed)
    assert again.version == 2, "another name judges nobody differently"
    with pytest.raises(Duplicate):
        await assessors.card("Chat, new")


async def test_everything_is_answered_before_it_is_published(assessors: Assessors) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    draft = await assessors.begins(assessors.lea, row, assessors.ann, card)
    of, full = UUID(draft.line.id), answers(draft, (2, 4, 2))
    first, second, _ = full

    for wrong, field in (
        ({**full, "another": full[first]}, "answers.another"),
        ({**full, first: with_(full[first], step=3)}, f"answers.{first}"),
        ({**full, first: with_(full[first], step=None, applies=False)}, f"answers.{first}"),
        ({**full, second: with_(full[second], applies=False)}, f"answers.{second}"),
    ):
        with pytest.raises(Invalid) as refused:
            await assessors.reviews.save(assessors.lea, of, ReviewPatch(answers=wrong))
        assert refused.value.field == field

    await assessors.reviews.save(assessors.lea, of, ReviewPatch(answers={first: full[first]}))
    with pytest.raises(Invalid) as refused:
        await assessors.reviews.publish(assessors.lea, of)
    assert refused.value.field == f"answers.{second}"


async def test_only_whoever_had_a_part_is_reviewed_and_nobody_reviews_themselves(
    assessors: Assessors,
) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    parts = await assessors.reviews.parts(assessors.lea, row.id)
    assert [(part.agent.name, part.replies) for part in parts.items] == [("Ann", 1)]

    with pytest.raises(Invalid):
        await assessors.begins(assessors.lea, row, assessors.bob, card)
    own = await assessors.talk(assessors.lea)
    with pytest.raises(Conflict):
        await assessors.begins(assessors.lea, own, assessors.lea, card)
    with pytest.raises(Forbidden):
        await assessors.begins(assessors.bob, row, assessors.ann, card)
    spy = replace(assessors.lea, shop_id=uuid4())
    with pytest.raises(NotFound):
        await assessors.begins(spy, row, assessors.ann, card)
    archived = await assessors.scorecards.change(
        assessors.lea, UUID(card.id), ScorecardPatch(version=1, archived=True)
    )
    with pytest.raises(Conflict):
        await assessors.begins(assessors.lea, row, assessors.ann, archived)


async def test_an_agent_answers_once_and_a_dispute_is_decided_once(assessors: Assessors) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    review = await assessors.judges(
        assessors.lea,
        await assessors.begins(assessors.lea, row, assessors.ann, card),
        (2, 2, 1),
    )
    of = UUID(review.line.id)
    assert (review.line.score, review.line.passed) == (0, False)
    assert review.failed_on == review.questions[2].key

    with pytest.raises(Conflict):
        await assessors.reviews.reply(assessors.max, of, ReviewReply(kind="acknowledged"))
    with pytest.raises(Invalid):
        await assessors.reviews.reply(assessors.ann, of, ReviewReply(kind="disputed"))
    upheld = ReviewDecision(decision="upheld", text="It stays so")
    with pytest.raises(Conflict):
        await assessors.reviews.decide(assessors.max, of, upheld)

    disputed = ReviewReply(kind="disputed", text="She asked me to")
    assert (await assessors.reviews.reply(assessors.ann, of, disputed)).reply is not None
    with pytest.raises(Conflict):
        await assessors.reviews.reply(assessors.ann, of, ReviewReply(kind="acknowledged"))
    waiting = await assessors.reviews.page(assessors.max, ReviewsQuery(disputed=True))
    assert [each.id for each in waiting.items] == [review.line.id]

    revised = ReviewDecision(
        decision="revised", text="You are right", answers=answers(review, (2, None, 2))
    )
    decided = await assessors.reviews.decide(assessors.max, of, revised)
    assert (decided.line.score, decided.first_score, decided.failed_on) == (100, 0, None)
    assert decided.first_answers == review.answers
    assert (await assessors.reviews.page(assessors.max, ReviewsQuery(disputed=True))).items == []
    with pytest.raises(Conflict):
        await assessors.reviews.decide(assessors.lea, of, upheld)


async def test_a_draft_can_be_thrown_away(assessors: Assessors) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    draft = await assessors.begins(assessors.lea, row, assessors.ann, card)
    with pytest.raises(AppError):
        await assessors.reviews.discard(assessors.max, UUID(draft.line.id))
    await assessors.reviews.discard(assessors.lea, UUID(draft.line.id))
    assert (await assessors.reviews.page(assessors.lea, ReviewsQuery())).items == []
    new = NewReview(conversation=str(row.id), agent=draft.line.agent.id, scorecard=card.id)
    assert (await assessors.reviews.start(assessors.lea, new)).line.id != draft.line.id


async def test_who_leads_no_more_reads_nothing_about_colleagues(assessors: Assessors) -> None:
    card, row = await assessors.card(), await assessors.talk(assessors.ann)
    review = await assessors.begins(assessors.lea, row, assessors.ann, card)
    await assessors.judges(assessors.lea, review)
    former = replace(assessors.lea, role="agent")

    with pytest.raises(NotFound):
        await assessors.reviews.one(former, UUID(review.line.id))
    assert (await assessors.reviews.page(former, ReviewsQuery())).items == []

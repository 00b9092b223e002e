"""Who watches a customer in a shop that blurs reads nothing of them in the work around reviews."""

from __future__ import annotations

from uuid import UUID

import pytest

from server.protocol.follow_ups import FollowUpPatch, FollowUpsQuery
from server.protocol.quality import Answer, Review, ReviewDecision, ReviewPatch, ReviewReply
from server.protocol.sampling import NewReviewRule, ReviewTaskPatch, ReviewTasksQuery
from server.services.seats import AgentSeat
from storage.rows import ConversationRow
from storage.shops import Shops
from tests.quality.assessors import Assessors, answers
from tests.quality.test_calibration import opened

SECRETS = ("Wang", "Fang", "13800138000")
NOTE = "Fang is right, call 13800138000"


def leaks(told: object) -> list[str]:
    """Return what of the customer's can be read there."""
    return [secret for secret in SECRETS if secret in str(told)]


@pytest.fixture
async def row(assessors: Assessors) -> ConversationRow:
    """Return a talk of Ann's with a customer whose name is known, in a shop that blurs."""
    floor = assessors.floor
    await Shops(floor.db).update(floor.shop.id, {"blurs_watched": True})
    row = await assessors.talk(assessors.ann)
    await floor.db.execute("UPDATE visitor SET name = 'Wang Fang' WHERE id = $1", row.visitor_id)
    return row


async def comes_again(assessors: Assessors, row: ConversationRow, *watchers: AgentSeat) -> None:
    """Let the customer of an earlier talk begin another, and these watch it."""
    floor, now = assessors.floor, assessors.clock.now()
    begun = await floor.conversations.start(floor.asking(row.visitor_id, "Me again"), now)
    for seat in watchers:
        await assessors.stores.step_ins.begin_watch(floor.shop.id, begun.row.id, seat.agent_id, now)


async def test_whoever_rated_low_is_not_named_to_who_watches_them(
    assessors: Assessors, row: ConversationRow
) -> None:
    comment = "Wang Fang here: nobody called 13800138000"
    now = assessors.clock.now()
    await assessors.floor.conversations.rate(row.id, row.visitor_id, 1, comment, now)
    await assessors.judge.turn()
    await comes_again(assessors, row, assessors.lea)
    desk = assessors.follow_ups

    [listed] = (await desk.page(assessors.lea, FollowUpsQuery())).items
    of = UUID(listed.id)
    one = await desk.one(assessors.lea, of)
    given = FollowUpPatch(version=1, note=NOTE, owner=str(assessors.bob.agent_id))
    changed = await desk.change(assessors.lea, of, given)

    assert (listed.customer, listed.comment) == ("•••", "••• here: nobody called •••••••••••")
    assert [leaks(each) for each in (listed, one, changed)] == [[], [], []]
    for seat in (assessors.max, assessors.bob):  # they watch nothing
        seen = await desk.one(seat, of)
        assert (seen.customer, seen.comment, seen.note) == ("Wang Fang", comment, NOTE)


async def test_what_is_to_be_reviewed_names_no_customer_to_who_watches_them(
    assessors: Assessors, row: ConversationRow
) -> None:
    card = await assessors.card()
    rule = NewReviewRule(name="All", scorecard=card.id, kind="share", amount=1)
    await assessors.rules.create(assessors.lea, rule)
    other = await assessors.talk(assessors.ann)
    await assessors.floor.db.execute(
        "UPDATE visitor SET name = 'Wang Fang' WHERE id = $1", other.visitor_id
    )
    await assessors.judge.turn()
    await comes_again(assessors, other, assessors.lea)

    seen = (await assessors.tasks.page(assessors.lea, ReviewTasksQuery())).items
    [task] = [each for each in seen if each.conversation == str(other.id)]
    [theirs] = [
        each
        for each in (await assessors.tasks.page(assessors.max, ReviewTasksQuery())).items
        if each.id == task.id
    ]
    dismissed = await assessors.tasks.change(
        assessors.lea, UUID(task.id), ReviewTaskPatch(action="dismiss")
    )

    assert (task.customer, dismissed.customer, theirs.customer) == ("•••", "•••", "Wang Fang")


async def judged_with_words(assessors: Assessors, who: AgentSeat, draft: Review) -> Review:
    """Let somebody hand in a review in which the customer is named, as often as there is room."""
    of, named = UUID(draft.line.id), ("Fang " * 400)[:2000]
    given = {
        key: Answer(step=each.step, comment=named)
        for key, each in answers(draft, (2, 4, 2)).items()
    }
    await assessors.reviews.save(who, of, ReviewPatch(answers=given, note=NOTE))
    return await assessors.reviews.publish(who, of)


async def test_what_was_written_in_a_review_is_blurred_and_a_draft_is_its_authors_own(
    assessors: Assessors, row: ConversationRow
) -> None:
    await comes_again(assessors, row, assessors.lea, assessors.max)
    draft = await assessors.begins(assessors.lea, row, assessors.ann, await assessors.card())
    of = UUID(draft.line.id)
    kept = await assessors.reviews.save(
        assessors.lea, of, ReviewPatch(answers=answers(draft, (2, 4, 2)), note=NOTE)
    )
    assert kept.note == NOTE, "what is read is what is kept the next time"

    published = await judged_with_words(assessors, assessors.lea, draft)
    await assessors.reviews.reply(
        assessors.ann, of, ReviewReply(kind="disputed", text="Wang Fang said so")
    )
    decided = await assessors.reviews.decide(
        assessors.max, of, ReviewDecision(decision="upheld", text="Fang did not")
    )

    assert published.note == "••• is right, call •••••••••••"
    assert leaks([published, decided]) == []
    assert leaks(await assessors.reviews.one(assessors.ann, of)) == [*SECRETS]


async def test_what_several_wrote_is_blurred_once_they_see_it(assessors: Assessors) -> None:
    floor = assessors.floor
    await Shops(floor.db).update(floor.shop.id, {"blurs_watched": True})
    calibration = await opened(assessors)
    row = await floor.conversations.get(UUID(calibration.conversation))
    assert row is not None
    await floor.db.execute("UPDATE visitor SET name = 'Wang Fang' WHERE id = $1", row.visitor_id)
    await comes_again(assessors, row, assessors.lea)
    of = UUID(calibration.id)
    for who in (assessors.lea, assessors.max):
        own = (await assessors.calibrations.one(who, of)).own_review
        assert own is not None
        await judged_with_words(assessors, who, await assessors.reviews.one(who, UUID(own)))

    seen = await assessors.calibrations.one(assessors.lea, of)

    assert [each.note for each in seen.reviewers] == ["••• is right, call •••••••••••"] * 2
    assert seen.agreement is not None
    assert leaks(seen) == []
    assert leaks(await assessors.calibrations.one(assessors.max, of)) == ["Fang", "13800138000"]

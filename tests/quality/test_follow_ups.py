"""Whoever rates low is seen to: once, by somebody, until something came of it."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from server.protocol.errors import Forbidden, Invalid, NotFound
from server.protocol.follow_ups import (
    FollowUp,
    FollowUpPatch,
    FollowUpsQuery,
    QualitySettingsPatch,
)
from server.protocol.tags import ConversationTags, NewTag
from storage.errors import Changed
from storage.rows import ConversationRow
from tests.quality.assessors import Assessors


async def rates(
    assessors: Assessors, row: ConversationRow, score: int, comment: str | None = None
) -> None:
    """Let the customer rate, and the job find out."""
    await assessors.floor.conversations.rate(
        row.id, row.visitor_id, score, comment, assessors.clock.now()
    )
    await assessors.judge.turn()


async def open_ones(assessors: Assessors) -> list[FollowUp]:
    return (await assessors.follow_ups.page(assessors.lea, FollowUpsQuery())).items


async def test_a_low_rating_is_seen_to_and_a_better_one_is_not(assessors: Assessors) -> None:
    row, fine = await assessors.talk(assessors.ann), await assessors.talk(assessors.ann)
    await rates(assessors, fine, 3)
    await rates(assessors, row, 2, "Nobody helped")
    await rates(assessors, row, 1, "Nobody helped at all")
    [item] = await open_ones(assessors)
    assert (item.conversation, item.score, item.state) == (str(row.id), 1, "open")
    assert (item.comment, item.agent and item.agent.name) == ("Nobody helped at all", "Ann")


async def test_the_shop_says_what_is_low(assessors: Assessors) -> None:
    row, other = await assessors.talk(assessors.ann), await assessors.talk(assessors.bob)
    settings = await assessors.follow_ups.set(assessors.lea, QualitySettingsPatch(low_score=3))
    assert settings.low_score == 3
    await rates(assessors, row, 3)
    assert len(await open_ones(assessors)) == 1
    await assessors.follow_ups.set(assessors.lea, QualitySettingsPatch(low_score=None))
    await rates(assessors, other, 1)
    assert len(await open_ones(assessors)) == 1
    with pytest.raises(Forbidden):
        await assessors.follow_ups.set(assessors.ann, QualitySettingsPatch(low_score=1))


async def test_two_who_change_it_at_once_do_not_overwrite_each_other(
    assessors: Assessors,
) -> None:
    await rates(assessors, await assessors.talk(assessors.ann), 1)
    [item] = await open_ones(assessors)
    of = UUID(item.id)
    mine = FollowUpPatch(version=item.version, owner=str(assessors.bob.agent_id), note="Call her")
    changed = await assessors.follow_ups.change(assessors.lea, of, mine)
    assert changed.owner is not None
    assert changed.owner.name == "Bob"
    with pytest.raises(Changed):
        await assessors.follow_ups.change(
            assessors.max, of, FollowUpPatch(version=item.version, note="Write to her")
        )
    assert (await assessors.follow_ups.one(assessors.max, of)).note == "Call her"


async def test_an_agent_sees_to_their_own_and_only_those_who_lead_choose_whose(
    assessors: Assessors,
) -> None:
    await rates(assessors, await assessors.talk(assessors.ann), 1)
    [item] = await open_ones(assessors)
    of = UUID(item.id)
    for stranger in (assessors.bob, replace(assessors.lea, shop_id=uuid4())):
        with pytest.raises(NotFound):
            await assessors.follow_ups.one(stranger, of)
    given = FollowUpPatch(version=item.version, owner=str(assessors.bob.agent_id))
    item = await assessors.follow_ups.change(assessors.lea, of, given)
    assert (await assessors.follow_ups.page(assessors.bob, FollowUpsQuery())).open == 1
    assert (await assessors.follow_ups.page(assessors.ann, FollowUpsQuery())).open == 0

    with pytest.raises(Forbidden):
        await assessors.follow_ups.change(
            assessors.bob, of, FollowUpPatch(version=item.version, owner=None)
        )
    with pytest.raises(Invalid):
        await assessors.follow_ups.change(
            assessors.bob, of, FollowUpPatch(version=item.version, state="done")
        )
    done = FollowUpPatch(version=item.version, state="done", outcome="solved", note="Sent anew")
    assert (await assessors.follow_ups.change(assessors.bob, of, done)).outcome == "solved"
    assert await open_ones(assessors) == []


async def test_whoever_is_unhappy_again_is_seen_to_again(assessors: Assessors) -> None:
    row = await assessors.talk(assessors.ann)
    await rates(assessors, row, 2)
    [item] = await open_ones(assessors)
    done = FollowUpPatch(version=item.version, state="done", outcome="apologised")
    await assessors.follow_ups.change(assessors.lea, UUID(item.id), done)

    await rates(assessors, row, 4)
    assert await open_ones(assessors) == []
    [seen] = (await assessors.follow_ups.page(assessors.lea, FollowUpsQuery(done=True))).items
    assert (seen.score, seen.outcome) == (4, "apologised")

    await rates(assessors, row, 1)
    [again] = await open_ones(assessors)
    assert (again.id, again.score, again.outcome) == (item.id, 1, None)


async def test_a_better_rating_that_is_low_still_opens_it_again(assessors: Assessors) -> None:
    row = await assessors.talk(assessors.ann)
    await rates(assessors, row, 1)
    [item] = await open_ones(assessors)
    done = FollowUpPatch(version=item.version, state="done", outcome="apologised")
    await assessors.follow_ups.change(assessors.lea, UUID(item.id), done)

    await rates(assessors, row, 2)

    [again] = await open_ones(assessors)
    assert (again.id, again.score) == (item.id, 2)


async def test_ratings_from_before_the_limit_was_set_are_left_alone(assessors: Assessors) -> None:
    await assessors.follow_ups.set(assessors.lea, QualitySettingsPatch(low_score=None))
    row = await assessors.talk(assessors.ann)
    await rates(assessors, row, 1)
    await assessors.follow_ups.set(assessors.lea, QualitySettingsPatch(low_score=2))

    tag = await assessors.tags.create(assessors.lea, NewTag(name="Refund"))
    await assessors.tags.put(assessors.ann, row.id, ConversationTags(add=[tag.id]))
    await assessors.judge.turn()  # it is looked at anew

    assert await open_ones(assessors) == []

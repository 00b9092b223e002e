"""Rules choose what is to be reviewed: the same each time, each part once, by one node."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace as with_

from server.protocol.errors import AlreadyTaken, Conflict, Forbidden, Invalid, NotFound
from server.protocol.quality import NewReview, ScorecardPatch
from server.protocol.sampling import (
    NewReviewRule,
    ReviewRule,
    ReviewRulePatch,
    ReviewTask,
    ReviewTaskPatch,
    ReviewTasksQuery,
    RuleKind,
)
from server.protocol.tags import ConversationTags, NewTag
from server.services.quality.sampling import Part, chosen_by, weeks_due
from storage.agents import AgentChanges
from storage.errors import AnotherNode, Changed
from storage.quality.judging import Judging
from storage.quality.rows import RuleRow
from storage.rows import ConversationRow
from tests.quality.assessors import Assessors
from tests.reports.books import Books
from tests.storage.floor import NOON

BERLIN = ZoneInfo("Europe/Berlin")


def rule(kind: RuleKind, amount: float = 0, **more: object) -> RuleRow:
    made = RuleRow(
        id=uuid4(),
        shop_id=SHOP,
        name="Any",
        scorecard_id=uuid4(),
        kind=kind,
        amount=amount,
        tag_id=None,
        queue_id=None,
        since=NOON,
        active=True,
        version=1,
        weeks_done=None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def part(**more: object) -> Part:
    made = Part(
        conversation_id=uuid4(),
        agent_id=uuid4(),
        shop_id=SHOP,
        queue_ids=frozenset(),
        ended_at=NOON,
        handle_s=100,
        score=None,
        is_last=True,
        handed_on=False,
        transfers=0,
        reopened=0,
        tags=frozenset(),
    )
    return replace(made, **more)  # type: ignore[arg-type]


SHOP, TAG, QUEUE = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("one", "chosen", "left"),
    [
        (rule("low_score", 2), part(score=2), part(score=3)),
        (rule("low_score", 2), part(score=1), part(score=None)),
        (rule("low_score", 2), part(score=1), part(score=1, is_last=False)),
        (rule("long_handle", 600), part(handle_s=600), part(handle_s=599)),
        (rule("transfers", 2), part(transfers=2, handed_on=True), part(transfers=2)),
        (rule("reopened", 1), part(reopened=1), part()),
        (rule("tag", tag_id=TAG), part(tags=frozenset({TAG})), part()),
        (rule("share", 1, queue_id=QUEUE), part(queue_ids=frozenset({QUEUE})), part()),
        (rule("share", 1), part(), part(ended_at=NOON - timedelta(seconds=1))),
        (rule("share", 1), part(), part(shop_id=uuid4())),
    ],
)
def test_a_rule_chooses_what_it_says(one: RuleRow, chosen: Part, left: Part) -> None:
    assert chosen_by([one], chosen) is not None
    assert chosen_by([one], left) is None
    assert chosen_by([replace(one, active=False)], chosen) is None


def test_a_share_is_a_share_and_the_same_each_time() -> None:
    one, parts = rule("share", 0.2), [part() for _ in range(2000)]
    chosen = [each for each in parts if chosen_by([one], each)]
    assert 0.15 < len(chosen) / len(parts) < 0.25
    assert [each for each in parts if chosen_by([one], each)] == chosen
    more = replace(one, amount=0.4)
    assert all(chosen_by([more], each) for each in chosen), "a larger share takes the smaller in"


def test_weeks_are_those_of_the_shops_clock_and_each_is_drawn_from_once() -> None:
    begun = datetime(2026, 3, 25, 12, tzinfo=UTC)  # a Wednesday; on Sunday clocks go forward
    monday = datetime(2026, 3, 30, tzinfo=BERLIN)
    just_before = monday + timedelta(minutes=59)
    assert weeks_due(begun, None, just_before, BERLIN) == []
    [(since, until)] = weeks_due(begun, None, monday + timedelta(hours=1), BERLIN)
    assert (since, until) == (datetime(2026, 3, 23, tzinfo=BERLIN), monday)
    assert (until - since).days == 7
    assert weeks_due(begun, until, until + timedelta(days=3), BERLIN) == []
    assert len(weeks_due(begun, None, begun + timedelta(days=400), BERLIN)) == 8


async def makes(assessors: Assessors, kind: RuleKind, amount: float = 0) -> ReviewRule:
    card = await assessors.card(f"Card {kind}")
    new = NewReviewRule(name=kind, scorecard=card.id, kind=kind, amount=amount)
    return await assessors.rules.create(assessors.lea, new)


def ids(rows: list[ConversationRow]) -> set[str]:
    return {str(row.id) for row in rows}


async def to_review(assessors: Assessors) -> list[ReviewTask]:
    return (await assessors.tasks.page(assessors.max, ReviewTasksQuery())).items


async def test_what_ended_is_chosen_once_whoever_judges_it(assessors: Assessors) -> None:
    await makes(assessors, "share", 1)
    rows = [await assessors.talk(assessors.ann), await assessors.talk(assessors.bob)]
    nodes = [assessors.judge, assessors.another_judge()]

    await asyncio.gather(*(node.turn() for node in nodes))
    while await assessors.judge.turn():
        pass
    tasks = await to_review(assessors)
    assert {task.conversation for task in tasks} == {str(row.id) for row in rows}
    assert {task.agent.name for task in tasks} == {"Ann", "Bob"}

    await assessors.floor.conversations.rate(
        rows[0].id, rows[0].visitor_id, 1, None, assessors.clock.now()
    )
    await assessors.judge.turn()  # it is judged anew, and chosen already
    assert await to_review(assessors) == [
        with_(task, score=1) if task.conversation == str(rows[0].id) else task for task in tasks
    ]


async def test_one_node_judges_at_a_time(assessors: Assessors) -> None:
    judging = Judging(assessors.floor.db)
    async with judging.step():
        with pytest.raises(AnotherNode):
            async with judging.step():
                pytest.fail("two nodes judge at once")


async def test_what_ended_before_there_was_a_rule_is_left_alone(assessors: Assessors) -> None:
    await assessors.talk(assessors.ann)
    await makes(assessors, "share", 1)
    await assessors.judge.turn()
    assert await to_review(assessors) == []


async def test_a_tag_that_is_put_on_later_is_judged_anew(assessors: Assessors) -> None:
    tag = await assessors.tags.create(assessors.lea, NewTag(name="Refund"))
    card = await assessors.card()
    await assessors.rules.create(
        assessors.lea, NewReviewRule(name="Refunds", scorecard=card.id, kind="tag", tag=tag.id)
    )
    row = await assessors.talk(assessors.ann)
    await assessors.judge.turn()
    assert await to_review(assessors) == []

    await assessors.tags.put(assessors.ann, row.id, ConversationTags(add=[tag.id]))
    await assessors.judge.turn()
    [task] = await to_review(assessors)
    assert (task.conversation, task.rule) == (str(row.id), "Refunds")


async def test_some_of_each_agents_week_are_drawn_when_it_is_over(assessors: Assessors) -> None:
    made = await makes(assessors, "per_agent_week", 2)
    for _ in range(4):
        await assessors.talk(assessors.ann)
    await assessors.talk(assessors.bob)
    await assessors.judge.turn()
    assert await to_review(assessors) == [], "the week is not over"

    await Books(assessors.floor.db).job.catch_up()
    assessors.clock.at = NOON + timedelta(days=8)
    await assessors.judge.turn()
    tasks = await to_review(assessors)
    assert sorted(task.agent.name for task in tasks) == ["Ann", "Ann", "Bob"]

    await assessors.floor.db.execute("UPDATE review_rule SET weeks_done = NULL")
    await assessors.judge.turn()
    assert await to_review(assessors) == tasks, "whoever draws again draws the same"
    assert (await assessors.rules.list(assessors.lea)).items[0].id == made.id


async def test_what_others_chose_takes_no_place_in_the_draw(assessors: Assessors) -> None:
    await makes(assessors, "per_agent_week", 2)
    first = [await assessors.talk(assessors.ann) for _ in range(2)]
    assert await makes(assessors, "share", 1)
    second = [await assessors.talk(assessors.ann) for _ in range(2)]
    await assessors.judge.turn()
    assert {task.conversation for task in await to_review(assessors)} == ids(second)

    await Books(assessors.floor.db).job.catch_up()
    assessors.clock.at = NOON + timedelta(days=8)
    await assessors.judge.turn()

    assert {task.conversation for task in await to_review(assessors)} == ids(first + second)


async def test_a_rule_rests_with_its_scorecard_and_what_it_chose_is_still_reviewed(
    assessors: Assessors,
) -> None:
    made = await makes(assessors, "share", 1)
    row = await assessors.talk(assessors.ann)
    await assessors.judge.turn()
    card = UUID(made.scorecard)
    await assessors.scorecards.change(assessors.lea, card, ScorecardPatch(version=1, archived=True))
    await assessors.talk(assessors.ann)
    await assessors.judge.turn()

    [task] = await to_review(assessors)
    new = NewReview(conversation=str(row.id), agent=task.agent.id, scorecard=made.scorecard)
    with pytest.raises(Conflict) as refused:
        await assessors.reviews.start(assessors.max, new)
    assert refused.value.details["reason"] == "card_archived"
    draft = await assessors.reviews.start(assessors.max, with_(new, task=task.id))
    await assessors.judges(assessors.max, draft)
    assert await to_review(assessors) == []


async def test_what_somebody_took_who_has_left_is_free_again(assessors: Assessors) -> None:
    made = await makes(assessors, "share", 1)
    row = await assessors.talk(assessors.ann)
    await assessors.judge.turn()
    [task] = await to_review(assessors)
    new = NewReview(
        conversation=str(row.id), agent=task.agent.id, scorecard=made.scorecard, task=task.id
    )
    await assessors.reviews.start(assessors.lea, new)
    release = ReviewTaskPatch(action="release")
    with pytest.raises(AlreadyTaken):  # who has it is there
        await assessors.tasks.change(assessors.max, UUID(task.id), release)

    lea, shop = assessors.lea.agent_id, assessors.floor.shop.id
    await assessors.agents.update(shop, lea, AgentChanges(role="agent"))

    draft = await assessors.reviews.start(assessors.max, new)
    await assessors.judges(assessors.max, draft)
    done = await assessors.tasks.page(assessors.max, ReviewTasksQuery(state="reviewed"))
    [task] = done.items
    assert task.reviewer is not None
    assert (task.reviewer.name, task.review) == ("Max", draft.line.id)


async def test_a_review_that_nobody_took_the_task_for_ends_it_all_the_same(
    assessors: Assessors,
) -> None:
    made = await makes(assessors, "share", 1)
    row = await assessors.talk(assessors.ann)
    await assessors.judge.turn()
    card = await assessors.scorecards.one(assessors.lea, UUID(made.scorecard))
    draft = await assessors.begins(assessors.max, row, assessors.ann, card)
    await assessors.judges(assessors.max, draft)

    done = await assessors.tasks.page(assessors.lea, ReviewTasksQuery(state="reviewed"))
    [task] = done.items
    assert task.reviewer is not None
    assert (task.reviewer.name, task.review) == ("Max", draft.line.id)


async def test_the_first_to_take_it_has_it(assessors: Assessors) -> None:
    await makes(assessors, "share", 1)
    row = await assessors.talk(assessors.ann)
    await assessors.judge.turn()
    [task] = await to_review(assessors)
    new = NewReview(
        conversation=str(row.id),
        agent=task.agent.id,
        scorecard=task.scorecard,
        task=task.id,
    )
    draft = await assessors.reviews.start(assessors.lea, new)
    with pytest.raises(AlreadyTaken) as refused:
        await assessors.reviews.start(assessors.max, new)
    assert refused.value.details["by"] == "Lea"
    with pytest.raises(AlreadyTaken):
        await assessors.tasks.change(
            assessors.max, UUID(task.id), ReviewTaskPatch(action="dismiss")
        )
    with pytest.raises(Conflict):
        await assessors.tasks.change(
            assessors.lea, UUID(task.id), ReviewTaskPatch(action="release")
        )

    await assessors.reviews.discard(assessors.lea, UUID(draft.line.id))
    draft = await assessors.reviews.start(assessors.max, new)
    await assessors.judges(assessors.max, draft)
    assert await to_review(assessors) == []
    done = await assessors.tasks.page(assessors.lea, ReviewTasksQuery(state="reviewed"))
    assert [each.review for each in done.items] == [draft.line.id]
    with pytest.raises(Conflict):
        await assessors.tasks.change(
            assessors.max, UUID(task.id), ReviewTaskPatch(action="dismiss")
        )


async def test_rules_are_checked_and_kept_by_those_who_lead(assessors: Assessors) -> None:
    made = await makes(assessors, "low_score", 2)
    for kind, amount in (("share", 0), ("share", 1.1), ("low_score", 5), ("transfers", 1.5)):
        with pytest.raises(Invalid) as refused:
            await assessors.rules.create(
                assessors.lea,
                NewReviewRule(name="No", scorecard=made.scorecard, kind=kind, amount=amount),  # type: ignore[arg-type]
            )
        assert refused.value.field == "amount"
    with pytest.raises(Invalid):
        await assessors.rules.create(
            assessors.lea, NewReviewRule(name="No", scorecard=made.scorecard, kind="tag")
        )
    with pytest.raises(Forbidden):
        await assessors.rules.list(assessors.ann)
    with pytest.raises(Forbidden):
        await assessors.tasks.page(assessors.ann, ReviewTasksQuery())
    spy = replace(assessors.lea, shop_id=uuid4())
    with pytest.raises(NotFound):
        await assessors.rules.change(spy, UUID(made.id), ReviewRulePatch(version=1, active=False))

    rule_id = UUID(made.id)
    off = await assessors.rules.change(
        assessors.max, rule_id, ReviewRulePatch(version=made.version, active=False)
    )
    assert not off.active
    with pytest.raises(Changed):  # Lea has not seen that it is off
        await assessors.rules.change(
            assessors.lea, rule_id, ReviewRulePatch(version=made.version, name="Lows")
        )
    again = await assessors.rules.change(
        assessors.max, rule_id, ReviewRulePatch(version=off.version, active=True)
    )
    assert again.since > made.since, "it judges what ends from now on"
    await assessors.rules.remove(assessors.lea, UUID(made.id))
    assert (await assessors.rules.list(assessors.lea)).items == []

"""What cannot be judged is left out; neither other conversations nor the node suffer from it."""

from __future__ import annotations

from uuid import UUID

import pytest

from server.protocol.quality import NewScorecard, Question
from server.protocol.sampling import NewReviewRule, ReviewTasksQuery
from server.reports.facts import OpenMs, facts_of
from server.services.quality import job
from storage.quality.judging import Step
from storage.reports.rows import Facts, Story
from tests.quality.assessors import Assessors


async def everything_is_reviewed(assessors: Assessors) -> None:
    """Have every conversation reviewed that ends from now on."""
    questions = [Question(text="Solves it", scale=2, weight=1)]
    card = await assessors.scorecards.create(
        assessors.lea, NewScorecard(name="Chat", questions=questions)
    )
    new = NewReviewRule(name="All", scorecard=card.id, kind="share", amount=1)
    await assessors.rules.create(assessors.lea, new)


async def to_review(assessors: Assessors) -> set[str]:
    page = await assessors.tasks.page(assessors.max, ReviewTasksQuery())
    return {each.conversation for each in page.items}


async def test_a_conversation_that_cannot_be_judged_keeps_no_other_from_it(
    assessors: Assessors, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everything_is_reviewed(assessors)
    odd, fine = await assessors.talk(assessors.ann), await assessors.talk(assessors.bob)
    await assessors.floor.conversations.rate(odd.id, odd.visitor_id, 1, None, assessors.clock.now())

    def except_of_one(story: Story, open_ms: OpenMs) -> Facts:
        if story.conversation_id == odd.id:
            raise ValueError("nobody foresaw this")
        return facts_of(story, open_ms)

    monkeypatch.setattr(job, "facts_of", except_of_one)
    assert not await assessors.judge.turn()

    assert await to_review(assessors) == {str(fine.id)}
    assert await seen_to(assessors) == [odd.id], "who rated it low is seen to all the same"
    due = "SELECT count(*) FROM quality_due"
    assert await assessors.floor.db.fetchval(due) == 0, "nobody trips over it again"


async def test_what_surprises_the_judge_ends_no_node_and_is_judged_later(
    assessors: Assessors, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everything_is_reviewed(assessors)
    row = await assessors.talk(assessors.ann)
    with monkeypatch.context() as broken:

        async def surprises(*_: object) -> None:
            raise ValueError("nobody foresaw this")

        broken.setattr(Step, "rules", surprises)
        assert not await assessors.judge.turn()
        assert not await assessors.another_judge().turn()
        assert await to_review(assessors) == set()

    await assessors.judge.turn()
    assert await to_review(assessors) == {str(row.id)}


async def seen_to(assessors: Assessors) -> list[UUID]:
    rows = await assessors.floor.db.fetch("SELECT conversation_id FROM follow_up")
    return [row["conversation_id"] for row in rows]

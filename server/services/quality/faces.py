"""Scorecards and reviews as the API shows them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from server.protocol.quality import (
    Answer,
    PartItems,
    Question,
    Review,
    ReviewLine,
    Said,
    Scorecard,
)
from server.protocol.quality import Part as PartFace
from server.protocol.shapes import Person
from storage.agents import Agents
from storage.quality.rows import Json, PartRow, ReviewRow, ScorecardRow

Names = Mapping[UUID, str]


def questions_of(stored: Iterable[Json]) -> list[Question]:
    """Return the questions of a version of a scorecard."""
    return [msgspec.convert(each, Question) for each in stored]


def answers_of(stored: Mapping[str, Json]) -> dict[str, Answer]:
    """Return the answers of a review, by question."""
    return {key: msgspec.convert(each, Answer) for key, each in stored.items()}


def stored_answers(answers: Mapping[str, Answer]) -> dict[str, Json]:
    """Return answers as they are kept."""
    return {key: msgspec.to_builtins(each) for key, each in answers.items()}


async def names_of(agents: Agents, ids: Iterable[UUID | None]) -> Names:
    """Return the names of agents, in one query."""
    known = {each for each in ids if each is not None}
    return {row.id: row.name for row in (await agents.get_many(known)).values()} if known else {}


def person(names: Names, agent_id: UUID) -> Person:
    """Return somebody by name."""
    return Person(id=str(agent_id), name=names.get(agent_id, ""))


def scorecard_face(row: ScorecardRow) -> Scorecard:
    """Return a scorecard."""
    return Scorecard(
        id=str(row.id),
        name=row.name,
        version=row.version,
        pass_mark=row.pass_mark,
        questions=questions_of(row.questions),
        changed_at=row.made_at,
        archived=row.archived_at is not None,
    )


def parts_face(rows: Iterable[PartRow], names: Names) -> PartItems:
    """Return who had a part in a conversation."""
    return PartItems(
        items=[
            PartFace(
                agent=person(names, row.agent_id),
                replies=row.replies,
                first_at=row.first_at,
                last_at=row.last_at,
            )
            for row in rows
        ]
    )


def people_in(rows: Iterable[ReviewRow]) -> set[UUID | None]:
    """Return everybody whom reviews name."""
    return {each for row in rows for each in (row.agent_id, row.reviewer_id, row.decided_by)}


def line_face(row: ReviewRow, names: Names) -> ReviewLine:
    """Return a review as it stands in a list."""
    return ReviewLine(
        id=str(row.id),
        conversation=str(row.conversation_id),
        agent=person(names, row.agent_id),
        reviewer=person(names, row.reviewer_id),
        scorecard=row.card_name,
        state="draft" if row.published_at is None else "published",
        created_at=row.created_at,
        score=None if row.score is None else round(row.score, 2),
        passed=row.passed,
        published_at=row.published_at,
        reply=row.reply,
        decision=row.decision,
        calibration=None if row.calibration_id is None else str(row.calibration_id),
    )


def review_face(row: ReviewRow, names: Names) -> Review:
    """Return a review with all that belongs to it."""
    first = row.first_answers
    return Review(
        line=line_face(row, names),
        version=row.version,
        pass_mark=row.pass_mark,
        questions=questions_of(row.questions),
        answers=answers_of(row.answers),
        note=row.note,
        failed_on=row.failed_on,
        reply=_reply(row, names),
        decision=_decision(row, names),
        first_answers=None if first is None else answers_of(first),
        first_score=None if row.first_score is None else round(row.first_score, 2),
    )


def _reply(row: ReviewRow, names: Names) -> Said | None:
    if row.reply is None or row.replied_at is None:
        return None
    by = person(names, row.agent_id)
    return Said(kind=row.reply, by=by, at=row.replied_at, text=row.reply_text)


def _decision(row: ReviewRow, names: Names) -> Said | None:
    if row.decision is None or row.decided_at is None or row.decided_by is None:
        return None
    by = person(names, row.decided_by)
    return Said(kind=row.decision, by=by, at=row.decided_at, text=row.decision_text)

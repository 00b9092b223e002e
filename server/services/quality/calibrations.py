"""Calibration: several judge the same, blind to each other; then they see how far they agree."""

from dataclasses import dataclass
from uuid import UUID

from server.protocol.calibration import (
    Agreement,
    Calibration,
    CalibrationItems,
    CalibrationReviewer,
    CalibrationsQuery,
    NewCalibration,
)
from server.protocol.errors import Conflict, Invalid, NotFound
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.ids import uuid_at, uuid_of
from server.services.quality.agreement import agreement_of
from server.services.quality.blurred import blurred_calibration
from server.services.quality.faces import Names, answers_of, names_of, person, questions_of
from server.services.quality.reviews import Reviews, must_be_in_use
from server.services.seats import AgentSeat
from storage.agents import Agents
from storage.quality.calibrations import Calibrations as Store
from storage.quality.reviews import NewReview
from storage.quality.rows import CalibrationRow, ReviewRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrations:
    """The calibrations of a shop, for those who lead, but for those about themselves."""

    store: Store
    reviews: Reviews
    agents: Agents
    blurring: Blurring
    clock: Clock

    async def page(self, seat: AgentSeat, query: CalibrationsQuery) -> CalibrationItems:
        """Return calibrations, the newest first, without what they came to."""
        seat.must_lead()
        before = None if query.before is None else uuid_of(query.before)
        rows = await self.store.page(seat.shop_id, seat.agent_id, before, query.limit + 1)
        page = rows[: query.limit]
        names = await names_of(self.agents, (each for row in page for each in _people(row)))
        return CalibrationItems(
            items=[_face(row, names, seat.agent_id, []) for row in page],
            next=str(page[-1].id) if len(rows) > query.limit else None,
        )

    async def open(self, seat: AgentSeat, given: NewCalibration) -> Calibration:
        """Let several judge one agent's part; each gets a draft of their own."""
        seat.must_lead()
        card = await self.reviews.scorecards.row(seat, uuid_at(given.scorecard, "scorecard"))
        must_be_in_use(card)
        agent_id = uuid_at(given.agent, "agent")
        row = await self.reviews.part(seat, given.conversation, agent_id)
        if agent_id == seat.agent_id:
            raise Conflict("Nobody reviews themselves.", field="agent", reason="own")
        reviewers = await self._reviewers(seat, given.reviewers, agent_id)
        new = NewReview(
            shop_id=seat.shop_id,
            conversation_id=row.id,
            agent_id=agent_id,
            reviewer_id=reviewers[0],
            scorecard_id=card.id,
            version=card.version,
        )
        made = await self.store.open(new, reviewers, seat.agent_id, self.clock.now())
        return await self.one(seat, made)

    async def one(self, seat: AgentSeat, calibration_id: UUID) -> Calibration:
        """Return one, with how far they agree once it is closed; blurred, if it is to be."""
        row = await self._row(seat, calibration_id)
        handed_in = [] if row.closed_at is None else await self.store.handed_in(row.id)
        face = _face(row, await names_of(self.agents, _people(row)), seat.agent_id, handed_in)
        veil = await self.blurring.of_customer(seat, row.conversation_id)
        return face if veil is None else blurred_calibration(face, veil)

    async def close(self, seat: AgentSeat, calibration_id: UUID) -> Calibration:
        """Close it with what was handed in; drafts that were not are gone."""
        row = await self._row(seat, calibration_id)
        if not await self.store.close(row.id, self.clock.now()):
            raise Conflict("This calibration is closed already.", reason="closed_already")
        return await self.one(seat, calibration_id)

    async def _reviewers(self, seat: AgentSeat, given: list[str], about: UUID) -> list[UUID]:
        """Return who is to judge: some who lead in this shop, each once, not about themselves."""
        reviewers = list(dict.fromkeys(uuid_at(each, "reviewers") for each in given))
        known = await self.agents.get_many(reviewers)
        for each in reviewers:
            agent = known.get(each)
            if agent is None or agent.shop_id != seat.shop_id or agent.deactivated_at is not None:
                raise Invalid("Nobody by that name works here.", field="reviewers")
            if agent.role == "agent" or each == about:
                raise Invalid("Only others who lead can judge this.", field="reviewers")
        if len(reviewers) < 2:
            raise Invalid("It takes two to agree.", field="reviewers")
        return reviewers

    async def _row(self, seat: AgentSeat, calibration_id: UUID) -> CalibrationRow:
        seat.must_lead()
        row = await self.store.get(seat.shop_id, seat.agent_id, calibration_id)
        if row is None:
            raise NotFound
        return row


def _people(row: CalibrationRow) -> set[UUID]:
    return {row.agent_id, row.opened_by, *row.reviewers}


def _face(
    row: CalibrationRow, names: Names, reader_id: UUID, handed_in: list[ReviewRow]
) -> Calibration:
    own = dict(zip(row.reviewers, row.reviews, strict=True)).get(reader_id)
    agreement = _agreement(handed_in)
    mean = None if agreement is None else agreement.mean
    by = {review.reviewer_id: review for review in handed_in}
    return Calibration(
        id=str(row.id),
        conversation=str(row.conversation_id),
        agent=person(names, row.agent_id),
        scorecard=row.card_name,
        opened_by=person(names, row.opened_by),
        opened_at=row.opened_at,
        reviewers=[
            _reviewer(names, each, each in row.handed_in, by.get(each), mean)
            for each in row.reviewers
        ],
        own_review=None if own is None else str(own),
        closed_at=row.closed_at,
        agreement=agreement,
    )


def _agreement(handed_in: list[ReviewRow]) -> Agreement | None:
    if not handed_in:
        return None
    return agreement_of(
        questions_of(handed_in[0].questions),
        [answers_of(each.answers) for each in handed_in],
        [each.score for each in handed_in],
    )


def _reviewer(
    names: Names, who: UUID, handed_in: bool, review: ReviewRow | None, mean: float | None
) -> CalibrationReviewer:
    if review is None:
        return CalibrationReviewer(person=person(names, who), handed_in=handed_in)
    score = None if review.score is None else round(review.score, 2)
    return CalibrationReviewer(
        person=person(names, who),
        handed_in=handed_in,
        review=str(review.id),
        score=score,
        deviation=None if score is None or mean is None else round(score - mean, 2),
        note=review.note or None,
    )

"""Reviews: those who lead judge, whom it is about reads it, answers once, and may dispute it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from server.protocol.errors import Conflict, Invalid, NotFound
from server.protocol.quality import (
    Answer,
    NewReview,
    PartItems,
    Review,
    ReviewDecision,
    ReviewItems,
    ReviewPatch,
    ReviewReply,
    ReviewsQuery,
)
from server.services.access import Access
from server.services.blurring import Blurring
from server.services.clock import Clock
from server.services.ids import uuid_at, uuid_of
from server.services.quality.blurred import blurred_review
from server.services.quality.faces import (
    answers_of,
    line_face,
    names_of,
    parts_face,
    people_in,
    questions_of,
    review_face,
    stored_answers,
)
from server.services.quality.scorecards import Scorecards
from server.services.quality.scoring import check_complete, check_fit, judged
from server.services.quality.tasks import Tasks
from server.services.seats import AgentSeat
from server.services.texts import Texts
from storage.agents import Agents
from storage.quality import reviews as store
from storage.quality.rows import ReviewRow, ScorecardRow
from storage.rows import ConversationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """What people may do with reviews. What is not for them does not exist."""

    store: store.Reviews
    scorecards: Scorecards
    tasks: Tasks
    agents: Agents
    access: Access
    texts: Texts
    blurring: Blurring
    clock: Clock

    async def page(self, seat: AgentSeat, query: ReviewsQuery) -> ReviewItems:
        """Return reviews that they may see, the newest first."""
        sought = store.Sought(
            published=None if query.state is None else query.state == "published",
            agent_id=None if query.agent is None else uuid_of(query.agent),
            conversation_id=None if query.conversation is None else uuid_of(query.conversation),
            disputed=query.disputed,
            before=None if query.before is None else uuid_of(query.before),
            limit=query.limit + 1,
        )
        rows = await self.store.page(reader(seat), sought)
        page = rows[: query.limit]
        names = await names_of(self.agents, people_in(page))
        return ReviewItems(
            items=[line_face(row, names) for row in page],
            next=str(page[-1].id) if len(rows) > query.limit else None,
        )

    async def one(self, seat: AgentSeat, review_id: UUID) -> Review:
        """Return a review that they may see; of customers who are watched, blurred.

        But for a draft: what its author reads is what they keep.
        """
        row = await self._row(seat, review_id)
        face = review_face(row, await names_of(self.agents, people_in([row])))
        if row.published_at is None:
            return face
        veil = await self.blurring.of_customer(seat, row.conversation_id)
        return face if veil is None else blurred_review(face, veil)

    async def parts(self, seat: AgentSeat, conversation_id: UUID) -> PartItems:
        """Return who had a part in a conversation, for those who are to judge it."""
        seat.must_lead()
        row = await self.access.open_for(seat, str(conversation_id))
        parts = await self.store.parts(row.id)
        return parts_face(parts, await names_of(self.agents, (each.agent_id for each in parts)))

    async def start(self, seat: AgentSeat, given: NewReview) -> Review:
        """Begin to review somebody's part, or go on with what was begun."""
        seat.must_lead()
        card = await self.scorecards.row(seat, uuid_at(given.scorecard, "scorecard"))
        if given.task is None:  # what was chosen while it was in use can still be reviewed
            must_be_in_use(card)
        agent_id = uuid_at(given.agent, "agent")
        row = await self.part(seat, given.conversation, agent_id)
        if agent_id == seat.agent_id:
            raise Conflict("Nobody reviews themselves.", field="agent", reason="own")
        if given.task is not None:
            await self.tasks.take(seat, uuid_at(given.task, "task"), (row.id, agent_id))
        new = store.NewReview(
            shop_id=seat.shop_id,
            conversation_id=row.id,
            agent_id=agent_id,
            reviewer_id=seat.agent_id,
            scorecard_id=card.id,
            version=card.version,
        )
        return await self.one(seat, await self.store.begin(new, self.clock.now()))

    async def save(self, seat: AgentSeat, review_id: UUID, patch: ReviewPatch) -> Review:
        """Keep a draft, complete or not."""
        row = await self._draft(seat, review_id)
        check_fit(questions_of(row.questions), patch.answers)
        note = self.texts.optional(patch.note, "note")
        answers, now = stored_answers(patch.answers), self.clock.now()
        if not await self.store.save(row.id, seat.agent_id, answers, note, now):
            raise _published()
        return await self.one(seat, review_id)

    async def publish(self, seat: AgentSeat, review_id: UUID) -> Review:
        """Publish a draft in which everything is answered; from then on it stays as it is."""
        row = await self._draft(seat, review_id)
        questions, answers = questions_of(row.questions), answers_of(row.answers)
        check_complete(questions, answers)
        what = judged(questions, answers, row.pass_mark)
        if not await self.store.publish(row, what, self.clock.now()):
            raise Conflict("This draft was changed meanwhile. Please look again.", reason="stale")
        return await self.one(seat, review_id)

    async def discard(self, seat: AgentSeat, review_id: UUID) -> None:
        """Throw a draft away."""
        row = await self._draft(seat, review_id)
        if row.calibration_id is not None:
            raise Conflict(
                "Others wait for this one: it is of a calibration.", reason="calibration"
            )
        if not await self.store.discard(row.id, seat.agent_id):
            raise _published()

    async def reply(self, seat: AgentSeat, review_id: UUID, given: ReviewReply) -> Review:
        """Say something to a review about oneself, once."""
        row = await self._row(seat, review_id)
        if row.agent_id != seat.agent_id:
            raise Conflict("Only whom it is about can answer it.", reason="not_yours")
        if given.kind != "acknowledged" and given.text is None:
            raise Invalid("Please say what you think of it.", field="text")
        text = None if given.text is None else self.texts.message(given.text)
        if not await self.store.reply(row.id, seat.agent_id, given.kind, text, self.clock.now()):
            raise Conflict("You have answered this review already.", reason="replied")
        return await self.one(seat, review_id)

    async def decide(self, seat: AgentSeat, review_id: UUID, given: ReviewDecision) -> Review:
        """Decide a dispute: it stays as it is, or is revised. Nobody decides about themselves."""
        seat.must_lead()
        row = await self._row(seat, review_id)
        if row.agent_id == seat.agent_id:
            raise Conflict("Nobody decides about themselves.", reason="own")
        text, revised = self.texts.message(given.text), None
        if given.decision == "revised":
            if given.answers is None:
                raise Invalid("Please say how it is to be answered.", field="answers")
            questions = questions_of(row.questions)
            check_fit(questions, given.answers)
            check_complete(questions, given.answers)
            what = judged(questions, given.answers, row.pass_mark)
            revised = stored_answers(await self._written(seat, row, given.answers)), what
        elif given.answers is not None:
            raise Invalid("What is upheld stays as it is.", field="answers")
        now = self.clock.now()
        if not await self.store.decide(row, seat.agent_id, given.decision, text, revised, now):
            raise Conflict("There is no dispute to decide.", reason="not_disputed")
        return await self.one(seat, review_id)

    async def part(self, seat: AgentSeat, conversation: str, agent_id: UUID) -> ConversationRow:
        """Return a conversation in which the agent had a part, or say that they had none."""
        row = await self.access.open_for(seat, conversation)
        if all(part.agent_id != agent_id for part in await self.store.parts(row.id)):
            raise Invalid("They had no part in this conversation.", field="agent")
        return row

    async def _written(
        self, seat: AgentSeat, row: ReviewRow, answers: Mapping[str, Answer]
    ) -> dict[str, Answer]:
        """Return answers with comments as they are to be stored."""
        talk = await self.access.open_for(seat, str(row.conversation_id))
        before = answers_of(row.answers)
        written: dict[str, Answer] = {}
        for key, each in answers.items():
            both = each.comment, before[key].comment if key in before else ""
            comment = await self.blurring.written(seat, talk.visitor_id, both, f"answers.{key}")
            written[key] = replace(each, comment=comment)
        return written

    async def _row(self, seat: AgentSeat, review_id: UUID) -> ReviewRow:
        row = await self.store.get(reader(seat), review_id)
        if row is None:
            raise NotFound
        return row

    async def _draft(self, seat: AgentSeat, review_id: UUID) -> ReviewRow:
        seat.must_lead()
        row = await self._row(seat, review_id)
        if row.published_at is not None:
            raise _published()
        return row


def must_be_in_use(card: ScorecardRow) -> None:
    """Refuse a scorecard that was archived."""
    if card.archived_at is not None:
        raise Conflict("This scorecard is out of use.", field="scorecard", reason="card_archived")


def reader(seat: AgentSeat) -> store.Reader:
    """Return who reads."""
    return store.Reader(seat.agent_id, seat.shop_id, seat.leads)


def _published() -> Conflict:
    return Conflict("This review is published; it stays as it is.", reason="published")

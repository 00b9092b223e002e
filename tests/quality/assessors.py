"""Those who judge conversations of a small shop, the agents they judge, and the use cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from prometheus_client import CollectorRegistry

from server.protocol.quality import (
    Answer,
    NewReview,
    NewScorecard,
    Question,
    Review,
    ReviewPatch,
    Scorecard,
)
from server.services.access import Access
from server.services.blurring import Blurring
from server.services.quality.calibrations import Calibrations
from server.services.quality.follow_ups import FollowUps
from server.services.quality.job import Judge, JudgeMetrics
from server.services.quality.reviews import Reviews
from server.services.quality.rules import Rules
from server.services.quality.scorecards import Scorecards
from server.services.quality.tags import Tags
from server.services.quality.tasks import Tasks
from server.services.seats import AgentSeat
from server.services.texts import Texts
from storage.agents import AgentChanges, Agents
from storage.quality.calibrations import Calibrations as CalibrationStore
from storage.quality.follow_ups import FollowUps as FollowUpStore
from storage.quality.judging import Judging
from storage.quality.reviews import Reviews as ReviewStore
from storage.quality.rules import Rules as RuleStore
from storage.quality.scorecards import Scorecards as ScorecardStore
from storage.quality.tags import Tags as TagStore
from storage.quality.tasks import Tasks as TaskStore
from storage.rows import ConversationRow
from tests.assignment.nodes import stores_of
from tests.assignment.people import Bounds
from tests.storage.floor import NOON, Floor

QUESTIONS = [
    Question(text="Greets by name", scale=2, weight=1),
    Question(text="Solves it", scale=5, weight=3, optional=True),
    Question(text="Keeps data private", scale=2, weight=1, critical=True),
]


class Clock:
    """Goes a second further with each look."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class Assessors:
    """Lea and Max lead, Ann and Bob answer customers."""

    def __init__(self, floor: Floor, people: dict[str, AgentSeat]) -> None:
        self.floor, self.clock = floor, Clock()
        self.lea, self.max = people["Lea"], people["Max"]
        self.ann, self.bob = people["Ann"], people["Bob"]
        self.agents, texts = Agents(floor.db), Texts(Bounds())
        access = Access(floor.conversations)
        self.stores = stores_of(floor.db)
        blurring = Blurring(self.stores, self.clock)
        self.scorecards = Scorecards(ScorecardStore(floor.db), texts, self.clock)
        self.tasks = Tasks(TaskStore(floor.db), self.agents, blurring, self.clock)
        self.tags = Tags(TagStore(floor.db), access, texts, self.clock)
        self.rules = Rules(RuleStore(floor.db), texts, self.clock)
        self.follow_ups = FollowUps(
            FollowUpStore(floor.db), self.agents, texts, blurring, self.clock
        )
        self.reviews = Reviews(
            store=ReviewStore(floor.db),
            scorecards=self.scorecards,
            tasks=self.tasks,
            agents=self.agents,
            access=access,
            texts=texts,
            blurring=blurring,
            clock=self.clock,
        )
        self.calibrations = Calibrations(
            store=CalibrationStore(floor.db),
            reviews=self.reviews,
            agents=self.agents,
            blurring=blurring,
            clock=self.clock,
        )
        self.judge = self.another_judge()

    def another_judge(self) -> Judge:
        """Return the job of another node."""
        return Judge(Judging(self.floor.db), self.clock, JudgeMetrics(CollectorRegistry()))

    @classmethod
    async def hire(cls, floor: Floor) -> Assessors:
        people: dict[str, AgentSeat] = {}
        for name in ("Lea", "Max", "Ann", "Bob"):
            agent = await floor.agent(name)
            role = "supervisor" if name in {"Lea", "Max"} else "agent"
            await Agents(floor.db).update(floor.shop.id, agent, AgentChanges(role=role))
            people[name] = AgentSeat(agent, floor.shop.id, name, role)
        return cls(floor, people)

    async def card(self, name: str = "Chat", pass_mark: int = 80) -> Scorecard:
        """Make a scorecard with a question that may not apply and one that is critical."""
        new = NewScorecard(name=name, questions=QUESTIONS, pass_mark=pass_mark)
        return await self.scorecards.create(self.lea, new)

    async def talk(self, agent: AgentSeat) -> ConversationRow:
        """Return a conversation that an agent has answered and ended."""
        row = await self.floor.answered(agent.agent_id)
        await self.floor.replies(row, agent.agent_id, "How can I help?", 5)
        await self.floor.transitions.close(row.id, agent.agent_id, None, self.clock.now())
        return await self.floor.now(row)

    async def begins(
        self, who: AgentSeat, row: ConversationRow, about: AgentSeat, card: Scorecard
    ) -> Review:
        new = NewReview(conversation=str(row.id), agent=str(about.agent_id), scorecard=card.id)
        return await self.reviews.start(who, new)

    async def judges(
        self,
        who: AgentSeat,
        review: Review,
        steps: tuple[int | None, ...] = (2, 4, 2),
        note: str = "Well done",
    ) -> Review:
        """Answer everything, None: does not apply; and publish."""
        await self.reviews.save(
            who,
            UUID(review.line.id),
            ReviewPatch(answers=answers(review, steps), note=note),
        )
        return await self.reviews.publish(who, UUID(review.line.id))


def answers(review: Review, steps: tuple[int | None, ...]) -> dict[str, Answer]:
    """Return answers in the order of the questions."""
    return {
        str(question.key): Answer(step=step, applies=step is not None)
        for question, step in zip(review.questions, steps, strict=True)
    }

"""What serves quality."""

from server.http.resources.quality import ReviewsResource, ScorecardsResource
from server.http.resources.quality_work import (
    CalibrationsResource,
    FollowUpsResource,
    SamplingResource,
    TagsResource,
)
from server.parts.base import Base
from server.parts.use_cases import UseCases
from server.services.quality.calibrations import Calibrations
from server.services.quality.follow_ups import FollowUps
from server.services.quality.reviews import Reviews
from server.services.quality.rules import Rules
from server.services.quality.scorecards import Scorecards
from server.services.quality.tags import Tags
from server.services.quality.tasks import Tasks
from storage.quality.calibrations import Calibrations as CalibrationStore
from storage.quality.follow_ups import FollowUps as FollowUpStore
from storage.quality.reviews import Reviews as ReviewStore
from storage.quality.rules import Rules as RuleStore
from storage.quality.scorecards import Scorecards as ScorecardStore
from storage.quality.tags import Tags as TagStore
from storage.quality.tasks import Tasks as TaskStore

Resources = tuple[
    ScorecardsResource,
    ReviewsResource,
    SamplingResource,
    CalibrationsResource,
    FollowUpsResource,
    TagsResource,
]


def quality_of(base: Base, use: UseCases) -> Resources:
    """Return the REST resources of quality."""
    db, agents, texts, clock = base.db, base.stores.agents, use.texts, base.clock
    blurring = use.blurring
    scorecards = Scorecards(ScorecardStore(db), texts, clock)
    tasks = Tasks(TaskStore(db), agents, blurring, clock)
    reviews = Reviews(
        store=ReviewStore(db),
        scorecards=scorecards,
        tasks=tasks,
        agents=agents,
        access=use.access,
        texts=texts,
        blurring=blurring,
        clock=clock,
    )
    calibrations = Calibrations(
        store=CalibrationStore(db),
        reviews=reviews,
        agents=agents,
        blurring=blurring,
        clock=clock,
    )
    return (
        ScorecardsResource(scorecards),
        ReviewsResource(reviews),
        SamplingResource(Rules(RuleStore(db), texts, clock), tasks),
        CalibrationsResource(calibrations),
        FollowUpsResource(FollowUps(FollowUpStore(db), agents, texts, blurring, clock)),
        TagsResource(Tags(TagStore(db), use.access, texts, clock)),
    )

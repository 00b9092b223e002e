"""`/scorecards` and `/reviews`: by what conversations are judged, and how."""

from server.http.endpoint import Call, Endpoint, NoContent, Nothing, endpoint
from server.protocol.quality import (
    NewReview,
    NewScorecard,
    PartItems,
    Review,
    ReviewDecision,
    ReviewItems,
    ReviewPatch,
    ReviewReply,
    ReviewsQuery,
    Scorecard,
    ScorecardItems,
    ScorecardPatch,
)
from server.services.quality.reviews import Reviews
from server.services.quality.scorecards import Scorecards


class ScorecardsResource:
    """For those who lead."""

    def __init__(self, scorecards: Scorecards) -> None:
        self._scorecards = scorecards

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/scorecards", "/scorecards/{id}"
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=ScorecardItems),
            endpoint("POST", all_, self.create, takes=NewScorecard, gives=Scorecard, status=201),
            endpoint("GET", one, self.one, takes=Nothing, gives=Scorecard),
            endpoint("PATCH", one, self.change, takes=ScorecardPatch, gives=Scorecard),
        ]

    async def list(self, call: Call, _: Nothing) -> ScorecardItems:
        """List the scorecards."""
        return await self._scorecards.list(call.seat)

    async def create(self, call: Call, new: NewScorecard) -> Scorecard:
        """Add a scorecard."""
        return await self._scorecards.create(call.seat, new)

    async def one(self, call: Call, _: Nothing) -> Scorecard:
        """Show a scorecard as it is now."""
        return await self._scorecards.one(call.seat, call.id)

    async def change(self, call: Call, patch: ScorecardPatch) -> Scorecard:
        """Change a scorecard; reviews keep the version they were made with."""
        return await self._scorecards.change(call.seat, call.id, patch)


class ReviewsResource:
    """Those who lead review; whom it is about reads and answers."""

    def __init__(self, reviews: Reviews) -> None:
        self._reviews = reviews

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/reviews", "/reviews/{id}"
        parts = "/conversations/{id}/parts"
        return [
            endpoint("GET", parts, self.parts, takes=Nothing, gives=PartItems),
            endpoint("GET", all_, self.page, takes=ReviewsQuery, gives=ReviewItems),
            endpoint("POST", all_, self.start, takes=NewReview, gives=Review, status=201),
            endpoint("GET", one, self.one, takes=Nothing, gives=Review),
            endpoint("PATCH", one, self.save, takes=ReviewPatch, gives=Review),
            endpoint("DELETE", one, self.discard, takes=Nothing, gives=NoContent),
            endpoint("POST", f"{one}/publish", self.publish, takes=Nothing, gives=Review),
            endpoint("POST", f"{one}/reply", self.reply, takes=ReviewReply, gives=Review),
            endpoint("POST", f"{one}/decision", self.decide, takes=ReviewDecision, gives=Review),
        ]

    async def parts(self, call: Call, _: Nothing) -> PartItems:
        """List which agents had a part in a conversation."""
        return await self._reviews.parts(call.seat, call.id)

    async def page(self, call: Call, query: ReviewsQuery) -> ReviewItems:
        """List reviews: those who lead all of them, others what was published about them."""
        return await self._reviews.page(call.seat, query)

    async def start(self, call: Call, given: NewReview) -> Review:
        """Begin a review, or go on with it."""
        return await self._reviews.start(call.seat, given)

    async def one(self, call: Call, _: Nothing) -> Review:
        """Show a review."""
        return await self._reviews.one(call.seat, call.id)

    async def save(self, call: Call, patch: ReviewPatch) -> Review:
        """Keep a draft."""
        return await self._reviews.save(call.seat, call.id, patch)

    async def discard(self, call: Call, _: Nothing) -> NoContent:
        """Throw a draft away."""
        await self._reviews.discard(call.seat, call.id)
        return NoContent()

    async def publish(self, call: Call, _: Nothing) -> Review:
        """Publish a draft: the agent sees it from now on."""
        return await self._reviews.publish(call.seat, call.id)

    async def reply(self, call: Call, given: ReviewReply) -> Review:
        """Acknowledge, answer or dispute a review about oneself."""
        return await self._reviews.reply(call.seat, call.id, given)

    async def decide(self, call: Call, given: ReviewDecision) -> Review:
        """Decide a dispute."""
        return await self._reviews.decide(call.seat, call.id, given)

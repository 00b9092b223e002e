"""`/review_rules`, `/review_tasks`, `/calibrations`, `/follow_ups`, `/tags`: around reviews."""

from server.http.endpoint import Call, Endpoint, NoContent, Nothing, endpoint
from server.protocol.calibration import (
    Calibration,
    CalibrationItems,
    CalibrationsQuery,
    NewCalibration,
)
from server.protocol.follow_ups import (
    FollowUp,
    FollowUpItems,
    FollowUpPatch,
    FollowUpsQuery,
    QualitySettings,
    QualitySettingsPatch,
)
from server.protocol.sampling import (
    NewReviewRule,
    ReviewRule,
    ReviewRuleItems,
    ReviewRulePatch,
    ReviewTask,
    ReviewTaskItems,
    ReviewTaskPatch,
    ReviewTasksQuery,
)
from server.protocol.tags import ConversationTags, NewTag, Tag, TagItems, TagPatch
from server.services.quality.calibrations import Calibrations
from server.services.quality.follow_ups import FollowUps
from server.services.quality.rules import Rules
from server.services.quality.tags import Tags
from server.services.quality.tasks import Tasks


class SamplingResource:
    """What is to be reviewed, and the rules that choose it: for those who lead."""

    def __init__(self, rules: Rules, tasks: Tasks) -> None:
        self._rules, self._tasks = rules, tasks

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        rules, tasks = "/review_rules", "/review_tasks"
        rule, task = f"{rules}/{{id}}", f"{tasks}/{{id}}"
        return [
            endpoint("GET", rules, self.rules, takes=Nothing, gives=ReviewRuleItems),
            endpoint(
                "POST", rules, self.create_rule, takes=NewReviewRule, gives=ReviewRule, status=201
            ),
            endpoint("PATCH", rule, self.change_rule, takes=ReviewRulePatch, gives=ReviewRule),
            endpoint("DELETE", rule, self.remove_rule, takes=Nothing, gives=NoContent),
            endpoint("GET", tasks, self.tasks, takes=ReviewTasksQuery, gives=ReviewTaskItems),
            endpoint("PATCH", task, self.change_task, takes=ReviewTaskPatch, gives=ReviewTask),
        ]

    async def rules(self, call: Call, _: Nothing) -> ReviewRuleItems:
        """List the rules."""
        return await self._rules.list(call.seat)

    async def create_rule(self, call: Call, new: NewReviewRule) -> ReviewRule:
        """Add a rule; it judges what ends from now on."""
        return await self._rules.create(call.seat, new)

    async def change_rule(self, call: Call, patch: ReviewRulePatch) -> ReviewRule:
        """Change a rule."""
        return await self._rules.change(call.seat, call.id, patch)

    async def remove_rule(self, call: Call, _: Nothing) -> NoContent:
        """Remove a rule; what it chose stays."""
        await self._rules.remove(call.seat, call.id)
        return NoContent()

    async def tasks(self, call: Call, query: ReviewTasksQuery) -> ReviewTaskItems:
        """List what is to be reviewed, the oldest first."""
        return await self._tasks.page(call.seat, query)

    async def change_task(self, call: Call, patch: ReviewTaskPatch) -> ReviewTask:
        """Dismiss what need not be reviewed, or leave it to others."""
        return await self._tasks.change(call.seat, call.id, patch)


class CalibrationsResource:
    """Several judge the same: for those who lead."""

    def __init__(self, calibrations: Calibrations) -> None:
        self._calibrations = calibrations

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/calibrations", "/calibrations/{id}"
        return [
            endpoint("GET", all_, self.page, takes=CalibrationsQuery, gives=CalibrationItems),
            endpoint("POST", all_, self.open, takes=NewCalibration, gives=Calibration, status=201),
            endpoint("GET", one, self.one, takes=Nothing, gives=Calibration),
            endpoint("POST", f"{one}/close", self.close, takes=Nothing, gives=Calibration),
        ]

    async def page(self, call: Call, query: CalibrationsQuery) -> CalibrationItems:
        """List calibrations, the newest first."""
        return await self._calibrations.page(call.seat, query)

    async def open(self, call: Call, new: NewCalibration) -> Calibration:
        """Let several judge the same, blind to each other."""
        return await self._calibrations.open(call.seat, new)

    async def one(self, call: Call, _: Nothing) -> Calibration:
        """Show a calibration, with how far they agree once it is closed."""
        return await self._calibrations.one(call.seat, call.id)

    async def close(self, call: Call, _: Nothing) -> Calibration:
        """Close a calibration with what was handed in."""
        return await self._calibrations.close(call.seat, call.id)


class FollowUpsResource:
    """Who rated low, and who sees to them."""

    def __init__(self, follow_ups: FollowUps) -> None:
        self._follow_ups = follow_ups

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one, rule = "/follow_ups", "/follow_ups/{id}", "/quality_settings"
        return [
            endpoint("GET", all_, self.page, takes=FollowUpsQuery, gives=FollowUpItems),
            endpoint("GET", one, self.one, takes=Nothing, gives=FollowUp),
            endpoint("PATCH", one, self.change, takes=FollowUpPatch, gives=FollowUp),
            endpoint("GET", rule, self.settings, takes=Nothing, gives=QualitySettings),
            endpoint("PATCH", rule, self.set, takes=QualitySettingsPatch, gives=QualitySettings),
        ]

    async def page(self, call: Call, query: FollowUpsQuery) -> FollowUpItems:
        """List who is to be seen to: those who lead see all, others their own."""
        return await self._follow_ups.page(call.seat, query)

    async def one(self, call: Call, _: Nothing) -> FollowUp:
        """Show one."""
        return await self._follow_ups.one(call.seat, call.id)

    async def change(self, call: Call, patch: FollowUpPatch) -> FollowUp:
        """Change who sees to it, how far it is, what came of it."""
        return await self._follow_ups.change(call.seat, call.id, patch)

    async def settings(self, call: Call, _: Nothing) -> QualitySettings:
        """Show from which rating down somebody sees to it."""
        return await self._follow_ups.settings(call.seat)

    async def set(self, call: Call, patch: QualitySettingsPatch) -> QualitySettings:
        """Change from which rating down somebody sees to it."""
        return await self._follow_ups.set(call.seat, patch)


class TagsResource:
    """What conversations are about, in the shop's own words."""

    def __init__(self, tags: Tags) -> None:
        self._tags = tags

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one, of = "/tags", "/tags/{id}", "/conversations/{id}/tags"
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=TagItems),
            endpoint("POST", all_, self.create, takes=NewTag, gives=Tag, status=201),
            endpoint("PATCH", one, self.change, takes=TagPatch, gives=Tag),
            endpoint("GET", of, self.tags_of, takes=Nothing, gives=TagItems),
            endpoint("PATCH", of, self.put, takes=ConversationTags, gives=TagItems),
        ]

    async def list(self, call: Call, _: Nothing) -> TagItems:
        """List the shop's tags."""
        return await self._tags.list(call.seat)

    async def create(self, call: Call, new: NewTag) -> Tag:
        """Add a tag."""
        return await self._tags.create(call.seat, new)

    async def change(self, call: Call, patch: TagPatch) -> Tag:
        """Rename a tag, or take it out of use."""
        return await self._tags.change(call.seat, call.id, patch)

    async def tags_of(self, call: Call, _: Nothing) -> TagItems:
        """List what a conversation bears."""
        return await self._tags.of_conversation(call.seat, call.id)

    async def put(self, call: Call, given: ConversationTags) -> TagItems:
        """Put tags on a conversation, and take others off."""
        return await self._tags.put(call.seat, call.id, given)

"""`/conversations/{id}/timeline` and `/step_ins`: what happened, and who stepped in where."""

from server.http.endpoint import Call, Endpoint, Nothing, endpoint
from server.protocol.timeline import StepInItems, StepInsQuery, Timeline
from server.services.timelines import Timelines


class TimelinesResource:
    """For those who lead the shop."""

    def __init__(self, timelines: Timelines) -> None:
        self._timelines = timelines

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        return [
            endpoint(
                "GET",
                "/conversations/{id}/timeline",
                self.of_conversation,
                takes=Nothing,
                gives=Timeline,
            ),
            endpoint("GET", "/step_ins", self.page, takes=StepInsQuery, gives=StepInItems),
        ]

    async def of_conversation(self, call: Call, _: Nothing) -> Timeline:
        """Read all that happened in a conversation: words, states, offers, silences, watchers."""
        return await self._timelines.of_conversation(call.seat, call.id)

    async def page(self, call: Call, query: StepInsQuery) -> StepInItems:
        """List who stepped in where, when and why, the newest first."""
        return await self._timelines.page(call.seat, query)

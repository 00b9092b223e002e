"""`/live_looks`: how somebody looks at the live view, saved by name."""

from server.http.endpoint import Call, Endpoint, NoContent, Nothing, endpoint
from server.protocol.live_looks import LiveLookItems, LiveLookPatch, LiveLookRecord, NewLiveLook
from server.services.live.looks import Looks


class LiveLooksResource:
    """Everybody who leads has their own."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/live_looks", "/live_looks/{id}"
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=LiveLookItems),
            endpoint(
                "POST", all_, self.create, takes=NewLiveLook, gives=LiveLookRecord, status=201
            ),
            endpoint("PATCH", one, self.update, takes=LiveLookPatch, gives=LiveLookRecord),
            endpoint("DELETE", one, self.delete, takes=Nothing, gives=NoContent),
        ]

    async def list(self, call: Call, _: Nothing) -> LiveLookItems:
        """List the views of the live view that one has saved."""
        return await self._looks.list(call.seat)

    async def create(self, call: Call, given: NewLiveLook) -> LiveLookRecord:
        """Save a view."""
        return await self._looks.create(call.seat, given)

    async def update(self, call: Call, given: LiveLookPatch) -> LiveLookRecord:
        """Change a saved view."""
        return await self._looks.update(call.seat, call.id, given)

    async def delete(self, call: Call, _: Nothing) -> NoContent:
        """Forget a saved view."""
        await self._looks.delete(call.seat, call.id)
        return NoContent()

"""`/queues/preview`: what a queue that is being written would do now."""

from server.http.endpoint import Call, Endpoint, endpoint
from server.protocol.preview import QueueDraft, QueuePreview
from server.services.admin.previews import QueuePreviews


class QueuePreviewsResource:
    """Queues tried out before they are saved."""

    def __init__(self, previews: QueuePreviews) -> None:
        self._previews = previews

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        path = "/queues/preview"
        return [endpoint("POST", path, self.preview, takes=QueueDraft, gives=QueuePreview)]

    async def preview(self, call: Call, given: QueueDraft) -> QueuePreview:
        """Tell who could take a conversation of a draft now. Nothing is kept or changed."""
        return await self._previews.preview(call.seat, given)

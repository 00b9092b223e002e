"""What the rest of the service tells the routing host. It is cheap, never waits, never fails."""

from typing import Protocol
from uuid import UUID


class Router(Protocol):
    """Hears what changed after it is committed; the host then reads the facts and matches again.

    A call that is lost costs time, never correctness: the host's slow sweep finds what was missed.
    """

    def arrived(self, shop_id: UUID, conversation_id: UUID) -> None:
        """A conversation is queued, or queued again."""
        ...

    def left(self, shop_id: UUID, conversation_id: UUID) -> None:
        """A conversation waits no longer: closed, accepted or picked."""
        ...

    def agent_touched(self, shop_id: UUID, agent_id: UUID) -> None:
        """An agent's skills or capacity changed, or a slot of theirs was freed or taken."""
        ...

    def status_changed(self, shop_id: UUID, agent_id: UUID) -> None:
        """An agent chose another status; customers see who is there."""
        ...

    def presence_changed(self, shop_id: UUID, agent_id: UUID) -> None:
        """An agent came online, or their last session closed."""
        ...

    def shop_touched(self, shop_id: UUID) -> None:
        """Queues, skills, hours or many agents of a shop changed."""
        ...

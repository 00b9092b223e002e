"""A router that is told nothing: what is not committed has not happened."""

from uuid import UUID


class Quiet:
    """Stands in for the router while an import is tried."""

    def arrived(self, shop_id: UUID, conversation_id: UUID) -> None:
        """Do nothing."""

    def left(self, shop_id: UUID, conversation_id: UUID) -> None:
        """Do nothing."""

    def agent_touched(self, shop_id: UUID, agent_id: UUID) -> None:
        """Do nothing."""

    def status_changed(self, shop_id: UUID, agent_id: UUID) -> None:
        """Do nothing."""

    def presence_changed(self, shop_id: UUID, agent_id: UUID) -> None:
        """Do nothing."""

    def shop_touched(self, shop_id: UUID) -> None:
        """Do nothing."""

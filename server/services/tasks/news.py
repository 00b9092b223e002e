"""Who hears of tasks: the people of the shop, and no customer."""

from uuid import UUID

from server.services.announce import Announce
from server.services.fanout import Fanout
from server.services.rooms import agent_room, shop_room
from server.services.tasks.faces import task_face
from storage.rows import ConversationRow, Moved
from storage.tasks.rows import TaskRow


class TaskNews:
    """Tells pages of tasks."""

    def __init__(self, fanout: Fanout, announce: Announce) -> None:
        self._fanout, self._announce = fanout, announce

    def changed(self, row: TaskRow) -> None:
        """Tell the shop how a task stands now."""
        self._fanout.tell(shop_room(row.shop_id), "task:changed", task_face(row), audience="agents")

    async def conversation(self, conversation: UUID | ConversationRow) -> None:
        """Tell how a conversation stands in which a task was due, or is now."""
        await self._announce.conversation(conversation)

    async def moved(self, moved: Moved) -> None:
        """Tell that a conversation that was begun for a task is over."""
        await self._announce.moved(moved)

    def reminded(self, row: TaskRow) -> None:
        """Tell the assignee that it is due soon."""
        if row.assignee_id is not None:
            self._tell(row.assignee_id, "task:reminded", row)

    def due(self, row: TaskRow, holder_id: UUID | None) -> None:
        """Tell the assignee, and whoever talks with the customer, that it is due."""
        for agent_id in {row.assignee_id, holder_id} - {None}:
            assert agent_id is not None
            self._tell(agent_id, "task:due", row)

    def _tell(self, agent_id: UUID, event: str, row: TaskRow) -> None:
        self._fanout.tell(agent_room(agent_id), event, task_face(row), audience="agents")

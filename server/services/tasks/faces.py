"""Tasks as the wire shows them. Pure."""

from uuid import UUID

from server.protocol.shapes import Person, QueueRef, Task
from storage.tasks.rows import TaskRow


def task_face(row: TaskRow, *, beside_customer: bool = False) -> Task:
    """Show a task to the people of its shop; ``beside_customer``: who they are is there already."""
    queue_id = row.in_queue_id
    return Task(
        id=str(row.id),
        conversation=str(row.conversation_id),
        visitor=str(row.visitor_id),
        kind=row.kind,
        text=row.text,
        due_at=row.due_at,
        state=row.state,
        version=row.version,
        created_by=Person(id=str(row.created_by), name=row.created_by_name),
        created_at=row.created_at,
        assignee=_person(row.assignee_id, row.assignee_name),
        queue=None if queue_id is None else QueueRef(id=str(queue_id), name=row.queue_name or ""),
        own_queue=row.queue_id is not None,
        due_conversation=_text(row.due_conversation_id),
        customer=None if beside_customer else row.customer,
        phone=None if beside_customer else row.phone,
        done_at=row.done_at,
        done_by=_person(row.done_by, row.done_by_name),
        outcome=row.outcome,
    )


def _person(agent_id: UUID | None, name: str | None) -> Person | None:
    return None if agent_id is None else Person(id=str(agent_id), name=name or "")


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)

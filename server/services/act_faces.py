"""What people did over the engine's head, as the wire shows it. Pure: names are arguments."""

from typing import cast

from server.protocol.decisions import Act, ActKind
from server.services.routing_faces import Names, person
from storage.rows import EventRow


def act_face(event: EventRow, names: Names) -> Act:
    """Show who did what, to whom, and why."""
    data = event.data
    to, before, priority = data.get("agent"), data.get("from"), data.get("priority")
    reason = data.get("reason")
    return Act(
        at=event.at,
        kind=cast("ActKind", event.kind),
        by=person(str(event.actor_id), names),
        to=None if to is None else person(str(to), names),
        taken_from=None if before is None else person(str(before), names),
        over=bool(data.get("over")),
        priority=priority if isinstance(priority, int) else None,
        emergency=bool(data.get("emergency")),
        reason=None if reason is None else str(reason),
    )

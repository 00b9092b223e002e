"""Records of decisions, as far as they can still be read."""

from collections.abc import Mapping
from uuid import UUID

from msgspec import ValidationError
from msgspec.structs import replace

from routing import reasons
from routing.explain import Record, from_json
from routing.policy import POLICIES
from server.protocol.shapes import Why


def recalled(record: Mapping[str, object]) -> Record | None:
    """Read a stored record; None when an earlier version wrote it in a form of its own."""
    try:
        found = from_json(record)
    except ValidationError:
        return None
    return found if found.policy in POLICIES else None


def why(record: Record, agent_id: UUID | None) -> Why:
    """Return the reason of a decision, for the agent who was chosen, or one of several."""
    if len(record.chosen) > 1:
        mine = sorted(record.candidates, key=lambda it: it.subject.agent.id != str(agent_id))
        record = replace(record, candidates=mine, decided_by="several")
    return Why(sentence=reasons.sentence(record), facts=dict(reasons.facts(record)))

"""How PostgreSQL finds what we read: whether it goes through an index, or through everything."""

from collections.abc import Iterator
from typing import LiteralString, cast
from uuid import UUID

from msgspec import json

from storage import conversation_lists as lists
from storage import messages
from storage.database import Database

TABLES = frozenset({"message", "conversation", "visitor"})
Plan = dict[str, object]
Asked = tuple[str, tuple[object, ...]]
"""A statement, and what it is asked for."""


def statements(shop: UUID, conversation: UUID, visitor: UUID, agent: UUID) -> dict[str, Asked]:
    """Return what is asked most, with an example of what it is asked for."""
    page = (shop, conversation, 50, lists.LAST_ID)
    return {
        "since": (messages.SINCE, (conversation, False, 4, 200)),
        "last": (messages.LAST, (conversation, False, 50)),
        "open of": (lists.OPEN_OF, (visitor,)),
        "waiting": (lists.WAITING, (shop, 200)),
        "in hand": (lists.IN_HAND, (agent,)),
        "of a customer": (lists.OF_VISITOR, (visitor, None, 50)),
        "closed": (lists.CLOSED, page),
        "closed of an agent": (lists.CLOSED_OF_AGENT, (*page, agent)),
        "of a shop": (lists.OF_SHOP, page),
    }


async def whole_reads(db: Database, asked: Asked) -> list[str]:
    """Return the large tables that a statement would read from end to end."""
    sql, arguments = asked
    explain = cast("LiteralString", f"EXPLAIN (FORMAT JSON) {sql}")
    [row] = await db.fetch(explain, *arguments)
    [plan] = json.decode(row["QUERY PLAN"], type=list[Plan])
    return sorted(
        str(node["Relation Name"])
        for node in _nodes(cast("Plan", plan["Plan"]))
        if node["Node Type"] in {"Seq Scan", "Parallel Seq Scan"}
        and node.get("Relation Name") in TABLES
    )


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for inner in cast("list[Plan]", plan.get("Plans", [])):
        yield from _nodes(inner)

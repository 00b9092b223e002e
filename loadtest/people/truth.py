"""Compares what people were told with what PostgreSQL holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from loadtest.people.house import LIMITS
from loadtest.people.record import Told, Truth
from storage.database import Database
from storage.messages import Messages

ALL = 1_000_000
Stored = Mapping[str, Sequence[tuple[int, str]]]
"""Of each conversation what is stored: number and ``client_id``."""


def judge(told: Sequence[Told], stored: Stored) -> Truth:
    """Return what is not as it was acknowledged. Pure."""
    lost = renumbered = 0
    for conversation, seq, client_id in set(told):
        numbers = [number for number, name in stored.get(conversation, ()) if name == client_id]
        lost += not numbers
        renumbered += bool(numbers) and seq not in numbers
    doubled = sum(
        count - 1
        for rows in stored.values()
        for count in Counter(name for _, name in rows if name).values()
    )
    gaps = sum(
        [number for number, _ in rows] != list(range(1, len(rows) + 1)) for rows in stored.values()
    )
    acked = len(set(told))
    return Truth(acked=acked, lost=lost, doubled=doubled, renumbered=renumbered, gaps=gaps)


async def look(database_url: str, told: Sequence[Told]) -> Truth:
    """Read every conversation that somebody was told of, and judge."""
    database = await Database.connect(database_url, LIMITS)
    try:
        messages = Messages(database)
        stored: dict[str, list[tuple[int, str]]] = {}
        for conversation in {each[0] for each in told}:
            rows = await messages.since(UUID(conversation), 0, ALL, private=False)
            stored[conversation] = [(row.seq, row.client_id) for row in rows]
    finally:
        await database.close()
    return judge(told, stored)

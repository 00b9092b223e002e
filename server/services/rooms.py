"""The names of rooms: who hears what."""

from collections.abc import Iterable
from uuid import UUID

CONVERSATION = "conversation:"
SIGN_IN = "sign-in:"


def conversation_room(conversation_id: UUID | str) -> str:
    """Everybody who takes part in a conversation or looks at it."""
    return f"{CONVERSATION}{conversation_id}"


def conversations_in(rooms: Iterable[str]) -> list[UUID]:
    """Return the conversations whose rooms these are; other rooms are left out."""
    return [
        UUID(room.removeprefix(CONVERSATION)) for room in rooms if room.startswith(CONVERSATION)
    ]


def leads_room(conversation_id: UUID | str) -> str:
    """Those who lead the shop and look at a conversation, seen or not."""
    return f"leads:{conversation_id}"


def visitor_room(visitor_id: UUID | str) -> str:
    """Every tab and device of a customer."""
    return f"visitor:{visitor_id}"


def agent_room(agent_id: UUID | str) -> str:
    """Every window of an agent."""
    return f"agent:{agent_id}"


def shop_room(shop_id: UUID | str) -> str:
    """All agents of a shop."""
    return f"shop:{shop_id}"


def shop_visitors_room(shop_id: UUID | str) -> str:
    """All customers of a shop who are here."""
    return f"shop-visitors:{shop_id}"


def leading_room(shop_id: UUID | str) -> str:
    """Those who lead a shop, wherever they look."""
    return f"leading:{shop_id}"


def live_room(shop_id: UUID | str, node: str) -> str:
    """Who watches a shop from one node: each node reads for its own."""
    return f"live:{shop_id}:{node}"


def sign_in_room(token_hash: bytes) -> str:
    """Every socket of one sign-in."""
    return f"{SIGN_IN}{token_hash.hex()}"


def sign_in_of(room: str) -> bytes | None:
    """Return the hash of the token whose room this is; None for other rooms."""
    return bytes.fromhex(room.removeprefix(SIGN_IN)) if room.startswith(SIGN_IN) else None

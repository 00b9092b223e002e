"""The names of rooms: who hears what."""

from uuid import UUID


def conversation_room(conversation_id: UUID | str) -> str:
    """Everybody who takes part in a conversation or looks at it."""
    return f"conversation:{conversation_id}"


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


def agent_session_room(token_hash: str) -> str:
    """Every socket of one sign-in."""
    return f"sign-in:{token_hash[:32]}"

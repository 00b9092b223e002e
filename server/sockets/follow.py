"""How an event for a room is followed: published, heard on another node, pushed to sessions.

A room's name may hold the hash of a token. So its kind is told, and its id only where that is one
of a conversation.
"""

from collections.abc import Collection

from server.services.tracing import Attributes, Kind, Value
from server.sockets.delivered import PREFIX as CONVERSATION
from server.sockets.relay import PREFIX, Followed, Told
from server.sockets.session import Session

SESSIONS_SHOWN = 8
"""So many sessions are named; how many there are is told in any case."""

About = tuple[str, Kind, Attributes]


def published(room: str, told: Told) -> About:
    """Say what is sent to the other nodes."""
    about = _about(room, told) | {"messaging.operation.type": "send"}
    return f"publish {told.event}", "producer", about


def processed(room: str, told: Told) -> About:
    """Say what another node sent."""
    about = _about(room, told) | {"messaging.operation.type": "process"}
    return f"process {told.event}", "consumer", about


def pushed(room: str, told: Told, reached: Collection[Session[object]]) -> About:
    """Say which sessions of this node hear it."""
    about = _about(room, told)
    about["kefu.sessions.count"] = len(reached)
    about["kefu.session.ids"] = [session.id for session in reached][:SESSIONS_SHOWN]
    return f"push {told.event}", "internal", about


def told_with_trace(told: Told, traceparent: str) -> Followed:
    """Return the same for other nodes, with the span that told it."""
    return Followed(told.event, told.body, told.audience, told.but, told.seq, traceparent)


def _about(room: str, told: Told) -> dict[str, Value]:
    kind, _, name = room.partition(":")
    about: dict[str, Value] = {
        "messaging.system": "redis",
        "messaging.destination.template": f"{PREFIX}{kind}:{{id}}",
        "kefu.event": told.event,
        "kefu.audience": told.audience,
    }
    if room.startswith(CONVERSATION):
        about["messaging.message.conversation_id"] = name
    if told.seq:
        about["kefu.message.seq"] = abs(told.seq)
        about["kefu.message.private"] = told.seq < 0
    return about

"""Follows a conversation from the poke that it waits to the offer, whatever node makes that."""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

from routing.engine import Decision
from server.services.tracing import Tracer

TRAILS_MAX = 2000
"""So many conversations that wait are followed; the one that was told of first is let go."""


class Trails:
    """The span that told of each conversation which waits, as far as somebody follows it."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._of: dict[UUID, object] = {}

    @contextmanager
    def poking(self, conversation_id: UUID) -> Generator[str | None]:
        """Tell the host of a conversation; yield the span to name, None where nobody follows."""
        about = {
            "messaging.system": "redis",
            "messaging.destination.name": "kefu:route",
            "messaging.operation.type": "send",
            "messaging.message.conversation_id": str(conversation_id),
        }
        with self._tracer.within("publish kefu:route", "producer", about) as span:
            yield span.traceparent

    def keep(self, conversation_id: UUID, traceparent: object) -> None:
        """Remember who told of it."""
        self._of.pop(conversation_id, None)
        self._of[conversation_id] = traceparent
        if len(self._of) > TRAILS_MAX:
            del self._of[next(iter(self._of))]

    @contextmanager
    def routing(self, decision: Decision) -> Generator[None]:
        """Carry a decision out, from the storing of the offers to their telling."""
        traceparent = self._of.pop(UUID(decision.task), None)
        if traceparent is None:
            yield
            return
        about = {
            "messaging.system": "redis",
            "messaging.destination.name": "kefu:route",
            "messaging.operation.type": "process",
            "messaging.message.conversation_id": decision.task,
            "kefu.agents.asked": len(decision.agents),
        }
        with self._tracer.within("route conversation", "consumer", about, of=traceparent) as span:
            try:
                with self._tracer.within("make offer"):
                    yield
            except Exception as error:
                span.fail(type(error).__name__)
                raise

"""What was touched since the host looked last. Repeats fall together, and the heap is bounded."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import msgspec

from server.services.assignment.trails import Trails

CHANNEL = "kefu:route"
TOUCHED_MAX = 2000
"""Beyond so many single things a whole shop is read again instead."""


class Poke(msgspec.Struct, frozen=True, array_like=True):
    """One thing that was touched, as it crosses nodes; newer ones may know more kinds."""

    kind: str
    shop: UUID
    subject: UUID


class FollowedPoke(Poke, frozen=True, array_like=True):
    """The same with the W3C traceparent of who tells it, whatever another version writes there."""

    traceparent: object = None


@dataclass(slots=True)
class Touched:
    """What was touched in one shop."""

    waiting: set[UUID] = field(default_factory=set[UUID])
    agents: set[UUID] = field(default_factory=set[UUID])
    statuses: bool = False
    presence: bool = False
    whole: bool = False


class Nodes(Protocol):
    """How other nodes are told. Never blocks, never raises; what is lost the sweep finds."""

    def publish(self, channel: str, body: bytes, /) -> None:
        """Send to every node that listens to ``channel``, this one left out."""
        ...


class Pokes:
    """The `Router` of this node: keeps what the host here must hear, or publishes it."""

    def __init__(self, nodes: Nodes | None = None, trails: Trails | None = None) -> None:
        self._nodes, self._trails = nodes, trails
        self._touched: dict[UUID, Touched] = {}
        self._is_host: Callable[[], bool] = lambda: False
        self.wake = asyncio.Event()

    def serve(self, is_host: Callable[[], bool]) -> None:
        """Keep pokes here whenever ``is_host`` says so."""
        self._is_host = is_host

    def arrived(self, shop_id: UUID, conversation_id: UUID) -> None:
        """A conversation is queued, or queued again."""
        if self._trails is None:
            self._tell(Poke("waiting", shop_id, conversation_id))
            return
        with self._trails.poking(conversation_id) as trace:
            if trace is None:
                self._tell(Poke("waiting", shop_id, conversation_id))
            else:
                self._tell(FollowedPoke("waiting", shop_id, conversation_id, trace))

    def left(self, shop_id: UUID, conversation_id: UUID) -> None:
        """A conversation waits no longer: closed, accepted or picked."""
        self._tell(Poke("waiting", shop_id, conversation_id))

    def agent_touched(self, shop_id: UUID, agent_id: UUID) -> None:
        """An agent's skills or capacity changed, or one of their slots."""
        self._tell(Poke("agent", shop_id, agent_id))

    def status_changed(self, shop_id: UUID, agent_id: UUID) -> None:
        """An agent chose another status."""
        self._tell(Poke("status", shop_id, agent_id))

    def presence_changed(self, shop_id: UUID, agent_id: UUID) -> None:
        """An agent came online, or their last session closed."""
        self._tell(Poke("presence", shop_id, agent_id))

    def shop_touched(self, shop_id: UUID) -> None:
        """Queues, skills, hours or many agents of a shop changed."""
        self._tell(Poke("shop", shop_id, shop_id))

    def hear(self, _channel: str, payload: bytes) -> None:
        """Take what another node published; only the host cares."""
        if self._is_host():
            self._keep(msgspec.json.decode(payload, type=FollowedPoke))

    def take(self) -> dict[UUID, Touched]:
        """Return what was touched, by shop, and begin anew."""
        taken, self._touched = self._touched, {}
        return taken

    def __bool__(self) -> bool:
        return bool(self._touched)

    def _tell(self, poke: Poke) -> None:
        if self._is_host():
            self._keep(poke)
        elif self._nodes is not None:
            self._nodes.publish(CHANNEL, msgspec.json.encode(poke))

    def _follow(self, poke: Poke) -> None:
        if self._trails is None or not isinstance(poke, FollowedPoke):
            return
        if poke.traceparent is not None:
            self._trails.keep(poke.subject, poke.traceparent)

    def _keep(self, poke: Poke) -> None:
        touched = self._touched.setdefault(poke.shop, Touched())
        match poke.kind:
            case "waiting":
                touched.waiting.add(poke.subject)
                self._follow(poke)
            case "agent":
                touched.agents.add(poke.subject)
            case "status":
                touched.agents.add(poke.subject)
                touched.statuses = True
            case "presence":
                touched.presence = True
            case _:  # "shop", or what only a newer node can tell
                touched.whole = True
        if len(touched.waiting) + len(touched.agents) > TOUCHED_MAX:
            self._touched[poke.shop] = Touched(statuses=True, presence=True, whole=True)
        self.wake.set()

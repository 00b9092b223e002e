"""The live view: what a supervisor sees of the shop, as a whole once and then as it changes."""

from datetime import datetime

from server.protocol.commands import Command
from server.protocol.shapes import Shape, State, Status


class WatchLive(Command, frozen=True):
    """See the shop as it is now, and hear `live:changed` from then on. For who leads."""


class LeaveLive(Command, frozen=True):
    """Hear it no longer."""


class LiveQueue(Shape, frozen=True):
    """A queue: how many wait in it, ``oldest`` of them since then, and how many are ``in_hand``.

    ``eta_s``: who comes now waits that long, in seconds, absent when it would be poor. ``able`` of
    the agents may take from it in the end, ``ready`` of them now, ``free`` of those have room;
    ``lacks`` are keys of skills that it asks for and none of those ready anywhere has; none where
    nobody is.

    Of those who came today ``answered`` were taken, ``in_time`` of them within ``target_s``
    seconds, and ``abandoned`` left before anybody took them. ``promises``: that time is its own.
    What is in no queue has an empty id.
    """

    id: str
    name: str
    waiting: int = 0
    oldest: datetime | None = None
    in_hand: int = 0
    eta_s: tuple[int, int] | None = None
    able: int = 0
    ready: int = 0
    free: int = 0
    lacks: list[str] = []
    target_s: int = 0
    promises: bool = False
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0


class LiveAgent(Shape, frozen=True):
    """Somebody in service: ``taken`` of ``capacity`` units, offers included.

    ``since`` then they are as they are shown: gone, not responding, idle, or in this ``status``.

    ``here``: a console of theirs is connected, or was a moment ago and is ``reconnecting``.
    ``replied_at``: what they have in hand, they last said something in then. Today ``handled``
    conversations of theirs were closed, in ``handle_s`` on average, and ``missed`` offers ran out.
    ``serves`` are ids of the queues that they may take from, sooner or later.
    """

    id: str
    name: str
    status: Status
    since: datetime
    here: bool
    responding: bool
    idle: bool
    capacity: int
    taken: int
    reconnecting: bool = False
    replied_at: datetime | None = None
    handled: int = 0
    handle_s: int | None = None
    missed: int = 0
    serves: list[str] = []


class LiveTalk(Shape, frozen=True):
    """A conversation that is not over: ids of its queue and agent, and since when it waits."""

    id: str
    state: State
    visitor: str
    name: str | None = None
    queue: str | None = None
    agent: str | None = None
    priority: int = 0
    emergency: bool = False
    unclaimed: bool = False
    queued_at: datetime | None = None
    assigned_at: datetime | None = None
    unanswered_since: datetime | None = None
    wrap_up_until: datetime | None = None


class LiveBoard(Shape, frozen=True):
    """Everything, as it was ``at`` that moment. The next `live:changed` has ``version`` + 1.

    Queues count all; of conversations at most the two thousand who wait longest are listed, and
    the two thousand who came first of those in hand.
    """

    version: int
    at: datetime
    queues: list[LiveQueue]
    agents: list[LiveAgent]
    talks: list[LiveTalk]


class LiveChanged(Shape, frozen=True):
    """What has changed since ``version`` - 1; ``gone`` are ids of whatever is no longer there.

    Told twice a second at most, and every two seconds though nothing has changed. Who misses a
    version asks `live:watch` again.
    """

    version: int
    at: datetime
    queues: list[LiveQueue] = []
    agents: list[LiveAgent] = []
    talks: list[LiveTalk] = []
    gone: list[str] = []

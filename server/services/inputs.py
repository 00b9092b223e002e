"""When agents touched their console last: a click, a key, a message. It is not written each time.

Every node remembers it for the sessions that it has, and tells the others through Valkey. Nobody is
held to be idle of whom it is not known: Valkey was lost, or one of their consoles cannot tell.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol
from uuid import UUID

import structlog

from server.services.clock import Clock
from server.services.seats import AgentSeat
from storage.errors import Away
from storage.rows import Heard

FRESH_S = 30.0
"""So long a sign that all know of is as good as a new one; nobody is idle any sooner."""

RETRY_S = 5.0
"""So often it is tried to tell the others, or to wake, while that fails."""

RENEW_S = 5.0
"""How often a node says again what it knows: Valkey may have lost it."""

GONE_S = 60.0
"""Who comes back sooner has only lost the line: what they touched before still counts."""

log = structlog.get_logger()


class LastInput(NamedTuple):
    """Since when an agent has touched nothing, and when they touched something, if they did."""

    rests_since_s: float
    touched_s: float | None


class Times(Protocol):
    """What all nodes share."""

    async def note(
        self, shop_id: UUID, node: str, last_s: Mapping[UUID, float | None], now_s: float, /
    ) -> None:
        """Say when these agents touched something at a node, None where it cannot tell."""
        ...

    async def noted(self, shop_id: UUID, /) -> Mapping[tuple[UUID, str], float]:
        """Return (agent, node) → when, in seconds since 1970; negative: nothing since then."""
        ...


class IdleOnes(Protocol):
    """Where it is kept who is idle."""

    async def wake(self, agent_id: UUID, /) -> Heard | None:
        """Note that an agent is there."""
        ...


class Whereabouts(Protocol):
    """Who is connected to which nodes."""

    def nodes(self, shop_id: UUID, /) -> Mapping[UUID, set[str]]:
        """Return the nodes of each agent who is here."""
        ...


class Tell(Protocol):
    """How an agent hears of it, and whoever deals."""

    def heard(self, shop_id: UUID, heard: Heard, /) -> None:
        """Tell that they are offered something again."""
        ...


class Inputs:
    """The signs of life of the agents on this node, and what other nodes say of theirs."""

    def __init__(
        self,
        *,
        times: Times,
        idle: IdleOnes,
        where: Whereabouts,
        tell: Tell,
        clock: Clock,
        node: str,
    ) -> None:
        self._times, self._idle, self._where = times, idle, where
        self._tell, self._clock, self._node = tell, clock, node
        self._sessions: dict[UUID, dict[UUID, dict[str, bool]]] = defaultdict(dict)
        self._last: dict[UUID, float] = {}
        self._fresh_until: dict[UUID, float] = {}
        self._gone: dict[tuple[UUID, UUID], float] = {}

    def came(self, seat: AgentSeat, session_id: str) -> None:
        """Note a session, which does not tell of input until it says so."""
        self._gone.pop((seat.shop_id, seat.agent_id), None)
        self._sessions[seat.shop_id].setdefault(seat.agent_id, {})[session_id] = False

    def went(self, seat: AgentSeat, session_id: str) -> None:
        """Note that a session is over."""
        agents = self._sessions[seat.shop_id]
        here = agents.get(seat.agent_id, {})
        here.pop(session_id, None)
        if not here and agents.pop(seat.agent_id, None) is not None:
            self._gone[seat.shop_id, seat.agent_id] = self._now()

    def tells(self, seat: AgentSeat, session_id: str) -> None:
        """Note that a session tells of input. Who has not touched anything yet begins now."""
        here = self._sessions[seat.shop_id].get(seat.agent_id, {})
        if session_id in here:
            here[session_id] = True
            self._last.setdefault(seat.agent_id, -self._now())

    async def noticed(self, seat: AgentSeat) -> None:
        """Note that an agent has touched something just now; whoever was idle is so no longer.

        Most of the time nothing is told: all know already that they are not idle.
        """
        now = self._last[seat.agent_id] = self._now()
        if now < self._fresh_until.get(seat.agent_id, 0.0):
            return
        # What comes meanwhile, or after a failure, need not ask again at once.
        self._fresh_until[seat.agent_id] = now + RETRY_S
        is_told = await self._note(seat.shop_id, [seat.agent_id])
        heard = await self._idle.wake(seat.agent_id)
        if is_told:
            self._fresh_until[seat.agent_id] = now + FRESH_S
        if heard is not None:
            log.info("agent_woke", agent=str(seat.agent_id))
            self._tell.heard(seat.shop_id, heard)

    async def last(self, shop_id: UUID) -> dict[UUID, LastInput]:
        """Return when each agent who is here touched something last, in seconds since 1970.

        Those of whom a node does not know it are not there; while Valkey is away, nobody is.
        """
        try:
            noted = dict(await self._times.noted(shop_id))
        except Away:
            log.warning("inputs_unreadable", shop_id=str(shop_id))
            return {}
        for agent_id in self._sessions[shop_id]:
            noted.pop((agent_id, self._node), None)
            last_s = self._told(shop_id, agent_id)
            if last_s is not None:
                noted[agent_id, self._node] = last_s
        of_agent: dict[UUID, dict[str, float]] = defaultdict(dict)
        for (agent_id, node), last_s in noted.items():
            of_agent[agent_id][node] = last_s
        return {
            agent_id: _newest(of_agent[agent_id].values())
            for agent_id, nodes in self._where.nodes(shop_id).items()
            if agent_id in of_agent and nodes <= of_agent[agent_id].keys()
        }

    async def run(self) -> None:
        """Say again and again what this node knows, for ever."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + RENEW_S)
            await self.renew()

    async def renew(self) -> None:
        """Say of everybody who is connected to this node when they touched something."""
        await self._forget()
        for shop_id, agents in list(self._sessions.items()):
            if agents:
                await self._note(shop_id, list(agents))

    async def _forget(self) -> None:
        """Forget those who are gone; when they come back they begin anew."""
        limit = self._now() - GONE_S
        for who in [who for who, at_s in self._gone.items() if at_s <= limit]:
            gone_s = self._gone.pop(who, None)
            if gone_s is None:  # back, while others were forgotten
                continue
            shop_id, agent_id = who
            self._last.pop(agent_id, None)
            self._fresh_until.pop(agent_id, None)
            is_told = await self._note(shop_id, [agent_id])
            if not is_told and agent_id not in self._sessions[shop_id]:
                self._gone.setdefault(who, gone_s)

    def _told(self, shop_id: UUID, agent_id: UUID) -> float | None:
        """Return what this node can say of an agent: nothing while one session does not tell."""
        here = self._sessions[shop_id].get(agent_id)
        return self._last.get(agent_id) if here and all(here.values()) else None

    async def _note(self, shop_id: UUID, agent_ids: list[UUID]) -> bool:
        told = {agent_id: self._told(shop_id, agent_id) for agent_id in agent_ids}
        try:
            await self._times.note(shop_id, self._node, told, self._now())
        except Away:
            log.warning("inputs_unwritable", shop_id=str(shop_id), agents=len(told))
            return False
        return True

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _newest(noted: Collection[float]) -> LastInput:
    touched = max(noted)
    return LastInput(max(map(abs, noted)), touched if touched > 0 else None)

"""Which agents are here: somebody has at least one session on some node, or had one just now.

A node vouches for the agents connected to it, for ``ttl_s`` at a time. When the last session of an
agent closes it vouches once more, for ``grace_s``: a reload is not leaving.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

import structlog

from server.services.clock import Clock
from server.services.router import Router
from server.services.seats import AgentSeat
from storage.errors import Away

RENEWALS = 3
"""How often a lease is renewed while it lasts."""

LATE_S = 1.0
"""A renewal may be so late before a line is no longer taken to be whole."""

log = structlog.get_logger()


class Leases(Protocol):
    """What all nodes share."""

    async def vouch(
        self, shop_id: UUID, agent_ids: Iterable[UUID], node: str, until_s: float
    ) -> None:
        """Say that these agents are connected to ``node``, until a time."""
        ...

    async def vouched(self, shop_id: UUID) -> Mapping[tuple[UUID, str], float]:
        """Return (agent, node) → until when."""
        ...


class Presence:
    """The agents connected to this node, and what other nodes say of theirs."""

    def __init__(
        self,
        leases: Leases,
        router: Router,
        clock: Clock,
        node: str,
        *,
        ttl_s: float,
        grace_s: float,
    ) -> None:
        self._leases, self._router, self._clock, self._node = leases, router, clock, node
        self._ttl_s, self._grace_s = ttl_s, grace_s
        self._sessions: dict[UUID, dict[UUID, set[str]]] = {}
        self._leaving: dict[UUID, dict[UUID, float]] = {}
        self._heard: dict[UUID, dict[tuple[UUID, str], float]] = {}
        self._unsure: dict[UUID, float] = {}

    async def came(self, seat: AgentSeat, session_id: str) -> None:
        """Note a session of an agent."""
        here = self._sessions.setdefault(seat.shop_id, {}).setdefault(seat.agent_id, set())
        is_first = not here
        here.add(session_id)
        self._leaving.get(seat.shop_id, {}).pop(seat.agent_id, None)
        if is_first:
            await self._vouch(seat.shop_id, [seat.agent_id], self._now() + self._ttl_s)
            self._router.presence_changed(seat.shop_id, seat.agent_id)

    async def went(self, seat: AgentSeat, session_id: str, signed_out: bool = False) -> None:
        """Note that a session is over. Who signed out is gone at once."""
        agents = self._sessions.get(seat.shop_id, {})
        here = agents.get(seat.agent_id, set())
        if session_id not in here:
            return
        here.discard(session_id)
        if here:
            return
        del agents[seat.agent_id]
        until_s = self._now() + (0.0 if signed_out else self._grace_s)
        self._leaving.setdefault(seat.shop_id, {})[seat.agent_id] = until_s
        await self._vouch(seat.shop_id, [seat.agent_id], until_s)
        self._router.presence_changed(seat.shop_id, seat.agent_id)

    async def online(self, shop_id: UUID) -> set[UUID]:
        """Return the agents of a shop who are here, on any node."""
        now = self._now()
        return {agent for agent, until_s in (await self.until(shop_id)).items() if until_s > now}

    async def lines(self, shop_id: UUID) -> dict[UUID, bool]:
        """Return the agents of a shop who are here, and of each whether their line is whole.

        It is not when the last session closed just now, or their node has stopped to vouch.
        """
        now, own = self._now(), self._sessions.get(shop_id, {})
        whole_s = now + self._ttl_s * (1 - 1 / RENEWALS) - LATE_S
        return {
            agent_id: agent_id in own or until_s >= whole_s
            for agent_id, until_s in (await self.until(shop_id)).items()
            if until_s > now
        }

    def is_sure(self, shop_id: UUID) -> bool:
        """Tell whether what was last said of a shop is what all nodes say.

        It is not while Valkey is away, nor before every node had time to vouch again.
        """
        return self._unsure.get(shop_id, 0.0) <= self._now()

    async def until(self, shop_id: UUID) -> dict[UUID, float]:
        """Return until when each agent counts as here, in seconds since 1970.

        While Valkey is away this node knows its own, and others as long as they were vouched for.
        """
        try:
            self._heard[shop_id] = {
                **self._heard.get(shop_id, {}),
                **await self._leases.vouched(shop_id),
            }
        except Away:
            log.warning("presence_unreadable", shop_id=str(shop_id))
            self._unsure[shop_id] = self._now() + self._ttl_s
        now = self._now()
        heard = {
            who: until_s
            for who, until_s in self._heard.get(shop_id, {}).items()
            if until_s > now and who[1] != self._node
        }
        self._heard[shop_id] = heard
        found = dict(self._leaving.get(shop_id, {}))
        found.update(dict.fromkeys(self._sessions.get(shop_id, {}), now + self._ttl_s))
        for (agent_id, _), until_s in heard.items():
            found[agent_id] = max(until_s, found.get(agent_id, until_s))
        return found

    def nodes(self, shop_id: UUID) -> dict[UUID, set[str]]:
        """Return the nodes to which each agent is connected, as far as was heard lately."""
        now = self._now()
        found = {agent_id: {self._node} for agent_id in self._sessions.get(shop_id, {})}
        for (agent_id, node), until_s in self._heard.get(shop_id, {}).items():
            if until_s > now:
                found.setdefault(agent_id, set()).add(node)
        return found

    async def run(self) -> None:
        """Renew what this node vouches for, for ever."""
        while True:
            await self._clock.sleep_until(self._clock.monotonic() + self._ttl_s / RENEWALS)
            await self.renew()

    async def renew(self) -> None:
        """Vouch for everybody who is connected to this node."""
        now = self._now()
        for shop_id, agents in list(self._sessions.items()):
            if agents:
                await self._vouch(shop_id, list(agents), now + self._ttl_s)
        for leaving in self._leaving.values():
            for agent_id in [each for each, until_s in leaving.items() if until_s <= now]:
                del leaving[agent_id]

    def _now(self) -> float:
        return self._clock.now().timestamp()

    async def _vouch(self, shop_id: UUID, agent_ids: list[UUID], until_s: float) -> None:
        try:
            await self._leases.vouch(shop_id, agent_ids, self._node, until_s)
        except Away:
            log.warning("presence_unwritable", shop_id=str(shop_id), agents=len(agent_ids))

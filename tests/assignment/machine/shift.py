"""A shift at an office with two nodes: time, nodes that die or stall, wires, who is there."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID, uuid4

from server.protocol.errors import AppError
from server.services.assignment.idleness import LOOK_S
from server.services.seats import AgentSeat
from storage.errors import StorageError, StorageUnavailable
from tests.assignment.leads import Leads
from tests.assignment.nodes import GRACE_S, SWEEP_S, TTL_S, Node, Wires, counted
from tests.assignment.office import Office
from tests.assignment.people import People

IDLE_S = 60

BUSY_MAX = 8
"""Turns in a row after which a host has surely done all that comes of it."""


class LossyWires(Wires):
    """Wires that count what they lose."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0

    def publish(self, channel: str, payload: bytes) -> None:
        """Carry a poke, or lose it."""
        self.lost += self.cut
        super().publish(channel, payload)


class Shift:
    """What happens around the conversations. Every number picks somebody or something."""

    def __init__(self, office: Office) -> None:
        self.office, self.clock = office, office.clock
        self.wires = office.wires = LossyWires()
        self.seats: list[AgentSeat] = []
        self.nodes = [office.another_node(), office.another_node()]
        self._swept_by_the_dead = 0.0
        self._windows: dict[UUID, dict[str, Node]] = {}
        self._perhaps_until: dict[UUID, float] = {}
        self._stalled: Node | None = None
        self.touched: set[UUID] = set()
        """Who has touched their console since it was looked last."""
        self.doubts = 0
        """How much the host may not know: what was lost, besides pokes."""

    # Who is where

    @property
    def unknown(self) -> int:
        """How often something was lost that only a sweep finds."""
        return self.wires.lost + self.doubts

    @property
    def is_hosted(self) -> bool:
        """Whether some node decides."""
        return any(node.tenure.lease is not None for node in self.nodes)

    @property
    def swept(self) -> float:
        """What only sweeps found, on all nodes there ever were."""
        return self._swept_by_the_dead + sum(counted(node, "swept_total") for node in self.nodes)

    def here(self) -> set[UUID]:
        """Return who is surely connected."""
        return {agent_id for agent_id, windows in self._windows.items() if windows}

    def perhaps_here(self) -> set[UUID]:
        """Return who may still count as connected."""
        now = self.clock.monotonic()
        return {agent_id for agent_id, until in self._perhaps_until.items() if until >= now}

    def node(self, number: int) -> Node:
        """Return a living node."""
        return self.nodes[number % len(self.nodes)]

    def seat(self, number: int) -> AgentSeat:
        """Return somebody who works here."""
        return self.seats[number % len(self.seats)]

    def people(self, number: int) -> People:
        """Return the services of a node for what people do over the engine's head."""
        return People(self.office, self.node(number))

    def leads(self, number: int) -> Leads:
        """Return what supervisors do on a node."""
        return Leads(self.office, self.node(number))

    # Windows

    async def opens_window(self, number: int, at: int) -> None:
        """An agent opens a console."""
        seat, node = self.seat(number), self.node(at)
        session = f"window-{uuid4()}"
        node.inputs.came(seat, session)
        node.inputs.tells(seat, session)
        await node.presence.came(seat, session)
        self._windows.setdefault(seat.agent_id, {})[session] = node

    async def all_come(self, at: int) -> None:
        """Everybody is here, and wants work."""
        for number, seat in enumerate(self.seats):
            if seat.agent_id not in self.here():
                await self.opens_window(number, at + number)
            await tries(partial(self.node(at).statuses.set, seat, "available"))

    async def closes_window(self, number: int, *, signs_out: bool = False) -> None:
        """An agent closes one of their consoles."""
        seat = self.seat(number)
        windows = self._windows.get(seat.agent_id, {})
        if windows:
            session, node = windows.popitem()
            node.inputs.went(seat, session)
            await node.presence.went(seat, session, signs_out)
            self._fades(seat.agent_id, GRACE_S)

    async def reloads(self, number: int, at: int) -> None:
        """An agent reloads the page, perhaps through another node."""
        await self.closes_window(number)
        await self.passes(0.5)
        await self.opens_window(number, at)

    # Hands on the console

    async def touches(self, number: int) -> None:
        """An agent touches one of their consoles."""
        seat = self.seat(number)
        for node in list(self._windows.get(seat.agent_id, {}).values())[:1]:
            await node.inputs.noticed(seat)
            self.touched.add(seat.agent_id)

    async def goes_idle(self, number: int) -> None:
        """An agent has touched nothing for long, and that is seen."""
        seat, long_ago = self.seat(number), self.clock.now().timestamp() - IDLE_S
        for node in self.nodes:
            if seat.agent_id in node.inputs._last:
                node.inputs._last[seat.agent_id] = long_ago
                node.inputs._fresh_until.pop(seat.agent_id, None)
            await node.inputs.renew()
        await self.passes(LOOK_S)

    # Nodes and what is between them

    async def dies(self, number: int, comes_back: int) -> None:
        """A node is killed; its agents' windows are gone, and some find the other node."""
        dead = self.node(number)
        self.nodes.remove(dead)
        self._swept_by_the_dead += counted(dead, "swept_total")
        self.wires.nodes.remove(dead.pokes)
        lost: set[UUID] = set()
        for agent_id, windows in self._windows.items():
            for name in [name for name, node in windows.items() if node is dead]:
                del windows[name]
                lost.add(agent_id)
                self._fades(agent_id, TTL_S)
        self._hire_node()
        for index, seat in enumerate(self.seats):
            if comes_back >> index & 1 and seat.agent_id in lost:
                await self.opens_window(index, 0)

    async def hands_on(self, number: int) -> None:
        """A node gives its lease back, as one does that drains."""
        await self.node(number).tenure.release()

    async def stalls(self, number: int) -> None:
        """A node does nothing for longer than a lease lasts, and goes on as if nothing was."""
        self._stalled = self.node(number)
        await self.passes(4.0)
        self._stalled = None

    async def cuts(self, *, is_cut: bool) -> None:
        """Pokes between nodes are lost, or arrive again."""
        self.wires.cut = is_cut

    async def valkey_forgets(self) -> None:
        """Valkey was started anew: nobody is connected, as far as it knows, or touched anything."""
        shop_id = self.office.shop.id
        await self.office._valkey.delete(f"kefu:present:{shop_id}", f"kefu:input:{shop_id}")
        self.doubts += 1

    # Time

    async def turn(self) -> None:
        """Let every node do what is due, until nothing more comes of it."""
        for again in range(BUSY_MAX):
            for node in self.nodes:
                if node is not self._stalled:
                    if not again:  # the clock stands still meanwhile
                        await node.tenure.renew()
                    await node.host.turn()
            if not any(node.pokes for node in self.nodes if node is not self._stalled):
                return

    async def passes(self, seconds: float) -> None:
        """Let time pass, second by second."""
        while seconds > 0:
            await self.clock.advance(min(1.0, seconds))
            seconds -= 1.0
            for node in self.nodes:
                if node is not self._stalled:
                    await node.presence.renew()
                    await node.inputs.renew()
            await self.turn()

    async def stands_still(self, seconds: float) -> None:
        """Let time pass while no node does anything but keep its agents connected."""
        while seconds > 0:
            await self.clock.advance(min(1.0, seconds))
            seconds -= 1.0
            for node in self.nodes:
                await node.presence.renew()

    async def calms_down(self) -> None:
        """Mend the wires and let a sweep pass, so that everything is known."""
        self.wires.cut = False
        await self.passes(SWEEP_S + 2.0)

    def _hire_node(self) -> None:
        self.nodes.append(self.office.another_node())

    def _fades(self, agent_id: UUID, seconds: float) -> None:
        until = self.clock.monotonic() + seconds + 1.0
        self._perhaps_until[agent_id] = max(until, self._perhaps_until.get(agent_id, 0.0))


async def tries(*doings: Callable[[], Awaitable[object]]) -> None:
    """Do something; what is refused changes nothing."""
    for do in doings:
        try:
            await do()
        except StorageUnavailable:
            raise
        except (AppError, StorageError):
            continue

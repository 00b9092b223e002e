"""Somebody leaves the shop's service: what they held must not be parked on a ghost."""

from server.services.announce import Announce
from server.services.assignment.ports import Offers
from server.services.clock import Clock
from server.services.router import Router
from server.services.stores import Stores
from storage.errors import Missing, NotYours, WrongState
from storage.people import AgentRow
from storage.rows import ConversationRow


class Departure:
    """Hands back conversations and offers of an agent who leaves."""

    def __init__(
        self, stores: Stores, offers: Offers, announce: Announce, router: Router, clock: Clock
    ) -> None:
        self._stores, self._offers, self._announce = stores, offers, announce
        self._router, self._clock = router, clock

    async def begin(self, agent: AgentRow) -> None:
        """Take the agent out of service, so that nothing new comes."""
        tasks = await self._stores.tasks.assigned_to(agent.id)
        await self._stores.agents.deactivate(agent.shop_id, agent.id, self._clock.now())
        await self._announce.tasks(agent.shop_id, tasks)  # whoever can does them now
        self._router.agent_touched(agent.shop_id, agent.id)

    async def step_out(self, agent: AgentRow) -> None:
        """Let who leads no more, or leaves, talk beside nobody; the customers are told."""
        for conversation_id in await self._stores.joining.of_agent(agent.id):
            try:
                moved = await self._stores.joining.step_out(
                    agent.shop_id, conversation_id, agent.id, self._clock.now()
                )
            except (Missing, WrongState):
                continue  # it ended meanwhile
            await self._announce.moved(moved)

    async def hand_back(self, agent: AgentRow) -> None:
        """Let what they held wait again, and talk beside nobody."""
        await self.step_out(agent)
        for offer in await self._offers.live_of_agent(agent.id):
            moved = await self._offers.end(offer.id, None, "agent_away", self._clock.now())
            if moved is not None:
                await self._announce.moved(moved)
        for row in await self._stores.conversations.in_hand(agent.id):
            try:
                await self._hand_back(agent, row)
            except (Missing, NotYours, WrongState):
                continue  # its customer or its agent was quicker

    async def _hand_back(self, agent: AgentRow, row: ConversationRow) -> None:
        now, transitions = self._clock.now(), self._stores.transitions
        if row.state == "wrap_up":
            moved = await transitions.finish(row.id, agent.id, row.outcome, now)
        else:
            moved = await transitions.left(row.id, agent.id, now)
        await self._announce.moved(moved)

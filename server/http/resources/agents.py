"""`/agents`: who works here."""

from server.http.endpoint import Call, Endpoint, NoContent, Nothing, endpoint
from server.protocol.setup.agents import AgentItems, AgentPatch, AgentRecord, NewAgent
from server.services.admin.agents import AgentsAdmin


class AgentsResource:
    """Agents of the shop. Everybody may look; supervisors and administrators may change."""

    def __init__(self, agents: AgentsAdmin) -> None:
        self._agents = agents

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one = "/agents", "/agents/{id}"
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=AgentItems),
            endpoint("POST", all_, self.create, takes=NewAgent, gives=AgentRecord, status=201),
            endpoint("GET", one, self.one, takes=Nothing, gives=AgentRecord),
            endpoint("PATCH", one, self.update, takes=AgentPatch, gives=AgentRecord),
            endpoint("DELETE", one, self.deactivate, takes=Nothing, gives=NoContent),
        ]

    async def list(self, call: Call, _: Nothing) -> AgentItems:
        """List the agents."""
        return await self._agents.list(call.seat)

    async def create(self, call: Call, given: NewAgent) -> AgentRecord:
        """Add an agent."""
        return await self._agents.create(call.seat, given)

    async def one(self, call: Call, _: Nothing) -> AgentRecord:
        """Show an agent."""
        return await self._agents.one(call.seat, call.id)

    async def update(self, call: Call, given: AgentPatch) -> AgentRecord:
        """Change an agent."""
        return await self._agents.update(call.seat, call.id, given)

    async def deactivate(self, call: Call, _: Nothing) -> NoContent:
        """Take an agent out of service; what they did stays, what they had in hand waits again."""
        await self._agents.deactivate(call.seat, call.id)
        return NoContent()

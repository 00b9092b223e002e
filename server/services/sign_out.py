"""Who signs out for good leaves no customer behind."""

from server.services.accounts import Accounts, token_hash
from server.services.admin.departure import Departure
from server.services.assignment.status import Statuses
from server.services.clock import Clock
from server.services.seats import AgentSeat
from server.services.stores import Stores


class SignOut:
    """Ends a sign-in. With an agent's last one, what they held waits again, at its age."""

    def __init__(
        self,
        stores: Stores,
        accounts: Accounts,
        statuses: Statuses,
        departure: Departure,
        clock: Clock,
    ) -> None:
        self._stores, self._accounts, self._statuses = stores, accounts, statuses
        self._departure, self._clock = departure, clock

    async def sign_out(self, seat: AgentSeat, token: str) -> None:
        """Hand back first: if that fails, the agent is signed in still and can try again."""
        was_last = await self._is_last(seat, token)
        if was_last:
            await self._leave(seat)
        await self._accounts.sign_out(token)
        if not was_last and await self._is_last(seat, token):  # two signed out at the same time
            await self._leave(seat)

    async def _is_last(self, seat: AgentSeat, token: str) -> bool:
        sessions, now = self._stores.agent_sessions, self._clock.now()
        return not await sessions.has_other(token_hash(token), seat.agent_id, now)

    async def _leave(self, seat: AgentSeat) -> None:
        agent = await self._stores.agents.get(seat.agent_id)
        if agent is not None:
            await self._statuses.set(seat, "away")
            await self._departure.hand_back(agent)

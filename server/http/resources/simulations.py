"""`/simulations`: a change, tried on the shop's own past."""

from server.http.endpoint import Call, Endpoint, Nothing, endpoint
from server.protocol.simulations import (
    Applied,
    ApplySimulation,
    NewSimulation,
    SimulationItems,
    SimulationRecord,
)
from server.services.simulations import Simulations


class SimulationsResource:
    """Questions to the simulator. Supervisors and administrators only."""

    def __init__(self, simulations: Simulations) -> None:
        self._simulations = simulations

    def endpoints(self) -> list[Endpoint]:
        """Return the table."""
        all_, one, apply = "/simulations", "/simulations/{id}", "/simulations/{id}/apply"
        return [
            endpoint("GET", all_, self.list, takes=Nothing, gives=SimulationItems),
            endpoint(
                "POST", all_, self.start, takes=NewSimulation, gives=SimulationRecord, status=202
            ),
            endpoint("GET", one, self.one, takes=Nothing, gives=SimulationRecord),
            endpoint("POST", apply, self.apply, takes=ApplySimulation, gives=Applied),
        ]

    async def list(self, call: Call, _: Nothing) -> SimulationItems:
        """List the newest simulations."""
        return await self._simulations.list(call.seat)

    async def start(self, call: Call, given: NewSimulation) -> SimulationRecord:
        """Try variants on a period; the answer comes later."""
        return await self._simulations.start(call.seat, given)

    async def one(self, call: Call, _: Nothing) -> SimulationRecord:
        """Show a simulation, answered or not."""
        return await self._simulations.one(call.seat, call.id)

    async def apply(self, call: Call, given: ApplySimulation) -> Applied:
        """Make a variant true."""
        return await self._simulations.apply(call.seat, call.id, given)

"""What tries changes on recorded traffic."""

from functools import partial

from server.parts.base import Base
from server.parts.use_cases import UseCases
from server.services.admin.variants import VariantsAdmin
from server.services.simulations import Simulations
from server.simulating.shop import recorded_traffic
from server.simulating.variants import RECORDED_MAX
from storage.setup import SetupStore
from storage.simulations import Simulations as SimulationStore


def simulations_of(base: Base, use: UseCases) -> Simulations:
    """Build what runs simulations, and applies what was tried."""
    return Simulations(
        store=SimulationStore(base.db),
        stores=base.stores,
        variants=VariantsAdmin(SetupStore(base.db), use.accounts, base.pokes, base.clock),
        recorded=partial(recorded_traffic, base.db, customers_max=RECORDED_MAX),
        clock=base.clock,
    )

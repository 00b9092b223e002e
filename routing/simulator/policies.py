"""What the policies of a comparison mean: whom the queues prefer, and whose turn it is.

``default`` is what production does where nobody has chosen; ``min_cost`` is the rule as the
literature has it, against which others compute reference values, and ``round_robin`` goes on behind
who was given a customer of any queue last, as theirs does.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from routing.order import CMU, FIFO, PRIMARY, SCORE, Order


class Rule(NamedTuple):
    """How the engine is set up: the policy of its queues, and the order of turns."""

    policy: str
    order: Order


POLICIES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "default": Rule("min_cost", SCORE),
        "min_cost": Rule("min_cost_by_the_book", CMU),
        "min_cost_fifo": Rule("min_cost_by_the_book", FIFO),
        "least_loaded": Rule("least_loaded_drawn", FIFO),
        "least_loaded_idle": Rule("least_loaded", FIFO),
        "longest_idle": Rule("longest_idle", FIFO),
        "round_robin": Rule("round_robin_of_shop", FIFO),
        "least_flexible": Rule("least_flexible", FIFO),
        "fastest_first": Rule("fastest_first", FIFO),
        "random": Rule("random", FIFO),
        "most_loaded": Rule("most_loaded", FIFO),
        "slowest_first": Rule("slowest_first", FIFO),
        "most_flexible": Rule("most_flexible", FIFO),
        "primary_first": Rule("primary_first", PRIMARY),
    }
)

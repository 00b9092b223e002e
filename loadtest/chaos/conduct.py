"""How nodes and servers behaved, as far as the checker judges it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conduct:
    """What was noticed of processes in a play; nothing when all is well."""

    died: Sequence[str] = ()
    """Who ended though nobody ended them."""
    unforeseen: Sequence[str] = ()
    """What nodes logged as errors, and counters of failures that should be 0."""

"""Which broken build must be caught under which fault, and by what: at least one for each fault."""

from dataclasses import dataclass, replace
from typing import Literal

from loadtest.chaos.checker import Kind
from loadtest.chaos.cluster import Premises
from loadtest.chaos.faults import FAULTS, Fault
from loadtest.chaos.play import Crowd, Outcome

RUNS = 3
PROVING = Crowd(customers=24, agents=7)
"""More than usual: who never hears of the last word must be there at the end."""

Mark = Kind | Literal["never"]
"""What is found; ``never`` is what did not heal in time, or people who never finished."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A fault, the build that does not survive it, and all that is found then."""

    fault_name: str
    build: str
    marks: tuple[Mark, ...]
    runs: int = RUNS
    """How often it strikes; what never heals need not strike again."""

    @property
    def fault(self) -> Fault:
        """What strikes, for as long as it ever does.

        What is dead for less than the 5 s after which everybody reconnects may harm nobody.
        """
        fault = FAULTS[self.fault_name]
        return replace(fault, lasts_s=(fault.lasts_s[1], fault.lasts_s[1]))

    @property
    def premises(self) -> Premises:
        """What the fault needs, with the build on it."""
        return replace(self.fault.premises, program=("loadtest.chaos.broken", self.build))

    def is_caught(self, outcome: Outcome) -> bool:
        """Tell whether the build was found to be broken, in every way it is."""
        return all(count(outcome, mark) for mark in self.marks)


def count(outcome: Outcome, mark: Mark) -> int:
    """Return how often that was found."""
    if mark == "never":
        return outcome.heals_s.count(None) + (not outcome.is_settled)
    return sum(finding.kind == mark for finding in outcome.findings)


PROOFS = (
    Proof("kill-node", "ack-before-commit", ("lost", "phantom")),
    Proof("kill-node", "forgets-hands", ("miscounted",)),
    Proof("kill-host", "accepts-twice", ("double-assigned",)),
    Proof("kill-host", "overlooks-some", ("waiting",)),
    Proof("stop-node", "reads-backwards", ("reordered",)),
    Proof("stop-host", "counts-badly", ("over capacity",)),
    Proof("kill-postgres", "ack-before-commit", ("lost",)),
    Proof("kill-valkey", "stays-deaf", ("never",), runs=1),
    Proof("kill-keeper", "ack-before-commit", ("lost",)),
    Proof("cut-postgres", "takes-silence-for-yes", ("phantom",)),
    Proof("cut-postgres", "gives-up", ("died",)),
    Proof("half-postgres-in", "takes-silence-for-yes", ("phantom",)),
    Proof("half-postgres-in", "cries-out", ("unforeseen",)),
    Proof("half-postgres-out", "takes-silence-for-yes", ("phantom",)),
    Proof("cut-valkey", "stays-deaf", ("missed", "never"), runs=1),
    Proof("half-valkey-in", "stays-deaf", ("never",), runs=1),
    Proof("half-valkey-out", "stays-deaf", ("never",), runs=1),
    Proof("cut-clients", "reads-backwards", ("reordered",)),
    Proof("half-clients-in", "reads-backwards", ("reordered",)),
    Proof("half-clients-out", "no-deduplication", ("doubled",)),
    Proof("slow-links", "accepts-twice", ("double-assigned",)),
    Proof("deaf-client", "keeps-the-deaf", ("never",), runs=1),
    Proof("lost-acks", "no-deduplication", ("doubled",)),
    Proof("clock-jump", "believes-own-clock", ("miscounted",)),
    Proof("disk-full", "takes-silence-for-yes", ("phantom",)),
    Proof("partition-host", "reads-backwards", ("reordered",)),
    Proof("partition-node", "reads-backwards", ("reordered",)),
    Proof("half-partition-in", "reads-backwards", ("reordered",)),
    Proof("half-partition-out", "reads-backwards", ("reordered",)),
)

"""Every fault and every finding has a broken build that must be caught, and is only then."""

from __future__ import annotations

import pytest

from loadtest.chaos.broken import BUILDS
from loadtest.chaos.checker import KINDS, Finding, Kind
from loadtest.chaos.faults import FAULTS
from loadtest.chaos.play import Outcome
from loadtest.chaos.proofs import PROOFS, Mark, Proof
from loadtest.chaos.report import proofs


def outcome(*kinds: Kind, heals_s: float | None = 1.0, is_settled: bool = True) -> Outcome:
    findings = [Finding(kind, "what") for kind in kinds]
    return Outcome("kill-node", 1, 1, [heals_s], findings, is_settled)


def test_every_fault_has_a_build_that_does_not_survive_it() -> None:
    assert {proof.fault_name for proof in PROOFS} == set(FAULTS)


def test_every_broken_build_is_tried_and_runs_on_what_the_fault_needs() -> None:
    assert {proof.build for proof in PROOFS} == set(BUILDS)
    for proof in PROOFS:
        assert proof.premises.program == ("loadtest.chaos.broken", proof.build)
        assert proof.premises.are_hosts == proof.fault.premises.are_hosts
        assert proof.premises.disk_mb == proof.fault.premises.disk_mb


def test_every_kind_of_finding_is_shown_to_be_found() -> None:
    assert {mark for proof in PROOFS for mark in proof.marks} == {*KINDS, "never"}


@pytest.mark.parametrize(
    ("marks", "found", "is_caught"),
    [
        (("lost", "phantom"), outcome("phantom", "lost"), True),
        (("lost", "phantom"), outcome("lost"), False),
        (("lost",), outcome("phantom", heals_s=None), False),
        (("never",), outcome(heals_s=None), True),
        (("never",), outcome(is_settled=False), True),
        (("never",), outcome("lost"), False),
    ],
)
def test_a_build_is_caught_when_all_is_found_that_is_wrong_with_it(
    marks: tuple[Mark, ...], found: Outcome, is_caught: bool
) -> None:
    proof = Proof("kill-node", "ack-before-commit", marks)

    assert proof.is_caught(found) is is_caught
    assert proofs([(proof, found)]).endswith("yes" if is_caught else "NO")

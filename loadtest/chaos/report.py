"""The table that people read, and the figures that programs do."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from loadtest.chaos.checker import KINDS
from loadtest.chaos.play import Outcome
from loadtest.chaos.proofs import Mark, Proof, count

SHOWN_MAX = 5
MARKS: tuple[Mark, ...] = (*KINDS, "never")


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a line for each fault."""
    head = ["fault", "runs", "acked", "assigned", *KINDS, "heal p50 s", "max s", "our lag s"]
    return _lines([head, *(_row(outcome) for outcome in outcomes)])


def proofs(outcomes: Sequence[tuple[Proof, Outcome]]) -> str:
    """Return a line for each fault with a broken build: what should be found, and what was."""
    head = ["fault", "broken build", "runs", "to be found", "found", "caught"]
    rows = [
        [
            proof.fault_name,
            proof.build,
            str(len(outcome.heals_s)),
            ", ".join(proof.marks),
            ", ".join(f"{mark} {count(outcome, mark)}" for mark in MARKS if count(outcome, mark)),
            "yes" if proof.is_caught(outcome) else "NO",
        ]
        for proof, outcome in outcomes
    ]
    return _lines([head, *rows])


def findings(outcome: Outcome) -> str:
    """Return the first findings of each kind, one a line."""
    shown: Counter[str] = Counter()
    lines: list[str] = []
    for finding in outcome.findings:
        shown[finding.kind] += 1
        if shown[finding.kind] <= SHOWN_MAX:
            lines.append(f"  {outcome.fault}: {finding.kind}: {finding.what}")
    return "\n".join(lines)


def figures(outcome: Outcome) -> dict[str, object]:
    """Return the same for programs."""
    return {
        "fault": outcome.fault,
        "runs": len(outcome.heals_s),
        "acked": outcome.acked,
        "assigned": outcome.assigned,
        **{kind: count(outcome, kind) for kind in KINDS},
        "heals_s": outcome.heals_s,
        "is_settled": outcome.is_settled,
        "our_lag_s": outcome.lag_s,
        "findings": [f"{each.kind}: {each.what}" for each in outcome.findings],
    }


def _lines(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _row(outcome: Outcome) -> list[str]:
    healed = [heal for heal in outcome.heals_s if heal is not None]
    is_healed = outcome.is_settled and None not in outcome.heals_s
    worst = f"{max(healed, default=0.0):.2f}" if is_healed else "never"
    return [
        outcome.fault,
        str(len(outcome.heals_s)),
        str(outcome.acked),
        str(outcome.assigned),
        *(str(count(outcome, kind)) for kind in KINDS),
        f"{median(healed):.2f}" if healed else "-",
        worst,
        f"{outcome.lag_s:.2f}",
    ]

"""The table that people read, and the figures that programs do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

from loadtest.chaos.broken import BUILDS
from loadtest.chaos.checker import KINDS
from loadtest.chaos.play import Outcome

SHOWN_MAX = 5


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a line for each fault."""
    head = ["fault", "runs", "acked", "assigned", *KINDS, "heal p50 s", "max s", "our lag s"]
    return _lines([head, *(_row(outcome) for outcome in outcomes)])


def proofs(outcomes: Mapping[str, Outcome]) -> str:
    """Return a line for each broken build: what should be found, and what was."""
    head = ["broken build", "fault", "runs", "to be found", "found", "caught"]
    rows = [
        [
            name,
            outcome.fault,
            str(len(outcome.heals_s)),
            ", ".join(BUILDS[name].caught),
            ", ".join(f"{kind} {_count(outcome, kind)}" for kind in KINDS if _count(outcome, kind)),
            "yes" if is_caught(name, outcome) else "NO",
        ]
        for name, outcome in outcomes.items()
    ]
    return _lines([head, *rows])


def is_caught(name: str, outcome: Outcome) -> bool:
    """Tell whether a broken build was found to be broken, in every way it is."""
    return all(_count(outcome, kind) for kind in BUILDS[name].caught)


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
        **{kind: _count(outcome, kind) for kind in KINDS},
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
        *(str(_count(outcome, kind)) for kind in KINDS),
        f"{median(healed):.2f}" if healed else "-",
        worst,
        f"{outcome.lag_s:.2f}",
    ]


def _count(outcome: Outcome, kind: str) -> int:
    return sum(finding.kind == kind for finding in outcome.findings)

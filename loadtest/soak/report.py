"""What a soak came to: what grew, what was lost, and the verdict."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from loadtest.bench.curves import Chart
from loadtest.soak.samples import POSTGRES, Sample
from loadtest.soak.trend import Flat, Trend, settled, trend

KB_MAX, FILES_MAX = 20.0, 0.1
"""What counts as flat: surely no more than so much each minute; 29 MB or 144 files a day."""


class Growth(Struct, frozen=True):
    """How one process changed over the last two thirds of the time."""

    process: str
    first_kb: float
    last_kb: float
    kb: Trend
    first_files: float
    last_files: float
    files: Trend

    @property
    def is_flat(self) -> Flat | Literal["not judged"]:
        """Whether neither memory nor files grow. PostgreSQL's processes come and go with pools."""
        if self.process == POSTGRES:
            return "not judged"
        both = {self.kb.is_flat(KB_MAX), self.files.is_flat(FILES_MAX)}
        return "NO" if "NO" in both else "unsure" if "unsure" in both else "yes"


class Outcome(Struct, frozen=True):
    """Everything that is told at the end; ``findings`` is what the checker says was not kept."""

    minutes: float
    growths: Sequence[Growth]
    swept: float
    failed: float
    acked: int
    stored: int
    counts: Mapping[str, int]
    findings: Sequence[str]
    unanswered: Sequence[str]
    samples: Mapping[str, Sequence[Sample]]

    @property
    def is_well(self) -> bool:
        """Whether all is surely flat, nothing was lost, all looks were answered, and so on.

        Who is not sure that nothing grows does not know that it is well.
        """
        is_flat = all(each.is_flat in {"yes", "not judged"} for each in self.growths)
        is_kept = self.acked == self.stored and not self.findings and not self.unanswered
        return is_flat and is_kept and not self.swept and not self.failed


def growth(process: str, samples: Sequence[Sample]) -> Growth:
    """Fit lines through what was seen of a process."""
    last = samples[settled([each.minute for each in samples])]
    minutes = [each.minute for each in last]
    return Growth(
        process=process,
        first_kb=samples[0].kb,
        last_kb=samples[-1].kb,
        kb=trend(minutes, [each.kb for each in last]),
        first_files=samples[0].files,
        last_files=samples[-1].files,
        files=trend(minutes, [each.files for each in last]),
    )


def told(outcome: Outcome) -> str:
    """Return what people read."""
    lines = [
        f"{outcome.minutes:.1f} minutes; slopes over the last two thirds, ± two standard errors",
        "",
        f"{'':<10}{'MB, first':>11}{'last':>8}{'kB a minute':>20}{'files, first':>14}{'last':>6}"
        f"{'a minute':>16}  flat",
    ]
    lines += [
        f"{each.process:<10}{each.first_kb / 1000:>11.1f}{each.last_kb / 1000:>8.1f}"
        f"{each.kb.per_minute:>+12.1f} ± {each.kb.half:<5.1f}{each.first_files:>14.0f}"
        f"{each.last_files:>6.0f}{each.files.per_minute:>+9.2f} ± {each.files.half:<4.2f}"
        f"  {each.is_flat}"
        for each in outcome.growths
    ]
    counted = ", ".join(f"{count:,} {name}" for name, count in outcome.counts.items())
    return "\n".join(
        [
            *lines,
            "",
            f"flat: surely no more than {KB_MAX:.0f} kB and {FILES_MAX} files a minute. A node's "
            "files are those beyond its clients' sockets;",
            "of PostgreSQL: the mean of what each process has for itself, and how many there are",
            f"{counted}",
            f"messages acknowledged {outcome.acked:,}, of them stored {outcome.stored:,}",
            f"found by the sweep only: {outcome.swept:.0f}; failures in the routing: "
            f"{outcome.failed:.0f}",
            f"looks that a node did not answer: {len(outcome.unanswered)}",
            *(f"  {each}" for each in outcome.unanswered[:5]),
            f"found by the checker: {len(outcome.findings)}",
            *(f"  {each}" for each in outcome.findings[:5]),
            *(
                f"{each.process}: not sure that it is flat; a longer run says more"
                for each in outcome.growths
                if each.is_flat == "unsure"
            ),
            "All is well." if outcome.is_well else "NOT WELL.",
        ]
    )


def chart(samples: Mapping[str, Sequence[Sample]]) -> Chart:
    """Return memory over time."""
    lines = {
        name: [(each.minute, each.kb / 1000) for each in seen] for name, seen in samples.items()
    }
    return Chart("Memory", "minutes", "MB", lines)

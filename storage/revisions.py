"""The revisions of the schema that this program knows, and which programs each leaves at work."""

import re
from functools import cache
from pathlib import Path

VERSIONS = Path(__file__).parent / "migrations" / "versions"
WORKS_WITH = re.compile(r"^-- works with: (\S+)$", re.MULTILINE)


def known_revisions() -> list[str]:
    """Return the revisions of this program, oldest first."""
    return sorted(path.stem for path in VERSIONS.glob("*.sql"))


def oldest_program(revision: str) -> str:
    """Return the newest revision that a program must know to work on the schema ``revision``.

    Each migration says it for itself (``-- works with: 0002_pre_routing``), and one that says
    nothing works only with programs that know it. What one has ended, no later one brings back.
    """
    return max(works_with(each) for each in known_revisions() if each <= revision)


@cache
def works_with(revision: str) -> str:
    """Return what the migration to ``revision`` itself says."""
    said = WORKS_WITH.search((VERSIONS / f"{revision}.sql").read_text(encoding="utf-8"))
    return revision if said is None else said[1]

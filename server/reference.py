"""Writes the generated pages of docs/reference: python -m server.reference [--check]."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic.fields import FieldInfo

from server.commands.wording import variable
from server.places import PROJECT
from server.settings import Settings
from storage.reports.figures import FIGURES

REFERENCE = PROJECT / "docs" / "reference"
HEAD = """\
# Settings

Made from `server/settings.py` by `make docs`. A node reads these environment variables once, when
it starts; `kefu check` says in sentences what is wrong with them. A variable that begins with
`KEFU_` and is not in this list is refused: most likely it is a spelling mistake.

| variable | default | range | what it does |
|---|---|---|---|
"""
FIGURES_HEAD = """\
# Figures of reports

Made from `storage/reports/figures.py` by `make docs`. Every figure that reports show, by the name
that the API and the export call it. A conversation counts when its customer asked, a *stretch* (a
conversation in one agent's hands) when the agent took it, an offer when it was made. Why it is
counted like this: [Reports](../design/reports.md).

| figure | unit | made of | what it means |
|---|---|---|---|
"""
SIGNS = {
    "ge": "≥",
    "gt": ">",
    "le": "≤",
    "lt": "<",
    "min_length": "length ≥",
    "max_length": "length ≤",
}


def settings_page() -> str:
    """Return the page of all settings."""
    return HEAD + "".join(
        f"| `{variable(name)}` | {_default(field)} | {_range(field)} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )


def _default(field: FieldInfo) -> str:
    value = None if field.default_factory is not None else field.default
    if value is None or value == ():
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _range(field: FieldInfo) -> str:
    limits = (
        f"{sign} {getattr(mark, name)}"
        for mark in field.metadata
        for name, sign in SIGNS.items()
        if hasattr(mark, name)
    )
    return ", ".join(limits)


def figures_page() -> str:
    """Return the page of all figures."""
    return FIGURES_HEAD + "".join(
        f"| `{each.name}` | {each.unit} | {each.source} | {each.meaning} |\n" for each in FIGURES
    )


def main(argv: list[str]) -> int:
    """Write the pages, or with ``--check`` say whether they are up to date."""
    pages = {"settings.md": settings_page(), "figures.md": figures_page()}
    return max(_written(REFERENCE / name, text, argv) for name, text in pages.items())


def _written(target: Path, text: str, argv: list[str]) -> int:
    if "--check" not in argv:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        return 0
    if not target.exists() or target.read_text("utf-8") != text:
        print(f"{_shown(target)} is out of date: run `make docs`.", file=sys.stderr)
        return 1
    return 0


def _shown(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

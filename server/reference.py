"""Writes the generated pages of docs/reference: python -m server.reference [--check]."""

from __future__ import annotations

import sys
from pathlib import Path

from pydantic.fields import FieldInfo

from server.commands.wording import variable
from server.places import PROJECT
from server.settings import Settings

TARGET = PROJECT / "docs" / "reference" / "settings.md"
HEAD = """\
# Settings

Made from `server/settings.py` by `make docs`. A node reads these environment variables once, when
it starts; `kefu check` says in sentences what is wrong with them. A variable that begins with
`KEFU_` and is not in this list is refused: most likely it is a spelling mistake.

| variable | default | range | what it does |
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


def main(argv: list[str]) -> int:
    """Write the page, or with ``--check`` say whether it is up to date."""
    text = settings_page()
    if "--check" not in argv:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, "utf-8")
        return 0
    if not TARGET.exists() or TARGET.read_text("utf-8") != text:
        print(f"{_shown(TARGET)} is out of date: run `make docs`.", file=sys.stderr)
        return 1
    return 0


def _shown(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

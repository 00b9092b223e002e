"""The setup of a shop in the form that files have: keys and addresses instead of ids."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from server.protocol.exchange import FaultCode, Part, SetupFault
from server.services.admin.exchange.json_text import parse
from server.services.admin.exchange.places import FAULTS_MAX, Entry, InTable, InText, Where
from server.services.admin.exchange.queue_fields import FIELDS, from_text, to_text
from server.services.admin.exchange.tables import (
    ENTRIES_MAX,
    Line,
    Unreadable,
    read_table,
    write_table,
)

VERSION = 1
SECTIONS: dict[Part, tuple[str, ...]] = {
    "all": ("shop", "skills", "agents", "queues"),
    "matrix": ("skills", "agents"),
    "queues": ("queues",),
}
ABOUT_AGENT = ("email", "name", "capacity")
LEVELS = frozenset("012345")
SKILL = "skill:"
"""Stands before a skill's key where it would be taken for another column."""

Document = Mapping[str, object]


@dataclass(slots=True)
class Wanted:
    """What a file asks for, and what could not be read of it."""

    shop: list[Entry] = field(default_factory=list[Entry])
    skills: list[Entry] = field(default_factory=list[Entry])
    agents: list[Entry] = field(default_factory=list[Entry])
    queues: list[Entry] = field(default_factory=list[Entry])
    faults: list[SetupFault] = field(default_factory=list[SetupFault])
    is_table: bool = False

    def fault(
        self, where: Where, message: str, name: str | None = None, code: FaultCode = "structure"
    ) -> None:
        """Keep what is wrong; where it stands is looked up for so many only as are shown."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(where.fault(message, name, code))


def write_json(document: Document, part: Part) -> str:
    """Return the setup, or a part of it, as JSON that people can read."""
    sections = {name: document[name] for name in SECTIONS[part]}
    whole = {"version": VERSION, **sections}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def read_json(text: str) -> Wanted:
    """Read what ``write_json`` wrote; sections that are not there ask for nothing."""
    wanted, top = Wanted(), InText(text)
    try:
        given = parse(text)
    except Unreadable as error:
        wanted.faults.append(error.fault)
        return wanted
    if not isinstance(given, dict):
        wanted.fault(top, "This must be an object with sections.")
        return wanted
    for name, section in cast("dict[str, object]", given).items():
        if name == "version":
            if section != VERSION:
                wanted.fault(top, "We read version 1 of this file only.", name)
        elif name in SECTIONS["all"]:
            _read_section(wanted, name, section, text)
        else:
            wanted.fault(top, f"There is no section {name}.", name)
    return wanted


def _read_section(wanted: Wanted, name: str, section: object, text: str) -> None:
    items, base = section, (name,)
    if name == "shop":
        items = [section]
    if not isinstance(items, list):
        wanted.fault(InText(text, base), "This must be a list.")
        return
    if len(cast("list[object]", items)) > ENTRIES_MAX:
        wanted.fault(InText(text, base), f"At most {ENTRIES_MAX} can be taken at once.")
        return
    entries: list[Entry] = getattr(wanted, name)
    for number, item in enumerate(cast("list[object]", items)):
        where = InText(text, base if name == "shop" else (name, number))
        if isinstance(item, dict):
            entries.append(Entry(cast("dict[str, object]", item), where))
        else:
            wanted.fault(where, "This must be an object.")


def write_matrix(document: Document) -> str:
    """Return the skills matrix: a row for each agent, a column for each skill."""
    keys = [str(skill["key"]) for skill in _section(document, "skills")]
    rows = [[*ABOUT_AGENT, *map(_column, keys)]]
    for agent in _section(document, "agents"):
        levels = cast("Mapping[str, int]", agent["skills"])
        about = [str(agent[name]) for name in ABOUT_AGENT]
        rows.append([*about, *(str(levels.get(key, "")) for key in keys)])
    return write_table(rows)


def write_queues(document: Document) -> str:
    """Return the queues: a row for each, a column for each setting."""
    rows = [
        [str(queue["key"]), *(to_text(name, queue[name]) for name in FIELDS)]
        for queue in _section(document, "queues")
    ]
    return write_table([["key", *FIELDS], *rows])


def read_matrix(text: str) -> Wanted:
    """Read a skills matrix. An empty cell is no skill; a column that is not there is unchanged."""
    wanted = Wanted(is_table=True)
    rows = _rows(wanted, text, must_have="email")
    twice = _twice(rows[0][2]) if rows else None
    if twice is not None:
        wanted.faults.append(twice)
        return wanted
    for line, cells, columns in rows:
        values: dict[str, object] = {}
        levels: dict[str, object] = {}
        places: dict[str, int] = {}
        for name, cell in cells.items():
            plain, key = cell.strip(), name.removeprefix(SKILL)
            if name not in ABOUT_AGENT:
                places[f"skills.{key}"] = columns[name]
                levels[key] = plain or 0
                if plain and plain not in LEVELS:
                    del levels[key]
                    where = InTable(line.number, columns)
                    wanted.fault(where, "A level is a number from 0 to 5.", name, "level")
            elif plain:
                values[name] = cell if name == "name" else plain
        if levels:
            values["skills"] = levels
        wanted.agents.append(Entry(values, InTable(line.number, {**columns, **places})))
    return wanted


def read_queues(text: str) -> Wanted:
    """Read a table of queues. A column that is not there is unchanged."""
    wanted = Wanted(is_table=True)
    strange: dict[str, int] = {}
    for line, cells, columns in _rows(wanted, text, must_have="key"):
        where = InTable(line.number, columns)
        values: dict[str, object] = {}
        for name, cell in cells.items():
            if name not in {"key", *FIELDS}:
                strange[name] = columns[name]
                continue
            try:
                values[name] = cell.strip() if name == "key" else from_text(name, cell)
            except ValueError as error:
                code = "value" if cell.strip() else "empty"
                wanted.fault(where, str(error), name, code)
        wanted.queues.append(Entry(values, where))
    for name in strange:
        where = InTable(1, strange)
        wanted.fault(where, f"A queue has no setting {name}.", name, "unknown_setting")
    return wanted


def _rows(
    wanted: Wanted, text: str, must_have: str
) -> list[tuple[Line, dict[str, str], dict[str, int]]]:
    try:
        names, lines = read_table(text, must_have)
    except Unreadable as error:
        wanted.faults.append(error.fault)
        return []
    columns = {name: number for number, name in enumerate(names, 1)}
    return [(line, dict(zip(names, line.cells, strict=False)), columns) for line in lines]


def _twice(columns: Mapping[str, int]) -> SetupFault | None:
    """Return what is wrong when two columns are of the same skill: `refunds`, `skill:refunds`."""
    keys: dict[str, str] = {}
    for name, column in columns.items():
        key = name if name in ABOUT_AGENT else SKILL + name.removeprefix(SKILL)
        if key in keys:
            message = f"The columns {keys[key]} and {name} are of the same skill."
            return SetupFault(message=message, code="column", line=1, column=column, field=name)
        keys[key] = name
    return None


def _column(key: str) -> str:
    return f"{SKILL}{key}" if key in ABOUT_AGENT or key.startswith(SKILL) else key


def _section(document: Document, name: str) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", document[name])

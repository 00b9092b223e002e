"""Reads demand out of a CSV or JSON file; a mistake is told with its line and field."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from routing.demand import Demand
from server.commands.refused import Refused

NEEDED: Final = ("queue", "start", "arrivals", "handle_s")
FIELDS: Final = (*NEEDED, "patience_s")

Entry = tuple[str, Mapping[str, object]]
"""Where it stands, and its fields."""


def read_demand(path: Path) -> list[Demand]:
    """Return what stands in the file, in its order; Refused says what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise Refused(f"{path} cannot be read: {reason}.") from error
    entries = _of_json(path, text) if path.suffix.lower() == ".json" else _of_csv(path, text)
    found: dict[tuple[str, datetime], str] = {}
    demands: list[Demand] = []
    for where, fields in entries:
        demand = _demand(where, fields)
        key = (demand.queue, demand.start)
        if key in found:
            raise Refused(f"{where}: {demand.queue} at that start was told before, {found[key]}.")
        found[key] = where
        demands.append(demand)
    if not demands:
        raise Refused(f"{path} has no demand in it.")
    return demands


def _of_csv(path: Path, text: str) -> Iterator[Entry]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in rows.fieldnames or ()]
        _check_names(f"{path}, line 1", header)
        rows.fieldnames = header
        for row in rows:
            where = f"{path}, line {rows.line_num}"
            if None in row:
                raise Refused(f"{where}: There are more values than columns.")
            yield where, {name: value for name, value in row.items() if value}
    except csv.Error as error:
        raise Refused(f"{path}, line {rows.line_num + 1}: This is no CSV: {error}.") from error


def _of_json(path: Path, text: str) -> Iterator[Entry]:
    try:
        told = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(f"{path}, line {error.lineno}: This is no JSON: {error.msg}.") from error
    except RecursionError:
        raise Refused(f"{path}: This is no JSON: it is nested too deeply.") from None
    if not isinstance(told, list):
        raise Refused(f"{path}: The file should be a list of objects.")
    for number, entry in enumerate(cast("list[object]", told), 1):
        where = f"{path}, entry {number}"
        if not isinstance(entry, dict):
            raise Refused(f"{where}: This should be an object.")
        fields = cast("dict[str, object]", entry)
        _check_names(where, list(fields))
        yield where, {name: value for name, value in fields.items() if value is not None}


def _check_names(where: str, names: list[str]) -> None:
    for name in names:
        if name not in FIELDS:
            close = difflib.get_close_matches(name, FIELDS, n=1)
            meant = f" Did you mean {close[0]}?" if close else f" There are {', '.join(FIELDS)}."
            raise Refused(f"{where}: There is no field {name!r}.{meant}")
    for name in NEEDED:
        if name not in names:
            raise Refused(f"{where}: The field {name} is missing.")


def _demand(where: str, fields: Mapping[str, object]) -> Demand:
    for name in NEEDED:
        if name not in fields:
            raise Refused(f"{where}: {name} is empty.")
    patience_s = _number(where, fields, "patience_s") if "patience_s" in fields else None
    try:
        return Demand(
            queue=str(fields["queue"]).strip(),
            start=_start(where, fields["start"]),
            arrivals=_number(where, fields, "arrivals"),
            handle_s=_number(where, fields, "handle_s"),
            patience_s=patience_s,
        )
    except ValueError as error:
        raise Refused(f"{where}: {error}") from error


def _number(where: str, fields: Mapping[str, object], name: str) -> float:
    value = fields[name]
    try:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise Refused(f"{where}: {name} should be a number, not {value!r}.")


def _start(where: str, value: object) -> datetime:
    try:
        return datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise Refused(
            f"{where}: start should be a time such as 2026-03-02T09:30, not {value!r}."
        ) from None

"""Where in a file something stands, for whoever has to mend it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from server.protocol.exchange import FaultCode, SetupFault

FAULTS_MAX = 50
"""More than so many mistakes nobody mends at once."""

Step = str | int
_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")
_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")


class Where(Protocol):
    """Knows where the fields of one entry stand."""

    def fault(self, message: str, name: str | None = None, code: FaultCode = "value") -> SetupFault:
        """Return what is wrong with a field, and where it stands."""
        ...


@dataclass(frozen=True, slots=True)
class InTable:
    """A row of a table: its line, and the column of each field."""

    line: int
    columns: Mapping[str, int]

    def fault(self, message: str, name: str | None = None, code: FaultCode = "value") -> SetupFault:
        """Return what is wrong with a cell; of ``skills[0].level`` it is the cell ``skills``."""
        root = re.split(r"[.\[]", name)[0] if name else ""
        column = self.columns.get(name or "", self.columns.get(root))
        return SetupFault(message=message, code=code, line=self.line, column=column, field=name)


@dataclass(frozen=True, slots=True)
class InText:
    """A value in a JSON text, and the way to it."""

    text: str = field(repr=False)
    path: tuple[Step, ...] = ()

    def fault(self, message: str, name: str | None = None, code: FaultCode = "value") -> SetupFault:
        """Return what is wrong with a value below this one."""
        line, column = position_of(self.text, [*self.path, *steps_of(name or "")])
        return SetupFault(message=message, code=code, line=line, column=column, field=name)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says of one thing, by field, and where it says so."""

    values: Mapping[str, object]
    where: Where


def steps_of(path: str) -> list[Step]:
    """Read ``skills[0].level``."""
    return [int(number) if number else name for number, name in _STEP.findall(path)]


def position_of(text: str, path: Sequence[Step]) -> tuple[int, int]:
    """Return line and column of the value that a path leads to, or of the last on the way."""
    at = _blank(text, 0)
    for step in path:
        found = _inside(text, at, step)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _inside(text: str, at: int, step: Step) -> int | None:
    """Return where a member of the object or list at ``at`` begins."""
    kind, number = text[at : at + 1], 0
    if kind not in {"{", "["}:
        return None
    at = _blank(text, at + 1)
    while text[at : at + 1] not in {"}", "]", ""}:
        name: object = number
        if kind == "{":
            name, at = _DECODER.raw_decode(text, at)
            at = _blank(text, _blank(text, at) + 1)
        if name == step:
            return at
        _, at = _DECODER.raw_decode(text, at)
        at, number = _blank(text, at), number + 1
        if text[at : at + 1] == ",":
            at = _blank(text, at + 1)
    return None


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()

"""Keys for people, ids for programs: what files name by the one is stored by the other."""

from collections.abc import Callable, Mapping
from typing import cast

from server.protocol.exchange import FaultCode

Names = Mapping[str, Mapping[str, str]]
"""By the name of a field (``skill``, ``queue``): what its values are called instead."""


class Unknown(ValueError):
    """There is nothing by that name."""

    def __init__(self, field: str, value: str, path: str) -> None:
        super().__init__(f"There is no {field} {value}.")
        self.path = path
        self.code: FaultCode = "unknown_skill" if field == "skill" else "unknown_queue"


def renamed(value: object, names: Names, path: str = "") -> object:
    """Return ``value`` with everything that is named in it named otherwise; raise Unknown."""
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [renamed(item, names, f"{path}[{i}]") for i, item in enumerate(items)]
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {name: _other(name, each, names, f"{path}.{name}") for name, each in fields.items()}
    return value


def _other(name: str, value: object, names: Names, path: str) -> object:
    if name not in names or not isinstance(value, str):
        return renamed(value, names, path)
    if value not in names[name]:
        raise Unknown(name, value, path)
    return names[name][value]


def turned(names: Mapping[str, str]) -> dict[str, str]:
    """Return a table of names the other way round."""
    return {other: name for name, other in names.items()}


def each_once(key: str, seen: set[str], refuse: Callable[[str], object]) -> bool:
    """Tell whether a key comes for the first time; refuse it otherwise."""
    if key in seen:
        refuse(f"{key} stands twice in this file.")
        return False
    seen.add(key)
    return True

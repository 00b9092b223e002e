"""Every number that somebody may send has bounds that PostgreSQL can keep."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from msgspec import inspect

import server.http
import server.protocol
from server.protocol.commands import Command

INT8_MIN, INT8_MAX = -(2**63), 2**63 - 1


def commands(kind: type[Command] = Command) -> Iterator[type[Command]]:
    """All that clients may send, wherever it is written."""
    for package in (server.protocol, server.http):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for each in kind.__subclasses__():
        yield each
        yield from commands(each)


def is_bounded(number: inspect.IntType | inspect.FloatType) -> bool:
    low = number.gt if number.ge is None else number.ge
    high = number.lt if number.le is None else number.le
    if low is None or high is None:
        return False
    return float(INT8_MIN) <= low and high <= (
        INT8_MAX if isinstance(number, inspect.IntType) else float(INT8_MAX)
    )


def within(kind: inspect.Type, path: str) -> Iterator[tuple[inspect.Type, str]]:
    """What a type is made of, by the way to it."""
    match kind:
        case inspect.StructType():
            yield from ((each.type, f"{path}.{each.name}") for each in kind.fields)
        case inspect.UnionType():
            yield from ((each, path) for each in kind.types)
        case inspect.TupleType():
            yield from ((each, path) for each in kind.item_types)
        case inspect.ListType() | inspect.SetType() | inspect.VarTupleType():
            yield kind.item_type, f"{path}[]"
        case inspect.DictType():
            yield kind.value_type, f"{path}{{}}"
        case _:
            pass


def unbounded(kind: inspect.Type, path: str) -> Iterator[str]:
    if isinstance(kind, inspect.IntType | inspect.FloatType) and not is_bounded(kind):
        yield path
    for each, way in within(kind, path):
        yield from unbounded(each, way)


@pytest.mark.parametrize("kind", sorted(set(commands()), key=lambda kind: kind.__name__))
def test_p9_every_number_that_somebody_may_send_is_bounded(kind: type[Command]) -> None:
    assert list(unbounded(inspect.type_info(kind), kind.__name__)) == []

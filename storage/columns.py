"""Rows as dataclasses. A schema that is one version ahead of this program may have more columns."""

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from storage.database import Record

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")


def row_of(kind: type[Row], record: Record, **instead: object) -> Row:
    """Return the columns that ``kind`` knows, some of them replaced; it overlooks the others."""
    known = _names(kind)
    found = {name: value for name, value in record.items() if name in known}
    return kind(**{**found, **instead})


@cache
def _names(kind: "type[DataclassInstance]") -> frozenset[str]:
    return frozenset(field.name for field in fields(kind))

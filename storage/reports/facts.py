"""Counts figures out of facts: everything is exact, and takes as long as there are rows."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from typing import Any, LiteralString, Protocol

from storage.database import Record
from storage.reports.counts import Counted, Scope, Table, key_of, together
from storage.reports.figures import Figure, Source
from storage.reports.queries import By, counting, levelling, overlapping

SOURCES: tuple[Source, ...] = ("conversations", "stretches", "offers")
PLAIN = frozenset({"sum", "mean", "p50", "p90"})

Part = Coroutine[None, None, Table]
"""Some figures of a report, once it is awaited."""


class Fetch(Protocol):
    """Runs a statement when its turn comes."""

    async def __call__(self, query: LiteralString, /, *arguments: object) -> list[Record]:
        """Return all rows."""
        ...


class FromFacts:
    """Goes through the rows of a time."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    def parts(self, scope: Scope, by: By, figures: Sequence[Figure]) -> Iterator[Part]:
        """Return what is to be awaited for these figures."""
        for source in SOURCES:
            plain = [each for each in figures if each.source == source and each.way in PLAIN]
            if plain:
                yield self.plain(scope, source, by, plain)
        for each in figures:
            if each.way not in PLAIN:
                yield self.special(scope, by, each)

    async def plain(self, scope: Scope, source: Source, by: By, figures: Sequence[Figure]) -> Table:
        """Count sums, means and percentiles of one source."""
        rows = await self._fetch(counting(source, by, figures), *scope.arguments())
        return {key_of(row): in_fours(row, figures) for row in rows}

    async def special(self, scope: Scope, by: By, figure: Figure) -> Table:
        """Count a figure that is no sum of its rows."""
        if figure.way == "virtual":
            rows = await self._fetch(levelling(by, figure), *scope.arguments())
            found = [(row, Counted(row["n"], value=row["level"])) for row in rows]
        else:
            rows = await self._fetch(overlapping(by, figure), *scope.arguments())
            found = [(row, Counted(row["n"], row["total"], row["weight"])) for row in rows]
        return {key_of(row): {figure.name: counted} for row, counted in found}


async def in_parts(parts: Iterable[Part]) -> Table:
    """Return one table of all parts. When one is refused, none of the others goes on."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part) for part in parts]
    except BaseExceptionGroup as refused:
        raise refused.exceptions[0] from None
    return together([task.result() for task in tasks])


def in_fours(row: Record, figures: Sequence[Figure]) -> dict[str, Counted]:
    """Return the figures of a row, in which each has four columns."""
    return {
        each.name: _counted(each, tuple(row)[2 + 4 * place : 6 + 4 * place])
        for place, each in enumerate(figures)
    }


def _counted(figure: Figure, columns: Sequence[Any]) -> Counted:
    n, first, weight, deviation = columns
    if figure.way in {"p50", "p90"}:
        return Counted(n, value=first)
    return Counted(n, first, weight, deviation=deviation)

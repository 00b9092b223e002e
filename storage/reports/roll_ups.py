"""Counts figures out of roll-ups, and out of facts what those do not tell.

A statement over roll-ups has no rows where not all of the time is rolled up, by the clock that is
asked for; then the facts are counted.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.reports import bins
from storage.reports.counts import Counted, Scope, Table, key_of
from storage.reports.facts import SOURCES, Fetch, FromFacts, Part, in_fours, in_parts
from storage.reports.figures import Figure, Source
from storage.reports.queries import By
from storage.reports.rolled import SUMS, busying, summing
from storage.reports.spread import spreading, surviving


class FromRollUps:
    """Goes through the days of a time."""

    def __init__(self, fetch: Fetch, facts: FromFacts) -> None:
        self._fetch, self._facts = fetch, facts

    def parts(self, scope: Scope, by: By, figures: Sequence[Figure]) -> Iterator[Part]:
        """Return what is to be awaited for these figures."""
        for source in SOURCES:
            sums = [each for each in figures if each.source == source and each.name in SUMS]
            if sums:
                yield self._sums(scope, source, by, sums)
        others = [each for each in figures if each.name not in SUMS]
        if by == "weekhour":
            yield from self._facts.parts(scope, by, others)
            return
        spread = [each for each in others if each.way not in WAYS]
        if spread:
            yield self._spread(scope, by, spread)
        for each in others:
            if each.way in WAYS:
                yield self._special(scope, by, each)

    async def _sums(self, scope: Scope, source: Source, by: By, figures: Sequence[Figure]) -> Table:
        rows = await self._fetch(summing(source, by, figures), *scope.arguments())
        if not rows:
            return await self._facts.plain(scope, source, by, figures)
        return {key_of(row): in_fours(row, figures) for row in rows}

    async def _spread(self, scope: Scope, by: By, figures: Sequence[Figure]) -> Table:
        within = bins.limit(scope.within_ms)
        rows = await self._fetch(spreading(by, figures), *scope.arguments()[:5], *within)
        if not rows:
            return await in_parts(self._facts.parts(scope, by, figures))
        is_rough = within[1] > 0
        return {
            key_of(row): {
                each.name: _of_bins(each, tuple(row)[2 + 3 * place : 5 + 3 * place], is_rough)
                for place, each in enumerate(figures)
            }
            for row in rows
        }

    async def _special(self, scope: Scope, by: By, figure: Figure) -> Table:
        if figure.way == "virtual":
            within = bins.limit(scope.within_ms)
            rows = await self._fetch(surviving(by, figure), *scope.arguments()[:5], *within)
            found = [(row, Counted(row["n"], value=row["level"], rough=True)) for row in rows]
        else:
            rows = await self._fetch(busying(by), *scope.arguments())
            found = [
                (row, Counted(row["n"], row["total"], row["weight"], rough=True)) for row in rows
            ]
        if not rows:
            return await self._facts.special(scope, by, figure)
        return {key_of(row): {figure.name: counted} for row, counted in found}


WAYS = frozenset({"virtual", "concurrency"})


def _of_bins(figure: Figure, columns: Sequence[Any], is_rough: bool) -> Counted:
    n, found, weight = columns
    if figure.level is not None:
        return Counted(n, found, weight, rough=is_rough)
    return Counted(n, value=None if found is None else bins.middle_ms(found), rough=True)

"""What a change of the schema takes from programs that were there before, found in the catalogue.

A migration can be written in many ways, so its text is not read: what there was before is compared
with what there is afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from storage.database import Queries

REVIEWED = re.compile(r"^-- reviewed: (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Column:
    """A column as those who write rows meet it."""

    kind: str
    may_be_null: bool
    is_required: bool
    default: str | None


@dataclass(frozen=True)
class Catalogue:
    """What programs rely on. Rules are checks, keys, unique indexes and triggers of a table."""

    columns: dict[tuple[str, str], Column]
    rules: dict[str, tuple[str, frozenset[str], str]]
    indexes: dict[str, str]
    functions: dict[str, tuple[str, str]]

    @property
    def tables(self) -> set[str]:
        """All tables."""
        return {table for table, _ in self.columns}


async def catalogue(db: Queries) -> Catalogue:
    """Read it."""
    return Catalogue(
        columns={
            (row["table"], row["name"]): Column(
                row["kind"], row["null"], row["required"], row["default"]
            )
            for row in await db.fetch(COLUMNS)
        },
        rules={
            row["name"]: (row["table"], frozenset(row["columns"]), row["definition"])
            for row in await db.fetch(RULES)
        },
        indexes={row["indexname"]: row["indexdef"] for row in await db.fetch(INDEXES)},
        functions={row["name"]: (row["takes"], row["source"]) for row in await db.fetch(FUNCTIONS)},
    )


def taken(before: Catalogue, after: Catalogue) -> dict[str, str]:
    """Return what no longer does for who knows only ``before``, by name, and why."""
    return dict(
        [
            *_columns_taken(before, after),
            *_rules_taken(before, after),
            *_indexes_taken(before, after),
            *_functions_taken(before, after),
        ]
    )


def reviewed(sql: str) -> set[str]:
    """Return what a migration names as looked at by people: ``-- reviewed: name, name``."""
    return {name.strip() for line in REVIEWED.findall(sql) for name in line.split(",")}


def _columns_taken(before: Catalogue, after: Catalogue) -> Iterator[tuple[str, str]]:
    for (table, name), column in before.columns.items():
        now = after.columns.get((table, name))
        if now is None:
            yield f"{table}.{name}", "is gone"
        elif now.kind != column.kind:
            yield f"{table}.{name}", f"was {column.kind} and is {now.kind}"
        elif now.is_required and not column.is_required:
            yield f"{table}.{name}", "has to be given now"
        elif now.may_be_null != column.may_be_null:
            yield f"{table}.{name}", "may be null no longer, or now"
    for (table, name), column in after.columns.items():
        is_new = (table, name) not in before.columns and table in before.tables
        if is_new and column.is_required:
            yield f"{table}.{name}", "is new and has to be given"


def _rules_taken(before: Catalogue, after: Catalogue) -> Iterator[tuple[str, str]]:
    for name, rule in before.rules.items():
        if name not in after.rules:
            yield name, "is gone; who relied on it?"
        elif after.rules[name] != rule:
            yield name, "is another rule now"
    for name, (table, columns, definition) in after.rules.items():
        if name in before.rules or table not in before.tables:
            continue
        own = [after.columns[table, each] for each in columns]
        old = [each for each in columns if (table, each) in before.columns]
        is_of_new_ones = bool(columns) and not old
        is_unique = definition.startswith(("UNIQUE", "PRIMARY", "CREATE UNIQUE", "EXCLUDE"))
        always_apart = any(each.may_be_null and each.default is None for each in own)
        if not is_of_new_ones or (is_unique and not always_apart):
            yield name, "is a new rule that they do not know"


def _indexes_taken(before: Catalogue, after: Catalogue) -> Iterator[tuple[str, str]]:
    for name, definition in before.indexes.items():
        if after.indexes.get(name) != definition:
            yield name, "is gone, or another index now; whose query used it?"


def _functions_taken(before: Catalogue, after: Catalogue) -> Iterator[tuple[str, str]]:
    for name, (takes, source) in before.functions.items():
        now = after.functions.get(name)
        if now is None or now[0] != takes:
            yield name, "is gone, or called otherwise"
        elif now[1] != source:
            yield name, "does something else now"


COLUMNS = """
SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS kind,
       pg_get_expr(d.adbin, d.adrelid) AS default, NOT a.attnotnull AS null,
       a.attnotnull AND d.adbin IS NULL AND a.attidentity = '' AND a.attgenerated = '' AS required
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
   AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
"""

RULES = """
SELECT conname AS name, conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS definition,
       coalesce((SELECT array_agg(attname::text) FROM pg_attribute
                  WHERE attrelid = conrelid AND attnum = ANY (conkey)), '{}') AS columns
  FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
   AND conrelid <> 'alembic_version'::regclass
UNION ALL
SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid),
       coalesce((SELECT array_agg(attname::text) FROM pg_attribute
                  WHERE attrelid = i.indrelid AND attnum = ANY (i.indkey::smallint[])), '{}')
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique
   AND NOT EXISTS (SELECT FROM pg_constraint
                    WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
UNION ALL
SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid), '{}'
  FROM pg_trigger WHERE NOT tgisinternal
"""

INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
 WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""

FUNCTIONS = """
SELECT proname AS name, pg_get_functiondef(oid) AS source,
       pg_get_function_arguments(oid) || ' → ' || coalesce(pg_get_function_result(oid), '') AS takes
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""

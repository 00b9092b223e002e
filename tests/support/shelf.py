"""Databases that tests borrow and bring back: to empty one is quicker than to make one.

One is lent again only if it is as it was made: nobody changed the schema or what belongs to it,
left statistics behind, or made it grow. Otherwise it is dropped, and the next test gets a new one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

GROWN_MAX = 2**20
"""Bytes. What was deleted stays in the files, and files of another size may have other plans."""


def renamed(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


async def administer(url: str, *statements: str) -> None:
    """Execute statements that cannot run inside a transaction."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


class Shelf:
    """The databases of one worker, all made from one template."""

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._free: list[str] = []
        self._made: tuple[str, int] | None = None

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[str]:
        """Lend an empty database; yield its address."""
        name = self._free.pop() if self._free else await self._make()
        yield renamed(self._server, name)
        if await self._is_emptied(name):
            self._free.append(name)
        else:
            await administer(self._server, f"DROP DATABASE {name} WITH (FORCE)")

    async def _make(self) -> str:
        name = f"test_{uuid4().hex}"
        create = f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY WAL_LOG"
        await administer(self._server, create)
        if self._made is None:
            connection = await asyncpg.connect(renamed(self._server, name))
            self._made = await _state(connection)
            await connection.close()
        return name

    async def _is_emptied(self, name: str) -> bool:
        """Empty it; False when it is not as it was made."""
        assert self._made is not None
        connection = await asyncpg.connect(renamed(self._server, name))
        try:
            await connection.execute(END_OTHERS)
            schema, size = await _state(connection)
            if schema != self._made[0] or size > self._made[1] + GROWN_MAX:
                return False
            await connection.execute(EMPTY)
        except asyncpg.PostgresError:
            return False
        else:
            return True
        finally:
            await connection.close()


async def _state(connection: asyncpg.Connection) -> tuple[str, int]:
    row = await connection.fetchrow(STATE)
    assert row is not None
    return row["schema"], row["size"]


END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

# A copied database has the oids of its template. Whoever analyses leaves statistics.
STATE = """
SELECT pg_database_size(current_database()) AS size, md5(concat_ws('|',
       (SELECT string_agg(concat_ws(',', oid, relname, relkind, relnatts, reltuples), ';'
                          ORDER BY oid)
          FROM pg_class WHERE relnamespace = 'public'::regnamespace),
       (SELECT string_agg(concat_ws(',', attrelid, attname, atttypid, attnotnull, atthasdef), ';'
                          ORDER BY attrelid, attnum)
          FROM pg_attribute WHERE attnum > 0 AND attrelid >= 16384),
       (SELECT string_agg(concat_ws(',', oid, proname, md5(prosrc)), ';' ORDER BY oid)
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
       (SELECT string_agg(concat_ws(',', oid, tgname, tgenabled), ';' ORDER BY oid)
          FROM pg_trigger),
       (SELECT string_agg(concat_ws(',', oid, conname, convalidated), ';' ORDER BY oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
       (SELECT count(*) FROM pg_namespace),
       (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
         WHERE d.datname = current_database()),
       (SELECT count(*) FROM pg_statistic WHERE starelid >= 16384),
       (SELECT string_agg(version_num, ',') FROM alembic_version))) AS schema
"""

# Only where something is: there are many tables. Triggers have nothing to say meanwhile.
EMPTY = """
DO $$
DECLARE
    each regclass;
    is_full boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR each IN SELECT oid FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                   AND NOT relispartition AND relname <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', each) INTO is_full;
        IF is_full THEN
            EXECUTE format('DELETE FROM %s', each);
        END IF;
    END LOOP;
END $$
"""

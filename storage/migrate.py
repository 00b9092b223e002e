"""Which schema the database has, which one we know, and how it gets there.

For an upgrade without a pause the schema moves first: it is expanded while nodes of the version
before run, and start, on it. So the schema says which programs it works with, where a program that
does not know its revision can read it: in the comment on alembic's own table.
"""

import structlog

from storage.database import PASSING, Database, Limits, Queries
from storage.errors import NodesInTheWay, SchemaTooNew, SchemaTooOld, StorageUnavailable
from storage.revisions import known_revisions, oldest_program

__all__ = ["check_schema", "known_revisions", "migrate", "revision_of", "works_on"]

ONE = Limits(connections_min=1, connections_max=1)
PROMISE = "works with "

log = structlog.stdlib.get_logger()


async def migrate(url: str, to: str | None = None) -> str:
    """Bring the database to our schema, or to an earlier one; return which it has then.

    Quick when it is there already, or ahead of us and fit for us. Any number of nodes may do this
    at once. Raises SchemaTooNew rather than touch the schema of a newer program, and NodesInTheWay
    rather than take from running nodes what they need.
    """
    db = await Database.connect(url, ONE)
    try:
        await db.execute("SET application_name = 'kefu migrate'")  # we are no node
        revision, wanted = await revision_of(db), to or known_revisions()[-1]
        if revision is not None:
            if revision == wanted or (to is None and await _is_ahead(db, revision)):
                return revision
            await _refuse_harm(db, revision, wanted)
    finally:
        await db.close()
    from storage.migrations.upgrade import upgrade  # noqa: PLC0415 - half a second to import

    try:
        await upgrade(url, wanted, PROMISE + oldest_program(wanted))
    except PASSING as error:
        raise StorageUnavailable from error
    return wanted


async def check_schema(db: Database) -> None:
    """Raise SchemaTooNew or SchemaTooOld unless we can work on the schema of the database."""
    revision, known = await revision_of(db), known_revisions()
    if revision == known[-1]:
        return
    if revision is None or revision in known:
        raise SchemaTooOld
    if not await _is_ahead(db, revision):
        raise SchemaTooNew
    log.warning("schema_is_ahead", schema=revision, ours=known[-1])


async def works_on(db: Queries, revision: str | None) -> bool:
    """Tell whether this program can work on the database, which has the schema ``revision``."""
    return revision == known_revisions()[-1] or await _is_ahead(db, revision)


async def revision_of(queries: Queries) -> str | None:
    """Return the revision of the database's schema; None where there is none."""
    if await queries.fetchval("SELECT to_regclass('alembic_version') IS NULL"):
        return None
    revision = await queries.fetchval("SELECT version_num FROM alembic_version")
    return None if revision is None else str(revision)


async def _is_ahead(queries: Queries, revision: str | None) -> bool:
    """Tell whether the schema is of a newer program, and promises to work with ours."""
    if revision is None or revision in known_revisions():
        return False
    said = await queries.fetchval("SELECT obj_description('alembic_version'::regclass)")
    return str(said).removeprefix(PROMISE) in known_revisions()


async def _refuse_harm(db: Database, revision: str, wanted: str) -> None:
    if revision not in known_revisions():
        raise SchemaTooNew
    if revision < oldest_program(wanted) and await db.fetchval(NODES):
        raise NodesInTheWay


NODES = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                  AND application_name = 'kefu')
"""

"""Which schema the database has, which one we know, and how it gets there."""

from pathlib import Path

from storage.database import PASSING, Database, Queries
from storage.errors import SchemaTooNew, SchemaTooOld, StorageUnavailable

VERSIONS = Path(__file__).parent / "migrations" / "versions"
TIMEOUT_S = 5.0


def known_revisions() -> list[str]:
    """Return the revisions of this program, oldest first."""
    return sorted(path.stem for path in VERSIONS.glob("*.sql"))


async def migrate(url: str, to: str | None = None) -> None:
    """Bring the database to our schema, or to an earlier one; quick when it is there already.

    Any number of nodes may do this at once. Raises SchemaTooNew rather than touch the schema of a
    newer program.
    """
    revision, wanted = await _revision_at(url), to or known_revisions()[-1]
    if revision == wanted:
        return
    if revision is not None and revision not in known_revisions():
        raise SchemaTooNew
    from storage.migrations.upgrade import upgrade  # noqa: PLC0415 - half a second to import

    try:
        await upgrade(url, wanted)
    except PASSING as error:
        raise StorageUnavailable from error


async def check_schema(db: Database) -> None:
    """Raise SchemaTooNew or SchemaTooOld unless the database has our schema."""
    revision = await revision_of(db)
    known = known_revisions()
    if revision is None or (revision in known and revision != known[-1]):
        raise SchemaTooOld
    if revision not in known:
        raise SchemaTooNew


async def revision_of(queries: Queries) -> str | None:
    """Return the revision of the database's schema; None where there is none."""
    if await queries.fetchval("SELECT to_regclass('alembic_version') IS NULL"):
        return None
    revision = await queries.fetchval("SELECT version_num FROM alembic_version")
    return None if revision is None else str(revision)


async def _revision_at(url: str) -> str | None:
    db = await Database.connect(url)
    try:
        return await revision_of(db)
    finally:
        await db.close()

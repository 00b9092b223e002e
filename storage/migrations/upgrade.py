"""Run alembic without its command line or ini file, over one asyncpg connection."""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from storage.errors import SchemaHeld
from storage.primary import connect

HERE = Path(__file__).parent
LOCK = 0x6B656675  # "kefu"; one migration at a time, on however many nodes
LOCK_TIMEOUT = "1s"  # whoever comes behind us waits with us: rather let them go first
PAUSE_S = 1.0
TRIES = 20
HELD = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


async def upgrade(url: str, revision: str, promise: str) -> None:
    """Bring the database to a revision, in one transaction under an advisory lock.

    ``promise`` is left as a comment, for programs that do not know the revision. While people hold
    what has to be locked it stands aside and tries again; SchemaHeld when that did not help.
    """
    for _ in range(TRIES):
        try:
            return await _upgrade(url, revision, promise)
        except HELD:
            await stand_aside()
    raise SchemaHeld


async def stand_aside() -> None:
    """Let those go on who had to wait behind us."""
    await asyncio.sleep(PAUSE_S)


async def _upgrade(url: str, revision: str, promise: str) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: connect(url),
        poolclass=NullPool,
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            await connection.run_sync(_run, revision)
            await connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{promise}'"))
    finally:
        await engine.dispose()


def _run(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def run_sql(revision: str) -> None:
    """Execute ``versions/<revision>.sql``, which may hold any number of statements."""
    sql = (HERE / "versions" / f"{revision}.sql").read_text(encoding="utf-8")

    async def run(connection: "asyncpg.Connection[asyncpg.Record]") -> str:
        return await connection.execute(sql)

    driver = op.get_bind().connection.dbapi_connection
    assert driver is not None
    driver.run_async(run)

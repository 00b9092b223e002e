"""A copy of the database holds all of it as it was at one moment, and comes back the same."""

from __future__ import annotations

import asyncio
import json
import resource
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from server.seeding.first import found
from storage.archive import MANIFEST
from storage.backup import back_up
from storage.database import Database
from storage.errors import BackupRefused
from storage.migrate import known_revisions, migrate
from storage.restore import restore
from tests.storage.floor import NOON, Floor
from tests.storage.test_migrations import catalogue
from tests.support.database import administer, renamed

MEGABYTE = 2**20
MEMORY_MAX = 16 * MEGABYTE


async def rows(url: str) -> dict[str, list[str]]:
    """Return every row of every table, as text and in an order of its own."""
    connection = await asyncpg.connect(url)
    try:
        return await rows_of(connection)
    finally:
        await connection.close()


async def rows_of(connection: asyncpg.Connection) -> dict[str, list[str]]:
    tables = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {
        name: [
            row for (row,) in await connection.fetch(f'SELECT t::text FROM "{name}" t ORDER BY 1')
        ]
        for (name,) in tables
    }


@pytest.fixture
async def empty(postgres_dsn: str) -> AsyncIterator[str]:
    """Address of a database without anything in it."""
    name = f"empty_{uuid4().hex}"
    await administer(postgres_dsn, f"CREATE DATABASE {name}")
    yield renamed(postgres_dsn, name)
    await administer(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def copy(dsn: str, database: Database, tmp_path: Path) -> Path:
    """A copy of a small shop."""
    floor = await Floor.open(database)
    await floor.answered(await floor.agent())
    await copied(dsn, tmp_path / "shop.kefu")
    return tmp_path / "shop.kefu"


async def copied(url: str, path: Path, snapshot: str | None = None) -> Path:
    await back_up(url, path, "0.0.test", lambda _: None, snapshot)
    return path


async def restored(url: str, path: Path) -> None:
    await restore(url, path, lambda _: None)


async def refusal_of(url: str, path: Path) -> BackupRefused:
    """Return why a copy was not loaded."""
    with pytest.raises(BackupRefused) as refused:
        await restored(url, path)
    return refused.value


@pytest.mark.slow
async def test_a_shop_with_its_past_comes_back_row_for_row(
    dsn: str, database: Database, empty: str, tmp_path: Path
) -> None:
    await found(database, "a password", [], await database.clock())
    path = await copied(dsn, tmp_path / "copy.kefu")
    await restored(empty, path)

    there = await rows(dsn)
    assert await rows(empty) == there
    assert len(there["message"]) > 1000
    assert await catalogue(empty) == await catalogue(dsn)
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        streams = {table["name"]: table["sha256"] for table in manifest["tables"]}
        assert streams.keys() == there.keys() - {"alembic_version"}
        for name, hash_ in streams.items():
            assert sha256(archive.read(f"tables/{name}.copy")).hexdigest() == hash_
    assert {table["name"]: table["rows"] for table in manifest["tables"]} == {
        name: len(each) for name, each in there.items() if name != "alembic_version"
    }
    assert (manifest["revision"], manifest["kefu"]) == (known_revisions()[-1], "0.0.test")


async def test_numbers_go_on_where_they_were(
    dsn: str, database: Database, copy: Path, empty: str
) -> None:
    await restored(empty, copy)
    following = """
        INSERT INTO conversation_event (conversation_id, kind, actor_kind)
        SELECT id, 'queued', 'system' FROM conversation RETURNING id
    """
    there = await Database.connect(empty)
    try:
        assert await there.fetchval(following) == await database.fetchval(following)
    finally:
        await there.close()


async def test_what_is_written_meanwhile_is_not_in_it_and_is_not_held_up(
    dsn: str, database: Database, empty: str, tmp_path: Path
) -> None:
    floor = await Floor.open(database)
    talks = [await floor.answered(await floor.agent()) for _ in range(3)]
    written = 0
    enough, stop = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        nonlocal written
        while not stop.is_set():
            await floor.messages.append(floor.from_customer(talks[written % 3], f"no {written}"))
            await floor.asked(f"another {written}")
            written += 1
            if written == 10:
                enough.set()

    writing = asyncio.create_task(write())
    looking = await asyncpg.connect(dsn)
    try:
        async with looking.transaction(isolation="repeatable_read"):
            await enough.wait()
            snapshot = await looking.fetchval("SELECT pg_export_snapshot()")
            then = await rows_of(looking)
            before = written
            path = await copied(dsn, tmp_path / "copy.kefu", snapshot)
        assert written > before
    finally:
        stop.set()
        await writing
        await looking.close()
    await restored(empty, path)

    assert await rows(empty) == then
    assert len((await rows(dsn))["message"]) > len(then["message"]) >= 10


async def test_a_copy_of_an_older_version_comes_back_with_its_schema(
    empty: str, postgres_dsn: str, tmp_path: Path
) -> None:
    name = f"older_{uuid4().hex}"
    older = renamed(postgres_dsn, name)
    await administer(postgres_dsn, f"CREATE DATABASE {name}")
    try:
        await migrate(older, "0001_pre_first")
        await administer(
            older, "INSERT INTO shop (key, name, identity_secret) VALUES ('old', 'Old', 's')"
        )
        path = await copied(older, tmp_path / "old.kefu")
        await restored(empty, path)
        assert await rows(empty) == await rows(older)
        assert (await rows(empty))["alembic_version"] == ["(0001_pre_first)"]
    finally:
        await administer(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)")
    await migrate(empty)
    assert (await rows(empty))["alembic_version"] == [f"({known_revisions()[-1]})"]


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def with_a_bit_turned(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"tables/message.copy") + 60] ^= 1
    path.write_bytes(raw)


def with_another_text(path: Path) -> None:
    rewrite(path, "tables/message.copy", lambda raw: raw.replace(b"Hello?", b"Hallo?"))


def with_a_table_missing(path: Path) -> None:
    rewrite(path, "tables/message.copy", lambda _: None)


def with_no_manifest(path: Path) -> None:
    rewrite(path, MANIFEST, lambda _: None)


def with_a_manifest_of_something_else(path: Path) -> None:
    rewrite(path, MANIFEST, lambda _: b'{"format": 1, "tables": 7}')


def that_is_something_else(path: Path) -> None:
    path.write_text("CREATE TABLE message ();")


def rewrite(path: Path, name: str, change) -> None:  # pyright: ignore[reportMissingParameterType]
    """Write a sound zip again with one file in it changed, or left out."""
    with zipfile.ZipFile(path) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    files[name] = change(files[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, raw in files.items():
            if raw is not None:
                archive.writestr(each, raw)


@pytest.mark.parametrize(
    "damage",
    [
        cut_short,
        with_a_bit_turned,
        with_another_text,
        with_a_table_missing,
        with_no_manifest,
        with_a_manifest_of_something_else,
        that_is_something_else,
    ],
)
async def test_a_damaged_file_is_refused_before_anything_is_touched(
    copy: Path, empty: str, damage
) -> None:  # pyright: ignore[reportMissingParameterType]
    damage(copy)
    refusal = await refusal_of(empty, copy)
    assert refusal.code == "backup_damaged", refusal
    assert await rows(empty) == {}


@pytest.mark.parametrize(
    "ahead", [{"revision": "9999_pre_future"}, {"format": 2, "revision": {"head": 1}}]
)
async def test_a_copy_of_a_newer_version_is_refused(
    copy: Path, empty: str, ahead: dict[str, object]
) -> None:
    rewrite(copy, MANIFEST, lambda raw: json.dumps(json.loads(raw) | ahead).encode())
    assert (await refusal_of(empty, copy)).code == "backup_newer"
    assert await rows(empty) == {}


@pytest.mark.parametrize(
    "already",
    [
        "CREATE TABLE wordpress (id int)",
        "INSERT INTO shop (key, name, identity_secret) VALUES ('old', 'Old', 's')",
        "UPDATE alembic_version SET version_num = '9999_pre_future'",
    ],
)
async def test_a_database_that_is_not_empty_is_refused_and_left_alone(
    copy: Path, empty: str, already: str
) -> None:
    if "wordpress" not in already:
        await migrate(empty)
    await administer(empty, already)
    before = await rows(empty)
    assert (await refusal_of(empty, copy)).code == "database_not_empty"
    assert await rows(empty) == before


async def test_an_empty_database_may_have_been_migrated(dsn: str, copy: Path, empty: str) -> None:
    await migrate(empty)
    await restored(empty, copy)
    assert await rows(empty) == await rows(dsn)


async def test_what_cannot_be_loaded_whole_is_not_loaded_at_all(
    dsn: str, copy: Path, empty: str, tmp_path: Path
) -> None:
    """A copy of a database whose keys had been taken away: nothing of it stays, and it tells."""
    sound = await rows(dsn)
    await administer(
        dsn,
        "ALTER TABLE agent_session DROP CONSTRAINT agent_session_agent_id_fkey",
        "INSERT INTO agent_session VALUES ('\\x00', uuidv7(), now(), now())",
    )
    broken = await copied(dsn, tmp_path / "broken.kefu")
    refusal = await refusal_of(empty, broken)
    assert refusal.code == "database_refuses"
    assert "agent_session_agent_id_fkey" in str(refusal)
    assert "Key (" not in str(refusal), "what a row holds belongs on no screen"
    assert not any(each for name, each in (await rows(empty)).items() if name != "alembic_version")

    await restored(empty, copy)
    assert await rows(empty) == sound


async def test_what_arrives_otherwise_than_it_was_is_not_kept(copy: Path, empty: str) -> None:
    await migrate(empty)
    there = await asyncpg.connect(empty)
    try:
        await there.execute(TWIST)
        refused = await refusal_of(empty, copy)
        assert (refused.code, str(refused)) == (
            "copy_differs",
            "Table message did not arrive as it was.",
        )
        assert await there.fetchval("SELECT count(*) FROM message") == 0
    finally:
        await there.close()


TWIST = """
CREATE FUNCTION twist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.text := upper(NEW.text); RETURN NEW; END $$;
CREATE TRIGGER twist BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION twist();

-- Loading switches triggers off; this one comes back.
CREATE FUNCTION come_back() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgname = 'twist' AND tgenabled = 'D') THEN
        ALTER TABLE message ENABLE TRIGGER twist;
    END IF;
END $$;
CREATE EVENT TRIGGER come_back ON ddl_command_end WHEN TAG IN ('ALTER TABLE')
    EXECUTE FUNCTION come_back();
"""


async def test_a_schema_changed_by_hand_is_refused(
    dsn: str, empty: str, database: Database, tmp_path: Path
) -> None:
    await Floor.open(database)
    await administer(dsn, "ALTER TABLE shop ADD COLUMN mine text")
    path = await copied(dsn, tmp_path / "copy.kefu")
    assert (await refusal_of(empty, path)).code == "schema_differs"


async def test_a_file_is_written_whole_or_not_at_all(dsn: str, empty: str, tmp_path: Path) -> None:
    there, nowhere = tmp_path / "there.kefu", tmp_path / "no" / "folder.kefu"
    there.write_text("mine")
    for url, path, code in (
        (dsn, there, "file_exists"),
        (dsn, nowhere, "file_unwritable"),
        (empty, tmp_path / "empty.kefu", "schema_missing"),
    ):
        with pytest.raises(BackupRefused) as refused:
            await copied(url, path)
        assert refused.value.code == code
    assert [each.name for each in tmp_path.iterdir()] == ["there.kefu"]
    assert there.read_text() == "mine"


async def test_two_copies_do_not_write_into_one_file_and_nobody_reads_along(
    dsn: str, copy: Path, tmp_path: Path
) -> None:
    partial = tmp_path / "second.kefu.partial"
    partial.write_text("of another copy, or of whoever lies in wait in a shared folder")
    with pytest.raises(BackupRefused, match=r"second\.kefu\.partial exists") as refused:
        await copied(dsn, tmp_path / "second.kefu")
    assert refused.value.code == "file_exists"
    assert partial.read_text().startswith("of another copy")

    late = tmp_path / "late.kefu"
    with pytest.raises(BackupRefused) as refused:
        await back_up(dsn, late, "0.0.test", lambda _: late.write_text("mine"))
    assert refused.value.code == "file_exists"
    assert late.read_text() == "mine"
    assert {each.name for each in tmp_path.iterdir()} == {copy.name, partial.name, late.name}


async def test_a_disk_that_is_full_is_told_and_nothing_stays(
    dsn: str, database: Database, tmp_path: Path
) -> None:
    floor = await Floor.open(database)
    talk = await floor.answered(await floor.agent())
    await database.execute(LONG_TALK, talk.id, NOON, 10_000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(BackupRefused) as refused:
            await copied(dsn, tmp_path / "copy.kefu")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert refused.value.code == "file_unwritable"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
async def test_a_large_table_takes_no_more_memory(
    dsn: str, database: Database, empty: str, tmp_path: Path
) -> None:
    floor = await Floor.open(database)
    talk = await floor.answered(await floor.agent())
    await database.execute(LONG_TALK, talk.id, NOON, 70_000)
    tracemalloc.start()
    try:
        path = await copied(dsn, tmp_path / "large.kefu")
        await restored(empty, path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("tables/message.copy").file_size > 4 * MEMORY_MAX
    assert peak < MEMORY_MAX


LONG_TALK = """
INSERT INTO message (conversation_id, private, seq, client_id, sender_kind, text, at)
SELECT $1, true, n, n::text, 'system', repeat(md5(n::text), 32), $2
  FROM generate_series(1, $3) n
"""

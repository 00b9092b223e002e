"""A copy of the database as a file: a zip of one binary COPY stream a table, and a manifest.

The manifest is written last. It says what is inside, with rows and a SHA-256 for each table: a file
that is cut short or changed is noticed before anything is touched.
"""

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from storage.errors import BackupRefused

FORMAT = 1
MANIFEST = "manifest.json"
COMPRESSION_LEVEL = 3
CHUNK_BYTES = 1 << 18
MANIFEST_MAX_BYTES = 16 << 20


class Column(msgspec.Struct, frozen=True):
    """A column: binary copies fit only the same type."""

    name: str
    type: str


class TableCopy(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the file of one table; the hash is of what COPY said, not compressed."""

    name: str
    columns: list[Column]
    rows: int
    size_bytes: int
    sha256: str


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sequence stands."""

    name: str
    last_value: int
    is_called: bool


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a copy is of."""

    format: int
    kefu: str
    postgres: str
    revision: str
    taken_at: datetime
    tables: list[TableCopy]
    counters: list[Counter]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)


class Fingerprint:
    """Remembers what COPY said of a table, however much it was."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    async def take(self, data: bytes) -> None:
        """Add some of it."""
        self.add(data)

    def add(self, data: bytes) -> None:
        """Add some of it."""
        self._hash.update(data)
        self.size_bytes += len(data)

    @property
    def sha256(self) -> str:
        """The hash of what there was."""
        return self._hash.hexdigest()


class Stream:
    """Takes what COPY says of one table, and remembers what it was."""

    def __init__(self, archive: zipfile.ZipFile, table: str) -> None:
        self._member = archive.open(_member(table), "w", force_zip64=True)
        self._print = Fingerprint()

    async def take(self, data: bytes) -> None:
        """Compress and write some of it."""
        self._print.add(data)
        with _writing():
            self._member.write(data)

    def give_up(self) -> None:
        """Finish without caring what for."""
        self._member.close()

    def close(self, table: str, columns: list[Column], rows: int) -> TableCopy:
        """Finish; return what was written."""
        with _writing():
            self._member.close()
        return TableCopy(
            name=table,
            columns=columns,
            rows=rows,
            size_bytes=self._print.size_bytes,
            sha256=self._print.sha256,
        )


class Writer:
    """Writes a copy beside its final place, which it takes at the end: all of it or nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(path.name + ".partial")
        self._stream: Stream | None = None

    @contextmanager
    def open(self) -> Generator["Writer"]:
        """Begin the file, for our eyes only; remove it when anything goes wrong.

        It must be new: nobody may hold it open, neither another copy nor whoever put it there.
        """
        self._refuse_existing()
        with _writing():
            try:
                fd = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError as error:
                raise BackupRefused(
                    "file_exists",
                    f"{self._partial} exists: another copy is being written, or one was cut off. "
                    "If none is, remove it.",
                ) from error
        try:
            with _writing(), os.fdopen(fd, "wb") as file:  # closing writes what is left
                with self._zip_in(file):
                    yield self
                file.flush()
                os.fsync(fd)
            self._refuse_existing()
            with _writing():
                self._partial.rename(self._path)
        except BaseException:
            self._partial.unlink(missing_ok=True)
            raise

    def _refuse_existing(self) -> None:
        if self._path.exists():
            raise BackupRefused("file_exists", f"{self._path} exists; choose another name.")

    @contextmanager
    def _zip_in(self, file: IO[bytes]) -> Generator[None]:
        """Close what was begun, also after a failure that nothing more can be written after."""
        self._zip = zipfile.ZipFile(
            file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL
        )
        try:
            yield
        except BaseException:
            with suppress(OSError, ValueError):
                if self._stream is not None:
                    self._stream.give_up()
            with suppress(OSError, ValueError):
                self._zip.close()
            raise
        with _writing():
            self._zip.close()

    def table(self, name: str) -> Stream:
        """Begin a table."""
        self._stream = Stream(self._zip, name)
        return self._stream

    def finish(self, manifest: Manifest) -> None:
        """Say what is inside."""
        with _writing():
            self._zip.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


class Reader:
    """Reads a copy."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip, self.manifest = archive, manifest

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Generator["Reader"]:
        """Open a copy and read its manifest."""
        with _reading():
            archive = zipfile.ZipFile(path)
        with archive:
            yield cls(archive, _manifest(archive))

    async def table(self, table: TableCopy) -> AsyncGenerator[bytes]:
        """Yield what COPY said of a table; refuse at its end if it is not what it was."""
        found = Fingerprint()
        with _reading():
            member = self._zip.open(_member(table.name))
        with member:
            while data := _some(member):
                found.add(data)
                yield data
        if (found.sha256, found.size_bytes) != (table.sha256, table.size_bytes):
            raise _damaged(f"table {table.name} is not what it was")

    async def verify(self) -> None:
        """Read all of it, and refuse a file that is damaged."""
        for table in self.manifest.tables:
            async for _ in self.table(table):
                pass


class _Format(msgspec.Struct):
    format: int


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    with _reading():
        with archive.open(MANIFEST) as member:
            raw = member.read(MANIFEST_MAX_BYTES)
        if msgspec.json.decode(raw, type=_Format).format != FORMAT:
            raise BackupRefused(
                "backup_newer", "The file is written in a way that this version does not know."
            )
        return msgspec.json.decode(raw, type=Manifest)


def _some(member: IO[bytes]) -> bytes:
    with _reading():
        return member.read(CHUNK_BYTES)


def _member(table: str) -> str:
    return f"tables/{table}.copy"


def _damaged(why: str) -> BackupRefused:
    return BackupRefused("backup_damaged", f"The file is damaged, or is no backup: {why}.")


DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError, struct.error)


@contextmanager
def _reading() -> Generator[None]:
    try:
        yield
    except (*DAMAGED, NotImplementedError, RuntimeError) as error:  # the last two: strange zips
        raise _damaged(str(error).strip("'\".") or type(error).__name__) from error
    except OSError as error:
        why = error.strerror or error
        raise BackupRefused("file_unreadable", f"The file cannot be read: {why}.") from error


@contextmanager
def _writing() -> Generator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise BackupRefused("file_unwritable", f"The file cannot be written: {why}.") from error

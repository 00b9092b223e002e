"""Queues of an import, with all their settings."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

import msgspec

from server.protocol.errors import AppError
from server.protocol.setup.queues import NewQueue, QueuePatch, QueueRecord, QueuesQuery
from server.services.admin.exchange.ledger import Ledger
from server.services.admin.exchange.names import Names, Unknown, each_once, renamed, turned
from server.services.admin.exchange.places import Entry
from server.services.admin.exchange.queue_fields import FIELDS, patch_of, to_text, values_of
from server.services.admin.queues import QueuesAdmin
from server.services.refusals import refusal
from server.services.seats import AgentSeat
from storage.errors import StorageError
from storage.skills import Skills


class QueuesImport:
    """Adds queues and changes them; none is ever taken away."""

    def __init__(self, admin: QueuesAdmin, skills: Skills, ledger: Ledger) -> None:
        self._admin, self._skills, self._ledger = admin, skills, ledger

    async def take(self, seat: AgentSeat, entries: list[Entry]) -> None:
        """Take in what the file says of queues: first those that are new, as others name them."""
        named = self._named(entries)
        known = await self._known(seat)
        for key, entry in named.items():
            if key not in known:
                await self._create(seat, key, entry)
        known = await self._known(seat)
        names: Names = {
            "queue": {key: record.id for key, record in known.items()},
            "skill": {row.key: str(row.id) for row in await self._skills.of_shop(seat.shop_id)},
        }
        for key, entry in named.items():
            if key in known:
                await self._change(seat, known[key], entry, names)

    def _named(self, entries: list[Entry]) -> dict[str, Entry]:
        named: dict[str, Entry] = {}
        seen: set[str] = set()
        for entry in entries:
            key = entry.values.get("key")
            if not isinstance(key, str) or not key:
                self._ledger.fault(entry.where, "A queue needs its key.", "key", "empty")
            elif each_once(key, seen, lambda say, e=entry: self._twice(e, say)):
                named[key] = entry
        return named

    def _twice(self, entry: Entry, message: str) -> None:
        self._ledger.fault(entry.where, message, "key", "twice")

    async def _known(self, seat: AgentSeat) -> dict[str, QueueRecord]:
        records = await self._admin.list(seat, QueuesQuery(archived=True))
        return {record.key: record for record in records.items}

    async def _create(self, seat: AgentSeat, key: str, entry: Entry) -> None:
        about = {"key": key, "name": entry.values.get("name", "")}
        new = self._ledger.read(about, NewQueue, entry.where)
        if new is not None:
            await self._admin.create(seat, new)
            self._ledger.change("queue", key, after=new.name)

    async def _change(
        self, seat: AgentSeat, record: QueueRecord, entry: Entry, names: Names
    ) -> None:
        if record.archived:
            self._ledger.fault(
                entry.where, "This queue is archived; restore it first.", "key", "archived"
            )
            return
        patch = self._read(entry, names)
        if patch is None:
            return
        before, after = values_of(patch_of(record)), values_of(patch)
        differing = {name: after[name] for name in after if after[name] != before[name]}
        if not differing:
            return
        try:
            await self._admin.update(seat, UUID(record.id), msgspec.convert(differing, QueuePatch))
        except (AppError, StorageError) as error:
            refused = refusal(error)
            if refused is None:
                raise
            self._ledger.refused(entry.where, refused)
            return
        self._tell(record.key, before, differing, names)

    def _read(self, entry: Entry, names: Names) -> QueuePatch | None:
        values = {name: value for name, value in entry.values.items() if name != "key"}
        for name in values:
            if name not in FIELDS:
                self._ledger.fault(
                    entry.where, f"A queue has no setting {name}.", name, "unknown_setting"
                )
                return None
        try:
            by_id = {name: renamed(value, names, name) for name, value in values.items()}
        except Unknown as error:
            self._ledger.fault(entry.where, str(error), error.path, error.code)
            return None
        return self._ledger.read(by_id, QueuePatch, entry.where)

    def _tell(
        self,
        key: str,
        before: Mapping[str, object],
        after: Mapping[str, object],
        names: Names,
    ) -> None:
        keys = {field: turned(table) for field, table in names.items()}
        for name, value in after.items():
            texts = [to_text(name, renamed(each, keys)) for each in (before[name], value)]
            self._ledger.change("queue", key, name, *texts)


def document_of(records: list[QueueRecord], names: Names) -> list[dict[str, object]]:
    """Return queues as files have them."""
    keys = {field: turned(table) for field, table in names.items()}
    documents: list[dict[str, object]] = []
    for record in records:
        values = cast("dict[str, object]", renamed(values_of(patch_of(record)), keys))
        needs = cast("list[Mapping[str, str]]", values["skills"])
        values["skills"] = sorted(needs, key=lambda need: need["skill"])
        documents.append({"key": record.key, **values})
    return documents

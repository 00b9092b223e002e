"""What of the shop itself belongs to the setup: when it is open, and what becomes of the lost."""

import msgspec

from server.protocol.errors import AppError
from server.protocol.setup.shop import ShopPatch, ShopRecord
from server.services.admin.exchange.ledger import Ledger
from server.services.admin.exchange.places import Entry
from server.services.admin.shop import ShopAdmin
from server.services.seats import AgentSeat

WANTED = (
    "time_zone",
    "hours",
    "plans",
    "lost_agent",
    "lost_agent_s",
    "misses_max",
    "agents_may_pick",
    "idle_after_s",
)
UNSET_WORDS = {"hours": "always", "idle_after_s": "never"}
"""What a setting that is not set means, as people say it."""

FIELDS = tuple(name for name in WANTED if name in ShopPatch.__struct_fields__)


class ShopImport:
    """Changes hours and the like."""

    def __init__(self, admin: ShopAdmin, ledger: Ledger) -> None:
        self._admin, self._ledger = admin, ledger

    async def take(self, seat: AgentSeat, entries: list[Entry]) -> None:
        """Take in what the file says of the shop."""
        for entry in entries:
            strange = next((name for name in entry.values if name not in FIELDS), None)
            if strange is not None:
                self._ledger.fault(
                    entry.where,
                    f"A shop has no setting {strange} here.",
                    strange,
                    "unknown_setting",
                )
                continue
            patch = self._ledger.read(entry.values, ShopPatch, entry.where)
            if patch is not None:
                await self._change(seat, patch, entry)

    async def _change(self, seat: AgentSeat, patch: ShopPatch, entry: Entry) -> None:
        record = await self._admin.one(seat)
        before = document_of(record)
        after = {name: msgspec.to_builtins(getattr(patch, name)) for name in entry.values}
        differing = {name: value for name, value in after.items() if value != before[name]}
        if not differing:
            return
        try:
            await self._admin.update(seat, msgspec.convert(differing, ShopPatch))
        except AppError as error:
            self._ledger.refused(entry.where, error)
            return
        for name, value in differing.items():
            texts = [_text(name, each) for each in (before[name], value)]
            self._ledger.change("shop", record.name, name, *texts)


def document_of(record: ShopRecord) -> dict[str, object]:
    """Return the shop as files have it."""
    return {name: msgspec.to_builtins(getattr(record, name)) for name in FIELDS}


def _text(name: str, value: object) -> str:
    """Return a setting as people read it; no hours are all hours, no time is never."""
    if value is None:
        return UNSET_WORDS.get(name, "")
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

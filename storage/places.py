"""Places in line, kept in Valkey so that every node can tell them. Lost ones are written again."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import orjson
from redis.asyncio import Redis

from storage.patience import Patience

KEPT_S = 3600

Entry = tuple[int, tuple[int, int] | None, str]


class PlaceStore:
    """Position, range of seconds and prospect of waiting conversations."""

    def __init__(self, valkey: Redis, realm: str = "") -> None:
        self._valkey, self._realm = valkey, realm
        self._patience = Patience()

    async def write(self, places: Mapping[UUID, Entry], gone: Collection[UUID] = ()) -> None:
        """Note the places of some conversations for an hour, and forget those of others."""
        async with (
            self._patience.trying(),
            self._valkey.pipeline(transaction=False) as pipeline,
        ):
            for conversation_id, entry in places.items():
                pipeline.set(self._key(conversation_id), orjson.dumps(entry), ex=KEPT_S)
            for conversation_id in gone:
                pipeline.delete(self._key(conversation_id))
            await pipeline.execute()

    async def read(self, conversation_ids: Sequence[UUID]) -> dict[UUID, Entry]:
        """Return what is noted; who has no place is left out."""
        async with (
            self._patience.trying(),
            self._valkey.pipeline(transaction=False) as pipeline,
        ):
            for conversation_id in conversation_ids:
                pipeline.get(self._key(conversation_id))
            raw = cast("list[str | bytes | None]", await pipeline.execute())
        return {
            conversation_id: _entry(orjson.loads(text))
            for conversation_id, text in zip(conversation_ids, raw, strict=True)
            if text is not None
        }

    def _key(self, conversation_id: UUID) -> str:
        return f"{self._realm}kefu:place:{conversation_id}"


def _entry(plain: list[Any]) -> Entry:
    """Read a place; a newer node may have noted more."""
    position, eta_s, service, *_ = plain
    return position, None if eta_s is None else (eta_s[0], eta_s[1]), service

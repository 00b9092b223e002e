"""Files of pages that nodes lay out for each other, in Valkey. What is lost is laid out again."""

import base64
import binascii
from collections.abc import Mapping

from redis.asyncio import Redis

from storage.patience import Patience

KEPT_S = 14 * 86400
AT_ONCE = 10


class Shelf:
    """Bytes under a name, for two weeks after somebody laid them out last."""

    def __init__(self, valkey: Redis, realm: str = "") -> None:
        self._valkey, self._realm = valkey, realm
        self._patience = Patience()

    async def lay_out(self, files: Mapping[str, bytes]) -> None:
        """Write some files; Away when Valkey is."""
        names = list(files)
        for at in range(0, len(names), AT_ONCE):  # each part has its own bounded time
            async with (
                self._patience.trying(),
                self._valkey.pipeline(transaction=False) as pipeline,
            ):
                for name in names[at : at + AT_ONCE]:
                    text = base64.b64encode(files[name]).decode()
                    pipeline.set(self._key(name), text, ex=KEPT_S)
                await pipeline.execute()

    async def find(self, name: str) -> bytes | None:
        """Return what lies there under a name; Away when Valkey is."""
        async with self._patience.trying():
            text = await self._valkey.get(self._key(name))
        try:
            return None if text is None else base64.b64decode(text, validate=True)
        except binascii.Error:
            return None

    def _key(self, name: str) -> str:
        return f"{self._realm}kefu:file:{name}"

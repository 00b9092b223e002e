"""While versions change, a page comes from one node and its files from another.

Each node lays out the files of its pages where all find them, and serves what it does not have
itself from there. Names tell versions apart: they contain a hash of what is inside.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import mimetypes
import re
from collections.abc import Mapping
from typing import Protocol

import structlog
from aiohttp import hdrs, web

from storage.errors import Away

AGAIN_S = 86400.0
RETRY_S = 5.0
NAME = re.compile(r"(console|widget)/assets/[\w.-]{1,100}")
MAC_BYTES = 32

log = structlog.stdlib.get_logger()


class Shelf(Protocol):
    """Where files are laid out for all nodes. Raises Away when it cannot be reached."""

    async def lay_out(self, files: Mapping[str, bytes], /) -> None:
        """Write some files."""
        ...

    async def find(self, name: str, /) -> bytes | None:
        """Return one, or None."""
        ...


class Lending:
    """Lends the files of our pages to other nodes, and borrows theirs.

    Only who knows the secret of the installation can lay something out that is served.
    """

    def __init__(self, shelf: Shelf, secret: str, own: Mapping[str, bytes]) -> None:
        self._shelf, self._own = shelf, own
        self._secret = secret.encode()

    async def run(self) -> None:
        """Lay our files out now and once a day. A job: it never returns."""
        signed = {name: self._mac(name, packed) + packed for name, packed in self._own.items()}
        while True:
            try:
                await self._shelf.lay_out(signed)
            except Away:
                await asyncio.sleep(RETRY_S)
            else:
                await asyncio.sleep(AGAIN_S)

    async def borrow(self, name: str) -> bytes | None:
        """Return a file of another version, packed with gzip; None where nobody has it."""
        if NAME.fullmatch(name) is None:
            return None
        try:
            found = await self._shelf.find(name)
        except Away:
            return None
        if found is None:
            return None
        mac, packed = found[:MAC_BYTES], found[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(name, packed)):
            log.warning("file_not_ours", name=name)
            return None
        return packed

    def _mac(self, name: str, packed: bytes) -> bytes:
        return hmac.digest(self._secret, f"kefu file {name}\n".encode() + packed, hashlib.sha256)


def unpacked(
    request: web.Request, name: str, packed: bytes, headers: Mapping[str, str]
) -> web.Response:
    """Return a borrowed file as it is, or unpacked for the few who cannot do that."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    sent = {**headers, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        return web.Response(
            body=packed, content_type=kind, headers={**sent, hdrs.CONTENT_ENCODING: "gzip"}
        )
    return web.Response(body=gzip.decompress(packed), content_type=kind, headers=sent)

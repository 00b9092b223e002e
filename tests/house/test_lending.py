"""Nodes of two versions behind one address: each serves the files of the other's pages."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Mapping
from uuid import uuid4

import pytest

from server.http.lending import Lending
from storage import valkey
from storage.shelf import Shelf

PAGE = gzip.compress(b"import('./b-77aa.js')")
NAME = "console/assets/b-77aa.js"
SECRET = "the secret that all nodes share"


class Watched(Shelf):
    """Tells when something has been laid out."""

    def __init__(self, client: valkey.Redis, realm: str) -> None:
        super().__init__(client, realm)
        self.is_laid_out = asyncio.Event()

    async def lay_out(self, files: Mapping[str, bytes]) -> None:
        await super().lay_out(files)
        self.is_laid_out.set()


@pytest.fixture
async def shelf(redis_url: str) -> AsyncIterator[Watched]:
    async with valkey.asking(redis_url) as client:
        yield Watched(client, f"{uuid4()}:")


async def lend(shelf: Watched, secret: str, name: str = NAME) -> None:
    """Be a node that has a file, until it has laid it out."""
    running = asyncio.create_task(Lending(shelf, secret, {name: PAGE}).run())
    await shelf.is_laid_out.wait()
    running.cancel()


async def test_a_file_of_another_version_is_found_with_the_nodes_that_have_it(
    shelf: Watched,
) -> None:
    node = Lending(shelf, SECRET, {})
    assert await node.borrow(NAME) is None
    await lend(shelf, SECRET)

    assert await node.borrow(NAME) == PAGE


async def test_what_somebody_else_laid_out_is_not_served(shelf: Watched) -> None:
    await lend(shelf, "another secret")
    assert await Lending(shelf, SECRET, {}).borrow(NAME) is None

    await shelf.lay_out({NAME: b"too short"})
    assert await Lending(shelf, SECRET, {}).borrow(NAME) is None


async def test_a_file_cannot_be_passed_off_as_another(shelf: Watched) -> None:
    await lend(shelf, SECRET)
    signed = await shelf.find(NAME)
    assert signed is not None
    other = "widget/assets/c-12.js"
    await shelf.lay_out({other: signed})

    assert await Lending(shelf, SECRET, {}).borrow(other) is None


@pytest.mark.parametrize(
    "name", ["console/index.html", "console/assets/../index.html", "shop/assets/a.js", NAME + "\n"]
)
async def test_only_files_of_pages_are_asked_for(shelf: Watched, name: str) -> None:
    await lend(shelf, SECRET, name)
    assert await shelf.find(name) is not None
    assert await Lending(shelf, SECRET, {}).borrow(name) is None

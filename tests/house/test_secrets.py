"""Secrets are made once, and told to nobody who need not know them."""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from server.commands.check import complaints_about
from server.commands.keepsakes import with_secrets
from server.pages import Node
from server.settings import Settings

NODES = 8


def test_nodes_that_start_at_once_in_one_folder_share_one_key(tmp_path: Path) -> None:
    settings, together = Settings(data_dir=tmp_path), Barrier(NODES)

    def start(_: int) -> str:
        together.wait()
        key = with_secrets(settings).secret_key
        assert key is not None
        return key.get_secret_value()

    with ThreadPoolExecutor(NODES) as pool:
        keys = set(pool.map(start, range(NODES)))

    assert len(keys) == 1
    kept = tmp_path / "secret-key"
    assert kept.read_text().strip() in keys
    assert kept.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo-password", "secret-key"]


def test_the_packages_that_build_the_pages_see_no_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEFU_SECRET_KEY", "nobody-else-may-see-this-key")
    monkeypatch.setenv("PASSED_ON", "as it was")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    node = tmp_path / "fake"
    node.write_text("#!/bin/sh\nenv\n")
    node.chmod(0o755)

    with tempfile.TemporaryFile("w+") as said:
        assert Node(node, tmp_path / "npm-cli.js").npm("ci", said=said) == 0
        said.seek(0)
        heard = said.read()

    assert "PASSED_ON=as it was" in heard
    assert "KEFU_" not in heard


async def test_a_wrong_password_is_called_that_and_not_repeated(
    postgres_dsn: str, tmp_path: Path
) -> None:
    parts = urlsplit(postgres_dsn)
    wrong = parts._replace(netloc="kefu:a-wrong-guess@").geturl()
    settings = Settings(
        data_dir=tmp_path,
        port=0,
        database_url=SecretStr(wrong),
        redis_url=SecretStr("redis://127.0.0.1:1/0"),
    )

    complaints = "\n".join(await complaints_about(settings))

    assert "password authentication failed" in complaints
    assert "a-wrong-guess" not in complaints

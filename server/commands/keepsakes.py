"""Secrets that are made once and kept in the data folder, where nobody else can read them."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import SecretStr

from server.commands.refused import Refused
from server.embedded.layout import write_private_once
from server.settings import Settings

SECRET_KEY_BYTES = 48
PASSWORD_BYTES = 9


def with_secrets(settings: Settings) -> Settings:
    """Return the settings with every secret known: given, kept from an earlier start, or new."""
    return settings.model_copy(
        update={
            "secret_key": settings.secret_key
            or _kept(settings.data_dir / "secret-key", SECRET_KEY_BYTES),
            "demo_password": settings.demo_password
            or _kept(settings.data_dir / "demo-password", PASSWORD_BYTES),
        }
    )


def _kept(path: Path, size_bytes: int) -> SecretStr:
    """Return the secret kept in ``path``; make it when there is none."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_private_once(path, secrets.token_urlsafe(size_bytes) + "\n")
        return SecretStr(path.read_text().strip())
    except OSError as error:
        raise Refused(
            f"{path} cannot be used ({error.strerror}). Choose another folder with KEFU_DATA_DIR."
        ) from error

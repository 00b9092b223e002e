"""`kefu check`: says in sentences what is wrong with the configuration, and shows what it is."""

from __future__ import annotations

import argparse
from urllib.parse import urlsplit

from server.commands.nodes import port_complaint
from server.commands.wording import variable
from server.settings import Settings
from server.tracing.opening import complaint_about
from storage.database import Database
from storage.errors import SchemaUnfit, StorageUnavailable
from storage.migrate import check_schema
from storage.reach import address_complaint, valkey_answers


def arguments(_: argparse.ArgumentParser) -> None:
    """Take none."""


async def run(settings: Settings, _: argparse.Namespace) -> int:
    """Show the settings that count, then every complaint; return 1 when there is one."""
    print("Settings in effect, secrets hidden:")
    for name, value in settings.model_dump().items():
        print(f"  {variable(name)} = {value}")
    complaints = await complaints_about(settings)
    print("\n".join(complaints) or "Nothing is wrong.")
    return 1 if complaints else 0


async def complaints_about(settings: Settings) -> list[str]:
    """Return a sentence for everything that would keep a node from running well."""
    complaints = [port_complaint(settings.host, settings.port), _insecure(settings)]
    complaints.append(complaint_about(settings))
    if settings.database_url is None and settings.redis_url is None:
        complaints.append(_embedded(settings))
    elif settings.database_url is None or settings.redis_url is None:
        complaints.append("KEFU_DATABASE_URL and KEFU_REDIS_URL belong together: name both.")
    else:
        complaints.append(await _database(settings.database_url.get_secret_value()))
        complaints.append(await _redis(settings.redis_url.get_secret_value()))
        complaints.append(_unshared(settings))
    return [complaint for complaint in complaints if complaint]


async def _database(url: str) -> str | None:
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        return "KEFU_DATABASE_URL does not begin with postgresql://."
    try:
        database = await Database.connect(url)
    except StorageUnavailable as error:
        return f"The PostgreSQL named by KEFU_DATABASE_URL does not answer, or refuses us. {error}."
    except Exception as error:  # noqa: BLE001 (whatever it is: a wrong password, name or address)
        return f"The PostgreSQL named by KEFU_DATABASE_URL refuses us: {type(error).__name__}."
    try:
        await check_schema(database)
    except SchemaUnfit as unfit:
        return str(unfit)
    finally:
        await database.close()
    return None


async def _redis(url: str) -> str | None:
    if complaint := address_complaint(url):
        return f"KEFU_REDIS_URL is wrong: {complaint}."
    if await valkey_answers(url):
        return None
    return "The Valkey named by KEFU_REDIS_URL does not answer, or refuses the password."


def _embedded(settings: Settings) -> str | None:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    if folder.is_dir():
        return None
    return f"KEFU_DATA_DIR is {settings.data_dir}, but {folder} is not a folder."


def _insecure(settings: Settings) -> str | None:
    is_open = settings.host not in {"127.0.0.1", "::1", "localhost"}
    if is_open and settings.public_url is None:
        return (
            f"KEFU_HOST is {settings.host}, so others can connect, but KEFU_PUBLIC_URL is missing: "
            "their browsers would be refused, because our origin would be http://localhost."
        )
    return None


def _unshared(settings: Settings) -> str | None:
    if settings.secret_key is not None:
        return None
    return (
        "KEFU_SECRET_KEY is missing. With several nodes it must be the same on all of them, or "
        "visitors become strangers when they change the node."
    )

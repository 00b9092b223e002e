"""Logs: one line an event, past tense, with what it is about; no secrets, nothing people wrote."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Final, cast

import orjson
import structlog

from server.settings import Settings

BODIES: Final = {"text", "body", "comment", "message", "note", "payload", "greeting", "attributes"}
SECRETS: Final = {"auth", "authorization", "cookie", "cookies", "hash", "identity", "dsn"}
SECRET_PARTS: Final = ("password", "secret", "token", "_key")
QUIET: Final = ("asyncio", "aiohttp.access", "engineio", "socketio", "alembic")


def configure(settings: Settings) -> None:
    """Send our logs, and those of libraries, to stderr in the one form that was chosen."""
    is_console = settings.log_format == "console" or (
        settings.log_format == "auto" and sys.stderr.isatty()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_private,
    ]
    ending: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if is_console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_json)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def drop_private(
    _: object, __: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    """Leave out whatever people wrote and whatever proves who they are, however deep it lies."""
    return {name: _cleaned(value) for name, value in event.items() if not is_private(name)}


def is_private(name: str) -> bool:
    """Whether a field of this name must not be logged."""
    name = name.lower()
    return name in BODIES or name in SECRETS or any(part in name for part in SECRET_PARTS)


def _cleaned(value: object) -> object:
    if isinstance(value, Mapping):
        inside = cast("Mapping[object, object]", value)
        return {name: _cleaned(part) for name, part in inside.items() if not is_private(str(name))}
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in cast("list[object]", value)]
    return value


def _json(value: object, **_: object) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()

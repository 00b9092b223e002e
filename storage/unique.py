"""Which field a violated unique constraint speaks of."""

from collections.abc import Generator
from contextlib import contextmanager

import asyncpg

from storage.errors import Duplicate

FIELDS = {
    "agent_email_key": "email",
    "shop_key_key": "key",
    "skill_shop_id_key_key": "key",
    "queue_shop_id_key_key": "key",
    "live_look_agent_id_name_key": "name",
    "shift_swap_open": "shift",
    "canned_reply_shop_id_shortcut_locale_key": "shortcut",
    "scorecard_shop_id_name_key": "name",
    "tag_name": "name",
}


@contextmanager
def named() -> Generator[None, None, None]:
    """Turn a violated unique constraint into Duplicate."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise Duplicate(FIELDS.get(error.constraint_name or "", "id")) from error

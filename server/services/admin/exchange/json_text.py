"""JSON as files have it: read strictly, or refused in words with the place."""

import json

from server.protocol.exchange import SetupFault
from server.services.admin.exchange.tables import Unreadable


def parse(text: str) -> object:
    """Return what the text says; Unreadable says what is wrong with it, and where."""
    try:
        given: object = json.loads(text, object_pairs_hook=_each_name_once)
        json.dumps(given, ensure_ascii=False).encode()  # halves of pairs cannot be stored
    except json.JSONDecodeError as error:
        raise Unreadable(
            SetupFault(
                message=f"This is not JSON: {error.msg}.",
                code="unreadable",
                line=error.lineno,
                column=error.colno,
            )
        ) from error
    except _Twice as twice:
        message = f"{twice} stands twice in the same object."
        raise Unreadable(SetupFault(message=message, code="twice")) from twice
    except (ValueError, RecursionError) as error:
        message = "This is not JSON that we can read."
        raise Unreadable(SetupFault(message=message, code="unreadable", line=1)) from error
    return given


class _Twice(ValueError):
    """An object says the same thing twice; nobody knows which was meant."""


def _each_name_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made: dict[str, object] = {}
    for name, value in pairs:
        if name in made:
            raise _Twice(name)
        made[name] = value
    return made

"""Says in sentences what is wrong with the settings."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pydantic import ValidationError

from server.settings import Settings

PREFIX = "KEFU_"


def variable(field: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + field.upper()


def unknown_variables(environment: Iterable[str]) -> list[str]:
    """Return a sentence for every KEFU_ variable that nobody reads; most are spelling mistakes."""
    known = [variable(field) for field in Settings.model_fields]
    return [
        f"There is no setting {name}.{_meant(name, known)}"
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known
    ]


def explain(error: ValueError) -> list[str]:
    """Return a sentence for every setting that is not as it should be. Values are not repeated."""
    if not isinstance(error, ValidationError):
        return [f"The settings cannot be read: {error}."]
    return [
        f"{variable(str(found['loc'][0]))} {_complaint(found['msg'])}."
        if found["loc"]
        else f"{found['msg']}."
        for found in error.errors(include_url=False, include_input=False)
    ]


def _complaint(message: str) -> str:
    """Turn pydantic's words into the rest of a sentence that begins with the variable."""
    for begin, instead in (("Value error, ", ""), ("Input should", "should"), ("String", "")):
        if message.startswith(begin):
            return (instead + message.removeprefix(begin)).strip()
    return f"is wrong: {message}"


def _meant(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""

"""When a task may be due: in the future, and at most a year ahead."""

from datetime import datetime, timedelta

from server.protocol.errors import Invalid

AHEAD_MAX = timedelta(days=366)


def coming(due_at: datetime, now: datetime, field: str) -> datetime:
    """Return the moment, or say why it cannot be."""
    if due_at <= now:
        raise Invalid("This is over already. Please choose a time to come.", field=field)
    if due_at > now + AHEAD_MAX:
        raise Invalid("This is more than a year ahead.", field=field)
    return due_at

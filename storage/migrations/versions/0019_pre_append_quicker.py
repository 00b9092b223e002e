"""Messages are stored with less work."""

from storage.migrations.upgrade import run_sql

revision = "0019_pre_append_quicker"
down_revision = "0018_pre_event_stands"


def upgrade() -> None:
    """Replace the function that stores a message."""
    run_sql(revision)
